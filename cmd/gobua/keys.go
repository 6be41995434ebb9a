package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"gobua/internal/keyfile"
	"gobua/office"
)

// keysWait is how long a start waits for the database to say which keys the
// other programs have. Whoever has keys may start without that word.
const keysWait = 5 * time.Second

func (s *server) keyFolder() string { return filepath.Join(s.set.data, "keys") }

// checkKeys refuses keys that are not those of the other programs on a shared
// database, before any is made or used. Where there are none in the folder the
// database must say that there are none elsewhere either.
func (s *server) checkKeys(ctx context.Context) error {
	if !s.set.shared {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, keysWait)
	defer cancel()
	mine, err := keyfile.Marks(s.keyFolder())
	if err != nil {
		return err
	}
	err = s.compareKeys(ctx, mine, nil)
	switch {
	case errors.Is(err, office.ErrUnavailable) && len(mine) == 0:
		return fmt.Errorf("%s has no keys, and the database cannot be asked whether other programs have: %w", s.keyFolder(), err)
	case errors.Is(err, office.ErrUnavailable):
		s.log.Warn("the keys are compared with those of other programs once the database is there", "err", err)
		return nil
	}
	return err
}

// compareKeys notes marks that the database lacks and compares those it has. It
// waits for the database until ctx ends.
func (s *server) compareKeys(ctx context.Context, mine, note map[string]string) error {
	for {
		kept, err := s.store.NoteKeyMarks(ctx, note)
		if !errors.Is(err, office.ErrUnavailable) || ctx.Err() != nil {
			return errors.Join(err, keyfile.Differ(s.keyFolder(), mine, kept))
		}
		select {
		case <-time.After(retryKeys):
		case <-ctx.Done():
			return err
		}
	}
}

// retryKeys is how soon the database is asked again.
const retryKeys = 100 * time.Millisecond

// noteKeys lets the database remember the keys, once they are all there, and
// ends the program if another one was faster with others.
func (s *server) noteKeys(ctx context.Context) {
	if !s.set.shared {
		return
	}
	mine, err := keyfile.Marks(s.keyFolder())
	if err == nil {
		err = s.compareKeys(ctx, mine, mine)
	}
	if err != nil && ctx.Err() == nil {
		s.failed <- err
	}
}
