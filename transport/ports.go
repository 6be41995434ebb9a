package transport

import (
	"gobua/engine"
	"gobua/office"
)

// Saleroom is the sessions as the gateway sees them. Its methods may be called
// from any goroutine and never block.
type Saleroom interface {
	// Submit sends a command to the owner of a session. answer is called
	// exactly once, on the owner's goroutine or at once, with a receipt or an
	// error that is engine.ErrBusy, engine.ErrNoSession or
	// engine.ErrUnknownOutcome; it does not block.
	Submit(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error))
	// Receipts looks up what became of commands. What is not found was not
	// decided within the sender's last commands; if the question drops it, it
	// will not be.
	Receipts(id engine.SessionID, q engine.Question, answer func([]engine.Receipt, error))
	// CodeOf finds which participant of a session an account is.
	CodeOf(id engine.SessionID, accountID string) (engine.ParticipantCode, bool)
	// Exists tells whether there is such a session.
	Exists(id engine.SessionID) bool
	// Standing is what a participant may know of themselves. What Hub.Tell
	// has been given is published here before.
	Standing(id engine.SessionID, code engine.ParticipantCode) (engine.Standing, bool)
}

// LiveTokens are tokens for connections that outlive the one they began with.
type LiveTokens interface {
	Tokens
	// Alive tells whether a principal parsed earlier may still act: nil,
	// ErrTokenExpired or ErrTokenInvalid. It does not block.
	Alive(Principal) error
}

// Presence takes note of when participants are in a room, as proof of who was
// available. Sight may be called from any goroutine, also while locks are held,
// and never blocks.
type Presence interface {
	Sight(office.Sighting)
}
