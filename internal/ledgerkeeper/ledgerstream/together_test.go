package ledgerstream_test

import (
	"testing"

	"gobua/engine"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/ledgerkeeper/ledgerstream"
)

// TestAllNodesServeTheSameLog, whoever writes it and whichever node was asked for
// a note.
func TestAllNodesServeTheSameLog(t *testing.T) {
	chronicle := ledgerstream.New(connect(t))
	a, b, c := newNode(t, "a", chronicle), newNode(t, "b", chronicle), newNode(t, "c", chronicle)
	sessions := []ledgerkeeper.Session{session(one, 3, engine.PhaseRunning), {ID: two, Head: head(5), Phase: engine.PhaseRunning, Blind: true}}
	for _, n := range []*node{a, b, c} {
		n.set(sessions...)
		n.start()
	}
	a.hold()
	a.note("first")
	b.note("from a node that does not hold the log")
	a.rest()
	c.hold()
	sessions = []ledgerkeeper.Session{session(one, 9, engine.PhaseAnnounced), {ID: two, Head: head(7), Phase: engine.PhaseAnnounced, Blind: true}}
	for _, n := range []*node{a, b, c} {
		n.set(sessions...)
	}
	a.note("after the change")
	c.eventually("the end is proved", func() bool { _, err := c.EndProof(two); return err == nil })
	c.rest()
	same(t, a, b, c)
	for _, n := range []*node{a, b, c} {
		if n.said.has("contradict") || n.said.has("will try again") {
			t.Errorf("%s: %s", n.name, n.said.String())
		}
	}
}
