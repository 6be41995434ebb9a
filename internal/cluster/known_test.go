package cluster

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"gobua/internal/natsnode/natsnodetest"
)

// twoSeen are what n1 knows of itself and of n2, both seen at a moment.
func twoSeen(at time.Duration) *known {
	k := &known{self: "n1", nodes: map[string]*node{}, units: map[string]*unit{"office": {name: "office"}}}
	k.tell("n1", 1, at)
	k.tell("n2", 2, at)
	return k
}

// tell has a renewal seen.
func (k *known) tell(name string, revision uint64, at time.Duration) {
	key := nodeKey{Incarnation: name + "-process", Serial: revision}
	k.see(entry{nodePrefix + name, revision, key.encode()}, at)
}

func TestANodeIsDeadAfterTwoSecondsOfSilence(t *testing.T) {
	k := twoSeen(0)
	k.tell("n1", 3, 1999*time.Millisecond-blindAfter/2)
	k.judge(2000 * time.Millisecond)
	if !k.nodes["n2"].live() {
		t.Error("dead too soon")
	}
	k.tell("n1", 4, 2001*time.Millisecond)
	k.nodes["n2"].seenAt = 0 // the gap before was ours, and was forgiven
	k.judge(2001 * time.Millisecond)
	if k.nodes["n2"].live() {
		t.Error("not dead")
	}
	k.tell("n2", 5, 3*time.Second)
	if !k.nodes["n2"].live() {
		t.Error("dead although it has spoken again")
	}
}

// TestWhoSeesNothingJudgesNobody: silence of all is the bucket's, or our own.
func TestWhoSeesNothingJudgesNobody(t *testing.T) {
	k := twoSeen(0)
	k.judge(7 * time.Second)
	if !k.nodes["n2"].live() {
		t.Error("judged while blind")
	}
	k.tell("n1", 3, 8*time.Second) // the bucket can be written again; we are the first
	k.judge(8 * time.Second)
	if !k.nodes["n2"].live() {
		t.Error("judged by a silence that was ours too")
	}
	for at := 8500 * time.Millisecond; at <= 10500*time.Millisecond; at += renewEvery {
		k.tell("n1", uint64(at/renewEvery), at)
		k.judge(at)
	}
	if k.nodes["n2"].live() {
		t.Error("not dead two seconds later")
	}
}

// TestWhoIsSilentWhileTheKeysAreAwayIsDeadSoon: when the keys can be written again,
// who answered has two seconds, as always; who did not, while others did, has the
// time that a renewal takes.
func TestWhoIsSilentWhileTheKeysAreAwayIsDeadSoon(t *testing.T) {
	const back = 1800 * time.Millisecond
	away := func(answer time.Duration) *known {
		k := twoSeen(0)
		k.tell("n3", 3, 0)
		k.nodes["n3"].answeredAt = answer
		k.tell("n1", 4, back)
		return k
	}
	later := func(k *known, at time.Duration) map[string]bool {
		for now := back; now <= at; now += 100 * time.Millisecond {
			k.tell("n1", uint64(100+now/renewEvery), now)
			if now-back <= renewsWithin {
				k.tell("n3", uint64(1000+now/renewEvery), now)
			}
			k.judge(now)
		}
		return map[string]bool{"n2": k.nodes["n2"].live(), "n3": k.nodes["n3"].live()}
	}
	const soon = back + renewsWithin
	for name, c := range map[string]struct {
		k    *known
		at   time.Duration
		want map[string]bool
	}{
		"its renewal may still come":         {away(back - pingEvery), soon - 100*time.Millisecond, map[string]bool{"n2": true, "n3": true}},
		"it did not":                         {away(back - pingEvery), soon + 200*time.Millisecond, map[string]bool{"n2": false, "n3": true}},
		"nobody answered: we were away":      {away(0), soon + 200*time.Millisecond, map[string]bool{"n2": true, "n3": true}},
		"nobody answered, two seconds after": {away(0), back + deadAfter + 200*time.Millisecond, map[string]bool{"n2": false, "n3": true}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := later(c.k, c.at); !maps.Equal(got, c.want) {
				t.Errorf("alive: %v, want %v", got, c.want)
			}
		})
	}
	k := away(back - pingEvery)
	k.tell("n2", 5, back+renewsWithin/2)
	if got := later(k, soon+200*time.Millisecond); !got["n2"] {
		t.Error("dead although it has renewed")
	}
}

// TestAWordAfterNobodyRespondedIsBelieved: two servers that do not reach each
// other, and a third that both reach, must not make two nodes take each other's
// units for ever.
func TestAWordAfterNobodyRespondedIsBelieved(t *testing.T) {
	m := &Member{known: *twoSeen(0), lease: newLease(func() time.Duration { return 0 })}
	var now time.Duration
	m.o.Steady = func() time.Duration { return now }
	m.o.Log = natsnodetest.Log(t)
	n2 := m.known.nodes["n2"]
	m.ponged(n2, 0, "", ErrNoNode)
	m.ponged(n2, 0, "", ErrNoAnswer) // proves nothing, either way
	m.ponged(n2, 0, "", ErrNoNode)
	if !n2.live() {
		t.Error("gone after one")
	}
	m.ponged(n2, 0, "", ErrNoNode)
	if n2.live() {
		t.Error("not gone after two in a row")
	}
	m.known.units["office"].key = unitKey{Owner: "n2", Incarnation: "n2-process", Serving: true}
	if _, is := m.known.orphaned(m.known.units["office"], now, n2.goneAt); is {
		t.Error("claimed before we have proved that it is not us who are away")
	}
	if why, is := m.known.orphaned(m.known.units["office"], now, n2.goneAt+1); !is || why != whyGone {
		t.Errorf("%q %v", why, is)
	}
	m.known.tell("n2", 3, now)
	for range 3 * goneAfter {
		m.ponged(n2, 0, "", ErrNoNode)
	}
	if !n2.live() {
		t.Error("gone again, although it was wrong before")
	}
	m.ponged(n2, 0, "n2-process", nil) // they reach each other again
	m.ponged(n2, 0, "", ErrNoNode)
	m.ponged(n2, 0, "", ErrNoNode)
	if n2.live() {
		t.Error("distrusted for ever")
	}
}

func TestAnOldRevisionIsNoNews(t *testing.T) {
	k := twoSeen(0)
	k.see(entry{unitPrefix + "office", 9, []byte(`{"owner":"n2","epoch":2}`)}, 0)
	k.see(entry{unitPrefix + "office", 7, []byte(`{"owner":"n1","epoch":1}`)}, 0)
	if u := k.units["office"]; u.key.Owner != "n2" || u.revision != 9 {
		t.Errorf("%+v", u.key)
	}
}

// TestAUnitOfAProcessThatWeHaveNotSeenIsNotOrphaned: a replica that is behind
// tells of the claim before it tells of who claimed.
func TestAUnitOfAProcessThatWeHaveNotSeenIsNotOrphaned(t *testing.T) {
	k := twoSeen(0)
	u := k.units["office"]
	k.see(entry{unitPrefix + "office", 9, []byte(`{"owner":"n2","incarnation":"later","epoch":2}`)}, 0)
	if _, is := k.orphaned(u, 0, 1); is {
		t.Error("claimed from a process that may be alive")
	}
	k.see(entry{unitPrefix + "office", 10, []byte(`{"owner":"n3","incarnation":"unknown","epoch":3}`)}, 0)
	if _, is := k.orphaned(u, deadAfter, 1); is {
		t.Error("claimed from a node that may be alive")
	}
	if _, is := k.orphaned(u, deadAfter+1, 1); !is {
		t.Error("of a node that nobody knows a unit is never claimed")
	}
}

// TestOfThreeWhoClaimOneWins: on the real bucket, at the same revision.
func TestOfThreeWhoClaimOneWins(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	var stores []*store
	for _, n := range c.Nodes {
		s, err := openStore(ctx, n.JetStream(), 3)
		if err != nil {
			t.Fatal(err)
		}
		stores = append(stores, s)
	}
	var last uint64
	for range 50 {
		var wg sync.WaitGroup
		revisions, errs := make([]uint64, 3), make([]error, 3)
		for i, s := range stores {
			wg.Go(func() { revisions[i], errs[i] = s.put(ctx, "unit.office", last, []byte(`{}`)) })
		}
		wg.Wait()
		won := 0
		before := last
		for i := range stores {
			switch {
			case errs[i] == nil && revisions[i] > before:
				won++
				last = revisions[i]
			case !errors.Is(errs[i], errRefused):
				t.Errorf("%d, %v", revisions[i], errs[i])
			}
		}
		if won != 1 {
			t.Fatalf("%d have won", won)
		}
	}
	list, err := stores[0].readAll(ctx)
	if err != nil || len(list) != 1 || list[0].key != "unit.office" {
		t.Errorf("%v %v", list, err)
	}
}

// TestALeaseThatRanOutIsANewOne: a process that was stopped may renew before
// anything else of it has run.
func TestALeaseThatRanOutIsANewOne(t *testing.T) {
	now := time.Hour
	l := newLease(func() time.Duration { return now })
	m := &Member{lease: l}
	if l.held() {
		t.Error("held before it was written")
	}
	l.renewed(now, 0)
	v := &view{term: l.term.Load()}
	now += giveUpAfter
	if !m.holds(v) {
		t.Error("given up too soon")
	}
	l.renewed(now-time.Second, 0)
	now++
	if !m.holds(v) {
		t.Error("given up although it was renewed in time")
	}
	now += giveUpAfter
	if m.holds(v) {
		t.Error("held too long")
	}
	l.renewed(now, 0)
	if !l.held() || m.holds(v) {
		t.Error("what was served before it ran out is still served")
	}
}

// TestWhoHearsMostOfTheNodesKeepsTheLease while nobody can renew one.
func TestWhoHearsMostOfTheNodesKeepsTheLease(t *testing.T) {
	for name, c := range map[string]struct {
		answered []time.Duration // by the others
		want     time.Duration
	}{
		"alone":                             {nil, 0},
		"one of two":                        {[]time.Duration{7}, 7},
		"of three one answers":              {[]time.Duration{0, 7}, 7},
		"of three both answer":              {[]time.Duration{5, 7}, 7},
		"of three nobody":                   {[]time.Duration{0, 0}, 0},
		"of four one answers":               {[]time.Duration{0, 0, 9}, 0},
		"of four two answer":                {[]time.Duration{0, 8, 9}, 8},
		"of five two answer, one lately":    {[]time.Duration{0, 0, 3, 9}, 3},
		"of five all answer at their times": {[]time.Duration{9, 1, 7, 3}, 7},
	} {
		k := known{self: "me", nodes: map[string]*node{"me": {name: "me"}, "left": {name: "left", deleted: true, answeredAt: 99}}}
		for i, at := range c.answered {
			n := &node{name: string(rune('a' + i)), answeredAt: at}
			k.nodes[n.name] = n
		}
		if got := k.heard(); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	now := time.Hour
	l := newLease(func() time.Duration { return now })
	l.hear(now)
	if l.held() {
		t.Error("held although its key was never written")
	}
	l.renewed(now, 0)
	term := l.term.Load()
	for range 10 { // five seconds without a leader of the keys
		now += renewEvery
		l.hear(now - pingEvery)
		if !l.held() {
			t.Fatal("given up although most of the nodes answer")
		}
	}
	l.renewed(now, 0)
	if l.term.Load() != term {
		t.Error("what was held all the time is another lease")
	}
	now += giveUpAfter + 1
	if l.held() {
		t.Error("held although nobody answers")
	}
}

// TestWhoIsCutFromAnotherSendsPeopleOnOnlyIfSomebodyHearsAll: a way that is cut is
// told from a process that died, and where all stand alike nobody is sent away.
func TestWhoIsCutFromAnotherSendsPeopleOnOnlyIfSomebodyHearsAll(t *testing.T) {
	const now = time.Minute
	lives, answers := now-renewEvery, now-pingEvery
	silent := now - apartAfter - 1
	type other struct {
		seen, answered time.Duration
		apart          int
		draining       bool
	}
	for name, c := range map[string]struct {
		a, b other
		want []string
		send bool
	}{
		"all is well":                        {other{lives, answers, 0, false}, other{lives, answers, 0, false}, nil, true},
		"the way to one is cut":              {other{lives, silent, 1, false}, other{lives, answers, 0, false}, []string{"a"}, true},
		"it was silent for a moment":         {other{lives, silent + pingEvery, 0, false}, other{lives, answers, 0, false}, nil, true},
		"one died":                           {other{silent, silent, 0, false}, other{lives, answers, 0, false}, nil, true},
		"the other hears as little":          {other{lives, silent, 1, false}, other{lives, answers, 1, false}, []string{"a"}, false},
		"the other is about to end":          {other{lives, silent, 1, false}, other{lives, answers, 0, true}, []string{"a"}, false},
		"nobody answers":                     {other{lives, silent, 1, false}, other{lives, silent, 0, false}, []string{"a", "b"}, false},
		"nobody answers and nobody is heard": {other{silent, silent, 0, false}, other{silent, silent, 0, false}, nil, false},
	} {
		k := &known{self: "me", nodes: map[string]*node{"me": {name: "me", seenAt: lives}, "left": {name: "left", deleted: true}}}
		for name, o := range map[string]other{"a": c.a, "b": c.b} {
			k.nodes[name] = &node{name: name, seenAt: o.seen, answeredAt: o.answered, key: nodeKey{Apart: o.apart, Draining: o.draining}}
		}
		apart := k.apart(now)
		if got := slices.Sorted(maps.Keys(apart)); !slices.Equal(got, c.want) {
			t.Errorf("%s: apart from %v, want %v", name, got, c.want)
		}
		if got := k.othersHearAll(now); got != c.send {
			t.Errorf("%s: somebody hears all: %v, want %v", name, got, c.send)
		}
	}
}

// TestWhoWasAwayListensFirst: a process that was asleep has heard nobody, and nor
// has one that has just met somebody.
func TestWhoWasAwayListensFirst(t *testing.T) {
	k := twoSeen(10 * time.Second)
	at := 10*time.Second + apartAfter
	k.tell("n2", 3, at)
	if got := k.apart(at); len(got) > 0 {
		t.Errorf("apart from %v, who was met just now", got)
	}
	if got := k.apart(at + 1); got["n2"] != 10*time.Second {
		t.Errorf("apart from %v, and it never answered", got)
	}
	k.forgive(at + 1)
	if got := k.apart(at + 1); len(got) > 0 {
		t.Errorf("apart from %v after it was us who were away", got)
	}
	at += apartAfter
	k.tell("n1", 4, at)
	k.nodes["n2"].seenAt = at - deadAfter - 1 // the gap before was ours, and was forgiven
	k.judge(at)
	if !k.nodes["n2"].dead {
		t.Fatal("n2 is not dead")
	}
	k.tell("n2", 5, at+1)
	if got := k.apart(at + 2); len(got) > 0 {
		t.Errorf("apart from %v, who was asleep and has spoken again just now", got)
	}
}
