package office

import (
	"context"
	"slices"
	"sync"

	"gobua/engine"
)

// Desks say whose sessions are whose, and who the staff is.
type Desks struct {
	Sessions []SessionPlace
	Staff    []Account // not revoked
}

// SessionPlace is where a session belongs.
type SessionPlace struct {
	Session   engine.SessionID
	CentreID  string
	Observers []string // accounts assigned to the auction
}

// DeskStore tells who may attend which session.
type DeskStore interface {
	Desks(ctx context.Context) (Desks, error)
}

// desks are Desks in memory, because a desk is asked for on the
// way of live traffic, which must not wait for the database. It is read anew
// with every round of the office, and soon after somebody asked in vain.
type desks struct {
	reading  sync.Mutex // held from asking the database until its answer is kept, so that no older answer follows a newer
	mu       sync.RWMutex
	read     bool // at least once
	sessions map[engine.SessionID]SessionPlace
	staff    map[string]Account
	wanted   chan struct{} // has a value when it should be read again soon
}

func newDesks() *desks { return &desks{wanted: make(chan struct{}, 1)} }

// stale asks for it to be read again soon. It does not block.
func (t *desks) stale() {
	select {
	case t.wanted <- struct{}{}:
	default: // somebody has asked
	}
}

func (t *desks) set(a Desks) {
	sessions := make(map[engine.SessionID]SessionPlace, len(a.Sessions))
	for _, s := range a.Sessions {
		sessions[s.Session] = s
	}
	staff := make(map[string]Account, len(a.Staff))
	for _, one := range a.Staff {
		staff[one.ID] = one
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read, t.sessions, t.staff = true, sessions, staff
}

// may tells whether a member of the staff may attend a session.
func (t *desks) may(accountID string, id engine.SessionID) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if !t.read {
		// The database has not answered since the start. A sale under way needs
		// its auctioneer now, and tokens of other centres' staff are hours old at
		// most; only a program that restarts without its database is so open.
		return true
	}
	who, known := t.staff[accountID]
	place, there := t.sessions[id]
	if !known || !there {
		t.stale()
		return false
	}
	return who.CentreID == place.CentreID && watches(who, place.Observers)
}

// watches tells whether a member of the centre's staff has to do with an
// auction: an observer is assigned to it, but for the inspector, who sees all.
func watches(who Account, observers []string) bool {
	return who.Role != engine.RoleObserver || who.Observer == ObserverInspector || slices.Contains(observers, who.ID)
}

// MayAttend tells whether a member of the staff may see the desk of a session
// and act there, as far as the centre goes. It does not block, and may be
// called from any goroutine. A session or a colleague made through this
// process is known at once, one made through another within a second.
func (o *Office) MayAttend(accountID string, id engine.SessionID) bool {
	return o.desks.may(accountID, id)
}

// ReadDesks reads anew who may attend which session. Run does it; a
// program without Run calls it when something has changed.
func (o *Office) ReadDesks(ctx context.Context) error {
	o.desks.reading.Lock()
	defer o.desks.reading.Unlock()
	a, err := o.store.Desks(ctx)
	if err == nil {
		o.desks.set(a)
	}
	return err
}

// desksChanged makes a new session or colleague known before whoever made it
// is answered: an auctioneer who has published may act at once.
func (o *Office) desksChanged(ctx context.Context) {
	if err := o.ReadDesks(ctx); err != nil {
		o.desks.stale() // the next round knows it
	}
	if o.announce != nil {
		o.announce()
	}
}
