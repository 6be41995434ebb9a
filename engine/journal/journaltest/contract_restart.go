package journaltest

import (
	"errors"
	"slices"
	"testing"
	"time"

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

func lastAlive(t *testing.T, open Open) {
	j, reopen := open(t)
	if at := j.LastAlive(); at != 0 {
		t.Fatalf("a new journal was alive at %d", at)
	}
	began := engine.InstantOf(time.Now())
	Grow(t, j, SessionID(1), engine.Head{}, 1)
	ended := engine.InstantOf(time.Now())
	if at := reopen().LastAlive(); at < min(began, ended-2000) || at > engine.InstantOf(time.Now()) {
		t.Fatalf("alive at %d, want at most 2 s before %d", at, ended)
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
