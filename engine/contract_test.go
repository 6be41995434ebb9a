package engine_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"gobua/engine"
	"gobua/engine/sealing"
)

// contractSheets are the rules under which a method is held to the contract:
// what of plain() is otherwise. A new method is tried by its line here.
var contractSheets = map[string]map[string]func(*engine.Rules){
	"ascending": {
		"prices": func(*engine.Rules) {},
		"maxima": func(r *engine.Rules) { r.Proxy = true },
		"maxima, extended, codes hidden": func(r *engine.Rules) {
			r.Proxy, r.HideCodes, r.Step = true, true, steps(70)
			r.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: 5 * minute, ByMs: 2 * minute, MaxTotalMs: 20 * minute}
		},
		"rounds": func(r *engine.Rules) { *r = plateRules() },
		"in a group": func(r *engine.Rules) {
			r.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: 5 * minute, ByMs: 2 * minute}
			r.Group = &engine.Group{Name: "A", Extends: true, AtOnce: 2}
		},
		"bought at once": func(r *engine.Rules) { *r = buyable(engine.BuyNowEnd) },
		"bought at once, maxima": func(r *engine.Rules) {
			*r = buyable(engine.BuyNowShare)
			r.Proxy, r.BuyNow.Amount, r.BuyNow.BasisPoints = true, 40_000, 5000
		},
	},
	"descending": {
		"by hundred":   func(r *engine.Rules) { *r = byHundred() },
		"codes hidden": func(r *engine.Rules) { *r = byHundred(); r.HideCodes = true },
	},
	"sealed": {
		"one round":                   func(r *engine.Rules) { *r = bySeal(1, 0) },
		"rounds":                      func(r *engine.Rules) { *r = bySeal(3, 2); r.HideCodes = true },
		"second price":                func(r *engine.Rules) { *r = secondPrice() },
		"several units":               func(r *engine.Rules) { *r = severalUnits(12) },
		"several units, codes hidden": func(r *engine.Rules) { *r = severalUnits(5); r.HideCodes = true },
	},
	"hybrid": {
		"shown":  func(r *engine.Rules) { *r = hybridRules() },
		"hidden": func(r *engine.Rules) { *r = hybridRules(); r.HideCodes = true },
	},
	"called": {
		"three calls": func(r *engine.Rules) { *r = calledRules() },
		"one call, codes hidden": func(r *engine.Rules) {
			*r = calledRules()
			r.Called, r.HideCodes = &engine.Called{Calls: 1, EarlyHammer: true}, true
		},
	},
	"gong": {
		"rounds of silence": func(r *engine.Rules) { *r = gongRules() },
		"codes hidden":      func(r *engine.Rules) { *r = gongRules(); r.HideCodes = true },
	},
	"turns": {
		"two rounds": func(r *engine.Rules) { *r = turnRules(2) },
		"a step by share": func(r *engine.Rules) {
			*r = turnRules(20)
			r.Step = engine.Step{Kind: engine.StepPercent, Amount: 10, BasisPoints: 300}
		},
	},
	"first_bid": {"prices": func(*engine.Rules) {}},
}

// TestMethodsKeepTheContract holds every method of Methods to what the rest of
// the program takes for granted, whatever the method is.
func TestMethodsKeepTheContract(t *testing.T) {
	for name := range engine.Methods {
		sheets := contractSheets[name]
		if len(sheets) == 0 {
			t.Errorf("method %q has no line in contractSheets", name)
		}
		for sheet, change := range sheets {
			rules := plain()
			rules.Method = name
			change(&rules)
			t.Run(name+", "+sheet, func(t *testing.T) { testMethod(t, rules) })
		}
	}
	for name := range contractSheets {
		if engine.Methods[name] == nil {
			t.Errorf("there is no method %q", name)
		}
	}
}

// testMethod plays random sales under a sheet. In each of them equal arguments
// give equal events, Decide writes nothing, a refusal changes nothing, a
// command has one outcome however often it is sent, the clock has something to
// do exactly when the method says so, leader and price are those of Standing,
// the records alone give the same state and room, and what a sender's clock
// says decides nothing. Nobody in the room can tell a hidden maximum.
func testMethod(t *testing.T, rules engine.Rules) {
	if err := rules.Check(); err != nil {
		t.Fatal(err)
	}
	first, accepted, hidden := rand.Uint64(), 0, 0
	for i := range uint64(15) {
		c := contract{world: &world{
			sale: newSale(t, rules, 0, people...), dice: &dice{bytesOf(first + i)}, mirror: new(engine.State), outcomes: map[outcomeKey]string{},
		}}
		c.mirror.Apply(c.records[0])
		for _, code := range people {
			c.take(engine.Command{ID: c.id(), By: bidder(code), Do: engine.CheckIn{}})
		}
		if rules.Sealed != nil {
			c.takeKeys()
		}
		for len(c.dice.bytes) > 0 && !c.state.Phase.Final() {
			c.move()
		}
		checkReplay(t, c.records, c.state, c.room)
		c.again()
		accepted += c.state.Bids
		c.hidesTheOffers()
		if c.hidesTheMaximum() {
			hidden++
		}
		if t.Failed() {
			t.Fatalf("seed %d", first+i)
		}
	}
	if accepted == 0 || rules.Proxy && hidden == 0 {
		t.Errorf("%d bids were accepted, %d maxima stayed hidden: nothing was tried", accepted, hidden)
	}
}

// contract is a random sale of any method. Unlike world it knows no rules.
type contract struct{ *world }

func (c *contract) move() {
	d := c.dice
	due := engine.Deadline(c.state)
	if due != 0 && c.now < due {
		c.clockWaits(due)
	}
	if due != 0 && d.once(30) {
		c.now = max(c.now, due)
		before := len(c.records)
		c.take(engine.Command{By: engine.System, Do: engine.Tick{}})
		if len(c.records) == before {
			c.t.Fatalf("the method is due at %d and has nothing to decide at %d", due, c.now)
		}
		return
	}
	c.now = max(c.now.Add(pick[engine.Millis](d, 0, 1, second, 5*second)), c.state.LastAt)
	cmd := engine.Command{ID: c.id(), By: bidder(pick(d, people...))}
	switch n := d.n(40); {
	case n < 24 && c.state.Rules.Sealed != nil && (c.state.Rules.Hybrid == nil || d.once(2)):
		c.drawSealed(&cmd)
	case n < 24:
		amount := c.amount()
		cmd.Do = engine.PlaceBid{Amount: amount, Confirm: amount}
	case n < 28:
		if c.state.Leader != "" {
			cmd.By = bidder(c.state.Leader)
		}
		amount := c.amount()
		cmd.Do = engine.RaiseMaximum{Amount: amount, Confirm: amount}
	case n < 29 && c.state.Rules.BuyNow != nil && d.once(2):
		cmd.Do = engine.Buy{Amount: c.state.Rules.BuyNow.Amount}
	case n < 29:
		cmd.Do = engine.Withdraw{Confirm: engine.ParticipantCode(cmd.By.Ref)}
	case n < 30:
		cmd = engine.Command{By: engine.System, Do: engine.CreditOutage{From: c.now.Add(-engine.Millis(d.n(100_000)))}}
	case n < 33:
		cmd.By, cmd.Do = theAuctioneer, c.act()
	case len(c.sent) > 0:
		cmd = pick(d, c.sent...)
	default:
		cmd.Do = engine.CheckIn{}
	}
	c.take(cmd)
}

// clockWaits fails the test if the clock decides anything before it is due.
func (c *contract) clockWaits(due engine.Instant) {
	for _, at := range []engine.Instant{c.now, due - 1} {
		if events, err := engine.Decide(c.state, engine.Command{By: engine.System, Do: engine.Tick{}}, at, nil); err != nil || len(events) > 0 {
			c.t.Fatalf("due at %d, and at %d the clock decides %s (%v)", due, at, dump(events), err)
		}
	}
}

// amount is near what the method asks for, on the grid of a fixed step more
// often than not.
func (c *contract) amount() engine.Dong {
	d, rules := c.dice, &c.state.Rules
	next := c.state.NextMinimum()
	if next == 0 || d.once(6) {
		return rules.Start + d.dong(0, 3000) - 100
	}
	return next + rules.Step.At(next)*d.dong(0, 6)
}

func (c *contract) take(cmd engine.Command) {
	cmd = sealing.Seal(c.state, cmd)
	c.moves = append(c.moves, move{c.now, cmd})
	events, err := engine.Decide(c.state, cmd, c.now, nil)
	c.decidesAlike(cmd, events, err)
	if !reflect.DeepEqual(c.state, c.mirror) {
		c.t.Fatalf("Decide wrote into the state:\n%s\nwas\n%s", dump(c.state), dump(c.mirror))
	}
	before, room, told := *c.state, c.room, len(c.updates)
	for _, e := range events {
		if e.Kind() == engine.KindRefused {
			before, room, told = *c.state, c.room, len(c.updates) // what the clock brought before it is not the refusal's
		}
		c.apply(cmd, e)
		c.mirror.Apply(c.records[len(c.records)-1])
	}
	s := c.state
	if refused(events, err) && (!reflect.DeepEqual(room, c.room) || told != len(c.updates) ||
		s.Price != before.Price || s.Leader != before.Leader || s.ClosesAt != before.ClosesAt || s.Bids != before.Bids) {
		c.t.Fatalf("a refusal changed something: %s", dump(events))
	}
	if leader, price := engine.Methods[s.Rules.Method].Standing(s, ""); s.Leader != "" && (leader != s.Leader || price != s.Price) {
		c.t.Fatalf("%q leads at %d, Standing says %q at %d", s.Leader, s.Price, leader, price)
	}
	c.outcome(cmd, events, err)
	if cmd.By != engine.System {
		c.sent = append(c.sent, cmd)
	}
}

// hidesTheMaximum plays the sale again with a higher maximum of who leads in
// the end, and fails the test if the room is told anything else. It reports
// whether there was a hidden maximum that nobody fell back to.
func (c *contract) hidesTheMaximum() bool {
	leader := c.state.Bidder(c.state.Leader)
	if leader == nil || leader.Best <= c.state.Price || c.state.Rules.Sealed != nil {
		return false
	}
	for _, r := range c.records[leader.BestSeq:] {
		if k := r.Event.Kind(); k == engine.KindWithdrawn || k == engine.KindDisqualified {
			return false
		}
	}
	made := c.records[leader.BestSeq-1].Cmd
	twin := newSale(c.t, c.state.Rules, 0, people...)
	for _, m := range c.moves {
		if m.cmd.ID == made && m.cmd.By == bidder(leader.Code) {
			more := 1000 * c.state.Rules.Step.At(c.state.Price)
			if b := c.state.Rules.BuyNow; b != nil {
				// A maximum that reaches the price buys, and everybody hears of it.
				if more = b.Amount - c.state.Rules.Step.At(c.state.Price) - leader.Best; more <= 0 {
					return false
				}
			}
			m.cmd.Do = raisedBy(m.cmd.Do, more)
		}
		twin.now = m.at
		_ = twin.do(m.cmd) // what the room is told is compared
	}
	if !bytes.Equal(twin.told(), c.told()) {
		c.t.Fatalf("the room can tell a maximum:\n%s", difference(dump(c.updates), dump(twin.updates)))
	}
	return true
}

// TestFirstBid is the example of docs/methods.md: what the page shows is the
// file, and it does what the page says.
func TestFirstBid(t *testing.T) {
	page, err := os.ReadFile("../docs/methods.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("method_firstbid_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "```go\n"+string(code)+"```\n") {
		t.Error("docs/methods.md shows another file")
	}
	rules := plain()
	rules.Method = "first_bid"
	s := running(t, rules, 0, "A", "B", "C")
	for amount, want := range map[engine.Dong]engine.Reason{900: engine.ReasonBelowStart, 1100: engine.ReasonAboveCap} {
		if why := s.bid("A", amount); why != want {
			t.Errorf("%d is answered with %q, want %q", amount, why, want)
		}
	}
	s.bid("B", 1000)
	s.stands("B", 1000)
	if why := s.bid("A", 1000); why != engine.ReasonClosed || s.state.Phase != engine.PhaseClosed {
		t.Errorf("the second bid is answered with %q, the session is %s", why, s.state.Phase)
	}
	s.must("B", engine.Withdraw{Confirm: "B"})
	if p := s.state.Proposal(); p.Outcome != engine.OutcomeFailed {
		t.Errorf("nobody is left, proposed is %+v", p)
	}
	rules.Proxy = true
	if rules.Check() == nil {
		t.Error("first_bid has maxima")
	}
}
