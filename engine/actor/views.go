package actor

import "gobua/engine"

// room finds where a session is shown.
func (r *Registry) room(id engine.SessionID) (*shown, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s, ok := r.shown[id]
	return s, ok
}

// CodeOf finds the participant of a session that an account holds.
func (r *Registry) CodeOf(id engine.SessionID, accountID string) (engine.ParticipantCode, bool) {
	a, ok := r.room(id)
	if !ok {
		return "", false
	}
	holders := a.holders.Load()
	if holders == nil {
		return "", false
	}
	code, ok := (*holders)[engine.HolderOf(id, accountID)]
	return code, ok
}

// Exists tells whether a session is known and not damaged.
func (r *Registry) Exists(id engine.SessionID) bool {
	_, ok := r.room(id)
	return ok
}

// Standing is what a participant may know of themselves, as last published.
func (r *Registry) Standing(id engine.SessionID, code engine.ParticipantCode) (engine.Standing, bool) {
	a, ok := r.room(id)
	if !ok {
		return engine.Standing{}, false
	}
	you, ok := a.standings.Load(code)
	if !ok {
		return engine.Standing{}, false
	}
	return you.(engine.Standing), true
}

// View is what a session has published last; false until it is served.
func (r *Registry) View(id engine.SessionID) (*View, bool) {
	a, ok := r.room(id)
	if !ok {
		return nil, false
	}
	v := a.view.Load()
	return v, v != nil
}

// Views is every served session, in no order.
func (r *Registry) Views() []*View {
	r.mu.RLock()
	defer r.mu.RUnlock()
	views := make([]*View, 0, len(r.shown))
	for _, a := range r.shown {
		if v := a.view.Load(); v != nil {
			views = append(views, v)
		}
	}
	return views
}

// The time around its opening in which a session that has not opened counts as
// running: the clock opens it within a second, and an auctioneer may be late.
const (
	opensSoon   = engine.Millis(60_000)
	openingLate = engine.Millis(24 * 3_600_000)
)

// Running is how many sessions the clock must not be set under: bidding has
// begun and is not over, or may begin at any moment.
func (r *Registry) Running() (sessions int) {
	now := engine.InstantOf(r.clock())
	for _, v := range r.Views() {
		switch room := &v.Room; room.Now.Phase {
		case engine.PhaseRunning, engine.PhasePaused:
			sessions++
		case engine.PhaseScheduled:
			if left := room.Rules.OpensAt.Sub(now); left <= opensSoon && left >= -openingLate {
				sessions++
			}
		}
	}
	return sessions
}

// Damaged names the sessions that are not served, and why.
func (r *Registry) Damaged() map[engine.SessionID]error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make(map[engine.SessionID]error, len(r.damaged))
	for id, err := range r.damaged {
		out[id] = err
	}
	return out
}

// Depth is how many letters wait in all mailboxes together.
func (r *Registry) Depth() (letters int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	boxes := make(map[*mailbox]bool, len(r.actors))
	for _, a := range r.actors {
		if !boxes[a.box] { // a group has one for all its sessions
			boxes[a.box] = true
			letters += a.box.depth()
		}
	}
	return letters
}

// Backlog is how many results wait for the office.
func (r *Registry) Backlog() int { return r.settle.backlog() }

// OfficeIsBack has the office asked whether it still has the results it took:
// it may be another one, that took over from the first and lagged behind. It
// does not block.
func (r *Registry) OfficeIsBack() { r.settle.audit() }
