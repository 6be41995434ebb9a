package office

import (
	"context"
	"slices"

	"gobua/engine"
)

// RulesVersion is the rules of an auction (Quy chế) as they were made public
// once. Sheet is a FrozenSheet as JSON, and Hash the SHA-256 of those very
// bytes, so that anybody can check them with any program.
type RulesVersion struct {
	AuctionID string         `json:"auctionId"`
	Number    int            `json:"number"`
	Sheet     []byte         `json:"-"`
	Hash      engine.Hash    `json:"hash"`
	Notice    string         `json:"notice,omitempty"` // what changed and why, for the public; empty for the first
	Changes   []Change       `json:"changes"`          // against the version before
	MadeBy    string         `json:"-"`
	MadeAt    engine.Instant `json:"madeAt"`
}

// Topic is a part of the rules as the public understands it.
type Topic string

// The topics. A change of the first three opens the right to withdraw and get
// the deposit back (Điều 39.3).
const (
	TopicPrice    Topic = "price"    // starting price
	TopicQuantity Topic = "quantity" // lots that came or went
	TopicQuality  Topic = "quality"  // what a lot is, as far as words tell
	TopicBidding  Topic = "bidding"  // opening, time, step, closing
	TopicDeposit  Topic = "deposit"
	TopicWindows  Topic = "windows"
	TopicViewing  Topic = "viewing"
	TopicMoney    Topic = "money" // fee, account, guarantee
	TopicPeople   Topic = "people"
	TopicAfter    Topic = "after"
	TopicOther    Topic = "other"
)

// Change is one thing that a version changed. An empty LotID means the whole
// auction.
type Change struct {
	Topic Topic  `json:"topic"`
	LotID string `json:"lotId,omitempty"`
}

// frees tells whether the change opens the right to withdraw for who has
// registered for a lot.
func (c Change) frees(lotID string) bool {
	return slices.Contains([]Topic{TopicPrice, TopicQuantity, TopicQuality}, c.Topic) && (c.LotID == "" || c.LotID == lotID)
}

// WithdrawalFree tells whether a registration may be withdrawn with its deposit
// refunded because price, quantity or quality changed after it was made
// (Điều 39.3). versions are those of its auction.
func WithdrawalFree(versions []RulesVersion, r Registration) bool {
	for _, v := range versions {
		if v.MadeAt > r.CreatedAt && slices.ContainsFunc(v.Changes, func(c Change) bool { return c.frees(r.LotID) }) {
			return true
		}
	}
	return false
}

// RulesStore keeps the versions of rules. They are never changed.
type RulesStore interface {
	// ChangeAuction locks an auction, calls change on it and keeps what change
	// made of it, with one added to its version, its NewRules under the next
	// number, and the trail. Lots and participants are kept while the auction is
	// a draft or listed before the change; afterwards they are frozen. An error
	// of change keeps nothing and is returned. change may be called more than
	// once, as a transaction is tried again.
	ChangeAuction(ctx context.Context, id string, change func(*Auction) (Trail, error)) (Auction, error)
	// RulesVersions returns the versions of an auction in order.
	RulesVersions(ctx context.Context, auctionID string) ([]RulesVersion, error)
}

// RulesVersions returns the versions of an auction's rules, the first one
// first. They are public; nobody's right is asked.
func (o *Office) RulesVersions(ctx context.Context, auctionID string) ([]RulesVersion, error) {
	if !validID(auctionID) {
		return nil, ErrNotFound
	}
	return o.store.RulesVersions(ctx, auctionID)
}
