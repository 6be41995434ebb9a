package transport

import (
	"strings"
	"testing"
	"time"

	"gobua/engine"
)

// TestAClientGoesOnAtAnotherNode: two hubs that are told the same feed under
// the same epoch take each other's clients over where they stand. Who began
// later cannot, and who is behind waits instead of showing the past.
func TestAClientGoesOnAtAnotherNode(t *testing.T) {
	epoch := func(id engine.SessionID) string { return "c-" + string(id[:4]) }
	node := func(from engine.FeedSeq, upTo engine.FeedSeq) *room {
		hub := NewHub(HubOptions{Epoch: epoch})
		t.Cleanup(hub.Close)
		h := newHall(hub)
		h.feed[firstSession] = from
		h.open(firstSession)
		for n := from; n < upTo; n++ {
			h.bid(firstSession, "M-101", engine.Dong(1000+100*n))
		}
		return hub.room(firstSession)
	}
	for name, c := range map[string]struct {
		room    *room
		after   engine.FeedSeq
		epoch   string
		resumes bool
		updates int // that it is sent
	}{
		"a node that has what it missed":         {node(0, 5), 3, "c-k7qp", true, 2},
		"a node that is where it was":            {node(0, 5), 5, "c-k7qp", true, 0},
		"a node that is behind":                  {node(0, 5), 7, "c-k7qp", true, 0},
		"a node that began where it was":         {node(5, 6), 5, "c-k7qp", true, 1},
		"a node that began later":                {node(5, 6), 4, "c-k7qp", false, 0},
		"another cluster, or another life of it": {node(0, 5), 5, "c-else", false, 0},
	} {
		b := c.room.begin(nil, 1, c.epoch, c.after, time.Now())
		if resumed := strings.Contains(string(b.frame), `"resumed":true`); resumed != c.resumes || b.whole == c.resumes {
			t.Errorf("%s: it says %s", name, b.frame)
		}
		if got := int(c.room.public.head.Load() - b.cursor); got != c.updates {
			t.Errorf("%s: %d updates follow, want %d", name, got, c.updates)
		}
	}
	alone := NewHub(HubOptions{})
	defer alone.Close()
	h := newHall(alone)
	h.open(firstSession)
	r := alone.room(firstSession)
	if b := r.begin(nil, 1, r.epoch, 3, time.Now()); !b.whole {
		t.Errorf("one process alone is never behind, and says %s", b.frame)
	}
}
