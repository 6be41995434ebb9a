package ledgerstream_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
)

// newWitness makes a witness of a name.
func newWitness(t *testing.T, name string) (note.Signer, note.Verifier) {
	t.Helper()
	s, key, err := ledger.NewCosigner(name, [32]byte{name[1]}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	v, err := ledger.NewCosignatureVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

// cosigned is a checkpoint with the signature of a witness.
func cosigned(t *testing.T, k *ledgerkeeper.Keeper, by note.Signer) []byte {
	t.Helper()
	c, err := k.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(c.Note, "\n\n")
	signed, err := note.Sign(&note.Note{Text: text + "\n"}, by)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// old lets a node have a log that was begun on one machine: with a second key, a
// blind session, a round that is longer than a message, and the word of a
// witness. It returns what was served.
func (n *node) old(witness note.Signer) (served string) {
	n.t.Helper()
	var many []ledgerkeeper.Session
	for i := range 2500 {
		many = append(many, session(engine.NewSessionID([12]byte{byte(i % 32), byte(i / 32 % 32), byte(i / 1024)}), 4, engine.PhaseRunning))
	}
	n.set(append(many, session(one, 3, engine.PhaseRunning), ledgerkeeper.Session{ID: two, Head: head(5), Phase: engine.PhaseRunning, Blind: true})...)
	err := n.alone(func(k *ledgerkeeper.Keeper, _ *ledgerkeeper.Signer) {
		index, err := k.AppendNote(n.t.Context(), "clock", "on one machine")
		if err != nil || index < 2500 {
			n.t.Fatalf("entry %d: %v", index, err)
		}
		if _, err := ledgerkeeper.RequestRotation(n.keys()); err != nil {
			n.t.Fatal(err)
		}
		n.set(session(one, 9, engine.PhaseAnnounced), ledgerkeeper.Session{ID: two, Head: head(8), Phase: engine.PhaseClosed, Blind: true})
		n.eventually("the close and the new key", func() bool {
			_, err := k.EndProof(one)
			return err == nil && len(k.Keys()) == 2
		})
		if err := k.AddCosignature(cosigned(n.t, k, witness)); err != nil {
			n.t.Fatal(err)
		}
		n.set()
	})
	if err == nil {
		err = n.alone(func(k *ledgerkeeper.Keeper, _ *ledgerkeeper.Signer) {
			n.Keeper = k
			served = n.all()
		})
	}
	if err != nil {
		n.t.Fatal(err)
	}
	return served
}

// A log of one machine goes on in the cluster under its name and keys, with all
// that was signed of it; a node that holds the log and has none begins no other.
func TestALogOfOneMachineIsBroughtIn(t *testing.T) {
	js := connect(t)
	stream := ledgerstream.New(js)
	w, verifier := newWitness(t, "w1.example")
	known := func(o *ledgerkeeper.Options) { o.Witnesses = []note.Verifier{verifier} }
	a, b, c := newNode(t, "a", stream, known), newNode(t, "b", stream, known), newNode(t, "c", stream, known)
	served := a.old(w)
	for _, n := range []*node{b, c} {
		a.give("ledger-key", n)
		a.give("ledger-head", n)
	}
	b.start().hold()
	b.eventually("it says what it waits for", func() bool { return b.said.has("start the node first that has the log") })
	if b.size() != 0 {
		t.Fatalf("b has begun a log of its own: %d", b.size())
	}
	b.rest()
	a.start()
	c.start()
	same(t, a, b, c)
	if got := b.all(); got != served {
		t.Errorf("what was brought in is not what was there:\n%.3000s\n---\n%.3000s", got, served)
	}
	if !strings.Contains(served, "w1.example") || len(a.Keys()) != 2 {
		t.Fatal("the old log lacks what this test is about")
	}
	size := a.size()
	c.set(session(one, 9, engine.PhaseAnnounced), ledgerkeeper.Session{ID: two, Head: head(9), Phase: engine.PhaseAnnounced, Blind: true})
	c.hold()
	if index := b.note("in the cluster"); index < size {
		t.Errorf("the note is entry %d, the log had %d", index, size)
	}
	c.eventually("the secrets of the old log are told", func() bool {
		entries, err := c.SessionEntries(two, 0, 1)
		return err == nil && len(entries) == 1 && entries[0].Opening != nil
	})
	c.rest()
	same(t, a, b, c)
	if err := b.AddCosignature(cosigned(t, b.Keeper, w)); err != nil {
		t.Error(err)
	}
	a.end()
	a.start()
	same(t, a, b, c)
}

// tired is a chronicle that takes some appends and then no more.
type tired struct {
	ledgerkeeper.Chronicle
	left atomic.Int64
}

func (c *tired) Append(ctx context.Context, after uint64, rounds []byte) (uint64, error) {
	if c.left.Add(-1) < 0 {
		return 0, errors.New("tired")
	}
	return c.Chronicle.Append(ctx, after, rounds)
}

// An import that broke off in the middle of a round is taken up again; until
// then nobody writes, and nobody shows half a log.
func TestAnImportThatBrokeOffIsTakenUp(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	broken := &tired{Chronicle: stream}
	broken.left.Store(2)
	w, verifier := newWitness(t, "w1.example")
	known := func(o *ledgerkeeper.Options) { o.Witnesses = []note.Verifier{verifier} }
	a, b := newNode(t, "a", broken, known), newNode(t, "b", stream, known)
	served := a.old(w)
	a.give("ledger-key", b)
	a.start()
	a.eventually("it breaks off", func() bool { return a.said.has("tired") })
	b.start().hold()
	end, err := stream.End(t.Context())
	if err != nil || end != 2 {
		t.Fatalf("the chronicle has %d messages: %v", end, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	if index, err := b.AppendNote(ctx, "clock", "too early"); err == nil {
		t.Errorf("entry %d was written into an import", index)
	}
	if a.size() != 0 || b.size() != 0 {
		t.Errorf("half a log is shown: %d and %d", a.size(), b.size())
	}
	a.end()
	a.o.Chronicle = stream
	b.rest()
	a.start()
	same(t, a, b)
	if got := b.all(); got != served {
		t.Errorf("what was brought in is not what was there")
	}
	b.hold()
	b.eventually("the note is written at last", func() bool {
		return strings.Contains(strings.Join(b.entries(), ""), "gobua clock 1\ntoo early\n")
	})
	same(t, a, b)
}

// A round of many sessions is several messages, each with its checkpoint.
func TestALargeRoundIsSeveral(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	a, b := newNode(t, "a", stream, func(o *ledgerkeeper.Options) { o.Every = time.Hour }).start(), newNode(t, "b", stream).start()
	var many []ledgerkeeper.Session
	for i := range 4000 {
		many = append(many, session(engine.NewSessionID([12]byte{byte(i % 32), byte(i / 32 % 32), byte(i / 1024)}), 4, engine.PhaseRunning))
	}
	a.set(many...)
	a.hold()
	a.reach(4001)
	same(t, a, b)
	list, err := b.Checkpoints(0, 100)
	if err != nil || len(list) != 4 {
		t.Errorf("%d checkpoints, want that of the key and three: %v", len(list), err)
	}
}

// Taken out of its cluster a log goes on alone, and a machine that is alone does
// not touch one that was not.
func TestALogOfAClusterIsNotWrittenAlone(t *testing.T) {
	stream := ledgerstream.New(connect(t))
	a := newNode(t, "a", stream).start().hold()
	a.note("in the cluster")
	a.end()
	if err := a.alone(func(*ledgerkeeper.Keeper, *ledgerkeeper.Signer) {}); err == nil || !strings.Contains(err.Error(), "one of a cluster") {
		t.Errorf("written alone: %v", err)
	}
	if err := ledgerkeeper.Leave(a.o.Dir); err != nil {
		t.Fatal(err)
	}
	err := a.alone(func(k *ledgerkeeper.Keeper, _ *ledgerkeeper.Signer) {
		if index, err := k.AppendNote(t.Context(), "clock", "alone"); err != nil || index != 2 {
			t.Errorf("entry %d: %v", index, err)
		}
	})
	if err != nil {
		t.Error(err)
	}
	// It has gone another way than the cluster's, which goes on here too.
	b := newNode(t, "b", stream).start().hold()
	b.note("meanwhile")
	a.start()
	a.eventually("the contradiction is told", func() bool { return a.said.has("contradict each other") })
	if a.size() != 0 {
		t.Errorf("shown all the same: %d", a.size())
	}
	if err := ledgerkeeper.Leave(fmt.Sprint(t.TempDir(), "/none")); err == nil {
		t.Error("a log that is none was taken out")
	}
}
