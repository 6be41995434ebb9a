package office

import (
	"gobua/engine"
)

// SessionResult is how a session ended, whole: what the engine delivers once
// and the office keeps for good.
type SessionResult struct {
	Session     engine.SessionID `json:"session"`
	Lot         engine.Lot       `json:"lot"`
	RulesHash   engine.Hash      `json:"rulesHash"`
	Currency    string           `json:"currency"`
	Phase       engine.Phase     `json:"phase"`                 // announced, stopped or cancelled
	OpenedAt    engine.Instant   `json:"openedAt,omitempty"`    // zero: never opened
	ClosedAt    engine.Instant   `json:"closedAt,omitempty"`    // when bidding ended; zero: never opened
	AnnouncedAt engine.Instant   `json:"announcedAt,omitempty"` // zero unless announced
	Result      engine.Result    `json:"result"`                // zero unless announced
	Reason      string           `json:"reason,omitempty"`      // of a stop or a cancellation
	Head        engine.Head      `json:"head"`
	BidCount    int              `json:"bidCount"` // len(Bids), also where Bids is left out
	Bids        []ResultBid      `json:"bids,omitempty"`
}

// ResultBid is one line of the history of prices, with the record it comes
// from.
type ResultBid struct {
	Seq    engine.Seq             `json:"seq"`
	At     engine.Instant         `json:"at"`
	Code   engine.ParticipantCode `json:"code"`
	Level  engine.Dong            `json:"level"`
	Auto   bool                   `json:"auto,omitempty"`   // moved by the system within a maximum
	Struck bool                   `json:"struck,omitempty"` // withdrawn, or its bidder disqualified
}
