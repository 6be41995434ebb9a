package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"gobua/internal/backup"
	"gobua/internal/demo"
	"gobua/office"
	"gobua/transport"
)

// longestOwing is how long a session may wait for its journal before the
// program says that it takes no bids: a slow sync is no reason to.
const longestOwing = 2 * time.Second

// journalUp tells whether an append would be taken now. It does not block.
func (s *server) journalUp() bool {
	return s.trouble() == nil && s.saleroom.Owing() < longestOwing
}

// trouble is why an append would not be taken now. It does not block.
func (s *server) trouble() error {
	if s.node != nil {
		return s.node.log.Trouble()
	}
	return s.journal.Trouble()
}

// serves tells whether visitors should be sent here. A node of a cluster serves
// while it hears of most of the log: the others stand no better where one stream
// is without a leader for some seconds, and who is sent away from all of them
// sees nothing.
func (s *server) serves() bool {
	if s.node != nil {
		return s.node.serves()
	}
	return s.journalUp()
}

func (s *server) ready() transport.Readiness {
	return transport.Readiness{Journal: s.serves(), Office: s.officeUp.Load(), Draining: s.draining.Load()}
}

// pulseEvery is how often the database is asked whether it is there.
const pulseEvery = time.Second

// feelPulse keeps officeUp true to the database, until ctx ends.
func (s *server) feelPulse(ctx context.Context) {
	beat := time.NewTicker(pulseEvery)
	defer beat.Stop()
	for {
		err := s.store.Ready(ctx)
		if up := err == nil; s.officeUp.Swap(up) != up && ctx.Err() == nil {
			s.log.Info("the office database", "up", up, "err", err)
			if up {
				s.saleroom.OfficeIsBack()
			}
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

// officeRounds does what the office does by itself, until ctx ends.
func (s *server) officeRounds(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { s.office.Run(ctx) })
	wg.Go(func() { s.office.RunLetters(ctx) })
	wg.Go(func() { s.office.RunEvents(ctx) })
	wg.Go(func() { s.office.RunArchive(ctx) })
	wg.Wait()
}

// background runs the office's rounds and the demo until ctx ends.
func (s *server) background(ctx context.Context) {
	defer close(s.done)
	var wg sync.WaitGroup
	wg.Go(func() { s.clock.keep(ctx, s.saleroom.Running) })
	wg.Go(func() { s.office.RecordPresence(ctx) })
	wg.Go(func() { s.office.RunChanges(ctx) })
	wg.Go(func() { s.noteKeys(ctx) })
	wg.Go(func() { s.moveContents(ctx) })
	wg.Go(func() { s.singles.run(ctx, s.node != nil) })
	if s.ledger != nil {
		wg.Go(func() { s.ledger.Run(ctx) })
		wg.Go(func() { s.logJumps(ctx) })
	}
	wg.Go(func() { s.feelPulse(ctx) })
	wg.Go(func() { backup.Attend(ctx, s.set.data, s.copyOpen, s.log) })
	if s.sale != nil {
		wg.Go(func() { s.sale.Run(ctx) })
	}
	wg.Wait()
}

// demoWait is how long the start waits for the database to take the demo's
// accounts, some dozen passwords of a slow machine. Without them the page would
// be open and nobody could sign in.
const demoWait = time.Minute

// prepareDemo makes the demo as soon as the database answers, or gives up when
// ctx ends.
func (s *server) prepareDemo(ctx context.Context) (*demo.Demo, error) {
	o := demo.Options{Office: s.office, Saleroom: s.saleroom, Bots: s.set.demoBots, Log: s.log, Now: s.clock.Now}
	for {
		d, err := demo.Prepare(ctx, o)
		if err == nil || !errors.Is(err, office.ErrUnavailable) {
			return d, err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// close stops the parts in the opposite order: sessions handed over, nobody
// new, goodbye to those who are here, appends finished, journal closed, database
// last.
func (s *server) close() {
	s.draining.Store(true)
	if s.node != nil {
		ctx, cancel := context.WithTimeout(context.Background(), s.set.drain)
		s.node.leave(ctx)
		cancel()
	}
	if s.gateway != nil {
		ctx, cancel := context.WithTimeout(context.Background(), s.set.drain)
		if err := s.gateway.Drain(ctx); err != nil {
			s.log.Warn("some clients did not leave in time", "err", err)
		}
		cancel()
	}
	if s.app != nil {
		_ = s.app.ShutdownWithTimeout(s.set.drain)
	}
	s.stop()
	<-s.done
	if s.saleroom != nil {
		s.saleroom.Stop()
		s.saleroom.hub.Close()
	}
	if s.ledger != nil {
		if err := s.ledger.Close(); err != nil {
			s.log.Error("ledger", "err", err)
		}
	}
	if s.node != nil {
		s.node.close()
	}
	if s.journal != nil {
		if err := s.journal.Close(); err != nil {
			s.log.Error("journal", "err", err)
		}
	}
	if s.trace != nil {
		s.closeTracing()
	}
	if s.clock != nil {
		if err := s.closeClock(); err != nil {
			s.log.Error("clock", "err", err)
		}
	}
	if s.store != nil {
		s.store.Close()
	}
	if s.private != nil {
		s.private.Stop()
	}
}
