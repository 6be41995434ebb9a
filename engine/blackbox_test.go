package engine_test

import (
	"errors"
	"testing"

	"gobua/engine"
)

// needReason are the acts of the staff that change something to somebody's cost:
// each has a reason, or does not happen. docs/rules.md says why the others have
// none.
var needReason = map[engine.ActName]bool{
	engine.ActPause: true, engine.ActStop: true, engine.ActCancel: true, engine.ActExtend: true, engine.ActSay: true,
	engine.ActDisqualify: true, engine.ActDecline: true, engine.ActUndo: true, engine.ActDropUndo: true, engine.ActReopen: true,
}

// TestTheRecordHasEveryActOfTheStaff goes through every act of everybody of the
// staff, in every phase of every way to sell: whatever the rules decided, also a
// refusal, is in the record with who did it; what is not in it was no act of that
// role there, or came after the record was closed.
func TestTheRecordHasEveryActOfTheStaff(t *testing.T) {
	taken, turnedDown := map[engine.ActName]bool{}, map[engine.ActName]bool{}
	for name, begin := range blackBoxes() {
		for _, who := range []engine.Actor{theAuctioneer, theClerk, theObserver} {
			for _, do := range allActs() {
				s := begin(t)
				c := engine.Command{ID: s.id(), By: who, Do: do}
				events, err := engine.Decide(s.state, c, s.now, nil)
				var refusal *engine.Refusal
				if errors.As(err, &refusal) {
					if refusal.Reason != engine.ReasonForbidden && !s.state.Phase.Final() {
						t.Errorf("%s: %s of the %s is refused with %q and has no record", name, do.ActName(), who.Role, refusal.Reason)
					}
					continue
				}
				own := 0
				for _, e := range events {
					r := s.state.Record(c, s.now, e)
					if r.Cmd != c.ID {
						continue // what the rules made follow
					}
					if own++; r.By != who {
						t.Errorf("%s: %s of the %s is recorded as by %+v", name, do.ActName(), who.Role, r.By)
					}
					if f, ok := e.(*engine.Refused); ok {
						turnedDown[do.ActName()] = true
						if f.Act != do.ActName() || f.Reason == "" || needReason[do.ActName()] && f.Text != "x" {
							t.Errorf("%s: the refused %s of the %s is recorded as %s", name, do.ActName(), who.Role, mustJSON(f))
						}
					} else {
						taken[do.ActName()] = true
					}
				}
				if own == 0 {
					t.Errorf("%s: %s of the %s is taken and has no record", name, do.ActName(), who.Role)
				}
			}
		}
	}
	for _, do := range allActs() {
		staff := !isBidders(do) && do.ActName() != engine.ActTick && do.ActName() != engine.ActCreditOutage && do.ActName() != engine.ActFollow
		if staff && (!taken[do.ActName()] && !turnedDown[do.ActName()]) {
			t.Errorf("%s was never tried", do.ActName())
		}
	}
}

// TestActsOfTheStaffThatNeedAReason: without one, none of them changes anything.
func TestActsOfTheStaffThatNeedAReason(t *testing.T) {
	seen := map[engine.ActName]bool{}
	for name, begin := range blackBoxes() {
		for _, do := range wordless() {
			s := begin(t)
			events, err := engine.Decide(s.state, engine.Command{ID: s.id(), By: theAuctioneer, Do: do}, s.now, nil)
			if err != nil {
				continue // no act of this way to sell
			}
			seen[do.ActName()] = true
			if f, ok := events[len(events)-1].(*engine.Refused); !ok {
				t.Errorf("%s: %s without a reason makes %s happen", name, do.ActName(), dump(events))
			} else if f.Act != do.ActName() {
				t.Errorf("%s: %s is recorded as %s", name, do.ActName(), f.Act)
			}
		}
	}
	for act := range needReason {
		if !seen[act] {
			t.Errorf("%s was not tried without a reason", act)
		}
	}
}

func wordless() []engine.Act {
	return []engine.Act{
		engine.Pause{}, engine.Stop{}, engine.Cancel{}, engine.Extend{By: second}, engine.Say{}, engine.Disqualify{Code: "A"}, engine.Decline{Code: "A"},
		engine.Undo{Code: "A", Amount: 1000}, engine.DropUndo{Code: "A", Amount: 1000}, engine.Reopen{},
	}
}

func isBidders(do engine.Act) bool {
	_, bids := do.(engine.Bidding)
	return bids || do.ActName() == engine.ActCheckIn || do.ActName() == engine.ActWithdraw
}

// blackBoxes are sessions in which the staff may act, one for each situation.
func blackBoxes() map[string]func(*testing.T) *sale {
	called := func(t *testing.T) *sale {
		s := running(t, calledRules(), 0, "A", "B")
		s.bid("A", 1000)
		return s
	}
	return map[string]func(*testing.T) *sale{
		"scheduled": func(t *testing.T) *sale { return newSale(t, plain(), 0, "A", "B") },
		"running":   func(t *testing.T) *sale { return running(t, plain(), 0, "A", "B") },
		"paused": func(t *testing.T) *sale {
			s := running(t, plain(), 0, "A", "B")
			s.says(engine.Pause{Reason: "x"})
			return s
		},
		"closed": func(t *testing.T) *sale {
			s := running(t, plain(), 0, "A", "B")
			s.at(60 * minute).tick()
			return s
		},
		"announced": func(t *testing.T) *sale {
			s := running(t, plain(), 0, "A", "B")
			s.at(60 * minute).tick()
			s.says(engine.Announce{})
			return s
		},
		"called": called,
		"called for the last time": func(t *testing.T) *sale {
			s := called(t)
			s.callsOut(3)
			return s
		},
		"an undo waits": func(t *testing.T) *sale {
			s := called(t)
			s.callsOut(3)
			s.says(engine.Undo{Code: "A", Amount: 1000, Reason: "x"})
			return s
		},
		"hammered": func(t *testing.T) *sale {
			s := called(t)
			s.hammers()
			return s
		},
		"under seal":    func(t *testing.T) *sale { return newSale(t, bySeal(1, 0), 0, "A", "B") },
		"several units": func(t *testing.T) *sale { return newSale(t, unitsFrom(1000, 3), 0, "A", "B") },
	}
}
