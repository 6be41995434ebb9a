package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gobua/engine"
)

// unitBid is an offer for several units; one for none is taken back.
type unitBid struct {
	by     engine.ParticipantCode
	amount engine.Dong
	units  int
}

// unitsFrom is a sheet of several units with another start price.
func unitsFrom(start engine.Dong, units int) engine.Rules {
	r := severalUnits(units)
	r.Start = start
	return r
}

func (s *sale) offerUnits(list ...unitBid) {
	s.t.Helper()
	for _, o := range list {
		s.now = s.now.Add(second)
		if o.units == 0 {
			s.must(o.by, engine.TakeOfferBack{})
			continue
		}
		s.must(o.by, engine.PutOffer{Amount: o.amount, Confirm: o.amount, Units: o.units})
	}
}

// awarded fails the test unless this is what would be announced, to whom in the
// order and how much of it.
func (s *sale) awarded(price engine.Dong, want ...unitBid) {
	s.t.Helper()
	p := s.state.Proposal()
	if len(want) == 0 {
		if p.Outcome != engine.OutcomeFailed || len(p.Awards) > 0 {
			s.t.Errorf("proposed is %+v, want nothing", p)
		}
		return
	}
	s.proposes(want[0].by, price)
	var got []unitBid
	sold := 0
	for _, a := range p.Awards {
		got = append(got, unitBid{a.Code, a.Price, a.Units})
		sold += a.Units
		you, ok := s.state.Standing(a.Code)
		if !ok || !you.Leading || you.Outbid || !you.Withdrawable || you.Served != a.Units || you.Units < a.Units || (a.Wanted != 0) != (you.Units > a.Units) {
			s.t.Errorf("%s has %+v and is told %+v", a.Code, a, you)
		}
	}
	for i := range want {
		want[i].amount = price
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("awarded is %v, want %v", got, want)
	}
	last := p.Awards[len(p.Awards)-1]
	if n := s.room.Now.Sealed.Units; n == nil || n.Sold != sold || n.Winners != len(p.Awards) || n.Part != last.Units || n.Missed != max(0, last.Wanted-last.Units) {
		s.t.Errorf("the room has %s, awarded is %+v", mustJSON(s.room.Now.Sealed), p.Awards)
	}
}

// announceUnits announces what the room shows.
func (s *sale) announceUnits() engine.Reason {
	p := s.state.Proposal()
	return s.auctioneer(engine.Announce{Winner: p.Winner, Price: p.Price, Changes: s.room.Now.Sealed.Units.Changes})
}

// TestMU1 are the stories of several units at one price (MU-01 to MU-06).
func TestMU1(t *testing.T) {
	for name, story := range map[string]struct {
		rules  engine.Rules
		offers []unitBid
		price  engine.Dong
		want   []unitBid
	}{
		"MU-01 fewer wanted than there are": {unitsFrom(5, 100), []unitBid{{"X", 8, 10}, {"Y", 7, 20}}, 5, []unitBid{{"X", 0, 10}, {"Y", 0, 20}}},
		"MU-02 exactly as many": {
			unitsFrom(5, 100), []unitBid{{"X", 8, 10}, {"Y", 7, 20}, {"Z", 6, 70}}, 5, []unitBid{{"X", 0, 10}, {"Y", 0, 20}, {"Z", 0, 70}},
		},
		"MU-03 the last gets a part": {
			unitsFrom(5, 100), []unitBid{{"X", 8, 10}, {"Y", 7, 20}, {"Z", 6, 75}}, 6, []unitBid{{"X", 0, 10}, {"Y", 0, 20}, {"Z", 0, 70}},
		},
		"MU-04 who is behind the last gets nothing": {
			unitsFrom(5, 100), []unitBid{{"X", 8, 40}, {"Y", 7, 60}, {"Z", 6, 75}}, 7, []unitBid{{"X", 0, 40}, {"Y", 0, 60}},
		},
		"MU-05": {unitsFrom(10, 5), []unitBid{{"A", 20, 2}, {"B", 21, 4}, {"C", 18, 3}}, 20, []unitBid{{"B", 0, 4}, {"A", 0, 1}}},
		"MU-06 more units go first": {
			unitsFrom(40, 100), []unitBid{{"A", 50, 50}, {"B", 50, 100}}, 50, []unitBid{{"B", 0, 100}},
		},
		"MU-06 the higher price goes first": {
			unitsFrom(40, 100), []unitBid{{"A", 50, 50}, {"B", 50, 100}, {"A", 60, 50}}, 50, []unitBid{{"A", 0, 50}, {"B", 0, 50}},
		},
		"MU-06 then the earlier":          {unitsFrom(40, 10), []unitBid{{"B", 50, 6}, {"A", 50, 6}}, 50, []unitBid{{"B", 0, 6}, {"A", 0, 4}}},
		"MU-06 the earlier last change":   {unitsFrom(40, 10), []unitBid{{"A", 50, 6}, {"B", 50, 6}, {"A", 50, 6}}, 50, []unitBid{{"B", 0, 6}, {"A", 0, 4}}},
		"MU1 one takes all":               {unitsFrom(40, 10), []unitBid{{"A", 50, 10}}, 40, []unitBid{{"A", 0, 10}}},
		"MU1 one who takes all, and more": {unitsFrom(40, 10), []unitBid{{"A", 50, 10}, {"B", 45, 1}}, 50, []unitBid{{"A", 0, 10}}},
		"MU1 taken back, it counts not":   {unitsFrom(40, 10), []unitBid{{"A", 50, 8}, {"B", 45, 5}, {"A", 0, 0}}, 40, []unitBid{{"B", 0, 5}}},
		"MU1 nobody":                      {unitsFrom(40, 10), nil, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := sealedSale(t, story.rules, 0, "A", "B", "C", "X", "Y", "Z")
			s.offerUnits(story.offers...)
			if s.state.Leader != "" || s.room.Now.Price != 0 || s.room.Now.Sealed.Units != nil {
				t.Errorf("before the opening the room has %s", mustJSON(s.room.Now))
			}
			s.unseal()
			s.awarded(story.price, story.want...)
			s.fine(s.announceUnits())
			for _, b := range s.state.Bidders() {
				you, _ := s.state.Standing(b.Code)
				if won := slices.ContainsFunc(story.want, func(o unitBid) bool { return o.by == b.Code }); you.Won != won || you.Withdrawable {
					t.Errorf("%s is told %s", b.Code, mustJSON(you))
				}
			}
			checkReplay(t, s.records, s.state, s.room)
			strangerAgrees(t, s.records)
			if err := openAgain(s.records); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestMU1PartDeclined is the end of MU-05: who gets a part need not take it.
// The order is gone through again as if the offer had not been made, so the
// next in it is served, and the price follows.
func TestMU1PartDeclined(t *testing.T) {
	s := sealedSale(t, unitsFrom(10, 5), 0, "A", "B", "C", "D")
	s.offerUnits(unitBid{"A", 20, 2}, unitBid{"B", 21, 4}, unitBid{"C", 18, 3})
	if why := s.auctioneer(engine.Decline{Code: "A", Reason: "x"}); why != engine.ReasonWrongPhase {
		t.Errorf("before the end: %q", why)
	}
	s.unseal()
	for code, want := range map[engine.ParticipantCode]engine.Reason{
		"B": engine.ReasonNotInPart, "C": engine.ReasonNotInPart, "D": engine.ReasonNotInPart, "X": engine.ReasonUnknownCode,
	} {
		if why := s.auctioneer(engine.Decline{Code: code, Reason: "x"}); why != want {
			t.Errorf("%s declines: %q, want %q", code, why, want)
		}
	}
	if why := s.auctioneer(engine.Decline{Code: "A", Reason: " "}); why != engine.ReasonTextNeeded {
		t.Errorf("without a reason: %q", why)
	}
	s.fine(s.auctioneer(engine.Decline{Code: "A", Reason: "one is of no use"}))
	s.awarded(18, unitBid{"B", 0, 4}, unitBid{"C", 0, 1})
	if you, _ := s.state.Standing("A"); you.Out != engine.ReasonPartDeclined || you.Leading || you.Outbid || you.OutReason == "" {
		t.Errorf("A is told %s", mustJSON(you))
	}
	if why := s.auctioneer(engine.Decline{Code: "A", Reason: "x"}); why != engine.ReasonAlreadyOut {
		t.Errorf("again: %q", why)
	}
	if s.room.Messages[0].Text != "one is of no use" || !s.room.History[1].Struck || s.room.History[0].Struck {
		t.Errorf("the room has %s, %s", mustJSON(s.room.Messages), mustJSON(s.room.History))
	}
	s.fine(s.auctioneer(engine.Decline{Code: "C", Reason: "neither is mine"}))
	s.awarded(10, unitBid{"B", 0, 4})
	s.fine(s.announceUnits())
	var extractor engine.Extractor
	for _, r := range s.records {
		extractor.Add(r)
	}
	x := extractor.Extract()
	if len(x.Outs) != 0 || x.Bids[0].Units != 2 || !x.Bids[0].Struck || len(x.Result.Awards) != 1 {
		t.Errorf("the extract has %+v, %+v, %+v", x.Outs, x.Bids, x.Result)
	}
	checkReplay(t, s.records, s.state, s.room)
}

// TestMU1Vacated: article 50 and a disqualification, of the first in the order
// and of another winner. Whoever gets units may withdraw, nobody else.
func TestMU1Vacated(t *testing.T) {
	s := sealedSale(t, unitsFrom(10, 5), 0, "A", "B", "C", "D")
	s.offerUnits(unitBid{"A", 20, 2}, unitBid{"B", 21, 2}, unitBid{"C", 18, 3}, unitBid{"D", 15, 5})
	s.unseal()
	s.awarded(18, unitBid{"B", 0, 2}, unitBid{"A", 0, 2}, unitBid{"C", 0, 1})
	if why := s.by("D", engine.Withdraw{Confirm: "D"}); why != engine.ReasonNotLeading {
		t.Errorf("D gets nothing and withdraws: %q", why)
	}
	stale := engine.Announce{Winner: "B", Price: 18}
	s.must("A", engine.Withdraw{Confirm: "A"})
	s.awarded(18, unitBid{"B", 0, 2}, unitBid{"C", 0, 3}) // exactly enough, and D is still behind
	if why := s.auctioneer(stale); why != engine.ReasonResultChanged {
		t.Errorf("winner and price are the same, the awards are not: %q", why)
	}
	s.fine(s.auctioneer(engine.Disqualify{Code: "B", Reason: "x"}))
	s.awarded(15, unitBid{"C", 0, 3}, unitBid{"D", 0, 2})
	s.fine(s.auctioneer(engine.Disqualify{Code: "C", Reason: "x"}))
	s.awarded(10, unitBid{"D", 0, 5})
	s.must("D", engine.Withdraw{Confirm: "D"})
	s.awarded(0)
	if n := s.room.Now.Sealed.Units; n == nil || n.Winners != 0 || n.Sold != 0 || n.Last != "" {
		t.Errorf("nobody is left, the room has %s", mustJSON(n))
	}
	s.fine(s.announceUnits())
	if s.state.Result.Ground != engine.GroundWithdrawn {
		t.Errorf("announced is %+v", s.state.Result)
	}
	checkReplay(t, s.records, s.state, s.room)
}

// TestMU1EveryoneIsTold: whom an opening or a leaving serves is told so, not
// only who leads.
func TestMU1EveryoneIsTold(t *testing.T) {
	s := sealedSale(t, unitsFrom(10, 5), 0, "A", "B", "C")
	s.offerUnits(unitBid{"A", 20, 2}, unitBid{"B", 21, 4}, unitBid{"C", 18, 3})
	s.unseal()
	last := s.records[len(s.records)-1]
	if told := s.state.Concerned(last, "B", nil); !slices.Contains(told, "C") || !slices.Contains(told, "A") {
		t.Errorf("the last offer is opened: %v are told", told)
	}
	s.fine(s.auctioneer(engine.Decline{Code: "A", Reason: "x"}))
	last = s.records[len(s.records)-1]
	if told := s.state.Concerned(last, "B", nil); !slices.Contains(told, "C") {
		t.Errorf("C gets a unit, %v are told", told)
	}
}

// TestMU1Units: how many can be asked for, and what no act without a number
// means. What is turned away leaves no record.
func TestMU1Units(t *testing.T) {
	s := sealedSale(t, unitsFrom(1000, 50), 0, "A", "B")
	records := len(s.records)
	for _, units := range []int{-1, 51, 1 << 62} {
		if why := s.by("A", engine.PutOffer{Amount: 1000, Units: units}); why != engine.ReasonBadUnits {
			t.Errorf("%d units: %q", units, why)
		}
	}
	if why := s.by("A", engine.PutOffer{Amount: engine.MaxDong / 2, Units: 3}); why != engine.ReasonAboveCap {
		t.Errorf("in all more than can be counted: %q", why)
	}
	if len(s.records) != records {
		t.Errorf("%d records of what was turned away", len(s.records)-records)
	}
	s.must("A", engine.PutOffer{Amount: 1000})
	s.must("B", engine.PutOffer{Amount: 1000, Units: 50})
	s.unseal()
	s.awarded(1000, unitBid{"B", 0, 50})
	if last := s.room.History[1]; last.Code != "A" || last.Units != 1 {
		t.Errorf("no number is %d units", last.Units)
	}
	one := sealedSale(t, bySeal(1, 0), 0, "A")
	if why := one.by("A", engine.PutOffer{Amount: 1000, Units: 2}); why != engine.ReasonBadUnits {
		t.Errorf("two of one lot: %q", why)
	}
	one.must("A", engine.PutOffer{Amount: 1000, Units: 1})
	if why := one.auctioneer(engine.Decline{Code: "A", Reason: "x"}); why != engine.ReasonForbidden {
		t.Errorf("there is no part to decline: %q", why)
	}
}

// TestMU1Sheets: what does not go with several units.
func TestMU1Sheets(t *testing.T) {
	for name, change := range map[string]func(*engine.Rules){
		"no units":        func(r *engine.Rules) { r.Sealed.Units = 0 },
		"one unit":        func(r *engine.Rules) { r.Sealed.Units = 1 },
		"too many":        func(r *engine.Rules) { r.Sealed.Units = engine.MaxUnits + 1 },
		"rounds":          func(r *engine.Rules) { r.Sealed.Rounds, r.Sealed.RoundMs = 2, minute },
		"run-offs":        func(r *engine.Rules) { r.Sealed.RunOffs, r.Sealed.RoundMs = 1, minute },
		"a reserve":       func(r *engine.Rules) { r.Reserve = &engine.Hash{1} },
		"other lots":      func(r *engine.Rules) { r.Group = &engine.Group{AtOnce: 1} },
		"the first price": func(r *engine.Rules) { r.Sealed.Pricing = engine.PricingFirst },
		"a falling price": func(r *engine.Rules) { *r = hybridRules(); r.Sealed = severalUnits(9).Sealed },
	} {
		rules := severalUnits(100)
		change(&rules)
		if rules.Check() == nil {
			t.Errorf("%s: the sheet is taken", name)
		}
	}
	rules := severalUnits(engine.MaxUnits)
	if err := rules.Check(); err != nil {
		t.Error(err)
	}
	rules.Sealed.Units++
	var wrong *engine.RulesError
	if !errors.As(rules.Check(), &wrong) || !slices.Equal(wrong.Problems, []engine.Problem{{Field: "sealed.units", Code: "too_many_units"}}) {
		t.Errorf("one unit too many: %v", wrong)
	}
}

// TestMU1TheMostWinners: as many as there may be, with the longest codes and
// numbers, stand in one record and in a room that a line of 140 kbit/s takes in
// five seconds.
func TestMU1TheMostWinners(t *testing.T) {
	const most = 87_500 // bytes: 140 kbit/s × 5 s; a journal takes 1 MiB as one record
	people := make([]engine.ParticipantCode, engine.MaxUnits+1)
	for i := range people {
		people[i] = engine.ParticipantCode(fmt.Sprintf("%s%03d", strings.Repeat("X", 61), i))
	}
	price := engine.MaxDong / engine.MaxUnits
	s := sealedSale(t, unitsFrom(price, engine.MaxUnits), 0, people...)
	for _, code := range people {
		s.must(code, engine.PutOffer{Amount: price, Confirm: price, Units: 1})
	}
	s.unseal()
	s.fine(s.announceUnits())
	entry, err := new(engine.State).Entry(&s.records[len(s.records)-1])
	if err != nil || len(s.state.Result.Awards) != engine.MaxUnits {
		t.Fatalf("%d awards, %v", len(s.state.Result.Awards), err)
	}
	room := mustJSON(s.room)
	if len(entry.Body) > most || len(room) > most {
		t.Errorf("the record has %d bytes, the room %d", len(entry.Body), len(room))
	}
}
