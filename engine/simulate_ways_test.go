package engine_test

import (
	"encoding/json"
	"testing"

	"gobua/engine"
)

// TestSimulateWaysGolden plays the sessions that the form tells of where rules
// are those of the gong, of rounds in turn, or have a price to buy now; see
// frontend/js/admin/ways/simulate.js.
func TestSimulateWaysGolden(t *testing.T) {
	type row struct {
		Name   string           `json:"name"`
		Rules  engine.Rules     `json:"rules"`
		Gong   *simulatedGong   `json:"gong,omitempty"`
		Turns  *simulatedTurns  `json:"turns,omitempty"`
		BuyNow *simulatedBuyNow `json:"buyNow,omitempty"`
	}
	with := func(r engine.Rules, change func(*engine.Rules)) engine.Rules { change(&r); return r }
	buy := func(until engine.BuyNowUntil, share int64) engine.Rules {
		return with(buyable(until), func(r *engine.Rules) { r.BuyNow.BasisPoints = share })
	}
	var rows []row
	for _, c := range []struct {
		name  string
		rules engine.Rules
	}{
		{"gong", gongRules()},
		{"gong, the latest end is near", with(gongRules(), func(r *engine.Rules) { r.BiddingMs = 4 * minute })},
		{"gong, hardly longer than the silence", with(gongRules(), func(r *engine.Rules) { r.BiddingMs = 3 * minute })},
		{"gong, one round only", with(gongRules(), func(r *engine.Rules) { r.Cap = r.Start + r.Step.Amount })},
	} {
		rows = append(rows, row{Name: c.name, Rules: c.rules, Gong: simulateGong(t, c.rules)})
	}
	for _, c := range []struct {
		name  string
		rules engine.Rules
	}{
		{"turns, one round", turnRules(1)},
		{"turns, three rounds", turnRules(3)},
		{"turns, no second offer", with(turnRules(2), func(r *engine.Rules) { r.Cap = r.Start })},
	} {
		rows = append(rows, row{Name: c.name, Rules: c.rules, Turns: simulateTurns(t, c.rules)})
	}
	for _, c := range []struct {
		name  string
		rules engine.Rules
	}{
		{"buy now until the first bid", buy(engine.BuyNowFirstBid, 0)},
		{"buy now until a share", buy(engine.BuyNowShare, 6250)},
		{"buy now until a share below the start", buy(engine.BuyNowShare, 1)},
		{"buy now until a share off the steps", with(buy(engine.BuyNowShare, 3333), func(r *engine.Rules) { r.Step.Amount = 70 })},
		{"buy now until a share, steps by percent", with(buy(engine.BuyNowShare, 3333), func(r *engine.Rules) {
			r.Step = engine.Step{Kind: engine.StepPercent, Amount: 7, BasisPoints: 333}
		})},
		{"buy now until the end", buy(engine.BuyNowEnd, 0)},
	} {
		rows = append(rows, row{Name: c.name, Rules: c.rules, BuyNow: simulateBuyNow(t, c.rules)})
	}
	text, err := json.MarshalIndent(rows, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "simulate_ways.golden", append(text, '\n'))
}

// simulatedGong is what the form shows of the gong.
type simulatedGong struct {
	Asks     engine.Dong    `json:"asks"`     // in the first round
	SilentAt engine.Instant `json:"silentAt"` // the end if nobody moves
	BidAt    engine.Instant `json:"bidAt"`    // when somebody agrees
	MovedTo  engine.Instant `json:"movedTo"`  // the end after that
	Next     engine.Dong    `json:"next"`     // what the next round asks; 0: nothing can be taken
	LatestAt engine.Instant `json:"latestAt"`
}

// simulateGong has somebody agree to the first price five seconds before the
// silence ends.
func simulateGong(t *testing.T, rules engine.Rules) *simulatedGong {
	s := running(t, rules, 0, "A", "B")
	got := simulatedGong{Asks: s.state.NextMinimum(), SilentAt: s.state.ClosesAt, LatestAt: s.state.LatestAt}
	got.BidAt = got.SilentAt.Add(-5 * second)
	s.now = got.BidAt
	if why := s.bid("A", got.Asks); why != "" {
		t.Fatal(why)
	}
	got.MovedTo = s.state.ClosesAt
	if next := s.state.NextMinimum(); s.bid("B", next) == "" {
		got.Next = next
	}
	return &got
}

// simulatedTurns is what the form shows of rounds in turn.
type simulatedTurns struct {
	FirstAt    engine.Instant `json:"firstAt"`    // when the first turn begins
	TurnEndsAt engine.Instant `json:"turnEndsAt"` // at the latest
	Second     engine.Dong    `json:"second"`     // the least second offer after one at the start; 0: none
	EndsAt     engine.Instant `json:"endsAt"`     // if two are there and say nothing
}

// simulateTurns lets two be silent to the end, and two others offer.
func simulateTurns(t *testing.T, rules engine.Rules) *simulatedTurns {
	var got simulatedTurns
	s := running(t, rules, 0, "A", "B")
	for s.state.Phase == engine.PhaseRunning {
		s.now = engine.Deadline(s.state)
		s.tick()
		if turn, ok := s.records[len(s.records)-1].Event.(*engine.TurnOpened); ok && got.FirstAt == 0 {
			got.FirstAt, got.TurnEndsAt = s.now, turn.ClosesAt
		}
	}
	got.EndsAt = s.state.ClosedAt
	s = running(t, rules, 0, "A", "B")
	s.now = engine.Deadline(s.state)
	s.tick()
	if why := s.bid("B", rules.Start); why != "" {
		t.Fatal(why)
	}
	if next := s.state.NextMinimum(); s.bid("A", next) == "" {
		got.Second = next
	}
	return &got
}

// simulatedBuyNow is what the form shows of a price to buy now.
type simulatedBuyNow struct {
	EndedBy engine.Dong `json:"endedBy"` // the least first bid that ends the offer; 0: none below the price
}

// simulateBuyNow tries first bids until one ends the offer without buying.
func simulateBuyNow(t *testing.T, rules engine.Rules) *simulatedBuyNow {
	for amount := rules.Start; amount < rules.BuyNow.Amount; amount++ {
		s := running(t, rules, 0, "A")
		if s.bid("A", amount) == "" && !s.room.Now.BuyNow {
			return &simulatedBuyNow{amount}
		}
	}
	return &simulatedBuyNow{}
}
