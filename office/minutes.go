package office

import (
	"context"
	"errors"

	"gobua/engine"
)

// Minutes is one version of the minutes of a lot (biên bản đấu giá, Điều 44).
// The first is made when bidding is over, a new one with each later fact;
// nothing is ever overwritten. Hash is the SHA-256 of the PDF, which is what
// people sign.
type Minutes struct {
	LotID      string             `json:"lotId"`
	Number     int                `json:"number"`
	Covers     int                `json:"covers"` // how many facts of the proceeding it tells
	Hash       engine.Hash        `json:"hash"`
	Size       int                `json:"size"`
	MadeAt     engine.Instant     `json:"madeAt"`
	PDF        []byte             `json:"-"` // absent in lists
	Signatures []MinutesSignature `json:"signatures"`
}

// SignatureSlot is in what capacity somebody signs.
type SignatureSlot string

// The slots: who signs the minutes of an online auction, and the observer, who
// countersigns the incidents they tell.
const (
	SlotAuctioneer SignatureSlot = "auctioneer"
	SlotClerk      SignatureSlot = "clerk"
	SlotWinner     SignatureSlot = "winner"
	SlotObserver   SignatureSlot = "observer"
)

// slots are the capacities of the roles.
var slots = map[engine.Role]SignatureSlot{
	engine.RoleAuctioneer: SlotAuctioneer, engine.RoleClerk: SlotClerk, engine.RoleObserver: SlotObserver,
}

// MinutesSignature is that somebody signed one version, or refused to. It holds
// for the PDF with this hash and for no other. A winner is a code here.
type MinutesSignature struct {
	LotID     string                 `json:"lotId"`
	Number    int                    `json:"number"`
	Slot      SignatureSlot          `json:"slot"`
	AccountID string                 `json:"accountId,omitempty"` // of staff
	Code      engine.ParticipantCode `json:"code,omitempty"`      // of the winner
	Name      string                 `json:"name,omitempty"`      // of staff, as it was
	Method    string                 `json:"method"`              // of the Signer; empty with a refusal
	Token     []byte                 `json:"token,omitempty"`     // what the Signer returned, if anything
	Hash      engine.Hash            `json:"hash"`
	Refused   string                 `json:"refused,omitempty"` // why not signed
	At        engine.Instant         `json:"at"`

	covers int // of the version, until it is kept
}

// MinutesStore keeps minutes. Rows are only ever added.
type MinutesStore interface {
	// InsertMinutes keeps the next version, unless one with this number or one
	// that covers as much is there: then it keeps nothing.
	InsertMinutes(ctx context.Context, m Minutes, t Trail) error
	// MinutesOf returns the versions of several lots with their signatures and
	// without their PDF, by lot and number.
	MinutesOf(ctx context.Context, lotIDs []string) ([]Minutes, error)
	// MinutesPDF returns one version with its PDF.
	MinutesPDF(ctx context.Context, lotID string, number int) (Minutes, error)
}

// Signer proves that a person means to sign a document, by a second factor, a
// password typed again, or a digital signature of a provider. Sign blocks; it
// returns ErrBadCredentials or ErrBadCode if the proof is not the account's.
type Signer interface {
	Sign(ctx context.Context, by Account, proof string, document engine.Hash) (Proof, error)
}

// Proof is what a Signer returns: the name of its method, and what a provider
// issued for the document, if anything.
type Proof struct {
	Method string
	Token  []byte
}

// ownSigner asks for what the account has itself: a code of its second factor,
// or, where it has none, the password again.
type ownSigner struct{ o *Office }

// Sign implements Signer.
func (s ownSigner) Sign(ctx context.Context, by Account, proof string, _ engine.Hash) (Proof, error) {
	err := s.o.useCode(ctx, by, proof)
	if err == nil {
		return Proof{Method: "second_factor"}, nil
	}
	if !errors.Is(err, ErrNoSecondFactor) {
		return Proof{}, err
	}
	if _, err := s.o.checkOwnPassword(ctx, by, proof); err != nil {
		return Proof{}, err
	}
	return Proof{Method: "password"}, nil
}
