package journaltest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"gobua/engine"
	"gobua/engine/journal"
)

// nowAndAfterRestart checks twice: what the memory says, and what the disk says.
func nowAndAfterRestart(j engine.Journal, reopen func() engine.Journal, check func(engine.Journal)) {
	check(j)
	check(reopen())
}

func ambiguousFailure(t *testing.T, open Open) {
	for name, fault := range map[string]journal.Fault{
		"before": {Kind: journal.FailBefore},
		"after":  {Kind: journal.FailAfter},
		"torn":   {Kind: journal.Tear, Durable: 2},
	} {
		inner, reopen := open(t)
		var next journal.Fault
		j := journal.NewFaulty(inner, func(engine.SessionID, int) journal.Fault { return next })
		id := SessionID(1)
		old := Grow(t, j, id, engine.Head{}, 3)
		next = fault
		if err := j.Append(ctx, id, old, Chain(id, old, 4)); !errors.Is(err, journal.ErrInjected) {
			t.Fatalf("%s: got %v, want the fault", name, err)
		}
		next = journal.Fault{}
		found, err := Read(j, id)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := map[string]engine.Seq{"before": 3, "after": 7, "torn": 5}[name]
		if found.Seq != want {
			t.Fatalf("%s: found %d records, want %d", name, found.Seq, want)
		}
		if err := j.Append(ctx, id, old, Chain(id, old, 1)); found != old && !errors.Is(err, engine.ErrFenced) {
			t.Fatalf("%s: append at the old head: got %v, want ErrFenced", name, err)
		} else if found == old {
			found = End(old, Chain(id, old, 1))
		}
		head := Grow(t, j, id, found, 2)
		WantHead(t, reopen(), id, head)
	}
}

func restart(t *testing.T, open Open) {
	j, reopen := open(t)
	id := SessionID(1)
	var head engine.Head
	for i := range 4 {
		head = Grow(t, j, id, head, 7)
		if i%2 == 1 {
			j = reopen()
			WantHead(t, j, id, head)
		}
	}
	if err := j.Append(ctx, id, engine.Head{}, Chain(id, engine.Head{}, 1)); !errors.Is(err, engine.ErrFenced) {
		t.Fatalf("got %v, want ErrFenced", err)
	}
	Grow(t, j, id, head, 1)
}

// restartDuringAppends can only end the process in good order; crashes are for
// the tests of each wiring.
func restartDuringAppends(t *testing.T, open Open) {
	j, reopen := open(t)
	id, batch := SessionID(1), 5
	begun, last := make(chan struct{}), make(chan engine.Head)
	go func() {
		var head engine.Head
		for n := 0; ; n++ {
			if n == 3 {
				close(begun)
			}
			entries := Chain(id, head, batch)
			if j.Append(ctx, id, head, entries) != nil {
				last <- head
				return
			}
			head = End(head, entries)
		}
	}()
	<-begun
	after := reopen()
	acknowledged := <-last
	found, err := Read(after, id)
	if err != nil || found.Seq%engine.Seq(batch) != 0 || found.Seq < acknowledged.Seq {
		t.Fatalf("%d records in batches of %d were acknowledged, found %d: %v", acknowledged.Seq, batch, found.Seq, err)
	}
}

func lastAlive(t *testing.T, open Open) {
	j, reopen := open(t)
	if at := j.LastAlive(); at != 0 {
		t.Fatalf("a new journal was alive at %d", at)
	}
	var before engine.Instant
	for _, at := range []engine.Instant{1_795_000_000_000, 1_795_000_001_000, 1_794_000_000_000} { // the clock was set back
		for _, mark := range []engine.Instant{at + 5000, at} {
			if err := j.MarkAlive(ctx, mark); err != nil {
				t.Fatal(err)
			}
		}
		if got := j.LastAlive(); got != before {
			t.Fatalf("after a mark of this process, the one before was alive at %d, want %d", got, before)
		}
		j = reopen()
		if got := j.LastAlive(); got != at {
			t.Fatalf("alive at %d, want %d", got, at)
		}
		before = at
	}
	ended, end := context.WithCancel(ctx)
	end()
	if err := j.MarkAlive(ended, 1); !errors.Is(err, context.Canceled) {
		t.Fatalf("a mark in a context that has ended: got %v, want Canceled", err)
	}
	if got := reopen().LastAlive(); got != before {
		t.Fatalf("it marked %d", got)
	}
}

// marksNothing: a tool, or a process that dies before it serves anybody, must
// not wipe out how long nobody could bid.
func marksNothing(t *testing.T, open Open) {
	j, reopen := open(t)
	head := Grow(t, j, SessionID(1), engine.Head{}, 1)
	for _, marked := range []engine.Instant{0, 1_795_000_000_000} {
		if marked != 0 {
			if err := j.MarkAlive(ctx, marked); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			j = reopen()
			if at := j.LastAlive(); at != marked {
				t.Fatalf("alive at %d, want %d", at, marked)
			}
			head = Grow(t, j, SessionID(1), head, 1)
		}
	}
}

func settled(t *testing.T, open Open) {
	j, reopen := open(t)
	Grow(t, j, SessionID(1), engine.Head{}, 1)
	Grow(t, j, SessionID(2), engine.Head{}, 1)
	for range 2 {
		if err := j.MarkSettled(ctx, SessionID(1)); err != nil {
			t.Fatal(err)
		}
	}
	nowAndAfterRestart(j, reopen, func(j engine.Journal) {
		for id, want := range map[engine.SessionID]bool{SessionID(1): true, SessionID(2): false} {
			if got, err := j.Settled(ctx, id); err != nil || got != want {
				t.Fatalf("session %s: settled %v, %v", id, got, err)
			}
		}
	})
}

func sessions(t *testing.T, open Open) {
	j, reopen := open(t)
	var want []engine.SessionID
	for i := range 40 {
		Grow(t, j, SessionID(i*i), engine.Head{}, 1+i%3)
		want = append(want, SessionID(i*i))
	}
	nowAndAfterRestart(j, reopen, func(j engine.Journal) {
		got, err := j.Sessions(ctx)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("got %d sessions %v, want %d", len(got), got, len(want))
		}
	})
}

func oldJournal(t *testing.T, open Open) {
	old, reopen := open(t)
	head := Grow(t, old, SessionID(1), engine.Head{}, 1)
	j := reopen()
	if err := old.Append(ctx, SessionID(1), head, Chain(SessionID(1), head, 1)); err == nil {
		t.Fatal("a journal that was ended appended")
	}
	WantHead(t, j, SessionID(1), head)
}
