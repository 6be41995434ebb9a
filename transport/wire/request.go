package wire

import (
	"gobua/engine"
)

// MaxClientFrame is the largest client frame in bytes. The longest request
// that makes sense, an ask for MaxAsked outcomes, has about 750, and a token
// about 400; the rest is room for tokens to grow.
const MaxClientFrame = 4096

// MaxAsked is how many outcomes one ask may be for: more than a page can have
// under way.
const MaxAsked = 16

// seenMoments is how many moments a page tells of a traced command.
const seenMoments = 4

// Request is what a page asks for. Its number comes back in the answer.
type Request interface{ Num() Number }

// Number is made by the page for each request, from 1 to 2^31-1. Zero in an
// answer means that the request's number could not be read.
type Number int32

// Num makes every struct that embeds a Number a Request.
func (n Number) Num() Number { return n }

// The requests. Command carries all that is decided by a session's owner.
type (
	// Hello says who speaks. Spectators may leave it out.
	Hello struct {
		Number
		Token string
	}
	// Sub begins to follow a session, or goes on after Seq of Epoch.
	Sub struct {
		Number
		Session engine.SessionID
		Epoch   string // empty: from a snapshot
		Seq     engine.FeedSeq
		Desk    bool // also the console's feed
	}
	// Unsub ends following a session.
	Unsub struct {
		Number
		Session engine.SessionID
	}
	// Command is a wish for a session's owner.
	Command struct {
		Number
		Session engine.SessionID
		Cmd     engine.CommandID
		Do      engine.Act
	}
	// Ask asks what became of earlier commands. With Drop it is a drop: those that
	// are not known shall not be carried out any more.
	Ask struct {
		Number
		Session engine.SessionID
		Cmds    []engine.CommandID
		Drop    bool
	}
	// Ping asks for the server's clock. ClientTime is a JSON number that is
	// given back as it came.
	Ping struct {
		Number
		ClientTime string
	}
	// Refresh brings a newer token of the same account.
	Refresh struct {
		Number
		Token string
	}
	// Seen is what a page says of a command whose receipt was marked as traced: when
	// it was clicked, sent, answered and shown, by the server's clock as the page
	// knows it, which is off by Off at most.
	Seen struct {
		Number
		Cmd engine.CommandID
		At  [seenMoments]engine.Instant
		Off engine.Millis
	}
	// Take makes this connection the account's bidding channel in a session.
	Take struct {
		Number
		Session engine.SessionID
	}
)

// Code says why a request was not carried out at all.
type Code string

// The codes of an err message. Those that Temporary tells of may be tried
// again with the same command id.
const (
	CodeBadFrame       Code = "bad_frame"       // not a request of this protocol
	CodeBadAmount      Code = "bad_amount"      // not a whole number from 1 to 9e15
	CodeUnknownOp      Code = "unknown_op"      // no such request
	CodeUnauthorized   Code = "unauthorized"    // no token, or not a good one
	CodeTokenExpired   Code = "token_expired"   // send refresh first
	CodeForbidden      Code = "forbidden"       // not for this role
	CodeUnknownSession Code = "unknown_session" // no such session
	CodeRate           Code = "rate"            // too fast
	CodeBusy           Code = "busy"            // the session has too much to do; nothing happened
	CodeUnknown        Code = "unknown"         // outcome unknown: ask, or send the same command id again
	CodeTooMany        Code = "too_many"        // subscriptions or connections
	CodeNotActive      Code = "not_active"      // another connection is the bidding channel
	CodeInternal       Code = "internal"        // our fault
)

// Temporary tells whether the same request may succeed later.
func (c Code) Temporary() bool {
	switch c {
	case CodeRate, CodeBusy, CodeUnknown, CodeInternal:
		return true
	}
	return false
}

// Fault is a request that cannot be read. Number is zero unless it was legible.
type Fault struct {
	Code   Code
	Number Number
}

func (f *Fault) Error() string { return "request refused: " + string(f.Code) }
