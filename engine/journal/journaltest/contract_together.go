package journaltest

import (
	"errors"
	"sync"
	"testing"

	"gobua/engine"
	"gobua/engine/journal"
)

// part is a joint append's part of n entries after a head.
func part(id engine.SessionID, after engine.Head, n int) engine.Part {
	return engine.Part{Session: id, After: after, Entries: Chain(id, after, n)}
}

func together(t *testing.T, open Open) {
	j, reopen := open(t)
	a, b := SessionID(1), SessionID(2)
	heads := map[engine.SessionID]engine.Head{a: Grow(t, j, a, engine.Head{}, 2), b: {}}
	for i := range 6 {
		parts := []engine.Part{part(b, heads[b], 1+i), part(a, heads[a], i%3)}
		if err := j.AppendTogether(ctx, parts); err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			heads[p.Session] = End(p.After, p.Entries)
		}
		if i == 3 {
			j = reopen()
		}
		heads[a] = Grow(t, j, a, heads[a], 1) // alone, in between
	}
	if err := j.AppendTogether(ctx, nil); err != nil {
		t.Fatalf("nothing at all: %v", err)
	}
	j = reopen()
	WantHead(t, j, a, heads[a])
	WantHead(t, j, b, heads[b])
}

func togetherOrNot(t *testing.T, open Open) {
	j, reopen := open(t)
	a, b := SessionID(1), SessionID(2)
	one, two := Grow(t, j, a, engine.Head{}, 1), Grow(t, j, b, engine.Head{}, 2)
	broken := part(b, two, 3)
	broken.Entries = broken.Entries[1:]
	large := part(b, two, 1)
	large.Entries[0].Body = make([]byte, journal.MaxBodyBytes+1)
	large.Entries[0].Hash = engine.Link(two.Hash, large.Entries[0].Body)
	for name, c := range map[string]struct {
		second engine.Part
		fenced bool
	}{
		"a stale head":       {part(b, engine.Head{}, 1), true},
		"a broken chain":     {broken, false},
		"a record too large": {large, false},
		"no session id":      {part("x", engine.Head{}, 1), false},
		"the same session":   {part(a, one, 2), false},
	} {
		err := j.AppendTogether(ctx, []engine.Part{part(a, one, 1), c.second})
		if err == nil || errors.Is(err, engine.ErrFenced) != c.fenced {
			t.Errorf("%s: got %v", name, err)
		}
		WantHead(t, j, a, one)
		WantHead(t, j, b, two)
	}
	j = reopen()
	WantHead(t, j, a, one)
	WantHead(t, j, b, two)
}

// togetherInAnyOrder: owners that name the same sessions in different orders
// do not wait for each other for ever, and each append is whole.
func togetherInAnyOrder(t *testing.T, open Open) {
	j, _ := open(t)
	a, b := SessionID(1), SessionID(2)
	var all sync.WaitGroup
	var mu sync.Mutex
	wins := 0
	for i := range 16 {
		all.Go(func() {
			parts := []engine.Part{part(a, engine.Head{}, 1+i), part(b, engine.Head{}, 1+i)}
			if i%2 == 1 {
				parts[0], parts[1] = parts[1], parts[0]
			}
			switch err := j.AppendTogether(ctx, parts); {
			case err == nil:
				mu.Lock()
				wins++
				mu.Unlock()
			case !errors.Is(err, engine.ErrFenced):
				t.Error(err)
			}
		})
	}
	all.Wait()
	x, errX := Read(j, a)
	y, errY := Read(j, b)
	if wins != 1 || errX != nil || errY != nil || x.Seq == 0 || x.Seq != y.Seq {
		t.Fatalf("%d owners appended, the sessions end at %d (%v) and %d (%v)", wins, x.Seq, errX, y.Seq, errY)
	}
}
