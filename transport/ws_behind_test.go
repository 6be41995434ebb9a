package transport

import (
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/transport/wire"
)

// doubt is a process that may not know the newest, as a test says.
type doubt struct{ atomic.Pointer[wire.Behind] }

func (d *doubt) behind(engine.SessionID) (since engine.Instant, cut bool) {
	if w := d.Load(); w != nil {
		return w.Since, w.Cut
	}
	return 0, false
}

// inDoubt is inBubble with a hub that asks d.
func inDoubt(t *testing.T, test func(t *testing.T, b *bubble, d *doubt)) {
	t.Helper()
	messages(t)
	synctest.Test(t, func(t *testing.T) {
		var d doubt
		hub := NewHub(HubOptions{Shards: 1, Portable: true, Behind: d.behind})
		defer hub.Close()
		b := &bubble{newHall(hub), t}
		b.open(firstSession)
		test(t, b, &d)
	})
}

// words are what a viewer was told of it, one for each message that says where the
// room stands.
func words(list []map[string]any) (words []wire.Behind) {
	for _, m := range list {
		if kind := m["t"]; kind == "snap" || kind == "subok" || kind == "hb" {
			since, _ := m["behind"].(float64)
			words = append(words, wire.Behind{Since: engine.Instant(since), Cut: m["cut"] == true})
		}
	}
	return words
}

// TestViewersAreToldSinceWhenTheyMayBeBehind: those who are there with the next
// beat, newcomers at once, each once; and likewise when it is over.
func TestViewersAreToldSinceWhenTheyMayBeBehind(t *testing.T) {
	inDoubt(t, func(t *testing.T, b *bubble, d *doubt) {
		old, fresh, late := new(script), new(script), new(script)
		b.bids(1) // so that the next heartbeat is due in five seconds
		b.follow(b.client(old), "")
		b.pass(usualTimes.beat)
		waits, cut := wire.Behind{Since: 5000}, wire.Behind{Since: 5000, Cut: true}
		heard := func(who string, l *script, want ...wire.Behind) {
			t.Helper()
			if got := words(l.messages(t)); !slices.Equal(got, want) {
				t.Errorf("%s heard %v, want %v", who, got, want)
			}
		}
		heard("a viewer", old, wire.Behind{})

		d.Store(&waits)
		b.pass(usualTimes.beat)
		heard("a viewer", old, wire.Behind{}, waits)
		b.follow(b.client(fresh), "")
		heard("a newcomer", fresh, waits)

		d.Store(&wire.Behind{Since: waits.Since + 3}) // reckoned anew
		b.pass(2 * usualTimes.beat)
		heard("a viewer whom nothing new was to be told", old, wire.Behind{}, waits)

		d.Store(&cut)
		b.pass(usualTimes.beat)
		heard("a viewer", old, wire.Behind{}, waits, cut)
		heard("the newcomer", fresh, waits, cut)

		d.Store(nil)
		b.follow(b.client(late), "")
		heard("who came when it was over, before anybody was told", late, wire.Behind{})
		b.pass(usualTimes.beat)
		heard("a viewer", old, wire.Behind{}, waits, cut, wire.Behind{})
	})
}

// TestOfASessionThatIsOverNothingIsInDoubt.
func TestOfASessionThatIsOverNothingIsInDoubt(t *testing.T) {
	inDoubt(t, func(t *testing.T, b *bubble, d *doubt) {
		d.Store(&wire.Behind{Since: 5000, Cut: true})
		over := *b.rooms[firstSession]
		over.Now.Phase = engine.PhaseAnnounced
		b.rooms[firstSession] = &over
		b.open(firstSession)
		l := new(script)
		b.follow(b.client(l), "")
		b.pass(time.Minute)
		got := words(l.messages(t))
		for _, w := range got {
			if w != (wire.Behind{}) {
				t.Errorf("of a session that is over it was said: %+v", w)
			}
		}
		if len(got) < 5 {
			t.Errorf("only %d messages came in a minute", len(got))
		}
	})
}

// TestWhoGoesOnElsewhereIsToldThatItMayBeBehind by the answer to its subscription.
func TestWhoGoesOnElsewhereIsToldThatItMayBeBehind(t *testing.T) {
	cut := wire.Behind{Since: 5000, Cut: true}
	hub := NewHub(HubOptions{Epoch: func(engine.SessionID) string { return "c" }, Behind: func(engine.SessionID) (engine.Instant, bool) { return cut.Since, cut.Cut }})
	defer hub.Close()
	newHall(hub).open(firstSession)
	frame := string(hub.room(firstSession).begin(nil, 1, "c", 0, time.Now()).frame)
	if want := string(wire.Frame(wire.SubOK{ID: 1, Session: firstSession, Epoch: "c", Resumed: true, Behind: cut})); frame != want {
		t.Errorf("it is told %s, want %s", frame, want)
	}
}
