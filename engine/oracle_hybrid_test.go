package engine_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gobua/engine"
)

// TestRandomHybridSales plays random sales of rule SE3 against what a clerk
// with paper and pencil would find: the accepted price, the last offer of each,
// the answer.
func TestRandomHybridSales(t *testing.T) {
	first := rand.Uint64()
	if *seed != 0 {
		first = *seed
	}
	answers, silences, lonely, untaken := 0, 0, 0, 0
	for i := range uint64(200) {
		r := rand.New(rand.NewPCG(first+i, 3))
		s := sealedSale(t, hybridRules(), 0, people...)
		price := engine.Dong(1000 - 100*r.IntN(7)) // below 500: nobody accepts
		if price < 500 {
			s.at(6 * minute).tick()
			if s.state.Phase != engine.PhaseClosed || s.state.Proposal().Ground != engine.GroundNoBid {
				t.Fatalf("seed %d: %s, %+v", first+i, s.state.Phase, s.state.Proposal())
			}
			untaken++
			continue
		}
		s.at(engine.Millis(1000-price) / 100 * minute).tick()
		taker := people[r.IntN(len(people))]
		s.must(taker, engine.PlaceBid{Amount: price})

		slips := map[engine.ParticipantCode]engine.Dong{}
		var order []engine.ParticipantCode // by the last change, the earliest first
		for range r.IntN(12) {
			code := people[r.IntN(len(people))]
			if code == taker {
				continue
			}
			order = slices.DeleteFunc(order, func(c engine.ParticipantCode) bool { return c == code })
			if _, in := slips[code]; in && r.IntN(4) == 0 {
				s.must(code, engine.TakeOfferBack{})
				delete(slips, code)
				continue
			}
			slips[code] = price + max(10, price/50) + engine.Dong(r.IntN(4))*50
			s.offer(code, slips[code])
			order = append(order, code)
		}
		winner, paid := taker, price
		for _, code := range order {
			if slips[code] > paid {
				winner, paid = code, slips[code]
			}
		}
		s.unseal()
		switch {
		case winner == taker:
			lonely++
		case r.IntN(2) == 0:
			paid += max(10, paid/50) + engine.Dong(r.IntN(100))
			winner = taker
			s.must(taker, engine.PlaceBid{Amount: paid, Confirm: paid})
			answers++
		default:
			s.end()
			silences++
		}
		if p := s.state.Proposal(); s.state.Phase != engine.PhaseClosed || p.Winner != winner || p.Price != paid {
			t.Fatalf("seed %d: %s, %+v; by hand %s has it at %d", first+i, s.state.Phase, p, winner, paid)
		}
		checkReplay(t, s.records, s.state, s.room)
	}
	if answers == 0 || silences == 0 || lonely == 0 || untaken == 0 {
		t.Errorf("%d answers, %d silences, %d without offers, %d untaken: something was not tried", answers, silences, lonely, untaken)
	}
}
