package main

import (
	"context"
	"fmt"
	"sync"
)

// singles are what one process at a time does for everybody. A process alone
// does all of it as long as it runs; a node does what it has been given. Each
// does no harm if two do it for a moment: what it writes is claimed in the
// database, or fenced in its log.
type singles struct {
	mu      sync.Mutex
	jobs    map[string]func(context.Context) // by unit; each runs until its context ends
	running map[string]*single
	life    context.Context // nil: not begun, or over
	wg      sync.WaitGroup
}

// single is one job under way.
type single struct {
	end  context.CancelFunc
	done chan struct{}
}

// add makes a job known, before run.
func (s *singles) add(unit string, job func(context.Context)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs == nil {
		s.jobs, s.running = map[string]func(context.Context){}, map[string]*single{}
	}
	s.jobs[unit] = job
}

// run lets jobs run until ctx ends, and waits for them. Unless they are shared
// with other processes it begins all of them.
func (s *singles) run(ctx context.Context, shared bool) {
	s.mu.Lock()
	s.life = ctx
	for unit := range s.jobs {
		if !shared || s.running[unit] != nil {
			s.begin(unit)
		}
	}
	s.mu.Unlock()
	<-ctx.Done()
	s.mu.Lock()
	s.life = nil
	s.mu.Unlock()
	s.wg.Wait()
}

// take begins a job, or notes that it shall begin with run.
func (s *singles) take(unit string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs[unit] == nil {
		return fmt.Errorf("unit %q is nothing that this program does", unit)
	}
	s.begin(unit)
	return nil
}

// begin starts a job if there is a life for it. The caller holds s.mu.
func (s *singles) begin(unit string) {
	if s.life == nil {
		s.running[unit] = &single{end: func() {}, done: make(chan struct{})}
		close(s.running[unit].done)
		return
	}
	ctx, cancel := context.WithCancel(s.life)
	j := &single{cancel, make(chan struct{})}
	s.running[unit] = j
	job := s.jobs[unit]
	s.wg.Go(func() {
		defer close(j.done)
		defer cancel()
		job(ctx)
	})
}

// give ends a job and waits for it, at most until ctx ends.
func (s *singles) give(ctx context.Context, unit string) error {
	s.mu.Lock()
	j := s.running[unit]
	delete(s.running, unit)
	s.mu.Unlock()
	if j == nil {
		return nil
	}
	j.end()
	select {
	case <-j.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
