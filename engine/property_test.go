package engine_test

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gobua/engine"
)

var seed = flag.Uint64("seed", 0, "play only this random auction")

// TestRandomAuctions checks the properties on random auctions, other ones each
// time. A failure prints the seed that plays its auction again.
func TestRandomAuctions(t *testing.T) {
	first, auctions := rand.Uint64(), 100
	if testing.Short() {
		auctions = 50
	}
	if *seed != 0 {
		first, auctions = *seed, 1
	}
	for i := range auctions {
		if seed := first + uint64(i); !t.Run("seed", func(t *testing.T) { randomAuction(t, bytesOf(seed)) }) {
			t.Fatalf("play it again with -run TestRandomAuctions -seed %d", seed)
		}
	}
}

// bytesOf are enough random bytes for a long auction.
func bytesOf(seed uint64) []byte {
	b := make([]byte, 500+seed%1000)
	r := rand.NewPCG(seed, 0)
	for i := range b {
		b[i] = byte(r.Uint64())
	}
	return b
}

// FuzzDecide plays auctions made of the fuzzer's bytes.
func FuzzDecide(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(bytesOf(seed)[:400])
	}
	f.Fuzz(func(t *testing.T, b []byte) { randomAuction(t, b[:min(len(b), 800)]) })
}

func randomAuction(t reporter, b []byte) {
	w := newWorld(t, &dice{b})
	for after := 0; len(w.dice.bytes) > 0 && after < 10; {
		w.move()
		if w.state.Phase.Final() {
			after++
		}
	}
	checkReplay(t, w.records, w.state, w.room)
	w.again()
}

// check decides a command and looks at everything that must hold.
func (w *world) check(c engine.Command) {
	events, err := engine.Decide(w.state, c, w.now, nil)
	w.decidesAlike(c, events, err)
	if !reflect.DeepEqual(w.state, w.mirror) {
		w.t.Fatalf("Decide wrote into the state:\n%s\nwas\n%s", dump(w.state), dump(w.mirror))
	}
	before := *w.state
	room, told, records := w.room, len(w.updates), len(w.records)
	w.predict(c, events, err)
	for _, e := range events {
		if e.Kind() == engine.KindRefused {
			room, told = w.room, len(w.updates) // what the clock brought before it is not the refusal's
		}
		w.apply(c, e)
		w.mirror.Apply(w.records[len(w.records)-1])
		w.oracle.hear(w.records[len(w.records)-1])
	}
	if refused(events, err) && (!reflect.DeepEqual(room, w.room) || told != len(w.updates)) {
		w.t.Fatalf("a refusal changed the room:\n%s\nwas\n%s", dump(w.room), dump(room))
	}
	w.compare(before, w.records[records:])
	w.outcome(c, events, err)
	if c.By != engine.System {
		w.sent = append(w.sent, c)
	}
}

// decidesAlike: equal arguments give equal events, and what the caller had in
// out stays there.
func (w *world) decidesAlike(c engine.Command, events []engine.Event, err error) {
	first := &engine.Said{Text: "before"}
	again, errAgain := engine.Decide(w.state, c, w.now, []engine.Event{first})
	if len(again) == 0 || again[0] != engine.Event(first) || !slices.EqualFunc(again[1:], events, func(a, b engine.Event) bool { return reflect.DeepEqual(a, b) }) || !reflect.DeepEqual(err, errAgain) {
		w.t.Fatalf("decided otherwise the second time:\n%s %v\n%s %v", dump(events), err, dump(again), errAgain)
	}
	if err != nil && len(events) != 0 {
		w.t.Fatalf("an answer and events: %v, %s", err, dump(events))
	}
}

func refused(events []engine.Event, err error) bool {
	if err != nil {
		return true
	}
	for _, e := range events {
		if _, ok := e.(*engine.Refused); ok {
			return true
		}
	}
	return false
}

// predict asks the oracle about an offer before it is applied.
func (w *world) predict(c engine.Command, events []engine.Event, err error) {
	if _, tick := c.Do.(engine.Tick); tick && c.By == engine.System {
		w.predictTick(events)
		return
	}
	w.predictCall(c, events, err)
	if c.By.Role != engine.RoleBidder || err != nil {
		return
	}
	by := engine.ParticipantCode(c.By.Ref)
	var amount, confirm engine.Dong
	raise := false
	switch act := c.Do.(type) {
	case engine.Buy:
		o, rising := w.oracle.(*rising)
		buys := rising && o.buys(by, act.Amount, w.now)
		if buys == refused(events, err) {
			w.t.Fatalf("%s buys at %d and the oracle says %v: %s", by, act.Amount, buys, dump(events))
		}
		if buys {
			o.accept(offer{by: by, amount: act.Amount, at: w.now}, false)
		}
		return
	case engine.PlaceBid:
		amount, confirm = act.Amount, act.Confirm
	case engine.RaiseMaximum:
		amount, confirm, raise = act.Amount, act.Confirm, true
	default:
		return
	}
	takes := w.oracle.takes(by, amount, confirm, raise, w.now)
	if takes == refused(events, err) {
		w.t.Fatalf("%s offers %d (typed again: %d, raise %v) and the oracle says %v: %s", by, amount, confirm, raise, takes, dump(events))
	}
	if takes {
		w.oracle.accept(offer{by: by, amount: amount, at: w.now}, raise)
	}
}

// predictTick asks the oracle what the clock decides at the end of a period.
func (w *world) predictTick(events []engine.Event) {
	if o, ok := w.oracle.(*turnTable); ok {
		if why := o.missesTick(w.now, events); why != "" {
			w.t.Fatalf("%s: %s", why, dump(events))
		}
		return
	}
	o, rising := w.oracle.(*rising)
	if !rising || !o.open || o.paused || o.over || w.now < o.end {
		return
	}
	if len(events) != 1 {
		w.t.Fatalf("the end of a period is not one decision: %s", dump(events))
	}
	round, opens := events[0].(*engine.RoundOpened)
	if opens != o.follows(w.now) {
		w.t.Fatalf("the clock decides %s, the oracle says a round follows: %v", dump(events), o.follows(w.now))
	}
	if !opens {
		return
	}
	going := o.bidders()
	for _, code := range round.Going {
		if !going[code] {
			w.t.Fatalf("%s goes on, the oracle says %v", code, going)
		}
	}
	if len(going) != len(round.Going) || round.Round != o.round+1 {
		w.t.Fatalf("round %s, the oracle says %d with %v", dump(round), o.round+1, going)
	}
}

// compare holds the state against the oracle and against what it was.
func (w *world) compare(before engine.State, records []engine.Record) {
	s := w.state
	if wrong := w.oracle.differs(s, &before, records); wrong != "" {
		w.t.Fatalf("%s, after %s", wrong, dump(records))
	}
	undone := slices.ContainsFunc(records, func(r engine.Record) bool { return r.Event.Kind() == engine.KindUndone })
	if s.Bids < before.Bids && !undone || s.Feed < before.Feed || before.Phase.Final() && len(records) > 0 {
		w.t.Fatalf("something ran backwards: %s", dump(records))
	}
	w.rowsCount()
}

// rowsCount: the highest row that counts is the price, unless the price fell
// back to where nobody had stood.
func (w *world) rowsCount() {
	top := engine.Dong(0)
	for _, row := range w.room.History {
		if !row.Struck && !row.Fall {
			top = max(top, row.Level)
		}
	}
	if top > w.state.Price {
		w.t.Fatalf("a row at %d counts, the price is %d", top, w.state.Price)
	}
}

// outcome: a command id has one outcome, however often and whenever it is sent.
func (w *world) outcome(c engine.Command, events []engine.Event, err error) {
	if c.By.Role != engine.RoleBidder && c.By.Role != engine.RoleAuctioneer {
		return
	}
	key := outcomeKey{id: c.ID}
	if c.By.Role == engine.RoleBidder {
		key.by = engine.ParticipantCode(c.By.Ref)
		if w.state.Bidder(key.by) == nil {
			return
		}
	}
	receipt, found := w.state.Outcome(key.by, c.ID)
	if found != (len(events) > 0) && err == nil {
		w.t.Fatalf("%s was decided and has no receipt", dump(c))
	}
	var repeated *engine.Repeated
	if errors.As(err, &repeated) && !reflect.DeepEqual(repeated.Receipt, receipt) {
		w.t.Fatalf("repeated with %s, kept is %s", dump(repeated.Receipt), dump(receipt))
	}
	if !found {
		return
	}
	text := string(mustJSON(receipt))
	if first, ok := w.outcomes[key]; ok && (first != text || len(events) > 0) {
		w.t.Fatalf("a second outcome of %s: %s, first %s", c.ID, text, first)
	}
	w.outcomes[key] = text
}

// again plays the same moves with other ids: what a sender's clock made of
// them decides nothing.
func (w *world) again() {
	twin := newSale(w.t, w.state.Rules, w.reserve, people...)
	ids := map[engine.CommandID]engine.CommandID{{}: {}}
	for i, m := range w.moves {
		if _, ok := ids[m.cmd.ID]; !ok {
			ids[m.cmd.ID] = commandID(math.MaxUint64 - uint64(i)*7919) // falling: a clock that runs backwards
		}
		m.cmd.ID = ids[m.cmd.ID]
		twin.now = m.at
		_ = twin.do(m.cmd) // the answers are compared by the records
	}
	if len(twin.records) != len(w.records) {
		w.t.Fatalf("%d records with other ids, %d before", len(twin.records), len(w.records))
	}
	for i := range twin.records {
		if !reflect.DeepEqual(withoutBox(twin.records[i].Event), withoutBox(w.records[i].Event)) {
			w.t.Fatalf("with other ids %s, before %s", dump(twin.records[i].Event), dump(w.records[i].Event))
		}
	}
}

// TestSplittingAMaximumCostsNothing: to offer one's maximum in several rising
// parts never costs more than to offer it at once.
func TestSplittingAMaximumCostsNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rules := drawRules(&dice{rapid.SliceOfN(rapid.Byte(), 50, 50).Draw(rt, "rules")})
		rules.Proxy, rules.ConfirmAbove, rules.MinIntervalMs, rules.BiddingMs = true, 0, 0, 15*minute
		rules.Opening, rules.Closing = engine.OpeningByClock, engine.Closing{Kind: engine.ClosingFixed}
		amounts := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) int {
			amount := engine.Dong(rapid.IntRange(int(rules.Start), int(min(rules.AmountCap(), rules.Start+3000))).Draw(rt, "amount"))
			if rules.Step.Kind == engine.StepFixed {
				amount -= (amount - rules.Start) % rules.Step.Amount
			}
			return int(amount)
		}), 1, 6)
		rivals, parts := amounts.Draw(rt, "rivals"), amounts.Draw(rt, "parts")
		slices.Sort(parts)
		play := func(mine []int) *sale {
			s := running(rt, rules, 0, people...)
			for i, amount := range rivals {
				s.bid(people[1+i%3], engine.Dong(amount))
			}
			for _, amount := range mine {
				s.bid(people[0], engine.Dong(amount))
			}
			return s
		}
		once, split := play(parts[len(parts)-1:]), play(parts)
		if split.state.Leader != people[0] {
			return
		}
		if last := engine.Dong(parts[len(parts)-1]); split.state.Price > last || once.state.Leader != people[0] || split.state.Price > once.state.Price {
			rt.Fatalf("in parts %v against %v: %d, at once %q at %d", parts, rivals, split.state.Price, once.state.Leader, once.state.Price)
		}
		split.bid(people[1], split.state.Bidder(people[0]).Best) // a later equal maximum
		if split.state.Leader != people[0] {
			rt.Fatal("a later equal maximum leads")
		}
	})
}

// TestMemoryOverflow: an id has one outcome also when its receipt is not kept
// any more, for participants and for staff.
func TestMemoryOverflow(t *testing.T) {
	s := running(t, plain(), 0, "A", "B")
	var sent []engine.Command
	for i := range 300 {
		s.now = s.now.Add(1)
		c := engine.Command{ID: commandID(uint64(10_000 - 7*i)), By: bidder("A"), Do: engine.PlaceBid{Amount: engine.Dong(i)}} // ids fall
		if i%3 == 0 {
			c.By, c.Do = theAuctioneer, engine.Say{Text: fmt.Sprint(i)}
		}
		if err := s.do(c); err != nil {
			t.Fatalf("command %d: %v", i, err)
		}
		sent = append(sent, c)
	}
	checkReplay(t, s.records, s.state, s.room)
	replayed, _ := replay(t, s.records)
	kept := 0
	for i, c := range sent {
		var repeated *engine.Repeated
		var refusal *engine.Refusal
		events, err := engine.Decide(replayed, c, s.now, nil)
		switch {
		case len(events) > 0:
			t.Fatalf("command %d is carried out again", i)
		case errors.As(err, &repeated) && repeated.Receipt.Cmd == c.ID && repeated.Receipt.Hash != nil:
			kept++
		case !errors.As(err, &refusal) || refusal.Reason != engine.ReasonCommandTooOld:
			t.Fatalf("command %d: %v", i, err)
		}
		c.ID[9] ^= 0x55
		if _, err := engine.Decide(replayed, c, s.now, nil); err != nil {
			t.Fatalf("a new id is not taken: %v", err)
		}
	}
	// The last 128 of A's 201 commands (with the check-in) and all 100 of the staff.
	if kept != 128+100 {
		t.Errorf("%d receipts are kept", kept)
	}
}
