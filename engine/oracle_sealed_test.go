package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gobua/engine"
)

// urn is sealed offers as slips of paper in a box: each round has a list of
// what was put in and taken out, and everything is counted from the lists when
// somebody asks.
type urn struct {
	rules  engine.Rules
	rounds [][]slip
	opened int // rounds that are
	out    map[engine.ParticipantCode]bool
	runOff []bool // which rounds are
	may    map[engine.ParticipantCode]bool
}

// slip is an offer as it was put in; zero: the earlier one was taken out.
type slip struct {
	by     engine.ParticipantCode
	amount engine.Dong
}

// valid are the slips of a round that count, the best first: the last of each
// participant still in, and of equal ones the one put in first.
func (u *urn) valid(round int) (list []slip) {
	for i, s := range u.rounds[round] {
		last := !slices.ContainsFunc(u.rounds[round][i+1:], func(later slip) bool { return later.by == s.by })
		if last && s.amount != 0 && !u.out[s.by] {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b slip) int { return int(b.amount - a.amount) })
	return list
}

// standing is who leads at what price, and by what offer.
func (u *urn) standing() (leader engine.ParticipantCode, price, best engine.Dong) {
	for round := u.opened - 1; round >= 0; round-- {
		list := u.valid(round)
		if len(list) == 0 {
			continue
		}
		price = list[0].amount
		if u.rules.Sealed.Pricing == engine.PricingSecond {
			if price = u.rules.Start; len(list) > 1 {
				price = list[1].amount
			}
		}
		return list[0].by, price, list[0].amount
	}
	return "", 0, 0
}

// due is who would go on after the last opening.
func (u *urn) due() (going []engine.ParticipantCode, runOff bool) {
	held := 0
	for _, r := range u.runOff {
		if r {
			held++
		}
	}
	list := u.valid(u.opened - 1)
	if runOff = len(u.rounds) >= u.rules.Sealed.Rounds; runOff {
		if held >= u.rules.Sealed.RunOffs {
			return nil, false
		}
		list = slices.DeleteFunc(list, func(s slip) bool { return s.amount != list[0].amount })
	}
	if len(list) < 2 {
		return nil, false
	}
	for _, s := range list {
		going = append(going, s.by)
	}
	slices.Sort(going)
	return going, runOff
}

// TestRandomSealedSales plays random sales of sealed offers against the urn.
func TestRandomSealedSales(t *testing.T) {
	first := rand.Uint64()
	if *seed != 0 {
		first = *seed
	}
	rounds, ties, withdrawals := 0, 0, 0
	for i := range uint64(240) {
		r := rand.New(rand.NewPCG(first+i, 7))
		rules := bySeal(1+r.IntN(3), r.IntN(3))
		if r.IntN(3) == 0 {
			rules = secondPrice()
		}
		u := &urn{rules: rules, rounds: [][]slip{nil}, runOff: []bool{false}, out: map[engine.ParticipantCode]bool{}, may: map[engine.ParticipantCode]bool{}}
		s := sealedSale(t, rules, 0, people...)
		for _, code := range people {
			u.may[code] = true
		}
		for !s.state.Phase.Final() {
			u.playRound(s, r)
			s.unseal()
			u.opened = len(u.rounds)
			if wrong := u.differs(s); wrong != "" {
				t.Fatalf("seed %d: %s", first+i, wrong)
			}
			if leader := s.state.Leader; leader != "" && r.IntN(4) == 0 {
				withdrawals++
				s.must(leader, engine.Withdraw{Confirm: leader})
				u.out[leader] = true
				if wrong := u.differs(s); wrong != "" {
					t.Fatalf("seed %d, withdrawn: %s", first+i, wrong)
				}
			}
			going, runOff := u.due()
			if len(going) == 0 {
				leader, price, _ := u.standing()
				s.fine(s.auctioneer(engine.Announce{Winner: leader, Price: price}))
				break
			}
			s.fine(s.auctioneer(engine.OpenRound{}))
			u.rounds, u.runOff = append(u.rounds, nil), append(u.runOff, runOff)
			clear(u.may)
			for _, code := range going {
				u.may[code] = true
			}
			rounds++
			if runOff {
				ties++
			}
		}
		checkReplay(t, s.records, s.state, s.room)
		if err := openAgain(s.records); err != nil {
			t.Fatalf("seed %d: %v", first+i, err)
		}
	}
	if rounds < 10 || ties == 0 || withdrawals == 0 {
		t.Errorf("%d rounds, %d run-offs, %d withdrawals: too little was tried", rounds, ties, withdrawals)
	}
}

// playRound lets people put slips in and take them out.
func (u *urn) playRound(s *sale, r *rand.Rand) {
	round := len(u.rounds) - 1
	_, _, floor := u.standing()
	least := u.rules.Start
	if floor != 0 {
		least = floor + u.rules.Step.At(floor)
	}
	for range r.IntN(12) {
		s.now = s.now.Add(second)
		code := people[r.IntN(len(people))]
		amount := least + u.rules.Step.At(least)*engine.Dong(r.IntN(4)-1)
		var do engine.Act = engine.PutOffer{Amount: amount}
		if r.IntN(5) == 0 {
			do, amount = engine.TakeOfferBack{}, 0
		}
		in := slices.ContainsFunc(u.rounds[round], func(p slip) bool { return p.by == code })
		there := in && u.last(round, code).amount != 0
		takes := u.may[code] && !u.out[code] && (amount == 0 && there || amount >= least)
		if why := s.by(code, do); (why == "") != takes {
			s.t.Fatalf("%s puts in %d, at least %d is needed: %q, the urn says %v", code, amount, least, why, takes)
		}
		if takes {
			u.rounds[round] = append(u.rounds[round], slip{code, amount})
		}
	}
}

func (u *urn) last(round int, code engine.ParticipantCode) (last slip) {
	for _, s := range u.rounds[round] {
		if s.by == code {
			last = s
		}
	}
	return last
}

func (u *urn) differs(s *sale) string {
	leader, price, _ := u.standing()
	going, runOff := u.due()
	due := engine.SealedDue("")
	if len(going) > 0 {
		if due = engine.DueRound; runOff {
			due = engine.DueRunOff
		}
	}
	switch {
	case s.state.Leader != leader || s.state.Price != price || s.room.Now.Price != price:
		return fmt.Sprintf("%q leads at %d, the urn says %q at %d", s.state.Leader, s.state.Price, leader, price)
	case s.room.Now.Sealed.Due != due:
		return fmt.Sprintf("%q is due, the urn says %q for %v", s.room.Now.Sealed.Due, due, going)
	}
	return ""
}

// FuzzOpening puts whatever the fuzzer finds into the box beside an offer that
// is one: the opening ends, and counts that one.
func FuzzOpening(f *testing.F) {
	f.Add([]byte(nil), 0, byte(0))
	f.Add(make([]byte, engine.BoxBytes), 3, byte(1))
	f.Fuzz(func(t *testing.T, box []byte, at int, flip byte) {
		s := sealedSale(t, bySeal(1, 0), 0, "A", "B", "C")
		s.offer("A", 1200)
		s.offer("B", 1300)
		mine := &s.records[len(s.records)-1]
		changed := slices.Clone(mine.Event.(*engine.OfferSealed).Box)
		if flip != 0 && at >= 0 {
			changed[at%len(changed)] ^= flip
		}
		forge := func(code engine.ParticipantCode, id engine.CommandID, box []byte) {
			s.apply(engine.Command{ID: id, By: bidder(code), Do: engine.PutOffer{}}, &engine.OfferSealed{Code: code, Box: box})
		}
		forge("B", mine.Cmd, changed)
		forge("C", s.id(), box)
		s.unseal()
		if flip != 0 && at >= 0 {
			s.stands("A", 1200)
		} else {
			s.stands("B", 1300)
		}
	})
}
