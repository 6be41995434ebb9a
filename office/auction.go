package office

import (
	"gobua/engine"
)

// AuctionStatus is where an auction is in its life.
type AuctionStatus string

// The states of an auction.
const (
	StatusDraft     AuctionStatus = "draft"     // may be edited
	StatusPublished AuctionStatus = "published" // rules frozen, sessions exist
)

// AuctionDraft is what a person writes of an auction (cuộc đấu giá). A draft
// may still lack lots, participants and opening times; what it has must be
// right. Participants are admitted to every lot.
type AuctionDraft struct {
	Title        string        `json:"title"`
	Centre       string        `json:"centre"` // the organisation that runs it
	Owner        string        `json:"owner"`  // whose property is sold
	Place        string        `json:"place"`
	Lots         []LotDraft    `json:"lots"`
	Participants []Participant `json:"participants"`
}

// Auction is an AuctionDraft with what the office adds to it.
type Auction struct {
	ID        string         `json:"id"`
	Status    AuctionStatus  `json:"status"`
	Version   int            `json:"version"` // grows with each change; named again when changing it
	CreatedAt engine.Instant `json:"createdAt"`
	AuctionDraft
	ParticipantCount int     `json:"participantCount"` // also in lists, which leave Participants out
	Warnings         []Field `json:"warnings,omitempty"`
}

// LotDraft is one thing to be sold. ID is empty for a new lot, Number zero for
// "as listed", Session empty until publication.
type LotDraft struct {
	ID      string           `json:"id,omitempty"`
	Number  int              `json:"number"`
	Kind    string           `json:"kind"` // land, house, car, plate, goods
	Title   string           `json:"title"`
	Detail  string           `json:"detail,omitempty"`
	Place   string           `json:"place,omitempty"`
	Deposit engine.Dong      `json:"deposit,omitempty"`
	Rules   RulesDraft       `json:"rules"`
	Session engine.SessionID `json:"session,omitempty"`
}

// RulesDraft is the rules sheet of a lot. ReserveAmount is the hidden reserve
// of a draft, zero for none; after publication it is gone from here and only
// its salted hash stands in Rules.Reserve, which a draft never has.
type RulesDraft struct {
	engine.Rules
	ReserveAmount engine.Dong `json:"reserveAmount,omitempty"`
}

// Participant is an account admitted to an auction. Login and Name are filled
// by the office and ignored when they come in.
type Participant struct {
	AccountID string `json:"accountId"`
	Login     string `json:"login,omitempty"`
	Name      string `json:"name,omitempty"`
}

// Participation is one session an account is admitted to, for that account's
// own eyes.
type Participation struct {
	Session  engine.SessionID       `json:"session"`
	Code     engine.ParticipantCode `json:"code"`
	LotTitle string                 `json:"lotTitle"`
	OpensAt  engine.Instant         `json:"opensAt"`
}
