package transport

import (
	"context"

	"gobua/engine"
	"gobua/office"
)

// OfficeAPI is what REST needs of package office, whose Office implements it.
// Every call may block on the database; a closed office answers with an error
// that wraps office.ErrUnavailable.
type OfficeAPI interface {
	AuditAPI
	ArchiveAPI
	ReportsAPI
	HooksAPI
	FilesAPI
	PublicAPI
	DayAPI
	RegistrationsAPI
	PeopleAPI
	SecurityAPI
	AfterAPI
	OpeningAPI

	SignInFirst(ctx context.Context, login, password, own string, from office.Device) (office.Account, office.Refresh, error)
	Refresh(ctx context.Context, token string) (office.Account, office.Refresh, error)
	SignOut(ctx context.Context, token string) (signIn string, err error)
	Account(ctx context.Context, id string) (office.Account, error)
	FindAccounts(ctx context.Context, by office.Account, query string, limit int) ([]office.Account, error)
	CreateAccount(ctx context.Context, by office.Account, n office.NewAccount) (office.Account, error)
	Revoke(ctx context.Context, by office.Account, id string) (office.Account, error)
	CreateAuction(ctx context.Context, by office.Account, d office.AuctionDraft, idempotencyKey string) (office.Auction, error)
	UpdateAuction(ctx context.Context, by office.Account, id string, version int, d office.AuctionDraft) (office.Auction, error)
	AuctionFor(ctx context.Context, by office.Account, id string) (office.Auction, error)
	Auctions(ctx context.Context, by office.Account) ([]office.Auction, error)
	Publish(ctx context.Context, by office.Account, id string, version int) (office.Auction, error)
	Participations(ctx context.Context, accountID string) ([]office.Participation, error)
	Results(ctx context.Context, limit int) ([]office.SessionResult, error)
	ListingAPI
}

// Rooms is what REST needs of the sessions that are loaded: the public rooms,
// which go on while the office is closed. Calls come from any goroutine and
// must not block, but for Retell.
type Rooms interface {
	// Cards returns one card of every loaded session, in any order.
	Cards() []SessionCard
	// Room returns the public view of a session, and the feed position it
	// stands at. The room is never changed afterwards.
	Room(id engine.SessionID) (epoch string, seq engine.FeedSeq, room engine.Room, ok bool)
	// Rows returns at most limit rows of the history brought by updates before
	// a feed position, newest first; before zero means from the newest.
	Rows(id engine.SessionID, before engine.FeedSeq, limit int) ([]engine.Row, bool)
	// Retell tells a session that is over once more, as its room heard it: the
	// room before anything had happened, then every update with its number. It
	// is the one call here that blocks: it reads the session's records and
	// waits for begin and tell, whose error ends it. Its own are
	// engine.ErrNoSession, engine.ErrNotOver and those of damaged records.
	Retell(ctx context.Context, id engine.SessionID,
		begin func(engine.Room, engine.Instant) error, tell func(engine.FeedSeq, engine.Update) error) error
	// Kick cuts the connections of an account whose tokens are dead. It returns at
	// once.
	Kick(accountID string)
	// CodeOf finds which participant of a session an account is.
	CodeOf(id engine.SessionID, accountID string) (engine.ParticipantCode, bool)
	// Standing is what a participant may know of themselves.
	Standing(id engine.SessionID, code engine.ParticipantCode) (engine.Standing, bool)
}

// Card is a session in a list.
type Card struct {
	Session  engine.SessionID `json:"session"`
	Lot      engine.Lot       `json:"lot"`
	Now      engine.Now       `json:"now"`
	OpensAt  engine.Instant   `json:"opensAt"` // the published beginning of bidding
	Currency string           `json:"currency"`
	Method   string           `json:"method"`          // how it is sold
	Units    int              `json:"units,omitempty"` // identical units that are sold at one price; absent: it is sold as one
	// Take is how many take part; absent where that is not public.
	Take int `json:"take,omitempty"`
}

// SessionCard is a Card with what the desk may know on top of the public.
type SessionCard struct {
	Card
	Participants int `json:"participants"`
	CheckedIn    int `json:"checkedIn"`
	Viewers      int `json:"viewers"` // connections that follow the room now
}

// Readiness says whether this process should get new work.
type Readiness struct {
	Journal  bool // an append would be taken; no bidding without it
	Office   bool // the office database answers; bidding goes on without it
	Draining bool // the process is about to end
}
