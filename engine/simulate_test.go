package engine_test

import (
	"encoding/json"
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
