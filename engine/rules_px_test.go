package engine_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gobua/engine"
)

// cents reads "127.50" as 12,750 and "130" as 13,000, so that the tables below
// carry the numbers of their sources.
func cents(text string) engine.Dong {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	return engine.Dong(math.Round(f * 100))
}

// table reads a step table "0:0.05 1:0.25".
func table(text string) engine.Step {
	s := engine.Step{Kind: engine.StepBands}
	for field := range strings.FieldsSeq(text) {
		from, step, _ := strings.Cut(field, ":")
		s.Bands = append(s.Bands, engine.Band{From: cents(from), Step: cents(step)})
	}
	return s
}

var (
	ebay   = table("0.01:0.05 1:0.25 5:0.50 25:1 100:2.50 250:5 500:10 1000:25 2500:50 5000:100")
	center = table("0:0.10 10:1") // auction_center
	twents = table("50:10 200:25")
)

func every(step string) engine.Step { return table("0:" + step) }

// story is a worked example: maxima in order and what each leads to.
//
//	A 150           A offers at most 150
//	= A 127.50      then A leads at 127.50
//	next 130        then the next minimum is 130
//	! too_low       then the offer was refused
//	met, unmet      then this is what the room knows of the reserve
type story struct {
	id      string
	start   string
	step    engine.Step
	reserve string // empty: none
	reveal  bool
	moves   string
}

// proxyStories are the worked examples of proxy bidding, rules PX1 to PX7, and
// of the reserve, classic unless it says reveal, rules RS1 to RS4, by their ids.
var proxyStories = []story{
	{id: "PX-01", start: "125", step: ebay, moves: "Z 125 = Z 125 ; A 150 = A 127.50 ; B 130 = A 132.50"},
	{id: "PX-02", start: "125", step: ebay, moves: "Z 125 ; A 150 = A 127.50 ; B 200 = B 152.50"},
	{id: "PX-04", start: "3", step: every("1"), moves: "John 7 = John 3 ; Jane 6 = John 7"},
	{id: "PX-05", start: "3", step: every("1"), moves: "John 3 = John 3 ; Jane 6 = Jane 4"},
	{id: "PX-07", start: "550", step: every("50"), moves: "A 800 ; B 600 = A 650"},
	{id: "PX-08", start: "50", step: every("3"), moves: "A 100 = A 50 ; B 75 = A 78"},
	{id: "PX-10", start: "1000", step: every("50"), moves: "A 2000 ; B 2000 = A 2000"},
	{id: "PX-11", start: "1000", step: every("50"), moves: "A 2000 ; B 2050 = B 2050"},
	{id: "PX-13", start: "3000", step: every("100"), moves: "Z 3000 ; A 4500 = A 3100 ; B 3200 = A 3300 ; C 4600 = C 4600"},
	{id: "PX-14", start: "1", step: every("1"), moves: "A 30 = A 1 ; B 13 = A 14 ; B 30 = A 30"},
	{id: "PX-14b", start: "1", step: every("1"), moves: "A 30 = A 1 ; B 13 = A 14 ; B 31 = B 31"},
	{id: "PX-16", start: "50", step: every("10"), moves: "Z 50 ; A 450 = A 60 ; B 70 = A 80"},
	{id: "PX-17", start: "70", step: every("5"), moves: "A 100 = A 70 ; M 100 = A 100 next 105"},
	{id: "PX-19", start: "100", step: twents, moves: "A 100 ; B 150 ; C 200 = C 160"},
	{id: "PX-19b", start: "100", step: twents, moves: "C 200 = C 100 ; room 110 = C 120"},
	{id: "PX-19c", start: "100", step: twents, moves: "C 200 = C 100 ; room 210 = room 210"},
	{id: "PX-20", start: "100", step: every("10"), moves: "A 500 = A 100 ; B 150 = A 160"},
	{id: "PX-22", start: "1000", step: every("100"), moves: "A 2000 ; B 2050 = B 2050"},
	{id: "PX-23", start: "1000", step: every("100"), moves: "A 2000 ; B 5000 = B 2100"},
	{id: "PX-25", start: "500", step: every("50"), moves: "A 1000 = A 500 ; B 1000 = A 1000"},
	{id: "PX-25b", start: "500", step: every("50"), moves: "A 1000 = A 500 ; B 1050 = B 1050"},
	{id: "PX-25c", start: "500", step: every("50"), moves: "A 1000 = A 500 ; B 550 = A 600"},
	{id: "PX-26", start: "5", step: every("1"), moves: "A 10 = A 5 ; B 10 = A 10 ; A 15 = A 11"},
	{id: "PX-28", start: "2.99", step: center, moves: "U1 2.99 = U1 2.99 ; U2 3.99 = U2 3.09 ; U1 4.00 = U1 4.00"},
	{id: "PX-29", start: "3.19", step: center, moves: "U1 3.19 = U1 3.19 ; U2 4.00 = U2 3.29 ; U1 4.00 = U2 4.00"},
	{id: "PX-31", start: "5", step: every("1"), moves: "A 10 = A 5 ; B 6 = A 7"},
	{id: "PX-32", start: "5", step: every("1"), moves: "A 5 = A 5 ; B 7 = B 6 ; C 7 = B 7"},
	// PX-V1 is a conflict: a later equal bid must not lead.
	{id: "PX-V1", start: "50", step: every("10"), moves: "A 450 = A 50 ; Z 390 = A 400 ; B 450 = A 450"},

	{id: "PX1", start: "100", step: ebay, moves: "A 200 ; B 150 = A 152.50 ; C 175 = A 177.50 ; B 300 = B 202.50"},
	{id: "PX2", start: "100", step: every("1"), moves: "A 200 ; B 200 = A 200 ; C 200 ! too_low = A 200"},
	{id: "PX3", start: "100", step: every("10"), moves: "A 200 ; B 200 = A 200 next 210"},
	{id: "PX4", start: "100", step: every("10"), moves: "A 200 ; B 205 = B 205 next 215"},
	{id: "PX5", start: "100", step: every("10"), moves: "A 200 ; B 150 = A 160 ; A 300 = A 160 ; A 250 ! maximum_not_higher = A 160 ; B 205 = A 215"},
	{id: "PX5-capped", start: "100", step: every("10"), moves: "A 200 ; B 195 = A 200 ; A 300 = A 205"},
	{id: "PX6", start: "100", step: every("10"), moves: "next 100 ; A 99 ! below_start next 100 ; A 200 = A 100 next 110 ; B 109 ! too_low ; B 110 = A 120 next 130"},

	{id: "RS-01", start: "15", step: ebay, reserve: "50", moves: "A 75 = A 50 met"},
	{id: "RS-02", start: "100", step: ebay, reserve: "2500", moves: "A 3000 = A 2500 met"},
	{id: "RS-04", start: "3000", step: every("100"), reserve: "10000", moves: "A 10000 = A 10000 met ; B 15000 = B 10100"},
	{id: "RS-05", start: "3000", step: every("100"), reserve: "5000", moves: "A 5000 = A 5000 met next 5100 ; B 5000 ! too_low = A 5000"},
	{id: "RS-10", start: "15", step: ebay, reserve: "50", moves: "A 49 = A 15 unmet"},
	{id: "RS1", start: "15", step: every("1"), reserve: "50", moves: "unmet ; A 20 = A 15 unmet ; B 49 = B 21 unmet ; C 50 = C 50 met"},
	{id: "RS2", start: "15", step: every("1"), reserve: "50", moves: "A 30 = A 15 unmet ; A 60 = A 50 met ; B 55 = A 56 met"},
	{id: "RS3", start: "15", step: every("1"), reserve: "50", moves: "A 40 = A 15 ; B 20 = A 21 ; B 45 = B 41 unmet"},
	// Reveal. RS-06 and RS-09 are the edge: one below the reserve, and the reserve itself.
	{id: "RS-06", start: "15", step: every("1"), reserve: "50", reveal: true, moves: "A 49 = A 49 unmet next 50 ; B 50 = B 50 met next 51"},
	{id: "RS-07", start: "5000", step: every("100"), reserve: "10000", reveal: true, moves: "A 5000 = A 5000 unmet"},
	{id: "RS-08", start: "1000", step: every("100"), reserve: "2500", reveal: true, moves: "A 1800 = A 1800 unmet"},
	{id: "RS-09", start: "15", step: every("1"), reserve: "50", reveal: true, moves: "A 50 = A 50 met ; B 60 = B 51"},
	{id: "RS3-reveal", start: "15", step: every("1"), reserve: "50", reveal: true, moves: "A 40 = A 40 unmet next 41 ; B 40 ! too_low = A 40 ; B 45 = B 45 unmet ; A 80 = A 50 met ; B 60 = A 61 met"},
	{id: "RS3-reveal-above", start: "15", step: every("10"), reserve: "50", reveal: true, moves: "A 45 = A 45 unmet ; B 90 = B 55 met ; A 65 = B 75"},
	{id: "RS3-reveal-raise", start: "15", step: every("1"), reserve: "50", reveal: true, moves: "A 20 = A 20 ; A 30 = A 30 unmet ; A 30 ! maximum_not_higher = A 30 ; A 70 = A 50 met ; A 90 = A 50"},
}

func TestProxyStories(t *testing.T) {
	for _, c := range proxyStories {
		t.Run(c.id, func(t *testing.T) { c.play(t) })
	}
}

func (c story) play(t *testing.T) {
	rules := plain()
	rules.Currency, rules.Proxy, rules.Start, rules.Step = "USD", true, cents(c.start), c.step
	reserve := engine.Dong(0)
	if c.reserve != "" {
		reserve = cents(c.reserve)
	}
	if c.reveal {
		rules.ReserveKind = engine.ReserveReveal
	}
	s := running(t, rules, reserve, c.people()...)
	why := engine.Reason("")
	for move := range strings.SplitSeq(c.moves, ";") {
		words := strings.Fields(move)
		for len(words) > 0 {
			switch words[0] {
			case "=":
				s.stands(engine.ParticipantCode(words[1]), cents(words[2]))
				words = words[3:]
			case "next":
				if got, want := s.state.NextMinimum(), cents(words[1]); got != want || s.room.Now.Next != want {
					t.Errorf("%s: next minimum %d, shown %d, want %d", move, got, s.room.Now.Next, want)
				}
				words = words[2:]
			case "!":
				if want := engine.Reason(words[1]); why != want {
					t.Errorf("%s: refused with %q, want %q", move, why, want)
				}
				words, why = words[2:], ""
			case "met", "unmet":
				if got := s.room.Now.Reserve; got != engine.ReserveState(words[0]) {
					t.Errorf("%s: reserve is %q", move, got)
				}
				words = words[1:]
			default:
				s.now = s.now.Add(second)
				why = s.bid(engine.ParticipantCode(words[0]), cents(words[1]))
				words = words[2:]
				if why != "" && (len(words) == 0 || words[0] != "!") {
					t.Fatalf("%s is refused: %s", move, why)
				}
			}
		}
	}
	checkReplay(t, s.records, s.state, s.room)
}

// people are those who make a move.
func (c story) people() (codes []engine.ParticipantCode) {
	seen := map[string]bool{"next": true, "met": true, "unmet": true}
	for move := range strings.SplitSeq(c.moves, ";") {
		if who := strings.Fields(move)[0]; !seen[who] {
			seen[who] = true
			codes = append(codes, engine.ParticipantCode(who))
		}
	}
	return codes
}

// TestPX5RaiseNeverExtends is the other half of PX5: the leader's own raise
// moves the end nowhere, even where it moves the price.
func TestPX5RaiseNeverExtends(t *testing.T) {
	rules := plain()
	rules.Proxy = true
	rules.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: minute, ByMs: minute}
	s := running(t, rules, 0, "A", "B")
	s.bid("A", 2000)
	s.bid("B", 2000)
	s.stands("A", 2000)
	s.at(14*minute+30*second).bid("A", 3000)
	s.stands("A", 2100)
	s.endsAt(15 * minute)
}

// TestPX7 is the history: a move the rules made is a record of its own, by the
// system, with its cause and without the challenger's command.
func TestPX7(t *testing.T) {
	rules := plain()
	rules.Proxy = true
	s := running(t, rules, 0, "A", "B")
	s.bid("A", 2000)
	s.bid("B", 1500)
	last := s.records[len(s.records)-1]
	move, ok := last.Event.(*engine.AutoRaised)
	if !ok || *move != (engine.AutoRaised{Code: "A", Level: 1600, Cause: "B"}) {
		t.Errorf("the defender's move is %s", dump(last.Event))
	}
	if last.By != engine.System || last.Cmd != (engine.CommandID{}) {
		t.Errorf("the move is recorded as %v's command %v", last.By, last.Cmd)
	}
	if rows := s.room.History; !rows[0].Auto || rows[0].Code != "A" || rows[1].Auto || rows[1].Code != "B" {
		t.Errorf("history: %s", dump(rows))
	}
}

// TestPX3PlainBids holds without maxima, too: equal is not higher.
func TestPX3PlainBids(t *testing.T) {
	s := running(t, plain(), 0, "A", "B")
	s.bid("A", 1500)
	if why := s.bid("B", 1500); why != engine.ReasonTooLow {
		t.Errorf("an equal bid is answered with %q", why)
	}
	s.stands("A", 1500)
}

// TestRS4 is the close below the reserve: no sale.
func TestRS4(t *testing.T) {
	for amount, want := range map[engine.Dong]engine.Result{
		4900: {Outcome: engine.OutcomeFailed, Ground: engine.GroundBelowReserve},
		5000: {Outcome: engine.OutcomeSold, Winner: "A", Price: 5000, BidAt: opensAt, BidSeq: 4},
	} {
		t.Run(fmt.Sprint(amount), func(t *testing.T) {
			s := running(t, plain(), 5000, "A")
			s.bid("A", amount)
			s.at(15 * minute).tick()
			if got := s.state.Proposal(); !reflect.DeepEqual(got, want) {
				t.Errorf("proposed: %+v, want %+v", got, want)
			}
		})
	}
}

// TestRS3RevealNeedsMaximaAndReserve: without either of them there is nothing
// to reveal, and a sheet that says so is a mistake.
func TestRS3RevealNeedsMaximaAndReserve(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*engine.Rules)
		want   []engine.Problem
	}{
		"both":        {func(*engine.Rules) {}, nil},
		"no maxima":   {func(r *engine.Rules) { r.Proxy = false }, []engine.Problem{{Field: "reserveKind", Code: "needs_proxy"}}},
		"no reserve":  {func(r *engine.Rules) { r.Reserve = nil }, []engine.Problem{{Field: "reserveKind", Code: "needs_reserve"}}},
		"other words": {func(r *engine.Rules) { r.ReserveKind = "classic" }, []engine.Problem{{Field: "reserveKind", Code: "unknown"}}},
	} {
		rules := plain()
		rules.Proxy, rules.Reserve, rules.ReserveKind = true, &engine.Hash{1}, engine.ReserveReveal
		c.change(&rules)
		var wrong *engine.RulesError
		var got []engine.Problem
		if errors.As(rules.Check(), &wrong) {
			got = wrong.Problems
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestRS3RevealFallsBack: where the leader goes, the price is the whole maximum
// of who is left below the reserve.
func TestRS3RevealFallsBack(t *testing.T) {
	rules := plain()
	rules.Proxy, rules.ReserveKind = true, engine.ReserveReveal
	s := running(t, rules, 5000, "A", "B", "C")
	s.bid("A", 3000)
	s.bid("B", 4000)
	s.bid("C", 7000)
	s.stands("C", 5000)
	s.must("C", engine.Withdraw{Confirm: "C"})
	s.stands("B", 4000)
	s.must("B", engine.Withdraw{Confirm: "B"})
	s.stands("A", 3000)
	checkReplay(t, s.records, s.state, s.room)
}
