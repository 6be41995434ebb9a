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
	// for one sync. `after` must be the session's current head, else it
	// returns ErrFenced and nothing was written. After any other error nobody
	// knows what reached the disk: drop the state and replay.
	Append(ctx context.Context, id SessionID, after Head, entries []Entry) error
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
	// LastAlive is a moment at which the previous process that had this
	// journal open was certainly still running; zero if unknown. It is at
	// most about two seconds before that process ended.
	LastAlive() Instant
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
