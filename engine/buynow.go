package engine

// BuyNow (mua ngay) lets a participant end the bidding at once by taking a
// price that stands in the sheet (rules BN-01 to BN-04). Buy does so by name;
// a bid or a maximum that reaches the price while it is offered buys as well,
// and at exactly that price. So no maximum that stands is as high as the
// price, and nobody who would pay more can be bought out of the lot.
//
// Shops differ in when the offer ends. eBay ends it with the first bid, or
// with the reserve where there is one, or in some categories once bidding has
// come to half of the price; others keep it to the end. Until says which.
// What is gone does not come back, also where a withdrawal lowers the price:
// those who bid since then did so without it.
type BuyNow struct {
	Amount      Dong        `json:"amount"`
	Until       BuyNowUntil `json:"until"`
	BasisPoints int64       `json:"basisPoints,omitempty"` // with BuyNowShare: hundredths of a percent of Amount
}

// BuyNowUntil says what ends the offer.
type BuyNowUntil string

// What ends an offer to buy now.
const (
	BuyNowFirstBid BuyNowUntil = "first_bid" // the first bid
	BuyNowReserve  BuyNowUntil = "reserve"   // a price that meets the hidden reserve
	BuyNowShare    BuyNowUntil = "share"     // a price of BasisPoints of Amount
	BuyNowEnd      BuyNowUntil = "end"       // nothing but the end of bidding
)

// endedBy tells whether a price ends the offer.
func (b *BuyNow) endedBy(price Dong, reserveMet bool) bool {
	switch b.Until {
	case BuyNowFirstBid:
		return price > 0
	case BuyNowReserve:
		return price > 0 && reserveMet
	case BuyNowShare:
		return price > 0 && price >= share(b.Amount, b.BasisPoints)
	}
	return price >= b.Amount
}

// problems names what is wrong with an offer that is there.
func (b *BuyNow) problems(r *Rules) (ps []Problem) {
	bad := func(when bool, field, code string) {
		if when {
			ps = append(ps, Problem{field, code})
		}
	}
	bad(b.Amount <= 0 || b.Amount > r.AmountCap(), "buyNow.amount", "out_of_range")
	least := r.Start
	if r.Start > 0 && r.Start <= MaxDong && len(r.Step.problems(r.Start)) == 0 {
		least += r.Step.At(r.Start)
	}
	bad(b.Amount > 0 && b.Amount < least, "buyNow.amount", "below_first_step")
	switch b.Until {
	case BuyNowFirstBid, BuyNowEnd:
	case BuyNowReserve:
		bad(r.Reserve == nil, "buyNow.until", "needs_reserve")
	case BuyNowShare:
		bad(b.BasisPoints <= 0 || b.BasisPoints >= 10_000, "buyNow.basisPoints", "out_of_range")
	default:
		bad(true, "buyNow.until", "unknown")
	}
	bad(b.Until != BuyNowShare && b.BasisPoints != 0, "buyNow.basisPoints", "out_of_range")
	bad(r.Closing.Kind == ClosingRounds, "buyNow", "not_with_rounds")
	return ps
}

// offersBuyNow tells whether a running session still offers to sell at once.
func (s *State) offersBuyNow() bool { return s.Rules.BuyNow != nil && !s.buyNowGone }

// reachesBuyNow tells whether an amount buys.
func (s *State) reachesBuyNow(amount Dong) bool {
	return s.offersBuyNow() && amount >= s.Rules.BuyNow.Amount
}

// buy is what happens when b takes the price: the lot is sold, and no
// extension has a say in it (rule BN-02).
func (s *State) buy(b *Bidder, act Act, out []Event) []Event {
	price := s.Rules.BuyNow.Amount
	return append(out, &BidAccepted{Code: b.Code, Amount: amountOf(act), Level: price, Price: price, Leader: b.Code, Bought: act.ActName()}, s.close())
}

// whyNotBuy tells why a participant may not buy now. The amount is the one that
// the participant saw, so that no other can be bought at.
func (s *State) whyNotBuy(amount Dong) Reason {
	switch {
	case !s.offersBuyNow():
		return ReasonBuyNowGone
	case amount != s.Rules.BuyNow.Amount:
		return ReasonBadAmount
	}
	return ""
}
