package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gobua/engine"
)

// Options of a load.
type Options struct {
	Server     string        // DefaultServer
	Lines      []string      // the nodes of the server's cluster to which bidders and spectators connect, in turn; none: Server
	Login      string        // of an administrator
	Password   string        // the bidders' passwords are derived from it
	Rate       float64       // bids a second, over all sessions
	Bidders    int           // over all sessions
	Spectators int           // over all sessions
	Sessions   int           // run at the same time
	Duration   time.Duration // of the bidding
	ToTheEnd   bool          // the last bid is due when the sessions end by the clock

	// Place says, once the sessions are there, to which nodes bidders and spectators
	// connect, in turn; nil: to Lines. All sessions of a load are of one auction, so
	// one node decides them.
	Place func(session engine.SessionID) (bidders, spectators []string, err error)

	// Mark is called when the first bid is due, and when the last was answered;
	// nil: nobody measures the server meanwhile.
	Mark func()

	beside func(ctx context.Context, began time.Time) // runs while bids are sent; nil: nothing does
}

// DefaultServer is this machine: a load is put on others only if they are named.
const DefaultServer = "http://127.0.0.1:8080"

// Limits of a load. They bound its memory and keep a typing error from
// becoming an attack.
const (
	maxRate       = 100_000
	maxBidders    = 2_000 // in one auction, whose draft has to fit into one request
	maxSpectators = 100_000
	maxSessions   = 200 // lots of one auction
	maxDuration   = time.Hour
	maxBids       = 10_000_000
)

// check fills in what was left out and returns all that is wrong.
func (o *Options) check() error {
	if o.Server == "" {
		o.Server = DefaultServer
	}
	var errs []error
	wrong := func(when bool, format string, args ...any) {
		if when {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	wrong(o.Sessions < 1 || o.Sessions > maxSessions, "sessions: %d; want 1 to %d", o.Sessions, maxSessions)
	wrong(!(o.Rate > 0 && o.Rate <= maxRate), "rate: %v; want more than 0 and at most %d bids a second", o.Rate, maxRate)
	wrong(o.Bidders < 2*o.Sessions || o.Bidders > maxBidders, "bidders: %d; want at least two for each session, at most %d", o.Bidders, maxBidders)
	wrong(o.Spectators < 0 || o.Spectators > maxSpectators, "spectators: %d; want 0 to %d", o.Spectators, maxSpectators)
	wrong(o.Duration < time.Second || o.Duration > maxDuration, "duration: %v; want 1s to %v", o.Duration, maxDuration)
	wrong(len(errs) == 0 && o.Rate*o.Duration.Seconds() > maxBids, "rate × duration: more than %d bids", maxBids)
	return errors.Join(errs...)
}

// plan says when each bid is due and whose it is.
type plan struct {
	rate              float64
	bids              int
	sessions, bidders int
}

func (o *Options) plan() plan {
	return plan{rate: o.Rate, bids: int(o.Rate * o.Duration.Seconds()), sessions: o.Sessions, bidders: o.Bidders}
}

// due is when bid i is to be sent, from the beginning.
func (p plan) due(i int) time.Duration {
	return time.Duration(float64(i) / p.rate * float64(time.Second))
}

// session is where bid i goes: each session in turn.
func (p plan) session(i int) int { return i % p.sessions }

// sessionOf is where a bidder sits.
func (p plan) sessionOf(bidder int) int { return bidder % p.sessions }

// seats is how many bidders a session has.
func (p plan) seats(session int) int {
	return (p.bidders - session + p.sessions - 1) / p.sessions
}

// most is how many bids a session gets.
func (p plan) most(session int) int {
	return (p.bids - session + p.sessions - 1) / p.sessions
}

// whose is the bidder of bid i, and the how manieth of theirs it is, from 0.
func (p plan) whose(i int) (bidder, nth int) {
	session := p.session(i)
	seats := p.seats(session)
	turn := i / p.sessions
	return session + turn%seats*p.sessions, turn / seats
}

// of lists the bids of a bidder. The bidders of a session take turns, because
// nobody may outbid themselves.
func (p plan) of(bidder int) []int {
	session := p.sessionOf(bidder)
	seat, seats := bidder/p.sessions, p.seats(session)
	var bids []int
	for i := session + seat*p.sessions; i < p.bids; i += seats * p.sessions {
		bids = append(bids, i)
	}
	return bids
}
