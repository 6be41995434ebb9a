package engine

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sort"
)

// Rules is the frozen Quy chế of one session: everything that decides a bid.
// It is public, except for a hidden reserve, of which it holds only the salted
// hash. Its own hash stands in the session's first record.
type Rules struct {
	Method        string  `json:"method"`            // a key of Methods: "ascending", "descending", "sealed"
	Currency      string  `json:"currency"`          // ISO 4217; amounts are in its smallest unit
	Start         Dong    `json:"start"`             // giá khởi điểm
	Step          Step    `json:"step"`              // bước giá
	Proxy         bool    `json:"proxy,omitempty"`   // an amount is a maximum, the price follows rule PX1
	Reserve       *Hash   `json:"reserve,omitempty"` // salted hash of the hidden reserve, nil: no reserve
	Closing       Closing `json:"closing"`
	Opening       Opening `json:"opening"`
	OpensAt       Instant `json:"opensAt"`                 // the published beginning of bidding
	BiddingMs     Millis  `json:"biddingMs"`               // official bidding time; where the price falls, exactly Descent.Span; the most, where silence ends it; in turns, the pause before the first round
	ConfirmAbove  int     `json:"confirmAbove,omitempty"`  // steps above the next minimum that need the amount typed again; 0: never
	Cap           Dong    `json:"cap,omitempty"`           // no amount above this is taken; 0: MaxDong
	MinIntervalMs Millis  `json:"minIntervalMs,omitempty"` // least time between two accepted amounts of one participant
	RecoveryMinMs Millis  `json:"recoveryMinMs,omitempty"` // least time left to bid after an outage
	HideCodes     bool    `json:"hideCodes,omitempty"`     // codes are not shown in the room while bidding

	Descent     *Descent    `json:"descent,omitempty"`     // how the price falls, where the method is "descending"
	ReserveKind ReserveKind `json:"reserveKind,omitempty"` // what the price is below the reserve; only with Proxy and Reserve
	Sealed      *Sealed     `json:"sealed,omitempty"`      // how sealed offers are counted, where the method is "sealed"
	Hybrid      *Hybrid     `json:"hybrid,omitempty"`      // the stages after the falling price, where the method is "hybrid"
	Group       *Group      `json:"group,omitempty"`       // the lots it is sold together with; nil: sold by itself
	Called      *Called     `json:"called,omitempty"`      // how the lot is called, where the method is "called"
	BuyNow      *BuyNow     `json:"buyNow,omitempty"`      // a price that ends the bidding at once, where the method is "ascending"
	Gong        *Gong       `json:"gong,omitempty"`        // how a round ends, where the method is "gong"
	Turns       *Turns      `json:"turns,omitempty"`       // how bidders speak in turn, where the method is "turns"
}

// ReserveKind says what the price is while the highest maximum lies below a
// hidden reserve (rule RS3). From the reserve on the kinds are alike.
type ReserveKind string

// The kinds of reserve. Classic is what a sheet means that says nothing.
const (
	ReserveClassic ReserveKind = ""       // the price follows rule PX1
	ReserveReveal  ReserveKind = "reveal" // the price is the whole of the leader's maximum
)

// Opening says who opens the session.
type Opening string

// The ways to open. OpeningByClock opens at OpensAt; OpeningByAuctioneer waits
// for the auctioneer's act, which is refused before OpensAt.
const (
	OpeningByClock      Opening = "clock"
	OpeningByAuctioneer Opening = "auctioneer"
)

// StepKind says how the step is found.
type StepKind string

// The kinds of step, rules ST1 to ST3.
const (
	StepFixed   StepKind = "fixed"   // ST2: Amount, and only multiples of it above the start
	StepBands   StepKind = "bands"   // ST1: by the current price, lower edge inclusive
	StepPercent StepKind = "percent" // ST3: a share of the price, never below Amount
)

// Step is the least difference between two bids.
type Step struct {
	Kind        StepKind `json:"kind"`
	Amount      Dong     `json:"amount,omitempty"`      // fixed: the step; percent: the least step
	Bands       []Band   `json:"bands,omitempty"`       // ascending by From
	BasisPoints int64    `json:"basisPoints,omitempty"` // percent: hundredths of a percent
}

// Band is one row of a step table: from this price on, this step.
type Band struct {
	From Dong `json:"from"`
	Step Dong `json:"step"`
}

// ClosingKind says what a bid near the end does to the end.
type ClosingKind string

// The kinds of closing, rules SC1, SC2 and SC9.
const (
	ClosingFixed  ClosingKind = "fixed"  // nothing moves the end
	ClosingReset  ClosingKind = "reset"  // SC1: end = bid time + ByMs, never earlier than it was
	ClosingAdd    ClosingKind = "add"    // SC2: end = end + ByMs
	ClosingRounds ClosingKind = "rounds" // SC9: rounds of ByMs for those who bid in the period before
)

// Closing is the rule of the end. A bid with WindowMs or less remaining
// extends (the boundary is inside), at most MaxCount times and never past
// MaxTotalMs after the first end.
//
// With ClosingRounds a bid with WindowMs or less remaining leads to a round of
// ByMs after the end, for those who bid validly in the period that ended; at
// most MaxCount rounds. GapMs lies between an end and the round after it. In
// VPA's sheet (25 minutes, ten rounds of 30 s, 30 minutes in all) it is zero:
// ten rounds fill the five minutes exactly, so the "about 5 s" in which its
// system is said to decide cannot be bidding time taken from the rounds. With
// a gap MaxTotalMs cuts the last round short, or leaves it out.
type Closing struct {
	Kind       ClosingKind `json:"kind"`
	WindowMs   Millis      `json:"windowMs,omitempty"`
	ByMs       Millis      `json:"byMs,omitempty"`
	MaxCount   int         `json:"maxCount,omitempty"`   // 0: no limit by count
	MaxTotalMs Millis      `json:"maxTotalMs,omitempty"` // 0: no latest end
	GapMs      Millis      `json:"gapMs,omitempty"`      // rounds: pause without bids before each
}

// Lot is what the room says is being sold. It decides nothing; it stands in
// the first record so that a session can be shown while the office is down.
type Lot struct {
	AuctionID string `json:"auctionId"`
	LotID     string `json:"lotId"`
	Number    int    `json:"number"`
	Kind      string `json:"kind"` // land, house, car, plate, goods
	Title     string `json:"title"`
	Detail    string `json:"detail,omitempty"`
	Place     string `json:"place,omitempty"`
	Owner     string `json:"owner,omitempty"`
	Centre    string `json:"centre,omitempty"`
	Deposit   Dong   `json:"deposit,omitempty"`
	// Run is which run of the lot this is, from 2 on; absent: the first.
	Run int `json:"run,omitempty"`
	// Rehearsal (đấu giá thử): nothing is sold, and every page says so.
	Rehearsal bool `json:"rehearsal,omitempty"`
	// ShowCount: the room shows how many take part.
	ShowCount bool `json:"showCount,omitempty"`
}

// Limits of a rules sheet. They keep a typing error from becoming a session.
const (
	MaxBands        = 64
	MaxParticipants = 10_000
	MaxBiddingMs    = Millis(31 * 24 * 3600 * 1000)
	maxCodeBytes    = 64
	maxTextRunes    = 500
	maxOpensAt      = Instant(4_102_444_800_000) // the year 2100: microseconds taken for milliseconds lie far beyond
)

// RulesError lists everything that is wrong with a rules sheet at once.
type RulesError struct{ Problems []Problem }

// Problem names a field of the rules and what is wrong with it, as a key that
// the page turns into a sentence.
type Problem struct {
	Field string `json:"field"`
	Code  string `json:"code"`
}

func (e *RulesError) Error() string { return fmt.Sprintf("rules: %v", e.Problems) }

// Check returns a *RulesError that names every mistake, or nil. It knows what
// makes sense to the engine; what the law wants is the office's business.
func (r *Rules) Check() error {
	var ps []Problem
	bad := func(when bool, field, code string) {
		if when {
			ps = append(ps, Problem{field, code})
		}
	}
	method, known := Methods[r.Method]
	bad(!known, "method", "unknown")
	bad(len(r.Currency) != 3, "currency", "malformed")
	bad(r.Start <= 0, "start", "not_positive")
	bad(r.Start > r.AmountCap(), "start", "too_large")
	bad(r.Cap < 0 || r.Cap > MaxDong, "cap", "out_of_range")
	bad(r.OpensAt <= 0, "opensAt", "missing")
	bad(r.OpensAt > maxOpensAt, "opensAt", "out_of_range")
	bad(r.BiddingMs <= 0 || r.BiddingMs > MaxBiddingMs, "biddingMs", "out_of_range")
	bad(r.Opening != OpeningByClock && r.Opening != OpeningByAuctioneer, "opening", "unknown")
	bad(r.ConfirmAbove < 0, "confirmAbove", "negative")
	bad(r.MinIntervalMs < 0 || r.MinIntervalMs > 60_000, "minIntervalMs", "out_of_range")
	bad(r.ReserveKind != ReserveClassic && r.ReserveKind != ReserveReveal, "reserveKind", "unknown")
	bad(r.ReserveKind == ReserveReveal && !r.Proxy, "reserveKind", "needs_proxy")
	bad(r.ReserveKind == ReserveReveal && r.Reserve == nil, "reserveKind", "needs_reserve")
	bad(r.RecoveryMinMs < 0 || r.RecoveryMinMs > 24*3600*1000, "recoveryMinMs", "out_of_range")
	ps = append(ps, r.Group.problems(r)...)
	bad(r.Gong != nil && r.Method != "gong", "gong", "not_for_method")
	bad(r.Turns != nil && r.Method != "turns", "turns", "not_for_method")
	bad(r.BuyNow != nil && r.Method != "ascending", "buyNow", "not_for_method")
	if known {
		ps = append(ps, method.Problems(r)...)
	} else {
		ps = append(ps, timed{}.Problems(r)...) // every mistake is named at once
	}
	if len(ps) > 0 {
		return &RulesError{ps}
	}
	return nil
}

func (s *Step) problems(start Dong) (ps []Problem) {
	switch s.Kind {
	case StepFixed:
		if s.Amount <= 0 || s.Amount > MaxDong {
			ps = append(ps, Problem{"step.amount", "out_of_range"})
		}
	case StepPercent:
		if s.Amount <= 0 || s.Amount > MaxDong {
			ps = append(ps, Problem{"step.amount", "out_of_range"})
		}
		if s.BasisPoints <= 0 || s.BasisPoints > 10_000 {
			ps = append(ps, Problem{"step.basisPoints", "out_of_range"})
		}
	case StepBands:
		if len(s.Bands) == 0 || len(s.Bands) > MaxBands {
			ps = append(ps, Problem{"step.bands", "out_of_range"})
		}
		if !sort.SliceIsSorted(s.Bands, func(i, j int) bool { return s.Bands[i].From < s.Bands[j].From }) {
			ps = append(ps, Problem{"step.bands", "not_ascending"})
		}
		if len(s.Bands) > 0 && s.Bands[0].From > start {
			ps = append(ps, Problem{"step.bands.0", "out_of_range"}) // the table must say the step at the start
		}
		for i, b := range s.Bands {
			if b.Step <= 0 || b.Step > MaxDong || b.From < 0 || i > 0 && b.From == s.Bands[i-1].From {
				ps = append(ps, Problem{fmt.Sprintf("step.bands.%d", i), "out_of_range"})
			}
		}
	default:
		ps = append(ps, Problem{"step.kind", "unknown"})
	}
	return ps
}

func (c *Closing) problems() (ps []Problem) {
	if c.GapMs < 0 || c.GapMs > maxGapMs || c.GapMs > 0 && c.Kind != ClosingRounds {
		ps = append(ps, Problem{"closing.gapMs", "out_of_range"})
	}
	switch c.Kind {
	case ClosingFixed:
		return ps
	case ClosingReset, ClosingAdd:
	case ClosingRounds:
		if c.MaxCount == 0 || c.MaxCount > MaxRounds {
			ps = append(ps, Problem{"closing.maxCount", "out_of_range"})
		}
		if c.WindowMs > c.ByMs {
			ps = append(ps, Problem{"closing.windowMs", "longer_than_round"})
		}
	default:
		return []Problem{{"closing.kind", "unknown"}}
	}
	if c.WindowMs <= 0 || c.WindowMs > 24*3600*1000 {
		ps = append(ps, Problem{"closing.windowMs", "out_of_range"})
	}
	if c.ByMs <= 0 || c.ByMs > 24*3600*1000 {
		ps = append(ps, Problem{"closing.byMs", "out_of_range"})
	}
	if c.MaxCount < 0 {
		ps = append(ps, Problem{"closing.maxCount", "negative"})
	}
	if c.MaxTotalMs < 0 || c.MaxTotalMs > MaxBiddingMs {
		ps = append(ps, Problem{"closing.maxTotalMs", "out_of_range"})
	}
	return ps
}

// AmountCap is the largest amount a bid may name.
func (r *Rules) AmountCap() Dong {
	if r.Cap > 0 {
		return r.Cap
	}
	return MaxDong
}

// Hash is the fingerprint of the frozen rules: SHA-256 over their JSON, whose
// field order is fixed by the type.
func (r *Rules) Hash() Hash {
	b, err := json.Marshal(r)
	if err != nil {
		panic("rules cannot be written as JSON: " + err.Error()) // no field of Rules can fail
	}
	return sha256.Sum256(b)
}
