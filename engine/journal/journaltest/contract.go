package journaltest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"gobua/engine"
	"gobua/engine/journal"
)

// Open opens an empty journal for one test, and tells how its process would
// find it after a restart. reopen ends the journal it was called for.
type Open func(t *testing.T) (j engine.Journal, reopen func() engine.Journal)

// Run runs the contract of engine.Journal against a wiring.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Open)
	}{
		{"what is appended is replayed in order", replayInOrder},
		{"replay begins after the number asked for", replayAfter},
		{"what is asked for beyond the end is named as damage", replayBeyondEnd},
		{"an error of the reader ends the replay", readerEnds},
		{"an unknown session is empty and not settled", unknownSession},
		{"a stale head is fenced and nothing is written", staleHead},
		{"a head with another hash is fenced", otherHash},
		{"of two owners at one head exactly one appends", twoOwners},
		{"entries that do not follow are not written", brokenChain},
		{"what is too large is not written", tooLarge},
		{"what is no session id is refused", badID},
		{"an append of nothing checks the head", appendNothing},
		{"a context that has ended writes nothing", endedContext},
		{"the caller may reuse the bodies", bodiesAreCopied},
		{"many sessions append at once", manySessions},
		{"a replay during appends sees whole batches", replayDuringAppends},
		{"several sessions append together", together},
		{"of a joint append that is refused nothing is written", togetherOrNot},
		{"joint appends in any order of sessions do not block", togetherInAnyOrder},
		{"an append that failed may be durable, and the head tells", ambiguousFailure},
		{"a restart finds everything", restart},
		{"a restart in the midst of appends finds whole batches", restartDuringAppends},
		{"last alive is what was marked before", lastAlive},
		{"opening, appending and closing mark nothing", marksNothing},
		{"a settled session stays settled", settled},
		{"the list names each session once", sessions},
		{"after the restart the old journal writes nothing", oldJournal},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

var ctx = context.Background()

func replayInOrder(t *testing.T, open Open) {
	j, _ := open(t)
	id := SessionID(1)
	first := Chain(id, engine.Head{}, 1)
	second := Chain(id, End(engine.Head{}, first), 100)
	var head engine.Head
	for _, batch := range [][]engine.Entry{first, second} {
		if err := j.Append(ctx, id, head, batch); err != nil {
			t.Fatal(err)
		}
		head = End(head, batch)
	}
	want := append(first, second...)
	var got []engine.Entry
	if err := j.Replay(ctx, id, 0, func(e engine.Entry) error { got = append(got, e); return nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(got, want, sameEntry) {
		t.Fatalf("replayed %d entries, not the %d that were appended", len(got), len(want))
	}
}

func sameEntry(a, b engine.Entry) bool {
	return a.Seq == b.Seq && a.Hash == b.Hash && bytes.Equal(a.Body, b.Body) && bytes.Equal(a.Disclosure, b.Disclosure)
}

func replayAfter(t *testing.T, open Open) {
	j, _ := open(t)
	id := SessionID(1)
	Grow(t, j, id, engine.Head{}, 10)
	for after := range engine.Seq(11) {
		next := after + 1
		err := j.Replay(ctx, id, after, func(e engine.Entry) error {
			if e.Seq != next {
				t.Fatalf("after %d: got %d, want %d", after, e.Seq, next)
			}
			next++
			return nil
		})
		if err != nil || next != 11 {
			t.Fatalf("after %d: ended before %d: %v", after, next, err)
		}
	}
}

func replayBeyondEnd(t *testing.T, open Open) {
	j, _ := open(t)
	Grow(t, j, SessionID(1), engine.Head{}, 3)
	if err := j.Replay(ctx, SessionID(1), 4, fails(t)); !errors.Is(err, engine.ErrCorrupt) {
		t.Fatalf("got %v, want ErrCorrupt: somebody has seen record 4", err)
	}
}

// fails is a reader that must not be called.
func fails(t *testing.T) func(engine.Entry) error {
	return func(e engine.Entry) error { t.Fatalf("got record %d, want none", e.Seq); return nil }
}

func readerEnds(t *testing.T, open Open) {
	j, _ := open(t)
	Grow(t, j, SessionID(1), engine.Head{}, 3)
	enough, calls := errors.New("enough"), 0
	err := j.Replay(ctx, SessionID(1), 0, func(engine.Entry) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Fatalf("got %v after %d calls", err, calls)
	}
}

func unknownSession(t *testing.T, open Open) {
	j, _ := open(t)
	if err := j.Replay(ctx, SessionID(9), 0, fails(t)); err != nil {
		t.Fatal(err)
	}
	if settled, err := j.Settled(ctx, SessionID(9)); err != nil || settled {
		t.Fatalf("settled %v, %v", settled, err)
	}
	if ids, err := j.Sessions(ctx); err != nil || len(ids) != 0 {
		t.Fatalf("sessions %v, %v", ids, err)
	}
}

func staleHead(t *testing.T, open Open) {
	j, _ := open(t)
	id := SessionID(1)
	one := Grow(t, j, id, engine.Head{}, 1)
	two := Grow(t, j, id, one, 1)
	beyond := End(two, Chain(id, two, 1))
	for _, head := range []engine.Head{{}, one, beyond} {
		if err := j.Append(ctx, id, head, Chain(id, head, 1)); !errors.Is(err, engine.ErrFenced) {
			t.Fatalf("append after %d: got %v, want ErrFenced", head.Seq, err)
		}
	}
	WantHead(t, j, id, two)
}

func otherHash(t *testing.T, open Open) {
	j, _ := open(t)
	id := SessionID(1)
	head := Grow(t, j, id, engine.Head{}, 2)
	forged := head
	forged.Hash[0] ^= 1
	if err := j.Append(ctx, id, forged, Chain(id, forged, 1)); !errors.Is(err, engine.ErrFenced) {
		t.Fatalf("got %v, want ErrFenced", err)
	}
	WantHead(t, j, id, head)
}

func twoOwners(t *testing.T, open Open) {
	j, _ := open(t)
	id := SessionID(1)
	head := Grow(t, j, id, engine.Head{}, 1)
	const owners = 16
	errs := make([]error, owners)
	var all sync.WaitGroup
	for i := range owners {
		all.Go(func() { errs[i] = j.Append(ctx, id, head, Chain(id, head, 1+i)) })
	}
	all.Wait()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner < 0:
			winner = i
		case err == nil:
			t.Fatalf("owners %d and %d both appended", winner, i)
		case !errors.Is(err, engine.ErrFenced):
			t.Fatalf("owner %d: got %v, want ErrFenced", i, err)
		}
	}
	if winner < 0 {
		t.Fatal("nobody appended")
	}
	WantHead(t, j, id, End(head, Chain(id, head, 1+winner)))
}

func brokenChain(t *testing.T, open Open) {
	j, _ := open(t)
	id := SessionID(1)
	head := Grow(t, j, id, engine.Head{}, 3)
	broken := map[string]func([]engine.Entry) []engine.Entry{
		"gap":           func(e []engine.Entry) []engine.Entry { return slices.Delete(e, 1, 2) },
		"late start":    func(e []engine.Entry) []engine.Entry { return e[1:] },
		"twice":         func(e []engine.Entry) []engine.Entry { return slices.Insert(e, 1, e[0]) },
		"changed body":  func(e []engine.Entry) []engine.Entry { e[2].Body = []byte("{}"); return e },
		"changed hash":  func(e []engine.Entry) []engine.Entry { e[1].Hash[31] ^= 1; return e },
		"changed order": func(e []engine.Entry) []engine.Entry { e[0], e[1] = e[1], e[0]; return e },
	}
	for name, damage := range broken {
		if err := j.Append(ctx, id, head, damage(Chain(id, head, 4))); err == nil || errors.Is(err, engine.ErrFenced) {
			t.Errorf("%s: got %v, want an error that is not ErrFenced", name, err)
		}
		WantHead(t, j, id, head)
	}
}

func tooLarge(t *testing.T, open Open) {
	j, _ := open(t)
	id := SessionID(1)
	body := make([]byte, journal.MaxBodyBytes+1)
	if err := j.Append(ctx, id, engine.Head{}, []engine.Entry{{Seq: 1, Body: body, Hash: engine.Link(engine.Hash{}, body)}}); err == nil {
		t.Fatal("a record over the limit was written")
	}
	var head engine.Head
	var batch []engine.Entry
	for n := 0; n <= journal.MaxBatchBytes; n += len(body) - 1 {
		e := engine.Entry{Seq: head.Seq + 1, Body: body[:journal.MaxBodyBytes], Hash: engine.Link(head.Hash, body[:journal.MaxBodyBytes])}
		batch = append(batch, e)
		head = engine.Head{Seq: e.Seq, Hash: e.Hash}
	}
	if err := j.Append(ctx, id, engine.Head{}, batch); err == nil {
		t.Fatal("a batch over the limit was written")
	}
	WantHead(t, j, id, engine.Head{})
	if err := j.Append(ctx, id, engine.Head{}, batch[:len(batch)-1]); err != nil {
		t.Fatalf("a batch at the limit was refused: %v", err)
	}
	WantHead(t, j, id, End(engine.Head{}, batch[:len(batch)-1]))
}

func badID(t *testing.T, open Open) {
	j, _ := open(t)
	for _, id := range []engine.SessionID{"", "short", "000000000000x", "../../../etc", "00000000000\x00"} {
		_, settledErr := j.Settled(ctx, id)
		for what, err := range map[string]error{
			"append":       j.Append(ctx, id, engine.Head{}, Chain(id, engine.Head{}, 1)),
			"replay":       j.Replay(ctx, id, 0, fails(t)),
			"mark settled": j.MarkSettled(ctx, id),
			"settled":      settledErr,
		} {
			if err == nil {
				t.Errorf("%s of %q was not refused", what, id)
			}
		}
	}
}

func appendNothing(t *testing.T, open Open) {
	j, _ := open(t)
	head := Grow(t, j, SessionID(1), engine.Head{}, 2)
	if err := j.Append(ctx, SessionID(1), head, nil); err != nil {
		t.Fatal(err)
	}
	if err := j.Append(ctx, SessionID(1), engine.Head{}, nil); !errors.Is(err, engine.ErrFenced) {
		t.Fatalf("got %v, want ErrFenced", err)
	}
	WantHead(t, j, SessionID(1), head)
}

func endedContext(t *testing.T, open Open) {
	j, _ := open(t)
	ended, end := context.WithCancel(ctx)
	end()
	id := SessionID(1)
	if err := j.Append(ended, id, engine.Head{}, Chain(id, engine.Head{}, 1)); !errors.Is(err, context.Canceled) {
		t.Fatalf("append: got %v, want Canceled", err)
	}
	if err := j.Replay(ended, id, 0, fails(t)); !errors.Is(err, context.Canceled) {
		t.Fatalf("replay: got %v, want Canceled", err)
	}
	WantHead(t, j, id, engine.Head{})
}

func bodiesAreCopied(t *testing.T, open Open) {
	j, _ := open(t)
	id := SessionID(1)
	entries := Chain(id, engine.Head{}, 3)
	head := End(engine.Head{}, entries)
	if err := j.Append(ctx, id, engine.Head{}, entries); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		clear(e.Body)
	}
	if err := j.Replay(ctx, id, 0, func(e engine.Entry) error { clear(e.Body); clear(e.Disclosure); return nil }); err != nil {
		t.Fatal(err)
	}
	WantHead(t, j, id, head)
}

func manySessions(t *testing.T, open Open) {
	j, reopen := open(t)
	const sessions, batches = 24, 12
	heads := make([]engine.Head, sessions)
	var all sync.WaitGroup
	for i := range sessions {
		all.Go(func() {
			for n := range batches {
				entries := Chain(SessionID(i), heads[i], 1+(i+n)%4)
				if err := j.Append(ctx, SessionID(i), heads[i], entries); err != nil {
					t.Errorf("session %d: %v", i, err)
					return
				}
				heads[i] = End(heads[i], entries)
			}
		})
	}
	all.Wait()
	nowAndAfterRestart(j, reopen, func(j engine.Journal) {
		for i, head := range heads {
			WantHead(t, j, SessionID(i), head)
		}
	})
}

func replayDuringAppends(t *testing.T, open Open) {
	j, _ := open(t)
	id, batch := SessionID(1), engine.Seq(5)
	done := make(chan struct{})
	go func() {
		defer close(done)
		var head engine.Head
		for range 40 {
			entries := Chain(id, head, int(batch))
			if err := j.Append(ctx, id, head, entries); err != nil {
				t.Error(err)
				return
			}
			head = End(head, entries)
		}
	}()
	var before engine.Seq
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		head, err := Read(j, id)
		if err != nil || head.Seq%batch != 0 || head.Seq < before {
			t.Fatalf("read %d after %d: %v", head.Seq, before, err)
		}
		before = head.Seq
	}
}
