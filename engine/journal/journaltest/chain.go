// Package journaltest holds what every journal must do, as a suite of tests,
// and makes chains for tests of journals.
package journaltest

import (
	"context"
	"fmt"
	"testing"

	"gobua/engine"
)

// SessionID makes the nth session id.
func SessionID(n int) engine.SessionID {
	const digits = "0123456789abcdefghjkmnpqrstvwxyz"
	id := []byte("000000000000")
	for i := len(id) - 1; n > 0; i, n = i-1, n/len(digits) {
		id[i] = digits[n%len(digits)]
	}
	return engine.SessionID(id)
}

// Chain makes n entries that follow after. A body says what it is, so that a
// mix-up shows; every third has a disclosure, which says so too.
func Chain(id engine.SessionID, after engine.Head, n int) []engine.Entry {
	entries := make([]engine.Entry, 0, n)
	for range n {
		body := fmt.Appendf(nil, `{"session":%q,"seq":%d,"kind":"bid_accepted","code":"M-733","amount":%d}`, id, after.Seq+1, 40_000_000+5_000_000*int64(after.Seq))
		e := engine.Entry{Seq: after.Seq + 1, Body: body, Hash: engine.Link(after.Hash, body)}
		if e.Seq%3 == 0 {
			e.Disclosure = fmt.Appendf(nil, "what record %d of %s conceals", e.Seq, id)
		}
		entries = append(entries, e)
		after = engine.Head{Seq: e.Seq, Hash: e.Hash}
	}
	return entries
}

// End returns the head that entries make after a head.
func End(after engine.Head, entries []engine.Entry) engine.Head {
	if len(entries) == 0 {
		return after
	}
	last := entries[len(entries)-1]
	return engine.Head{Seq: last.Seq, Hash: last.Hash}
}

// Grow appends n entries to a session and returns its new head.
func Grow(t testing.TB, j engine.Journal, id engine.SessionID, after engine.Head, n int) engine.Head {
	t.Helper()
	entries := Chain(id, after, n)
	if err := j.Append(context.Background(), id, after, entries); err != nil {
		t.Fatalf("append %d entries after %d: %v", n, after.Seq, err)
	}
	return End(after, entries)
}

// Read replays a session from its beginning, checks its chain once more, and
// returns where it ends.
func Read(j engine.Journal, id engine.SessionID) (engine.Head, error) {
	var head engine.Head
	err := j.Replay(context.Background(), id, 0, func(e engine.Entry) (err error) {
		head, err = head.Next(e)
		return err
	})
	return head, err
}

// WantHead fails the test if a session does not end at a head.
func WantHead(t testing.TB, j engine.Journal, id engine.SessionID, want engine.Head) {
	t.Helper()
	got, err := Read(j, id)
	if err != nil {
		t.Fatalf("session %s: replay: %v", id, err)
	}
	if got != want {
		t.Fatalf("session %s ends at %d %s, want %d %s", id, got.Seq, got.Hash.Short(), want.Seq, want.Hash.Short())
	}
}
