package office

import (
	"cmp"
	"math/bits"

	"gobua/engine"
)

// Legal is a set of limits that the law, or a house's habit, puts on a rules
// sheet. The numbers are data, because the law changes; a zero field asks for
// nothing.
type Legal struct {
	MinBiddingMs          engine.Millis // shortest official bidding time
	MinDepositBasisPoints int64         // deposit as hundredths of a percent of the start price
	MaxDepositBasisPoints int64
}

// Law2024 is what the Law on Property Auction as amended in 2024 and its
// decrees ask for: fifteen minutes, a deposit of 5 to 20 percent.
var Law2024 = Legal{MinBiddingMs: 15 * 60 * 1000, MinDepositBasisPoints: 500, MaxDepositBasisPoints: 2000}

// DemoLimits lets a sale be tried out within a few minutes.
var DemoLimits = Legal{MinBiddingMs: 60 * 1000}

// check notes what a lot does not keep. Its amounts are not negative.
func (l Legal) check(f *faults, field string, lot *LotDraft) {
	f.when(lot.saysBiddingTime() && lot.Rules.BiddingMs < l.MinBiddingMs, field+".rules.biddingMs", "below_legal_minimum")
	f.when(l.MinDepositBasisPoints > 0 && compareShare(lot.Deposit, lot.Rules.Start, l.MinDepositBasisPoints) < 0,
		field+".deposit", "below_legal_minimum")
	f.when(l.MaxDepositBasisPoints > 0 && compareShare(lot.Deposit, lot.Rules.Start, l.MaxDepositBasisPoints) > 0,
		field+".deposit", "above_legal_maximum")
}

// saysBiddingTime tells whether BiddingMs is a time in which bids are taken, and
// not the pause before rounds in turn, whose length no field says.
func (lot *LotDraft) saysBiddingTime() bool { return lot.Rules.Turns == nil }

// compareShare compares part with whole × basisPoints / 10,000, exactly. It
// needs 128 bits: the largest amount times 10,000 does not fit 64.
func compareShare(part, whole engine.Dong, basisPoints int64) int {
	partHi, partLo := bits.Mul64(uint64(part), 10_000)
	shareHi, shareLo := bits.Mul64(uint64(whole), uint64(basisPoints))
	return cmp.Or(cmp.Compare(partHi, shareHi), cmp.Compare(partLo, shareLo))
}
