package engine_test

import (
	"testing"

	"gobua/engine"
)

// TestStepTables is ST1: the step at a price, its lower edge inclusive.
func TestStepTables(t *testing.T) {
	ibm := table("0:5 101:10 201:50")
	// Trade Me's bands end with their upper edge, so the next begins a cent later.
	tradeMe := table("0:0.50 20.01:1 200.01:5 1000.01:10 5000.01:50 25000.01:100")
	for _, c := range []struct {
		id, price, next string
		step            engine.Step
	}{
		{"ST-01", "0.99", "1.04", ebay}, {"ST-02", "1.00", "1.25", ebay}, {"ST-03", "4.99", "5.24", ebay},
		{"ST-04", "5.00", "5.50", ebay}, {"ST-05", "24.99", "25.49", ebay}, {"ST-06", "25.00", "26.00", ebay},
		{"ST-07", "99.99", "100.99", ebay}, {"ST-08", "100.00", "102.50", ebay}, {"ST-09", "249.99", "252.49", ebay},
		{"ST-10", "250.00", "255.00", ebay}, {"ST-11", "499.99", "504.99", ebay}, {"ST-12", "500.00", "510.00", ebay},
		{"ST-13", "999.99", "1009.99", ebay}, {"ST-14", "1000.00", "1025.00", ebay}, {"ST-15", "2500.00", "2550.00", ebay},
		{"ST-16", "4999.99", "5049.99", ebay}, {"ST-17", "5000.00", "5100.00", ebay},
		{"ST-18", "150", "160", ibm}, {"ST-18b", "220", "270", ibm}, {"ST-18c", "100", "105", ibm}, {"ST-18d", "101", "111", ibm},
		{"ST-29", "5.1", "5.2", center}, {"ST-29b", "11.0", "12.0", center},
		{"ST-30", "20", "20.50", tradeMe}, {"ST-30b", "20.01", "21.01", tradeMe}, {"ST-30c", "200", "201", tradeMe},
		{"ST-30d", "1000", "1005", tradeMe}, {"ST-30e", "5000", "5010", tradeMe}, {"ST-30f", "25000", "25050", tradeMe}, {"ST-30g", "25000.01", "25100.01", tradeMe},
	} {
		t.Run(c.id, func(t *testing.T) {
			rules := plain()
			rules.Start, rules.Step = 1, c.step
			if got := rules.NextMinimum(cents(c.price)); got != cents(c.next) {
				t.Errorf("next minimum after %s is %d, want %s", c.price, got, c.next)
			}
			s := running(t, rules, 0, "A", "B")
			s.bid("A", cents(c.price))
			if why := s.bid("B", cents(c.next)-1); why != engine.ReasonTooLow {
				t.Errorf("a cent below the next minimum is answered with %q", why)
			}
			if why := s.bid("B", cents(c.next)); why != "" {
				t.Errorf("the next minimum is refused: %s", why)
			}
		})
	}
}

// TestST20 is ST2: a fixed step and only multiples of it, refused and never
// rounded (ST-22 and ST-23 do otherwise).
func TestST20(t *testing.T) {
	for amount, want := range map[engine.Dong]engine.Reason{
		45_000_000: "",
		47_000_000: engine.ReasonOffStep,
		60_000_000: "",
		60_000_001: engine.ReasonOffStep,
		39_999_999: engine.ReasonBelowStart,
		35_000_000: engine.ReasonBelowStart,
		40_000_000: engine.ReasonTooLow, // the price
	} {
		rules := plain()
		rules.Start, rules.Step.Amount = 40_000_000, 5_000_000
		s := running(t, rules, 0, "A", "B")
		s.bid("A", 40_000_000)
		if got := s.bid("B", amount); got != want {
			t.Errorf("%d: refused with %q, want %q", amount, got, want)
		}
		if want == "" {
			s.stands("B", amount)
		}
	}
}

// TestST3 is the percentage step: rounded down, never below the least step.
func TestST3(t *testing.T) {
	for _, c := range []struct {
		id           string
		basis        int64
		least, price string
		next         string
	}{
		{"ST-24", 500, "0.01", "10.00", "10.50"},
		{"ST-25", 500, "0.01", "0.10", "0.11"},
		{"ST-25b", 500, "0.01", "10.19", "10.69"}, // 0.5095
		{"ST-25c", 250, "1", "30", "31"},          // 0.75, under the least
		{"ST-32", 500, "0.01", "100", "105"},
		{"ST-max", 10_000, "0.01", "1000000", "2000000"},
	} {
		t.Run(c.id, func(t *testing.T) {
			rules := plain()
			rules.Start = 1
			rules.Step = engine.Step{Kind: engine.StepPercent, BasisPoints: c.basis, Amount: cents(c.least)}
			if got := rules.NextMinimum(cents(c.price)); got != cents(c.next) {
				t.Errorf("next minimum after %s is %d, want %s", c.price, got, c.next)
			}
		})
	}
}

// TestST26 is a step of nothing: it must be impossible, whatever the rules
// sheet of a journal says.
func TestST26(t *testing.T) {
	for _, step := range []engine.Step{
		{Kind: engine.StepPercent, BasisPoints: 1, Amount: 0},
		{Kind: engine.StepPercent, BasisPoints: 0, Amount: 1},
		{Kind: engine.StepFixed, Amount: 0},
		{Kind: engine.StepBands, Bands: []engine.Band{{From: 0, Step: 0}}},
	} {
		rules := plain()
		rules.Step = step
		if err := rules.Check(); err == nil {
			t.Errorf("%+v is a valid step", step)
		}
		if step.Kind != engine.StepBands && step.At(1) < 1 {
			t.Errorf("%+v at 1 is %d", step, step.At(1))
		}
	}
}

// TestST27 is 100.1 − 10.2 = 89.9 and 90.2 − 10.2 = 80.0: amounts are whole
// numbers of the smallest unit, so nothing is lost.
func TestST27(t *testing.T) {
	if cents("100.1")-cents("10.2") != cents("89.9") || cents("90.2")-cents("10.2") != cents("80.0") {
		t.Error("money is not exact")
	}
}

// TestST29LowerChangesNothing is the other half of ST-29: a lower offer later
// changes nothing.
func TestST29LowerChangesNothing(t *testing.T) {
	rules := plain()
	rules.Start, rules.Step = cents("1"), center
	s := running(t, rules, 0, "A", "B")
	s.bid("A", cents("5.1"))
	s.unchanged(func() { s.bid("B", cents("4.8")) })
}

// TestStepsNeverOverflow looks at the largest amounts there are.
func TestStepsNeverOverflow(t *testing.T) {
	for _, step := range []engine.Step{
		{Kind: engine.StepPercent, BasisPoints: 10_000, Amount: engine.MaxDong},
		{Kind: engine.StepFixed, Amount: engine.MaxDong},
		{Kind: engine.StepBands, Bands: []engine.Band{{From: 0, Step: engine.MaxDong}}},
	} {
		rules := plain()
		rules.Start, rules.Step, rules.Proxy = 1, step, true
		for _, price := range []engine.Dong{0, 1, engine.MaxDong / 2, engine.MaxDong} {
			if next := rules.NextMinimum(price); next < 0 || next > engine.MaxDong || next != 0 && next <= price {
				t.Errorf("%s: next minimum after %d is %d", step.Kind, price, next)
			}
			if steps := rules.StepsAbove(price, engine.MaxDong); steps < 0 {
				t.Errorf("%s: the largest amount lies %d steps above %d", step.Kind, steps, price)
			}
		}
	}
}

// TestStepsAbove counts a part of a step as a whole one, so that the typo
// guard asks beyond its number and not a step later.
func TestStepsAbove(t *testing.T) {
	rules := plain()
	rules.Step = steps(100)
	for amount, want := range map[engine.Dong]engine.Dong{500: 0, 2000: 0, 2100: 0, 2101: 1, 2200: 1, 2201: 2, 3100: 10, 3101: 11} {
		if got := rules.StepsAbove(2000, amount); got != want {
			t.Errorf("%d lies %d steps above the next minimum, want %d", amount, got, want)
		}
	}
}

// TestCap is the end of the ladder: once a step would pass the cap, the next
// minimum is nothing, in every answer and for everybody.
func TestCap(t *testing.T) {
	rules := plain()
	rules.Cap = 1250
	s := running(t, rules, 0, "A", "B")
	s.bid("A", 1200)
	if s.state.NextMinimum() != 0 || s.room.Now.Next != 0 {
		t.Errorf("next minimum is %d, shown %d", s.state.NextMinimum(), s.room.Now.Next)
	}
	for _, amount := range []engine.Dong{1250, 1300, 9_000} {
		s.unchanged(func() {
			if why := s.bid("B", amount); why != engine.ReasonAboveCap {
				t.Errorf("%d is answered with %q", amount, why)
			}
		})
	}
}

// TestCapUnderMaxima leaves the leader the cap itself, and a rival a tie.
func TestCapUnderMaxima(t *testing.T) {
	rules := plain()
	rules.Cap, rules.Proxy, rules.ConfirmAbove = 1500, true, 3
	s := running(t, rules, 0, "A", "B")
	for _, c := range []struct {
		who    engine.ParticipantCode
		amount engine.Dong
		why    engine.Reason
	}{{"A", 1600, engine.ReasonAboveCap}, {"A", 1400, ""}, {"A", 1600, engine.ReasonAboveCap}, {"A", 1500, ""}, {"B", 1500, ""}} {
		if why := s.bid(c.who, c.amount); why != c.why {
			t.Errorf("%s %d is answered with %q, want %q", c.who, c.amount, why, c.why)
		}
	}
	s.stands("A", 1500)
	if s.state.NextMinimum() != 0 {
		t.Errorf("next minimum is %d", s.state.NextMinimum())
	}
}
