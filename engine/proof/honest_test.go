package proof_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
)

// honest is a session of maxima played by chance: leaders who lift their own,
// also by less than a step, or to what they have; bids too low, off the steps,
// above what the typo guard lets through.
func honest(t testing.TB, chance *rand.Rand) []engine.Record {
	t.Helper()
	rules := plainRules()
	rules.Proxy = true
	switch chance.IntN(3) {
	case 1:
		rules.Step = engine.Step{Kind: engine.StepPercent, BasisPoints: 250, Amount: 10_000}
	case 2:
		rules.Step = engine.Step{Kind: engine.StepFixed, Amount: 50_000}
	}
	rules.ConfirmAbove = chance.IntN(2) * 20
	reserve := engine.Dong(chance.IntN(2)) * 2_500_000
	s := newSale(t, rules, reserve)
	for range 5 + chance.IntN(40) {
		s.at(s.now.Sub(opensAt) + engine.Millis(1000+chance.IntN(4000)))
		code := []engine.ParticipantCode{"A", "B", "C"}[chance.IntN(3)]
		amount := max(s.state.NextMinimum(), rules.Start) + engine.Dong(chance.IntN(60)-4)*5_000
		if chance.IntN(3) > 0 {
			amount = amount / 10_000 * 10_000
		}
		confirm := amount * engine.Dong(min(1, chance.IntN(4)))
		if s.state.Leader != "" && chance.IntN(2) == 0 {
			code = s.state.Leader
			if best := s.state.Bidder(code).Best; chance.IntN(2) == 0 {
				amount = best + engine.Dong(chance.IntN(5)-2)*10_000
			}
			s.do(code, engine.RaiseMaximum{Amount: amount, Confirm: confirm})
			continue
		}
		s.do(code, engine.PlaceBid{Amount: amount, Confirm: confirm})
	}
	s.announce()
	return s.records
}

// TestNoHonestReceiptAccuses: whoever holds receipts of an honest server, one of
// them or some or all, finds every one in the record, and the record right.
func TestNoHonestReceiptAccuses(t *testing.T) {
	for seed := range uint64(50) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			chance := rand.New(rand.NewPCG(seed, 1))
			list := entries(t, honest(t, chance))
			file := publish(t, list)
			all := receipts(t, list)
			holds := func(what string, some ...proof.Kept) {
				t.Helper()
				report, err := proof.Verify(bytes.NewReader(file), proof.Options{Receipts: some})
				if err != nil {
					t.Errorf("%s: %v", what, err)
				}
				for _, r := range report.Receipts {
					if r.Says != proof.ReceiptAgrees && r.Says != proof.ReceiptUnrecorded {
						t.Errorf("%s: record %d %s", what, r.Seq, r.Says)
					}
				}
			}
			holds("all", all...)
			for _, k := range all {
				holds(fmt.Sprintf("%s %d of %d, %s", k.Receipt.Act, k.Receipt.Amount, k.Receipt.Seq, k.Receipt.Reason), k)
			}
			for range 10 {
				var some []proof.Kept
				for _, k := range all {
					if chance.IntN(2) == 0 {
						some = append(some, k)
					}
				}
				holds("some", some...)
			}
		})
	}
}
