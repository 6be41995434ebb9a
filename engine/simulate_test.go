package engine_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gobua/engine"
)

// simulated is what the form shows of rules while they are chosen; see
// frontend/js/admin/simulate.js.
type simulated struct {
	EndsAt  engine.Instant `json:"endsAt"`
	BidAt   engine.Instant `json:"bidAt"`
	MovedTo engine.Instant `json:"movedTo"`
	Second  engine.Dong    `json:"second"`
	Maxima  *maxima        `json:"maxima"`
}

type maxima struct {
	A     engine.Dong `json:"a"`
	B     engine.Dong `json:"b"`
	Price engine.Dong `json:"price"`
}

// TestSimulateGolden plays the sessions that the form tells of and holds the
// page to what happened in them.
func TestSimulateGolden(t *testing.T) {
	type row struct {
		Name  string       `json:"name"`
		Rules engine.Rules `json:"rules"`
		Want  simulated    `json:"want"`
	}
	closing := func(kind engine.ClosingKind, window, by, total engine.Millis) func(*engine.Rules) {
		return func(r *engine.Rules) {
			r.Closing = engine.Closing{Kind: kind, WindowMs: window, ByMs: by, MaxTotalMs: total}
		}
	}
	var rows []row
	for _, c := range []struct {
		name   string
		change func(*engine.Rules)
	}{
		{"plain", func(*engine.Rules) {}},
		{"reset", closing(engine.ClosingReset, 30*second, minute, 0)},
		{"reset, never earlier", closing(engine.ClosingReset, 30*second, 2*second, 0)},
		{"reset, a window shorter than the example", closing(engine.ClosingReset, 2*second, 30*second, 0)},
		{"add", closing(engine.ClosingAdd, minute, 45*second, 0)},
		{"add, capped", closing(engine.ClosingAdd, minute, 5*minute, 2*minute)},
		{"reset, capped", closing(engine.ClosingReset, minute, 5*minute, second)},
		{"a very short session", func(r *engine.Rules) { r.BiddingMs = 3 * second }},
		{"over midnight", func(r *engine.Rules) { r.BiddingMs = 20 * 60 * minute }},
		{"bands", func(r *engine.Rules) { r.Step = table("0:1 10:2 15:4") }},
		{"percent", func(r *engine.Rules) {
			r.Step = engine.Step{Kind: engine.StepPercent, Amount: 7, BasisPoints: 333}
		}},
		{"percent, below the least", func(r *engine.Rules) {
			r.Step = engine.Step{Kind: engine.StepPercent, Amount: 70, BasisPoints: 333}
		}},
		{"the cap is the start", func(r *engine.Rules) { r.Cap = r.Start }},
		{"a cap below the maxima", func(r *engine.Rules) { r.Cap = r.Start + 500 }},
	} {
		for _, proxy := range []bool{false, true} {
			rules := plain()
			c.change(&rules)
			rules.Proxy = proxy
			name := c.name
			if proxy {
				name += ", maxima"
			}
			rows = append(rows, row{name, rules, simulateBids(t, rules)})
		}
	}
	text, err := json.MarshalIndent(rows, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "simulate.golden", append(text, '\n'))
}

// simulateBids finds by playing what the form computes.
func simulateBids(t *testing.T, rules engine.Rules) simulated {
	s := running(t, rules, 0, "A", "B")
	want := simulated{EndsAt: s.state.ClosesAt}
	late := min(5*second, rules.BiddingMs)
	if rules.Closing.Kind != engine.ClosingFixed {
		late = min(late, rules.Closing.WindowMs)
	}
	want.BidAt = want.EndsAt.Add(-late)
	s.now = want.BidAt
	if why := s.bid("A", rules.Start); why != "" {
		t.Fatal(why)
	}
	want.MovedTo, want.Second = s.state.ClosesAt, s.state.NextMinimum()
	step := rules.Step.At(rules.Start)
	m := maxima{A: rules.Start + 10*step, B: rules.Start + 4*step}
	if rules.Proxy && m.A <= rules.AmountCap() {
		s := running(t, rules, 0, "A", "B")
		for _, code := range []engine.ParticipantCode{"A", "B"} {
			if why := s.bid(code, map[engine.ParticipantCode]engine.Dong{"A": m.A, "B": m.B}[code]); why != "" {
				t.Fatal(why)
			}
		}
		if s.state.Leader != "A" {
			t.Fatalf("%q leads", s.state.Leader)
		}
		m.Price = s.state.Price
		want.Maxima = &m
	}
	return want
}

// TestSimulateOthersGolden does the same for a price that falls and for rounds.
func TestSimulateOthersGolden(t *testing.T) {
	type row struct {
		Name    string            `json:"name"`
		Rules   engine.Rules      `json:"rules"`
		Falling *simulatedFalling `json:"falling,omitempty"`
		Rounds  *simulatedRounds  `json:"rounds,omitempty"`
	}
	var rows []row
	for name, rules := range map[string]engine.Rules{
		"1 falling by an amount":           byHundred(),
		"2 falling, the last fall smaller": falling(1000, &engine.Descent{Amount: 300, EveryMs: 30 * second, Floor: 350}),
		"3 falling by a share":             falling(500_000, &engine.Descent{BasisPoints: 333, EveryMs: 5 * minute, Floor: 100_000}),
		"4 falling once":                   falling(1000, &engine.Descent{Amount: 999, EveryMs: minute, Floor: 1}),
	} {
		rows = append(rows, row{Name: name, Rules: rules, Falling: simulateFall(t, rules)})
	}
	rounds := func(change func(*engine.Rules)) engine.Rules { r := plateRules(); change(&r); return r }
	for name, rules := range map[string]engine.Rules{
		"5 plate rounds":                plateRules(),
		"6 rounds, a short window":      rounds(func(r *engine.Rules) { r.Closing.WindowMs = 3 * second }),
		"7 rounds with a gap":           rounds(func(r *engine.Rules) { r.Closing.GapMs = 5 * second }),
		"8 rounds, the first is short":  rounds(func(r *engine.Rules) { r.Closing.MaxTotalMs = 20 * second }),
		"9 rounds without a latest end": rounds(func(r *engine.Rules) { r.Closing.MaxTotalMs, r.Closing.MaxCount = 0, 3 }),
	} {
		rows = append(rows, row{Name: name, Rules: rules, Rounds: simulateRound(t, rules)})
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.Name, b.Name) })
	text, err := json.MarshalIndent(rows, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "simulate_others.golden", append(text, '\n'))
}

// simulatedFalling is what the form shows of a falling price.
type simulatedFalling struct {
	Prices  int            `json:"prices"` // how many are asked
	NextAt  engine.Instant `json:"nextAt"`
	Next    engine.Dong    `json:"next"`
	FloorAt engine.Instant `json:"floorAt"`
	EndsAt  engine.Instant `json:"endsAt"`
}

// simulateFall lets the clock of a session run down and notes what it did.
func simulateFall(t *testing.T, rules engine.Rules) *simulatedFalling {
	s := running(t, rules, 0, "A")
	got := simulatedFalling{Prices: 1}
	for s.state.Phase == engine.PhaseRunning {
		s.now = engine.Deadline(s.state)
		s.tick()
		if fall, ok := s.records[len(s.records)-1].Event.(*engine.Lowered); ok {
			if got.Prices++; got.Prices == 2 {
				got.NextAt, got.Next = fall.Due, fall.Price
			}
			if fall.Price == rules.Descent.Floor {
				got.FloorAt = fall.Due
			}
		}
	}
	got.EndsAt = s.state.ClosedAt
	return &got
}

// simulatedRounds is what the form shows of rounds.
type simulatedRounds struct {
	MainEndsAt engine.Instant `json:"mainEndsAt"`
	BidAt      engine.Instant `json:"bidAt"`
	OpensAt    engine.Instant `json:"opensAt"` // of the round to which the bid leads
	ClosesAt   engine.Instant `json:"closesAt"`
	LatestAt   engine.Instant `json:"latestAt"` // zero: none by the clock
}

// simulateRound has two bid, the second one late, and notes the round that
// follows.
func simulateRound(t *testing.T, rules engine.Rules) *simulatedRounds {
	s := running(t, rules, 0, "A", "B")
	got := simulatedRounds{MainEndsAt: s.state.ClosesAt, LatestAt: s.state.LatestAt}
	s.next("A")
	got.BidAt = got.MainEndsAt.Add(-min(5*second, rules.Closing.WindowMs))
	s.now = got.BidAt
	s.next("B")
	s.end()
	round, ok := s.records[len(s.records)-1].Event.(*engine.RoundOpened)
	if !ok {
		t.Fatalf("no round followed: %+v", s.records[len(s.records)-1].Event)
	}
	got.OpensAt, got.ClosesAt = round.OpensAt, round.ClosesAt
	return &got
}
