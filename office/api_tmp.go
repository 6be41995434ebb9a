package office

import (
	"context"
	"errors"
	"time"

	"gobua/engine"
)

var errSoon = errors.New("office: being written")

type Store interface{}
type hasher struct{}
type throttle struct{}

func newHasher(int) *hasher  { return nil }
func newThrottle() *throttle { return nil }

// Refresh is a refresh token as it is handed out, once.
type Refresh struct {
	Token     string
	ExpiresAt time.Time
}

func (o *Office) SignIn(ctx context.Context, login, password, remoteAddr string) (Account, Refresh, error) {
	return Account{}, Refresh{}, errSoon
}
func (o *Office) Refresh(ctx context.Context, token string) (Account, Refresh, error) {
	return Account{}, Refresh{}, errSoon
}
func (o *Office) SignOut(ctx context.Context, token string) error { return errSoon }
func (o *Office) Account(ctx context.Context, id string) (Account, error) {
	return Account{}, errSoon
}
func (o *Office) FindAccounts(ctx context.Context, query string, limit int) ([]Account, error) {
	return nil, errSoon
}
func (o *Office) CreateAccount(ctx context.Context, by Account, n NewAccount) (Account, error) {
	return Account{}, errSoon
}
func (o *Office) EnsureAccount(ctx context.Context, n NewAccount) (Account, error) {
	return Account{}, errSoon
}
func (o *Office) Revoke(ctx context.Context, by Account, id string) (Account, error) {
	return Account{}, errSoon
}
func (o *Office) CreateAuction(ctx context.Context, by Account, d AuctionDraft, idempotencyKey string) (Auction, error) {
	return Auction{}, errSoon
}
func (o *Office) UpdateAuction(ctx context.Context, by Account, id string, version int, d AuctionDraft) (Auction, error) {
	return Auction{}, errSoon
}
func (o *Office) Auction(ctx context.Context, id string) (Auction, error) { return Auction{}, errSoon }
func (o *Office) Auctions(ctx context.Context) ([]Auction, error)         { return nil, errSoon }
func (o *Office) Publish(ctx context.Context, by Account, id string, version int) (Auction, error) {
	return Auction{}, errSoon
}
func (o *Office) Reconcile(ctx context.Context) error { return errSoon }
func (o *Office) Run(ctx context.Context)             {}
func (o *Office) Participations(ctx context.Context, accountID string) ([]Participation, error) {
	return nil, errSoon
}
func (o *Office) Holder(ctx context.Context, by Account, session engine.SessionID, code engine.ParticipantCode) (Account, error) {
	return Account{}, errSoon
}
func (o *Office) Deliver(ctx context.Context, r SessionResult) error { return errSoon }
func (o *Office) Results(ctx context.Context, limit int) ([]SessionResult, error) {
	return nil, errSoon
}
func (o *Office) Result(ctx context.Context, session engine.SessionID) (SessionResult, error) {
	return SessionResult{}, errSoon
}
