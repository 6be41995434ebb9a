package replay

import (
	"gobua/engine"
)

// ebaySteps is eBay's table of the time in cents, lower edge inclusive.
var ebaySteps = []engine.Band{
	{From: 1, Step: 5},
	{From: 1_00, Step: 25},
	{From: 5_00, Step: 50},
	{From: 25_00, Step: 1_00},
	{From: 100_00, Step: 2_50},
	{From: 250_00, Step: 5_00},
	{From: 500_00, Step: 10_00},
	{From: 1_000_00, Step: 25_00},
	{From: 2_500_00, Step: 50_00},
	{From: 5_000_00, Step: 100_00},
}

// rulesOf is the rules sheet of a recorded auction: maxima, eBay's steps, a
// fixed end. What the site of the time did not have is off: no typo guard, no
// least time between two bids.
func rulesOf(r *Recording, opensAt engine.Instant, bidding engine.Millis) engine.Rules {
	return engine.Rules{
		Method:    "ascending",
		Currency:  "USD",
		Start:     r.Open,
		Step:      engine.Step{Kind: engine.StepBands, Bands: ebaySteps},
		Proxy:     true,
		Closing:   engine.Closing{Kind: engine.ClosingFixed},
		Opening:   engine.OpeningByAuctioneer,
		OpensAt:   opensAt,
		BiddingMs: bidding,
	}
}
