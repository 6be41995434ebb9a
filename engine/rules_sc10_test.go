package engine_test

import (
	"testing"

	"gobua/engine"
)

// staggered is the rules of lot i of a sale with staggered ends: all open at
// one moment, and lot i ends i times a distance after the first.
func staggered(i int, first, distance engine.Millis) engine.Rules {
	rules := plain()
	rules.BiddingMs = first + engine.Millis(i)*distance
	rules.Closing = engine.Closing{Kind: engine.ClosingAdd, ByMs: 2 * minute, WindowMs: 2 * minute}
	return rules
}

// TestSC10 is staggered ends, with the numbers of SC-21: lot i ends at T + i·d,
// and an extension moves the end of its own lot alone.
func TestSC10(t *testing.T) {
	const lots, first, distance = 4, 60 * minute, 3 * minute
	for _, c := range []struct {
		id   string
		lot  int             // in which bids come
		bids []engine.Millis // each outbids the last
		ends [lots]engine.Millis
	}{
		{"SC-21", 0, nil, [lots]engine.Millis{60 * minute, 63 * minute, 66 * minute, 69 * minute}},
		{"outside the window", 1, []engine.Millis{61*minute - 1}, [lots]engine.Millis{60 * minute, 63 * minute, 66 * minute, 69 * minute}},
		{"first of all", 0, []engine.Millis{58 * minute}, [lots]engine.Millis{62 * minute, 63 * minute, 66 * minute, 69 * minute}},
		{"past the next lot", 1, []engine.Millis{62 * minute, 64 * minute}, [lots]engine.Millis{60 * minute, 67 * minute, 66 * minute, 69 * minute}},
		{"the last", 3, []engine.Millis{69*minute - 1}, [lots]engine.Millis{60 * minute, 63 * minute, 66 * minute, 71 * minute}},
	} {
		t.Run(c.id, func(t *testing.T) {
			var sales [lots]*sale
			for i := range sales {
				sales[i] = running(t, staggered(i, first, distance), 0, "A", "B")
			}
			for i, at := range c.bids {
				who := []engine.ParticipantCode{"A", "B"}[i%2]
				if why := sales[c.lot].at(at).bid(who, 1000+100*engine.Dong(i)); why != "" {
					t.Fatalf("bid at %d ms is refused: %s", at, why)
				}
			}
			for i, s := range sales {
				s.endsAt(c.ends[i])
				s.at(c.ends[i] - 1).tick()
				if s.state.Phase != engine.PhaseRunning {
					t.Errorf("lot %d closed before its end", i+1)
				}
				s.at(c.ends[i]).tick()
				if s.state.Phase != engine.PhaseClosed {
					t.Errorf("lot %d did not close at its end", i+1)
				}
				checkReplay(t, s.records, s.state, s.room)
			}
		})
	}
}
