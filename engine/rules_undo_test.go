package engine_test

import (
	"testing"

	"gobua/engine"
)

// calledOut is a lot whose leading bid of 1,100 by B has been called for the last
// time.
func calledOut(t *testing.T) *sale {
	t.Helper()
	s := running(t, calledRules(), 0, "A", "B", "C")
	s.bid("A", 1000)
	s.bid("B", 1100)
	s.callsOut(3)
	return s
}

var (
	undoB    = engine.Undo{Code: "B", Amount: 1100, Reason: "Recorded for the wrong code"}
	confirmB = engine.ConfirmUndo{Code: "B", Amount: 1100}
	dropB    = engine.DropUndo{Code: "B", Amount: 1100, Reason: "I heard B"}
)

// staffDoes is an act of any of the staff.
func (s *sale) staffDoes(who engine.Actor, do engine.Act) engine.Reason {
	s.t.Helper()
	return s.why(s.do(engine.Command{ID: s.id(), By: who, Do: do}))
}

// expects an answer to an act; empty: it is taken.
func (s *sale) expects(who engine.Actor, do engine.Act, want engine.Reason) {
	s.t.Helper()
	if why := s.staffDoes(who, do); why != want {
		s.t.Fatalf("%s of %s is answered with %q, want %q", do.ActName(), who.Ref, why, want)
	}
}

// TestAU1AfterTheLastCall: an undo takes two people.
func TestAU1AfterTheLastCall(t *testing.T) {
	another := engine.Actor{Role: engine.RoleAuctioneer, Ref: "DGV-09"}
	t.Run("one asks, another confirms", func(t *testing.T) {
		for _, second := range []engine.Actor{theClerk, theObserver, another} {
			s := calledOut(t)
			s.says(undoB)
			s.stands("B", 1100)
			asked := s.records[len(s.records)-1]
			u := s.room.Now.Called.Undo
			if asked.By != theAuctioneer || u == nil || u.Role != engine.RoleAuctioneer || u.Reason != undoB.Reason || u.Code != "B" || u.Amount != 1100 {
				t.Fatalf("the room reads %s of %s", mustJSON(u), dump(asked))
			}
			s.expects(second, confirmB, "")
			s.stands("A", 1000)
			r := s.records[len(s.records)-1]
			e, ok := r.Event.(*engine.Undone)
			if !ok || e.Asked != asked.Seq || e.Reason != undoB.Reason || r.By != second || s.room.Now.Called.Undo != nil {
				t.Errorf("%s confirms with %s", second.Ref, dump(r))
			}
			if last := s.updates[len(s.updates)-1]; last.By != second.Role {
				t.Errorf("the room hears of %q", last.By)
			}
			checkReplay(t, s.records, s.state, s.room)
		}
	})
	t.Run("nobody confirms the own asking", func(t *testing.T) {
		s := calledOut(t)
		s.says(undoB)
		s.expects(theAuctioneer, confirmB, engine.ReasonSecondPerson)
		s.expects(engine.Actor{Role: engine.RoleClerk, Ref: theAuctioneer.Ref}, confirmB, engine.ReasonSecondPerson)
		s.expects(engine.Actor{Role: engine.RoleClerk}, confirmB, engine.ReasonSecondPerson)
		for _, role := range []engine.Role{engine.RoleRegistrar, engine.RoleAdmin, engine.RoleSpectator} {
			s.expects(engine.Actor{Role: role, Ref: "X"}, confirmB, engine.ReasonForbidden)
		}
		s.expects(bidder("A"), confirmB, engine.ReasonForbidden)
		s.stands("B", 1100)
	})
	t.Run("only the auctioneer asks", func(t *testing.T) {
		s := calledOut(t)
		s.expects(theClerk, undoB, engine.ReasonForbidden)
		s.expects(theObserver, undoB, engine.ReasonForbidden)
		s.expects(theAuctioneer, engine.Undo{Code: "B", Amount: 1100}, engine.ReasonTextNeeded)
	})
	t.Run("refused or taken back with a reason", func(t *testing.T) {
		for _, who := range []engine.Actor{theAuctioneer, theClerk, theObserver} {
			s := calledOut(t)
			s.expects(who, dropB, engine.ReasonNoUndoAsked)
			s.says(undoB)
			s.expects(who, engine.DropUndo{Code: "B", Amount: 1100}, engine.ReasonTextNeeded)
			s.expects(who, dropB, "")
			s.stands("B", 1100)
			if s.room.Now.Called.Undo != nil || s.room.Messages[0].Text != dropB.Reason || s.room.Now.Called.Count != 3 {
				t.Errorf("the room reads %s", mustJSON(s.room))
			}
			s.expects(theObserver, confirmB, engine.ReasonNoUndoAsked)
			s.says(engine.Hammer{Price: 1100})
		}
	})
	t.Run("the hammer waits, and only one is asked for", func(t *testing.T) {
		s := calledOut(t)
		s.says(undoB)
		s.expects(theAuctioneer, engine.Hammer{Price: 1100}, engine.ReasonUndoPending)
		s.expects(theAuctioneer, engine.Pass{Price: 1100}, engine.ReasonUndoPending)
		s.expects(theAuctioneer, undoB, engine.ReasonUndoPending)
	})
	t.Run("calling anew makes nothing forgotten", func(t *testing.T) {
		for name, restart := range map[string]func(*sale){
			"another price asked for": func(s *sale) { s.says(engine.Ask{Price: 1500}) },
			"a pause":                 func(s *sale) { s.says(engine.Pause{Reason: "x"}, engine.Resume{}) },
			"an outage":               func(s *sale) { s.outage(minute) },
			"somebody's leaving":      func(s *sale) { s.says(engine.Disqualify{Code: "A", Reason: "x"}) },
			"the hammer":              func(s *sale) { s.says(engine.Hammer{Price: 1100}, engine.Reopen{Reason: "x"}) },
			"a bid that is undone": func(s *sale) {
				s.must("C", engine.PlaceBid{Amount: 1200})
				s.says(engine.Undo{Code: "C", Amount: 1200, Reason: "x"})
			},
		} {
			s := calledOut(t)
			restart(s)
			s.says(undoB)
			if s.stands("B", 1100); s.room.Now.Called.Undo == nil {
				t.Errorf("after %s one person undoes alone", name)
			}
		}
	})
	t.Run("also an early hammer was the last word", func(t *testing.T) {
		rules := calledRules()
		rules.Called.EarlyHammer = true
		s := running(t, rules, 0, "A", "B")
		s.bid("B", 1100)
		s.says(engine.Hammer{Price: 1100}, engine.Reopen{Reason: "x"}, undoB)
		s.stands("B", 1100)
	})
	t.Run("void as soon as another bid leads or bidding is over", func(t *testing.T) {
		for name, c := range map[string]struct {
			change func(*sale)
			want   engine.Reason
		}{
			"a bid":              {func(s *sale) { s.must("C", engine.PlaceBid{Amount: 1200}) }, engine.ReasonNotLastBid},
			"a bid in the hall":  {func(s *sale) { s.says(engine.FloorBid{Code: "C", Amount: 1200}) }, engine.ReasonNotLastBid},
			"a withdrawal":       {func(s *sale) { s.must("B", engine.Withdraw{Confirm: "B"}) }, engine.ReasonNotLastBid},
			"a disqualification": {func(s *sale) { s.says(engine.Disqualify{Code: "B", Reason: "x"}) }, engine.ReasonNotLastBid},
			"the outer bound":    {func(s *sale) { s.at(60 * minute).tick() }, engine.ReasonWrongPhase},
		} {
			s := calledOut(t)
			s.says(undoB)
			c.change(s)
			s.expects(theClerk, confirmB, c.want)
			if now := s.room.Now.Called; now != nil && now.Undo != nil {
				t.Errorf("after %s it still waits", name)
			}
		}
	})
	t.Run("an asking is not revived by what brings its bid back", func(t *testing.T) {
		s := calledOut(t)
		s.says(undoB)
		s.must("C", engine.PlaceBid{Amount: 1200})
		s.says(engine.Undo{Code: "C", Amount: 1200, Reason: "x"})
		s.stands("B", 1100)
		s.expects(theClerk, confirmB, engine.ReasonNoUndoAsked)
	})
	t.Run("the same command again has the same answer", func(t *testing.T) {
		s := calledOut(t)
		s.says(undoB)
		c := engine.Command{ID: s.id(), By: theClerk, Do: confirmB}
		if why := s.why(s.do(c)); why != "" {
			t.Fatal(why)
		}
		n := len(s.records)
		for range 2 {
			first, found := s.state.Outcome("", c.ID)
			if _, err := engine.Decide(s.state, c, s.now, nil); err == nil || !found || first.Act != engine.ActConfirmUndo || len(s.records) != n {
				t.Errorf("again: %v, %+v", err, first)
			}
		}
	})
	t.Run("paused", func(t *testing.T) {
		s := calledOut(t)
		s.says(engine.Pause{Reason: "x"}, undoB)
		s.expects(theObserver, confirmB, "")
		s.stands("A", 1000)
	})
	t.Run("only where a lot is called", func(t *testing.T) {
		s := running(t, plain(), 0, "A", "B")
		s.bid("B", 1100)
		for _, who := range []engine.Actor{theAuctioneer, theClerk, theObserver} {
			s.expects(who, confirmB, engine.ReasonForbidden)
		}
	})
}
