package office

import (
	"context"

	"gobua/engine"
)

// Store is where the office keeps everything. Each method is one transaction:
// it happens whole or not at all. Methods may be called from any goroutine and
// block for at most some seconds.
//
// Errors: ErrUnavailable (wrapped) when the database cannot be reached, and
// then nobody knows whether a write happened; ErrNotFound where something is
// named that does not exist; and what the single methods say. store/storetest
// is the contract.
type Store interface {
	AccountStore
	SignInStore
	AuctionStore
	ResultStore
	TrailStore
	ClaimStore
	ChangeStore
	ThrottleStore
	OnceStore
	OutboxStore
	HookStore
	CentreStore
	RegistrationStore
	StatementStore
	ProceedingStore
	MinutesStore
	AlarmStore
	RulesStore
	FileStore
	RunStore
	ReadinessStore
	IncidentStore
	PresenceStore
	StaffStore
	CancelledStore
	PublicStore
	IdentityStore
	SecondFactorStore
	PasswordStore
	DeskStore
	ArchiveStore
	RetentionStore
	OpeningStore
	ComplaintStore
	ReportStore
	PortalStore
}

// AccountStore keeps accounts.
type AccountStore interface {
	// InsertAccount returns ErrLoginTaken if another account has the login.
	InsertAccount(ctx context.Context, a Account, passwordHash, search string, t Trail) error
	Account(ctx context.Context, id string) (Account, error)
	// AccountByLogin also returns the password's hash.
	AccountByLogin(ctx context.Context, login string) (Account, string, error)
	// AccountsByID returns those that exist, in any order.
	AccountsByID(ctx context.Context, ids []string) ([]Account, error)
	// FindAccounts returns bidders and the staff of one centre whose folded login
	// and name contain every one of the folded words, by login.
	FindAccounts(ctx context.Context, centreID string, words []string, limit int) ([]Account, error)
	// UpdateAccount keeps name, e-mail, staff reference and observer's kind.
	UpdateAccount(ctx context.Context, a Account, search string, t Trail) error
	// RevokeAccount also ends all sign-ins of the account. Revoking again
	// changes nothing.
	RevokeAccount(ctx context.Context, id string, t Trail) (Account, error)
}

// SignInStore keeps refresh tokens in their families.
type SignInStore interface {
	// InsertSignIn begins a family with its first token and ends the account's
	// oldest families beyond `keep`. ErrNotFound: no such account, or revoked.
	InsertSignIn(ctx context.Context, t RefreshToken, keep int, trail Trail) error
	// RotateRefresh locks the token and its family against other rotations,
	// calls decide, and does what decide says. ErrNotFound: no such token.
	// decide may be called more than once, as a transaction is tried again.
	RotateRefresh(ctx context.Context, hash engine.Hash, decide func(RefreshToken, Account) Rotation) error
	// EndSignIn deletes the family of a token and returns its id, empty if there
	// is none.
	EndSignIn(ctx context.Context, hash engine.Hash) (signIn string, err error)
	// SignIns returns those of an account, the latest seen first.
	SignIns(ctx context.Context, accountID string) ([]SignInPlace, error)
	// EndSignIns ends one of an account's sign-ins, or with an empty id all but
	// `keep`, and returns those ended. Where none is ended nothing is kept.
	EndSignIns(ctx context.Context, accountID, id, keep string, t Trail) ([]string, error)
	// Tidy deletes tokens that expired before `expired`, tokens used before
	// `used`, sign-ins without tokens, idempotency keys older than `keys`, and
	// what nobody needs to know any more of who signed out.
	Tidy(ctx context.Context, expired, used, keys engine.Instant) error
}

// AuctionStore keeps auctions, their lots and participants, and the sessions
// that come of them.
type AuctionStore interface {
	// InsertAuction keeps a new draft. If the key is known, it returns the id
	// of the auction made then, or ErrKeyReused if the request differed. An
	// empty key is no key.
	InsertAuction(ctx context.Context, a Auction, by string, key IdempotencyKey, t Trail) (id string, err error)
	// UpdateAuction replaces a draft and adds one to its version, which must be
	// a.Version, else ErrEditedMeanwhile. ErrPublished: it is no draft.
	UpdateAuction(ctx context.Context, a Auction, t Trail) error
	Auction(ctx context.Context, id string) (Auction, error)
	// Auctions returns the newest, without Participants.
	Auctions(ctx context.Context, q AuctionQuery) ([]Auction, error)
	// PublishAuction makes the draft or listed auction with this version
	// published and keeps its frozen sessions. Errors as UpdateAuction, and
	// ErrEditedMeanwhile where its registrations are not those of p.
	PublishAuction(ctx context.Context, p Publication) error
	// Pending returns the sessions not marked as handed over, oldest first, of
	// one auction, or of all with an empty id.
	Pending(ctx context.Context, auctionID string, limit int) ([]engine.SessionID, error)
	// Frozen returns the first record of a session as it was published, without
	// its participants.
	Frozen(ctx context.Context, id engine.SessionID) (engine.Created, error)
	MarkHandedOver(ctx context.Context, id engine.SessionID, at engine.Instant) error
	// Participations returns where an account is admitted, latest opening
	// first.
	Participations(ctx context.Context, finder []byte, limit int) ([]SealedParticipation, error)
	// Admissions returns who is admitted to a session, sealed, in any order.
	Admissions(ctx context.Context, id engine.SessionID) ([][]byte, error)
	// VaultMark keeps the mark of the keys that seal this database, unless there
	// is one already, and returns the one that is kept.
	VaultMark(ctx context.Context, mark string) (string, error)
}

// ResultStore keeps what came of sessions. Nothing in it ever changes.
type ResultStore interface {
	// InsertResult keeps a result with its bids and returns nil if the same one
	// (by its head) is there already. Another one for the same session is a
	// *ResultConflict.
	InsertResult(ctx context.Context, r SessionResult, at engine.Instant) error
	Result(ctx context.Context, id engine.SessionID) (SessionResult, error)
	// HasResult tells whether there is a result of the session.
	HasResult(ctx context.Context, id engine.SessionID) (bool, error)
	// LackingResults returns those of the sessions of which there is no result.
	LackingResults(ctx context.Context, ids []engine.SessionID) ([]engine.SessionID, error)
	// Results returns the newest, without Bids, and no rehearsals.
	Results(ctx context.Context, limit int) ([]SessionResult, error)
}

// RefreshToken is a refresh token as it is kept: never itself, only its hash.
type RefreshToken struct {
	Hash      engine.Hash // SHA-256 of the token
	SignIn    string      // its family
	AccountID string
	BeganAt   engine.Instant // when its family did: at the sign-in itself
	IssuedAt  engine.Instant
	ExpiresAt engine.Instant
	UsedAt    engine.Instant // first use; zero: not used
	Uses      int
	Device    Device // of the first token of a family
}

// Rotation is what becomes of a token that was shown.
type Rotation struct {
	End  bool          // its family ends
	Used RefreshToken  // else: its new state, kept if Next is set
	Next *RefreshToken // and its successor in the same family
}

// IdempotencyKey ties a request of an account to what it made.
type IdempotencyKey struct {
	AccountID   string
	Key         string
	RequestHash engine.Hash
	At          engine.Instant
}

// Publication is an auction as it is frozen.
type Publication struct {
	AuctionID string
	Version   int // of the draft
	By        string
	At        engine.Instant
	Sessions  []FrozenSession
	// Registrations are the versions of all registrations of the auction, by
	// id, that admissions were made from; nil for a draft.
	Registrations map[string]int
	Trail         Trail
}

// FrozenSession is the first record of a session, with the sealed identities
// of its participants.
type FrozenSession struct {
	Created    engine.Created
	Admissions []SealedAdmission
}

// SealedParticipation is an admission of one account, sealed, with what a list
// shows of its session.
type SealedParticipation struct {
	Session  engine.SessionID
	Sealed   []byte
	LotTitle string
	OpensAt  engine.Instant
	// AuctionID is the auction the lot stands in, Rehearsal that it is a practice.
	AuctionID string
	Rehearsal bool
}
