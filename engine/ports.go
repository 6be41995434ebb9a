package engine

import (
	"context"
	"errors"
)

// Journal is the write-ahead log of all sessions: what is in it happened, what
// is not in it did not. Every wiring passes the contract suite in
// engine/journal/journaltest. All methods may be called from any goroutine.
type Journal interface {
	// Append returns nil only when every entry is on stable storage. It blocks
	// for one sync. All or none: neither a crash nor an error leaves a part of
	// the entries behind, and no replay sees a part. `after` must be the
	// session's current head, else it returns ErrFenced and nothing was written.
	// After any other error nobody knows whether the entries reached the disk:
	// drop the state and replay.
	Append(ctx context.Context, id SessionID, after Head, entries []Entry) error
	// AppendTogether is Append for several sessions at once: all entries of all
	// parts or none, also through a crash. A part whose head is not its session's
	// makes it ErrFenced, and nothing was written. No session may be named twice.
	AppendTogether(ctx context.Context, parts []Part) error
	// Replay calls fn with every entry after the given number, in order,
	// having checked the chain. It returns an error that wraps ErrCorrupt if
	// an entry is damaged or if the session ends before its kept head; fn may
	// have been called with what came before. An unknown session has no entries.
	Replay(ctx context.Context, id SessionID, after Seq, fn func(Entry) error) error
	// Sessions lists every session that has at least one entry.
	Sessions(ctx context.Context) ([]SessionID, error)
	// MarkSettled remembers durably that a session's result has been
	// delivered to the office. It is idempotent.
	MarkSettled(ctx context.Context, id SessionID) error
	// Settled tells whether MarkSettled was called.
	Settled(ctx context.Context, id SessionID) (bool, error)
	// MarkAlive notes durably that until `at` everybody could be served and no
	// session is owed time for an earlier outage. A later start credits every
	// session from there on, so a mark that is too early gives time away and one
	// that is too late takes it. The journal marks nothing by itself: that it is
	// open does not mean that anybody is served. The owner of the sessions calls
	// it about once a second. It blocks for one small sync; after an error the
	// old mark, the new one or none may be there. A later call with an earlier
	// moment counts.
	MarkAlive(ctx context.Context, at Instant) error
	// LastAlive is the last moment that was marked before this journal was
	// opened; zero if none is known. It is at most about two seconds before the
	// end of the last process that served its sessions, or earlier if that one
	// still owed a session time.
	LastAlive() Instant
}

// Part is what one session gets of a joint append.
type Part struct {
	Session SessionID
	After   Head // the session's current head
	Entries []Entry
}

// Errors of a Journal.
var (
	ErrFenced  = errors.New("journal: not the current head")
	ErrCorrupt = errors.New("journal: damaged")
)

// Errors of a Saleroom: what happened to a command that got no receipt. None
// of them means that the command was carried out; ErrUnknownOutcome means that
// it may have been, and that the same id will be answered with what happened.
var (
	ErrBusy           = errors.New("session: too many commands are waiting")
	ErrUnknownOutcome = errors.New("session: outcome unknown, ask again with the same id")
	ErrNoSession      = errors.New("session: unknown")
)

// ErrNotOver is what who asks for a session's whole course is told before its
// end is final.
var ErrNotOver = errors.New("session: not over yet")

// ErrBareRecord is the answer to publishing a session whose records hold their
// secrets in the clear, because it began before they were concealed.
var ErrBareRecord = errors.New("session: its records conceal nothing, and it has secrets")

// Told is what one durable batch changed, for those who may know. It is
// published: nobody writes into it or into anything it points at.
type Told struct {
	FirstFeed    FeedSeq // of Updates[0]
	Updates      []Update
	Room         *Room             // the public room after the batch
	You          []Standing        // of the participants for whom something changed
	Records      []DeskRecord      // every record of the batch
	Participants []DeskParticipant // nil: unchanged
}
