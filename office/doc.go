// Package office is the legal process around the bidding: who has an account,
// which auctions are prepared, which rules were frozen and who was admitted,
// and what came of it. It is plain Go on top of a Store, which is PostgreSQL in
// every wiring.
//
// The office is never on the path of a bid. It hands a session to the engine
// once, when an auction is published, and hears of it again once, when its
// result is delivered. While the database is away every method answers with
// ErrUnavailable, and the bidding goes on.
//
// All methods may be called from any goroutine, and all of them block: on the
// database, and where a password is involved on tens of milliseconds of
// computing.
package office
