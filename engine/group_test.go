package engine_test

import (
	"fmt"
	"reflect"
	"testing"

	"gobua/engine"
)

// TestAGroupOnASheet: what a sheet and a first record may say of a group.
func TestAGroupOnASheet(t *testing.T) {
	reset := engine.Closing{Kind: engine.ClosingReset, WindowMs: minute, ByMs: minute}
	for name, c := range map[string]struct {
		closing engine.Closing
		group   engine.Group
		want    []engine.Problem
	}{
		"whole sale":         {reset, engine.Group{Extends: true}, nil},
		"a limit alone":      {engine.Closing{Kind: engine.ClosingFixed}, engine.Group{AtOnce: 3}, nil},
		"nothing can extend": {engine.Closing{Kind: engine.ClosingFixed}, engine.Group{Extends: true}, []engine.Problem{{Field: "group.extends", Code: "needs_extension"}}},
		"rounds":             {plateRules().Closing, engine.Group{Extends: true}, []engine.Problem{{Field: "group.extends", Code: "needs_extension"}}},
		"a name of lines":    {reset, engine.Group{Name: "a\u202eb"}, []engine.Problem{{Field: "group.name", Code: "malformed"}}},
		"a limit below zero": {reset, engine.Group{AtOnce: -1}, []engine.Problem{{Field: "group.atOnce", Code: "out_of_range"}}},
	} {
		r := plain()
		r.Closing, r.Group = c.closing, &c.group
		var got []engine.Problem
		if err, ok := r.Check().(*engine.RulesError); ok {
			got = err.Problems
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	party := engine.PartyOf("a", "account")
	for name, change := range map[string]func(*engine.Created){
		"no auction":         func(c *engine.Created) { c.Lot.AuctionID = "" },
		"one person twice":   func(c *engine.Created) { c.Participants[1].Party = &party },
		"a limit of nobody":  func(c *engine.Created) { c.Participants[1].Limit = &engine.Limit{Lots: 1} },
		"a limit below zero": func(c *engine.Created) { c.Participants[0].Limit = &engine.Limit{Lots: -1} },
		"a sum under seal": func(c *engine.Created) {
			c.Rules = bySeal(1, 0)
			c.Rules.Group = &engine.Group{AtOnce: 2}
			c.RulesHash, c.Participants[0].Limit = c.Rules.Hash(), &engine.Limit{Total: 5}
		},
		"tied, but to what":       func(c *engine.Created) { c.Rules.Group = nil; c.RulesHash = c.Rules.Hash() },
		"":                        func(*engine.Created) {},
		"limited by sheet and by": func(c *engine.Created) { c.Participants[0].Limit = &engine.Limit{Lots: 1, Total: 5} },
	} {
		rules := plain()
		rules.Group = &engine.Group{AtOnce: 2}
		c := &engine.Created{
			Session: "k7qp0z3m9abc", Rules: rules, RulesHash: rules.Hash(), Lot: engine.Lot{AuctionID: "a"},
			Participants: []engine.Participant{{Code: "A", Holder: engine.Hash{1}, Party: &party}, {Code: "B", Holder: engine.Hash{2}}},
		}
		change(c)
		if err := engine.CheckCreated(c); (err == nil) != (name == "" || name == "limited by sheet and by") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestFollow: a running lot is moved to the end of its group once, never
// earlier, never past its own latest end; who reads the record alone sees it.
func TestFollow(t *testing.T) {
	rules := plain()
	rules.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: minute, ByMs: minute, MaxTotalMs: 2 * minute}
	rules.Group = &engine.Group{Extends: true}
	s := running(t, rules, 0, "A", "B")
	x := engine.Extension{ClosesAt: opensAt.Add(16 * minute), Count: 1, At: opensAt, Cause: engine.Cause{Session: "k7qp0z3m9abd", Lot: 4, Seq: 9}}
	follow := func(x engine.Extension, want engine.Millis) {
		t.Helper()
		if err := s.do(engine.Command{By: engine.System, Do: engine.Follow{Extension: x}}); err != nil {
			t.Fatal(err)
		}
		if got := s.state.ClosesAt.Sub(opensAt); got != want {
			t.Fatalf("the end is %d after the opening, want %d", got, want)
		}
	}
	s.at(14 * minute)
	follow(x, 16*minute)
	if g := s.room.Now.Group; g == nil || g.Lot != 4 || g.At != s.now {
		t.Errorf("the room hears of %+v", g)
	}
	n := len(s.records)
	follow(x, 16*minute)
	x.ClosesAt -= 1
	follow(x, 16*minute)
	if len(s.records) != n {
		t.Error("what is followed is recorded again")
	}
	x.ClosesAt, x.Count = opensAt.Add(60*minute), 2
	follow(x, 17*minute)
	if e, ok := s.records[len(s.records)-1].Event.(*engine.Extended); !ok || e.Count != 2 || *e.Cause != x.Cause {
		t.Errorf("recorded as %+v", s.records[len(s.records)-1])
	}
	if s.state.Extension().Count != 0 {
		t.Error("who follows leads nobody on")
	}
	s.at(17 * minute).tick()
	follow(x, 17*minute) // closed
}

// TestOverLimit: what the owner of the group says is free decides, and the
// record says so.
func TestOverLimit(t *testing.T) {
	rules := plain()
	rules.Group = &engine.Group{}
	for i, c := range []struct {
		free   *engine.Free
		amount engine.Dong
		want   engine.Reason
		told   engine.Dong
	}{
		{nil, 5000, "", 0},
		{&engine.Free{Lots: 1, Total: 5000}, 5000, "", 0},
		{&engine.Free{Lots: 1, Total: 4999}, 5000, engine.ReasonOverLimit, 4999},
		{&engine.Free{Lots: 1, Total: -7}, 5000, engine.ReasonOverLimit, 0},
		{&engine.Free{Lots: 1, Total: -7}, 0, engine.ReasonBadAmount, 0}, // no amount is no limit's matter
		{&engine.Free{Lots: 1, Total: -7}, -5, engine.ReasonBadAmount, 0},
		{&engine.Free{Lots: 0, Total: 9000}, 5000, engine.ReasonLotsTaken, 0},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			s := running(t, rules, 0, "A", "B")
			if err := s.do(engine.Command{ID: s.id(), By: bidder("A"), Do: engine.PlaceBid{Amount: c.amount}, Free: c.free}); err != nil {
				t.Fatal(err)
			}
			switch e := s.records[len(s.records)-1].Event.(type) {
			case *engine.BidAccepted:
				if c.want != "" {
					t.Errorf("accepted: %+v", e)
				}
			case *engine.Refused:
				if e.Reason != c.want || (e.Free != nil) != (c.want == engine.ReasonOverLimit) || e.Free != nil && *e.Free != c.told {
					t.Errorf("refused: %+v", e)
				}
			}
		})
	}
}

// TestOverLimitInTheHall: a bid that the clerk enters binds who made it, so
// their limit holds for it as for a bid from a phone.
func TestOverLimitInTheHall(t *testing.T) {
	rules := calledRules()
	rules.Group = &engine.Group{}
	for want, free := range map[engine.Reason]*engine.Free{
		"": {Lots: 1, Total: 5000}, engine.ReasonOverLimit: {Lots: 1, Total: 4999}, engine.ReasonLotsTaken: {Lots: 0, Total: 9000},
	} {
		s := running(t, rules, 0, "A", "B")
		c := engine.Command{ID: s.id(), By: theClerk, Do: engine.FloorBid{Code: "A", Amount: 5000}, Free: free}
		if why := s.why(s.do(c)); why != want {
			t.Errorf("with %+v free it is answered with %q, want %q", *free, why, want)
		}
		if e, refused := s.records[len(s.records)-1].Event.(*engine.Refused); refused && (e.Code != "A" || (e.Free != nil) != (want == engine.ReasonOverLimit)) {
			t.Errorf("the record says %+v", e)
		}
	}
}
