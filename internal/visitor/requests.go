package visitor

import (
	"context"
	"time"

	"gobua/engine"
)

// Welcome is the answer to Hello.
type Welcome struct {
	Conn    string
	Role    engine.Role
	Name    string
	Expires engine.Instant // of the token
	Now     engine.Instant // on the server's clock
}

// Hello says who speaks on the line.
func (l *Line) Hello(ctx context.Context, token string) (Welcome, error) {
	m, err := l.ask(ctx, ask{Op: "hello", Token: token})
	return Welcome{m.Conn, m.Role, m.Name, m.Expires, m.Now}, err
}

// Renew gives the server a newer token of the same account.
func (l *Line) Renew(ctx context.Context, token string) error {
	_, err := l.ask(ctx, ask{Op: "refresh", Token: token})
	return err
}

// Follow begins to follow a session and returns its room, filled.
func (l *Line) Follow(ctx context.Context, session engine.SessionID) (*Room, error) {
	room := newRoom(session)
	if err := l.FollowOn(ctx, room); err != nil {
		return nil, err
	}
	return room, nil
}

// FollowOn goes on following a room on this line, from where it stands.
func (l *Line) FollowOn(ctx context.Context, room *Room) error {
	l.mu.Lock()
	l.rooms[room.session] = room
	l.mu.Unlock()
	_, err := l.ask(ctx, subscription(room))
	return err
}

// Leave ends following a session.
func (l *Line) Leave(ctx context.Context, session engine.SessionID) error {
	_, err := l.ask(ctx, ask{Op: "unsub", Session: session})
	l.mu.Lock()
	delete(l.rooms, session)
	l.mu.Unlock()
	return err
}

// Do sends a command under an id made by the caller and returns the session's
// answer; a refusal is an answer. After an error the outcome is unknown unless
// it is a *Refused: the same id brings what happened.
func (l *Line) Do(ctx context.Context, session engine.SessionID, id engine.CommandID, do engine.Act) (engine.Receipt, error) {
	a, err := command(session, id, do)
	if err != nil {
		return engine.Receipt{}, err
	}
	return receiptOf(l.ask(ctx, a))
}

// Pending is a command under way.
type Pending struct {
	line   *Line
	answer <-chan message
}

// Start sends a command and does not wait for its answer.
func (l *Line) Start(session engine.SessionID, id engine.CommandID, do engine.Act) (Pending, error) {
	a, err := command(session, id, do)
	if err != nil {
		return Pending{}, err
	}
	answer, err := l.send(a)
	return Pending{l, answer}, err
}

// Receipt waits for the answer; its error is that of Do.
func (p Pending) Receipt(ctx context.Context) (engine.Receipt, error) {
	return receiptOf(p.line.wait(ctx, p.answer))
}

// Outcomes asks what became of commands; unknown are those that never arrived.
func (l *Line) Outcomes(ctx context.Context, session engine.SessionID, ids []engine.CommandID) (known []engine.Receipt, unknown []engine.CommandID, err error) {
	m, err := l.ask(ctx, ask{Op: "ask", Session: session, Cmds: ids})
	return m.Receipts, m.Unknown, err
}

// Seen says of a command of this line, once it was answered, when its person
// pressed, it was sent, its receipt came, and all of it was shown, by the server's
// clock, which is off by as much at most. Only a server that traces the command
// has a use for it.
func (l *Line) Seen(ctx context.Context, id engine.CommandID, at [4]time.Time, off time.Duration) error {
	a := ask{Op: "seen", Cmd: &id, Off: new(engine.Millis(off.Milliseconds()))}
	for _, t := range at {
		a.At = append(a.At, engine.InstantOf(t))
	}
	_, err := l.ask(ctx, a)
	return err
}

// Take makes this line the account's bidding channel in a session.
func (l *Line) Take(ctx context.Context, session engine.SessionID) error {
	_, err := l.ask(ctx, ask{Op: "take", Session: session})
	return err
}

// Clock is one measurement of the server's clock. What the server calls T was
// T minus Offset here, give or take half of RoundTrip.
type Clock struct{ Offset, RoundTrip time.Duration }

// Ping measures the server's clock.
func (l *Line) Ping(ctx context.Context) (Clock, error) {
	sent := time.Now()
	ct := float64(sent.UnixMicro()) / 1000
	m, err := l.ask(ctx, ask{Op: "ping", CT: &ct})
	if err != nil {
		return Clock{}, err
	}
	took := time.Since(sent)
	received, answered := serverTime(m.T1), serverTime(m.T2)
	middle := sent.Add(took / 2)
	return Clock{
		Offset:    received.Add(answered.Sub(received) / 2).Sub(middle),
		RoundTrip: took - answered.Sub(received),
	}, nil
}

// serverTime reads Unix milliseconds with three decimals.
func serverTime(ms float64) time.Time { return time.UnixMicro(int64(ms*1000 + 0.5)) }
