package ledgerkeeper

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
)

// TestTheEndOfASessionIsProvedOnceItIsThere, with all keys up to then, by the
// first checkpoint that most witnesses signed; then it does not change.
func TestTheEndOfASessionIsProvedOnceItIsThere(t *testing.T) {
	var witnesses []note.Signer
	h := newHall(t, func(o *Options) {
		for _, name := range []string{"w1.example", "w2.example"} {
			s, verifier, err := ledger.NewCosigner(name, [32]byte{name[1]}, func() time.Time { return start })
			if err != nil {
				t.Fatal(err)
			}
			v, err := ledger.NewCosignatureVerifier(verifier)
			if err != nil {
				t.Fatal(err)
			}
			witnesses, o.Witnesses = append(witnesses, s), append(o.Witnesses, v)
		}
	})
	const id, blind = engine.SessionID("k7qp2mwx90ab"), engine.SessionID("k7qp2mwx90ac")
	none := func(id engine.SessionID, when string) {
		t.Helper()
		if p, err := h.EndProof(id); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%s: %+v, %v", when, p, err)
		}
	}
	proved := func(size int64) ledger.EndProof {
		t.Helper()
		p, err := h.EndProof(id)
		if err != nil {
			t.Fatal(err)
		}
		c, keys, err := p.Check()
		if err != nil || c.Size != size || keys.Origin() != "daugia.example.vn/log" {
			t.Fatalf("proved by %+v, want size %d: %v", c, size, err)
		}
		e, err := ledger.ParseEntry(p.End.Entry)
		if head, ok := e.(*ledger.HeadEntry); err != nil || !ok || head.Session != id || head.Head != (engine.Head{Seq: 9, Hash: engine.Hash{9, 1}}) {
			t.Fatalf("proved %q: %v", p.End.Entry, err)
		}
		return p
	}
	cosign := func(by ...note.Signer) {
		t.Helper()
		n, err := note.Open([]byte(h.newest().Note), note.VerifierList(presentVerifier(t, h)))
		if err != nil {
			t.Fatal(err)
		}
		signed, err := note.Sign(n, by...)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.AddCosignature(signed); err != nil {
			t.Fatal(err)
		}
	}
	none(id, "of a session that nobody knows")
	h.set(Session{ID: id, Head: head(3), Phase: engine.PhaseRunning})
	h.pass(time.Minute)
	none(id, "while it runs")
	if _, err := RequestRotation(h.keysFolder()); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Second)
	h.set(Session{ID: id, Head: head(8), Phase: engine.PhaseClosed})
	h.pass(time.Second)
	none(id, "before it was announced")
	h.set(Session{ID: id, Head: head(9), Phase: engine.PhaseAnnounced})
	h.set(Session{ID: blind, Head: head(9), Phase: engine.PhaseStopped, Blind: true})
	none(id, "before the log has looked")
	first := h.pass(time.Second).Size
	none(blind, "of a session that keeps its secret")
	if p := proved(first); len(p.Keys) != 2 {
		t.Errorf("%d keys", len(p.Keys))
	}
	h.set(Session{ID: "k7qp2mwx90ad", Head: head(1), Phase: engine.PhaseScheduled})
	h.pass(time.Minute)
	proved(first)
	cosign(witnesses[0])
	one := h.newest().Size
	proved(one)
	h.set(Session{ID: "k7qp2mwx90ad", Head: head(2), Phase: engine.PhaseScheduled})
	h.pass(time.Minute)
	cosign(witnesses...)
	both := h.newest().Size
	stands := proved(both)
	h.set(Session{ID: "k7qp2mwx90ad", Head: head(3), Phase: engine.PhaseScheduled})
	h.pass(time.Minute)
	cosign(witnesses...)
	if _, err := RequestRotation(h.keysFolder()); err != nil {
		t.Fatal(err)
	}
	h.pass(time.Second)
	if again := proved(both); again.End.Note != stands.End.Note || len(again.Keys) != 2 {
		t.Error("the proof changed after all witnesses had signed")
	}
	h.shut()
	if _, err := h.EndProof(id); !errors.Is(err, ledger.ErrDown) {
		t.Errorf("of a log that is closed: %v", err)
	}
}

// presentVerifier is that of the present key.
func presentVerifier(t *testing.T, h *hall) note.Verifier {
	t.Helper()
	keys := h.Keys()
	v, err := note.NewVerifier(keys[len(keys)-1].Verifier)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
