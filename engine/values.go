package engine

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Dong is an amount of money in the smallest unit of the session's currency:
// whole đồng for VND, cents for USD. It is never a fraction.
type Dong int64

// MaxDong is the largest amount the system takes anywhere. It is below 2^53,
// so a JSON number carries it exactly into a browser, and far enough below
// 2^63 that adding a step can never overflow.
const MaxDong Dong = 9_000_000_000_000_000

// Instant is a moment on the server's clock in Unix milliseconds, rounded
// down. Two records may share an Instant; their order is their Seq.
type Instant int64

// InstantOf rounds t down to its millisecond.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time returns the moment in UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// Add moves the moment by a number of milliseconds.
func (i Instant) Add(d Millis) Instant { return i + Instant(d) }

// Sub returns the milliseconds from o to i.
func (i Instant) Sub(o Instant) Millis { return Millis(i - o) }

// Millis is a length of time in milliseconds.
type Millis int64

// Seq numbers the records of one session from 1 without gaps.
type Seq uint64

// FeedSeq numbers what the public room was told, from 1 without gaps. It is
// derived from the journal, so it comes out the same after every replay.
type FeedSeq uint64

// SessionID names a session (phiên): twelve lower-case base-32 characters,
// short enough for an address that is read aloud.
type SessionID string

// Valid tells whether the id has the form NewSessionID gives.
func (id SessionID) Valid() bool {
	if len(id) != 12 {
		return false
	}
	for _, c := range id {
		if !strings.ContainsRune(sessionAlphabet, c) {
			return false
		}
	}
	return true
}

// sessionAlphabet leaves out i, l, o and u, which are misread or misheard.
const sessionAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// NewSessionID makes an id from twelve random bytes given by the caller, who
// owns chance; the engine has none.
func NewSessionID(random [12]byte) SessionID {
	var b [12]byte
	for i, r := range random {
		b[i] = sessionAlphabet[int(r)%len(sessionAlphabet)]
	}
	return SessionID(b[:])
}

// ParticipantCode is the mã số under which a participant bids, for example
// "M-733". It says nothing about who the person is.
type ParticipantCode string

// CommandID is made by the sender before the first attempt and kept for every
// repetition. It is a UUID of version 7, so later ids sort after earlier ones.
type CommandID = uuid.UUID

// Hash is a SHA-256 digest, shown in hexadecimal.
type Hash [32]byte

// String returns the digest in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Short returns the first eight hexadecimal digits, for people to compare.
func (h Hash) Short() string { return hex.EncodeToString(h[:4]) }

// MarshalText writes the digest in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads exactly 64 hexadecimal digits.
func (h *Hash) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(h) {
		return fmt.Errorf("hash: want %d hexadecimal digits, got %d", 2*len(h), len(text))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// Phase is the part of its life a session is in.
type Phase string

// The phases, in the order they are usually passed.
const (
	PhaseScheduled Phase = "scheduled" // check-in is possible, bidding is not
	PhaseRunning   Phase = "running"   // bids are taken until ClosesAt
	PhasePaused    Phase = "paused"    // the remaining time is frozen
	PhaseClosed    Phase = "closed"    // bidding is over, the auctioneer has yet to announce
	PhaseAnnounced Phase = "announced" // final: sold or failed
	PhaseStopped   Phase = "stopped"   // final: stopped for an incident, may be run again
	PhaseCancelled Phase = "cancelled" // final: there will be no sale
)

// Final tells whether nothing can change any more.
func (p Phase) Final() bool {
	return p == PhaseAnnounced || p == PhaseStopped || p == PhaseCancelled
}

// Role is what somebody may do in a session.
type Role string

// The roles. System is the program itself: its
// clock and its recovery.
const (
	RoleSpectator  Role = "spectator"
	RoleBidder     Role = "bidder"
	RoleAuctioneer Role = "auctioneer"
	RoleRegistrar  Role = "registrar" // checks dossiers and deposits; in the room as an observer
	RoleClerk      Role = "clerk"     // keeps the minutes; in the room as an observer
	RoleObserver   Role = "observer"
	RoleAdmin      Role = "admin"
	RoleSystem     Role = "system"
)

// Actor is who sent a command. Ref is the participant's code for a bidder and
// the staff reference (licence number) for an auctioneer; never a name.
type Actor struct {
	Role Role   `json:"role"`
	Ref  string `json:"ref,omitempty"`
}

// System is the actor of the clock and of recovery.
var System = Actor{Role: RoleSystem}
