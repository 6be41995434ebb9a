package visitor

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"gobua/engine"
)

const (
	// The pauses between two attempts grow from the first to the last of these.
	firstPause = 100 * time.Millisecond
	lastPause  = 2 * time.Second
	// answerTimeout is how long an attempt waits. A server that is asked too
	// fast may say so without naming the request.
	answerTimeout = 10 * time.Second
	// A seat asks a little less often than a server lets a connection.
	asksPerSecond = 8
	askBurst      = 8
)

// Seat is a person's place in the saleroom: it keeps one line, opens it again
// after a loss and brings the rooms along. All methods may be called from any
// goroutine.
type Seat struct {
	person *Person
	stop   context.CancelFunc
	ended  chan struct{}
	pace   *rate.Limiter

	mu      sync.Mutex
	line    *Line // nil while there is none
	rooms   map[engine.SessionID]*Room
	over    error         // why there will be no line again
	changed chan struct{} // closed and replaced when line or over change
}

// Seat takes a place, which is kept until Close.
func (p *Person) Seat() *Seat {
	ctx, stop := context.WithCancel(context.Background())
	s := &Seat{person: p, stop: stop, ended: make(chan struct{}), pace: rate.NewLimiter(asksPerSecond, askBurst),
		rooms: make(map[engine.SessionID]*Room), changed: make(chan struct{})}
	go s.keep(ctx)
	return s
}

// Close gives the place up and waits until its line has ended.
func (s *Seat) Close() {
	s.stop()
	<-s.ended
}

// Person is who sits here.
func (s *Seat) Person() *Person { return s.person }

// Follow begins to follow a session and returns its room, filled.
func (s *Seat) Follow(ctx context.Context, session engine.SessionID) (*Room, error) {
	room := newRoom(session)
	s.mu.Lock()
	s.rooms[session] = room
	s.mu.Unlock()
	err := s.patiently(ctx, func(ctx context.Context, l *Line) error { return l.FollowOn(ctx, room) })
	return room, err
}

// Leave ends following a session.
func (s *Seat) Leave(ctx context.Context, session engine.SessionID) error {
	s.mu.Lock()
	delete(s.rooms, session)
	s.mu.Unlock()
	return s.patiently(ctx, func(ctx context.Context, l *Line) error { return l.Leave(ctx, session) })
}

// Do sends a command until the session has answered it, however often the line
// is lost or the server asks to come later: the same id is never carried out
// twice. The error is final: a *Refused, the end of ctx or of the place.
func (s *Seat) Do(ctx context.Context, session engine.SessionID, do engine.Act) (receipt engine.Receipt, err error) {
	id, err := uuid.NewV7()
	if err != nil {
		return engine.Receipt{}, err
	}
	return s.DoAs(ctx, session, id, do)
}

// DoAs is Do with an id of the caller's, who can so ask again for the outcome of
// a command that was sent before.
func (s *Seat) DoAs(ctx context.Context, session engine.SessionID, id engine.CommandID, do engine.Act) (receipt engine.Receipt, err error) {
	err = s.patiently(ctx, func(ctx context.Context, l *Line) error {
		receipt, err = l.Do(ctx, session, id, do)
		var refused *Refused
		if errors.As(err, &refused) && refused.Code == "not_active" {
			// The line before this one is still thought to be alive.
			if err := l.Take(ctx, session); err != nil {
				return err
			}
			receipt, err = l.Do(ctx, session, id, do)
		}
		return err
	})
	return receipt, err
}

// patiently tries until it works, fails for good, or maxPatience is over.
func (s *Seat) patiently(ctx context.Context, try func(context.Context, *Line) error) error {
	ctx, cancel := context.WithTimeout(ctx, maxPatience)
	defer cancel()
	for attempt := 0; ; attempt++ {
		line, err := s.current(ctx)
		if err != nil {
			return err
		}
		if err = s.once(ctx, line, try); err == nil || ctx.Err() != nil || !passing(err) {
			return err
		}
		if s.person.site.pause(ctx, backoff(attempt)) != nil {
			return err
		}
	}
}

// once tries when the pace allows it.
func (s *Seat) once(ctx context.Context, line *Line, try func(context.Context, *Line) error) error {
	if err := s.pace.Wait(ctx); err != nil {
		return cmp.Or(ctx.Err(), context.DeadlineExceeded) // the wait would end after ctx
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	return try(ctx, line)
}

// current waits for a line.
func (s *Seat) current(ctx context.Context) (*Line, error) {
	for {
		s.mu.Lock()
		line, over, changed := s.line, s.over, s.changed
		s.mu.Unlock()
		if over != nil || line != nil {
			return line, over
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// keep is the place's own goroutine: it sees to it that there is a line.
func (s *Seat) keep(ctx context.Context) {
	defer close(s.ended)
	for attempt := 0; ; attempt++ {
		line, expires, err := s.open(ctx)
		if err == nil {
			attempt = 0
			s.set(line, nil)
			err = s.tend(ctx, line, expires)
			s.set(nil, nil)
			line.Close()
		}
		if ctx.Err() != nil {
			s.set(nil, &Gone{Cause: context.Canceled, RetryMs: -1})
			return
		}
		if !passing(err) {
			s.set(nil, err)
			return
		}
		if s.person.site.pause(ctx, max(backoff(attempt), retryAfter(err))) != nil {
			s.set(nil, &Gone{Cause: context.Canceled, RetryMs: -1})
			return
		}
	}
}

func (s *Seat) set(line *Line, over error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line, s.over = line, over
	close(s.changed)
	s.changed = make(chan struct{})
}

// open opens a line, says who sits here, and goes on following the rooms.
func (s *Seat) open(ctx context.Context) (*Line, time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	token, err := s.person.Token(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	line, err := s.person.site.Dial(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	welcome, err := line.Hello(ctx, token)
	if err == nil {
		err = s.bringAlong(ctx, line)
	}
	if err != nil {
		line.Close()
		return nil, time.Time{}, err
	}
	return line, welcome.Expires.Time(), nil
}

func (s *Seat) bringAlong(ctx context.Context, line *Line) error {
	s.mu.Lock()
	rooms := make([]*Room, 0, len(s.rooms))
	for _, r := range s.rooms {
		rooms = append(rooms, r)
	}
	s.mu.Unlock()
	for _, r := range rooms {
		follow := func(ctx context.Context, l *Line) error { return l.FollowOn(ctx, r) }
		if err := s.once(ctx, line, follow); err != nil {
			return err
		}
	}
	return nil
}

// tend keeps a line's token fresh until the line ends or the place is given up.
func (s *Seat) tend(ctx context.Context, line *Line, expires time.Time) error {
	for {
		renew := time.NewTimer(time.Until(expires) - renewBefore)
		select {
		case <-ctx.Done():
			renew.Stop()
			return ctx.Err()
		case <-line.Ended():
			renew.Stop()
			return line.Err()
		case <-renew.C:
		}
		token, err := s.person.Token(ctx)
		if err == nil {
			err = line.Renew(ctx, token)
		}
		// A renewal that fails in passing is tried again; meanwhile the server
		// says when it has had enough.
		if err != nil && !passing(err) {
			return err
		}
		s.person.mu.Lock()
		expires = s.person.expires
		s.person.mu.Unlock()
		if until := time.Now().Add(renewBefore + lastPause); expires.Before(until) {
			expires = until
		}
	}
}

// backoff is the pause after an attempt, half of it by chance, so that many
// who were refused together do not come back together.
func backoff(attempt int) time.Duration {
	d := min(firstPause<<min(attempt, 10), lastPause)
	return d/2 + rand.N(d/2)
}

// retryAfter is when the server said to come back, zero if it did not.
func retryAfter(err error) time.Duration {
	var gone *Gone
	if errors.As(err, &gone) && gone.RetryMs > 0 {
		return time.Duration(gone.RetryMs) * time.Millisecond
	}
	var answer *APIError
	if errors.As(err, &answer) {
		return answer.RetryAfter
	}
	return 0
}

// passing tells whether what went wrong may go right later: the line was lost,
// the server is away or has too much to do. A timeout passes as well; whoever
// asks looks at their own context first.
func passing(err error) bool {
	var refused *Refused
	var gone *Gone
	var answer *APIError
	var network net.Error
	switch {
	case errors.As(err, &refused):
		return refused.Temporary || refused.Code == "token_expired"
	case errors.As(err, &gone):
		return gone.RetryMs >= 0
	case errors.As(err, &answer):
		return answer.later()
	}
	return errors.As(err, &network)
}
