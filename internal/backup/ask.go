package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"gobua/internal/durable"
)

// A request is a folder below this one in the data folder. Hard links save
// copying most of the journal, so it must be on the same disk. Whoever may
// write there may read the journal anyway.
const (
	asksName   = "backup"
	askedName  = "asked"
	answerName = "answer" // "done\n", or why not
	copyName   = "copy"
	doneAnswer = "done\n"
)

// Times of a request.
const (
	lookEvery    = 500 * time.Millisecond
	answerWithin = 2 * time.Minute
	staleAfter   = 24 * time.Hour // then whoever asked is gone
)

// Snapshot writes the parts that a running server holds open, the folders
// journal and ledger, into a folder: the ledger first. A ledger that is out of
// order is left out.
type Snapshot func(folder string) error

// Attend answers requests until ctx ends. The server runs it on a goroutine of
// its own.
func Attend(ctx context.Context, data string, snapshot Snapshot, log *slog.Logger) {
	beat := time.NewTicker(lookEvery)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
		asks, _ := filepath.Glob(filepath.Join(data, asksName, "*", askedName)) // the pattern is well formed
		for _, asked := range asks {
			answer(filepath.Dir(asked), snapshot, log)
		}
	}
}

func answer(ask string, snapshot Snapshot, log *slog.Logger) {
	info, err := os.Stat(filepath.Join(ask, askedName))
	if err != nil {
		return // withdrawn
	}
	if time.Since(info.ModTime()) > staleAfter {
		log.Info("backup: a request that nobody waits for any more is taken away", "folder", ask, "err", os.RemoveAll(ask))
		return
	}
	if exists(filepath.Join(ask, answerName)) {
		return
	}
	began := time.Now()
	// What an earlier process left half done.
	err = os.RemoveAll(filepath.Join(ask, copyName))
	if err == nil {
		err = os.Mkdir(filepath.Join(ask, copyName), 0o700)
	}
	if err == nil {
		err = snapshot(filepath.Join(ask, copyName))
	}
	said := doneAnswer
	if err != nil {
		said = err.Error()
	}
	log.Info("backup: journal and public log are copied", "took", time.Since(began).Round(time.Millisecond), "err", err)
	if err := durable.WriteFile(filepath.Join(ask, answerName), []byte(said)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Error("backup: a request cannot be answered", "err", err)
	}
}

// ask has the running server copy what it holds open into the folder of a
// request, which is there already.
func ask(ctx context.Context, mine string) error {
	if err := durable.WriteFile(filepath.Join(mine, askedName), nil); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	for {
		said, err := os.ReadFile(filepath.Join(mine, answerName))
		switch {
		case err == nil && string(said) == doneAnswer:
			return nil
		case err == nil:
			return fmt.Errorf("the server could not copy: %s", said)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		select {
		case <-time.After(lookEvery / 5):
		case <-ctx.Done():
			return fmt.Errorf("the server that has the journal open did not answer: %w", ctx.Err())
		}
	}
}
