package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"gobua/migrations"
	"gobua/office"
)

// How often a second instance looks whether the first has done migrating.
const (
	lockEverySeconds = 1
	lockTries        = 300
)

// errTooNew: the database belongs to a newer program, and this one must leave
// it alone.
var errTooNew = errors.New("the database was made by a newer version of this program")

// prepare tries to reach and migrate the database until it succeeds or ctx
// ends. It runs on its own goroutine.
func (s *Store) prepare(ctx context.Context, c *pq.Connector, retryLast time.Duration) {
	defer close(s.done)
	start := time.Now()
	pause := retryFirst
	for try := 1; ; try++ {
		err := s.migrate(ctx, c)
		if err == nil {
			s.ready.Store(true)
			s.log.Info("database is ready", "after", time.Since(start).Round(time.Millisecond), "tries", try)
			return
		}
		if ctx.Err() != nil {
			return
		}
		if first := s.notReady(err); first {
			s.log.Warn("database is not ready, will keep trying; sessions are served meanwhile", "err", err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		pause = min(2*pause, retryLast)
	}
}

// notReady keeps why the database is not ready and tells whether that is news.
func (s *Store) notReady(err error) (news bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	why := fmt.Errorf("%w: %w", office.ErrUnavailable, err)
	news = s.why.Error() != why.Error()
	s.why = why
	return news
}

// migrate brings the schema up to this program's. Several instances may do so
// at once: one works, the others wait. It uses a connection of its own, whose
// statements may take longer than those that people wait for.
func (s *Store) migrate(ctx context.Context, c *pq.Connector) error {
	db := sql.OpenDB(c)
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockEverySeconds, lockTries))
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files, goose.WithSessionLocker(locker), goose.WithSlog(s.log))
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > target {
		return fmt.Errorf("%w: its schema is %d, this program knows %d", errTooNew, current, target)
	}
	if current == target {
		return nil
	}
	done, err := p.Up(ctx)
	if err != nil {
		return err
	}
	for _, m := range done {
		s.log.Info("database migrated", "step", m.Source.Path, "took", m.Duration.Round(time.Millisecond))
	}
	return nil
}
