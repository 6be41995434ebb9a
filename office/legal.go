package office

import (
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
