package office

import (
	"context"

	"gobua/engine"
)

// Registration is one person's way into one lot: dossier, fee, deposit, and at
// the end the participation code (mã số).
type Registration struct {
	ID           string                 `json:"id"`
	AuctionID    string                 `json:"auctionId"`
	LotID        string                 `json:"lotId"`
	AccountID    string                 `json:"accountId"`
	Version      int                    `json:"version"`
	Dossier      DossierState           `json:"dossier"`
	Standing     RegistrationStanding   `json:"standing"`
	Fee          Payment                `json:"fee"`
	Deposit      Payment                `json:"deposit"`
	SealedCode   []byte                 `json:"-"`
	CodeMark     []byte                 `json:"-"`              // keyed hash of the code: unique in the auction, unreadable
	Code         engine.ParticipantCode `json:"code,omitempty"` // opened only for the person it belongs to
	CodeIssuedAt engine.Instant         `json:"codeIssuedAt,omitempty"`
	CreatedAt    engine.Instant         `json:"createdAt"`
	ChangedAt    engine.Instant         `json:"changedAt"`
	RegistrationFacts
	// Login and Name are those of the account, filled when read.
	Login string `json:"login,omitempty"`
	Name  string `json:"name,omitempty"`
}

// DossierState is where a dossier (hồ sơ tham gia đấu giá) is.
type DossierState string

// The states of a dossier. A rejected one may be corrected and submitted again
// until the deadline.
const (
	DossierDraft     DossierState = "draft"
	DossierSubmitted DossierState = "submitted"
	DossierApproved  DossierState = "approved"
	DossierRejected  DossierState = "rejected"
)

// RegistrationStanding says whether a registration still counts.
type RegistrationStanding string

// The standings. Who has withdrawn may register again while dossiers are taken.
const (
	StandingIn           RegistrationStanding = "in"
	StandingWithdrawn    RegistrationStanding = "withdrawn"
	StandingDisqualified RegistrationStanding = "disqualified"
)

// RegistrationFacts are what a registration says and what was decided on it.
type RegistrationFacts struct {
	NoConflict     bool           `json:"noConflict,omitempty"` // declared: none of the persons barred by Điều 38.4
	Representative string         `json:"representative,omitempty"`
	Proxy          Proxy          `json:"proxy,omitzero"`
	RefundTo       BankAccount    `json:"refundTo,omitzero"` // where the deposit goes back to
	SubmittedAt    engine.Instant `json:"submittedAt,omitempty"`
	DecidedAt      engine.Instant `json:"decidedAt,omitempty"`
	DecidedBy      string         `json:"decidedBy,omitempty"`
	Reason         string         `json:"reason,omitempty"` // of a rejection, a withdrawal or a disqualification
	Flags          []string       `json:"flags,omitempty"`  // what the officer should look at, as codes
	AtCounter      bool           `json:"atCounter,omitempty"`
	EndedAt        engine.Instant `json:"endedAt,omitempty"` // of the withdrawal or disqualification
}

// Proxy is how a representative (người được ủy quyền) is known again without
// being readable: a keyed hash of the national id, and its last three digits
// for the officer who holds the paper.
type Proxy struct {
	Mark string `json:"mark,omitempty"`
	Last string `json:"last,omitempty"`
}

// PaymentState is where the money of a registration is.
type PaymentState string

// The states of a payment: due → received or guaranteed → refund_due →
// refunded; a deposit may instead be forfeited, or converted to earnest money
// (tiền đặt cọc).
const (
	PaymentDue        PaymentState = "due"
	PaymentReceived   PaymentState = "received"
	PaymentGuaranteed PaymentState = "guaranteed"
	PaymentRefundDue  PaymentState = "refund_due"
	PaymentRefunded   PaymentState = "refunded"
	PaymentForfeited  PaymentState = "forfeited"
	PaymentConverted  PaymentState = "converted"
)

// Payment is the dossier fee or the deposit of a registration.
type Payment struct {
	Memo        string         `json:"memo"` // unique transfer memo
	Due         engine.Dong    `json:"due"`
	Paid        engine.Dong    `json:"paid,omitempty"`
	State       PaymentState   `json:"state"`
	Method      string         `json:"method,omitempty"` // transfer, cash, guarantee
	PaidAt      engine.Instant `json:"paidAt,omitempty"`
	DueAt       engine.Instant `json:"dueAt,omitempty"`
	RefundDueAt engine.Instant `json:"refundDueAt,omitempty"`
	SettledAt   engine.Instant `json:"settledAt,omitempty"`
	PaymentFacts
}

// PaymentFacts are what else is known of a payment.
type PaymentFacts struct {
	References  []string `json:"references,omitempty"` // of the bank, one a transfer
	ConfirmedBy string   `json:"confirmedBy,omitempty"`
	Ground      string   `json:"ground,omitempty"`     // of a forfeiture: Điều 39.6 a–đ
	ApprovedBy  string   `json:"approvedBy,omitempty"` // of a forfeiture or a refund
	Note        string   `json:"note,omitempty"`
	// Untimely is the part of Paid that was booked outside the window. It does
	// not count until an officer accepts it.
	Untimely engine.Dong `json:"untimely,omitempty"`
	// SentAt is when the payer said that the money is on its way; only the
	// bank's statement counts.
	SentAt engine.Instant `json:"sentAt,omitempty"`
	// Waived is the part of a fee that was let off, with the reason in Note.
	Waived  engine.Dong `json:"waived,omitempty"`
	Forfeit *Forfeit    `json:"forfeit,omitempty"` // that the deposit be lost, proposed or decided
}

// Secured tells whether the money is there or guaranteed.
func (p Payment) Secured() bool { return p.State == PaymentReceived || p.State == PaymentGuaranteed }

// Eligible tells whether the registration admits to the session: dossier
// approved, fee paid, deposit there, neither withdrawn nor disqualified (rule 7).
func (r *Registration) Eligible() bool {
	return r.Standing == StandingIn && r.Dossier == DossierApproved && r.Deposit.Secured() &&
		(r.Fee.Due == 0 || r.Fee.Secured())
}

// RegistrationQuery says which registrations are wanted; empty fields ask for
// nothing.
type RegistrationQuery struct {
	AuctionID, LotID, AccountID, CentreID string
	Limit                                 int
}

// RegistrationStore keeps registrations with their payments.
type RegistrationStore interface {
	// InsertRegistration keeps a new one. ErrRegistered: the account has one for
	// the lot that is not withdrawn.
	InsertRegistration(ctx context.Context, r Registration, t Trail) error
	// ChangeRegistration locks a registration, calls change on it, and keeps
	// what change made of it with one added to its version, and the trail. An
	// error of change keeps nothing and is returned. change may be called more
	// than once, as a transaction is tried again. ErrCodeTaken: another
	// registration of the auction has the code.
	ChangeRegistration(ctx context.Context, id string, change func(*Registration) (Trail, error)) (Registration, error)
	Registration(ctx context.Context, id string) (Registration, error)
	// Registrations returns them oldest first.
	Registrations(ctx context.Context, q RegistrationQuery) ([]Registration, error)
	// RegistrationByMemo finds whose payment a transfer memo names.
	RegistrationByMemo(ctx context.Context, memo string) (Registration, error)
	// VerifiedAmong returns which of the accounts that have registered for an
	// auction have a verified identity.
	VerifiedAmong(ctx context.Context, auctionID string) (map[string]bool, error)
	// CodeMarks returns the marks of all codes of an auction.
	CodeMarks(ctx context.Context, auctionID string) ([][]byte, error)
}
