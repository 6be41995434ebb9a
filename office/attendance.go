package office

import (
	"context"
	"slices"
	"time"

	"gobua/engine"
)

// Attendance is what was seen of one participant in a session, in short.
type Attendance struct {
	Code        engine.ParticipantCode `json:"code"`
	SignedInAt  engine.Instant         `json:"signedInAt,omitempty"`
	EnteredAt   engine.Instant         `json:"enteredAt,omitempty"` // first time in the room
	CheckedInAt engine.Instant         `json:"checkedInAt,omitempty"`
	LastSeenAt  engine.Instant         `json:"lastSeenAt,omitempty"`
	LostAt      engine.Instant         `json:"lostAt,omitempty"` // the last time the last line broke
	Lost        int                    `json:"lost"`             // how often it did
	Connections int                    `json:"connections"`      // in the room now
	Stays       []Window               `json:"stays,omitempty"`  // when at least one connection was there, oldest first
}

// maxStays is how many stays an Attendance shows; a line that breaks more often
// is told by Lost.
const maxStays = 100

// silentFor is how long a process that counted a participant's connections is
// believed without a word: it says every seenEvery who is there.
const silentFor = engine.Millis(2*seenEvery/time.Millisecond) + 30_000

// stays folds what several processes have seen of one participant.
type stays struct {
	Attendance
	from  engine.Instant   // of the stay that goes on; zero: nobody is there
	lines map[string]lines // by process
}

// lines are the connections to one process, and when it last said so.
type lines struct {
	count int
	said  engine.Instant
}

// there is how many connections there are.
func (s *stays) there() (n int) {
	for _, l := range s.lines {
		n += l.count
	}
	return n
}

// end ends the stay that goes on.
func (s *stays) end(at engine.Instant) {
	s.Stays = append(s.Stays, Window{s.from, at})
	s.from = 0
}

// bury forgets the connections to processes that have been silent for too long:
// they died, and the participant was there until last seen.
func (s *stays) bury(at engine.Instant, but string) {
	for process, l := range s.lines {
		if process != but && l.count > 0 && engine.Millis(at-l.said) > silentFor {
			delete(s.lines, process)
		}
	}
	if s.from != 0 && s.there() == 0 {
		s.end(s.LastSeenAt + 1)
	}
}

func (s *stays) see(one Sighting) {
	s.Code = one.Code
	switch one.Kind {
	case PresenceSignIn:
		s.SignedInAt = one.At
		return
	case PresenceCheckIn:
		s.CheckedInAt = one.At
		return
	}
	s.bury(one.At, one.Process)
	if one.Kind == PresenceEnter {
		if s.EnteredAt == 0 {
			s.EnteredAt = one.At
		}
		if one.Connections == 1 && s.lines[one.Process].count > 0 { // its way out was not seen: it was there until last seen
			s.lines[one.Process] = lines{}
			s.bury(one.At, one.Process)
		}
	}
	s.lines[one.Process] = lines{one.Connections, one.At}
	n := s.there()
	if n > 0 && s.from == 0 {
		s.from = one.At
	}
	s.LastSeenAt = one.At
	if n == 0 && s.from != 0 {
		s.end(one.At)
		if one.Kind == PresenceLost {
			s.Lost++
			s.LostAt = one.At
		}
	}
}

// attendanceOf folds the sightings of one participant, oldest first, by whatever
// process. connections are those to this one now. until is the end of a stay
// that still goes on.
func (a *attendance) attendanceOf(list []Sighting, connections int, until engine.Instant) Attendance {
	s := stays{lines: map[string]lines{}}
	for _, one := range list {
		s.see(one)
	}
	s.lines[a.process] = lines{connections, until} // we know best
	s.bury(until, a.process)
	if s.Connections = s.there(); s.from == 0 {
		return s.Attendance
	}
	last := s.LastSeenAt + 1 // at another process
	if connections > 0 {
		s.LastSeenAt, last = max(s.LastSeenAt, until), s.from+1
	}
	s.end(max(until, last))
	return s.Attendance
}

// presentIn tells whether a participant was there at any moment of a span.
func (a *Attendance) presentIn(w Window) bool {
	return w.Has(a.CheckedInAt) || slices.ContainsFunc(a.Stays, func(s Window) bool { return s.From < w.To && w.From < s.To })
}

// Presence returns what was seen of every participant of a session, by code.
// Staff of the auction's centre may ask; they see codes and no names.
func (o *Office) Presence(ctx context.Context, by Account, id engine.SessionID) ([]Attendance, error) {
	if _, err := o.sessionFor(ctx, by, id, staffRoles...); err != nil {
		return nil, err
	}
	list, err := o.attendances(ctx, id)
	for i := range list {
		list[i] = list[i].short()
	}
	return list, err
}

// OwnPresence returns what was seen of one participant, for that participant.
// code is what the session itself says the asking account is.
func (o *Office) OwnPresence(ctx context.Context, id engine.SessionID, code engine.ParticipantCode) (Attendance, error) {
	list, err := o.store.Sightings(ctx, id, code, maxSightings)
	if err != nil {
		return Attendance{}, err
	}
	a := o.attendance.attendanceOf(list, o.attendance.connections(id, code), engine.InstantOf(o.now()))
	a.Code = code
	return a.short(), nil
}

func (a Attendance) short() Attendance {
	a.Stays = a.Stays[max(0, len(a.Stays)-maxStays):]
	return a
}

// attendances has one row for every admitted participant, also for who was
// never seen.
func (o *Office) attendances(ctx context.Context, id engine.SessionID) ([]Attendance, error) {
	admitted, err := o.admissions(ctx, id)
	if err != nil {
		return nil, err
	}
	list, err := o.store.Sightings(ctx, id, "", maxSightings)
	if err != nil {
		return nil, err
	}
	seen := make(map[engine.ParticipantCode][]Sighting, len(admitted))
	for _, one := range list {
		seen[one.Code] = append(seen[one.Code], one)
	}
	now := engine.InstantOf(o.now())
	out := make([]Attendance, 0, len(admitted))
	for _, p := range admitted {
		a := o.attendance.attendanceOf(seen[p.Code], o.attendance.connections(id, p.Code), now)
		a.Code = p.Code
		out = append(out, a)
	}
	return out, nil
}

// Absence is an admitted participant who was never there in the bidding time:
// not seen, not checked in, without a bid. Whether the deposit is lost (Điều
// 39.6 a) is for a person to decide, who must look at the gaps: sightings that
// the program could not keep in that time.
type Absence struct {
	Attendance
	Gaps []PresenceGap `json:"gaps,omitempty"`
}

// Absent returns who was admitted to a session and never present inside its
// bidding time, OpenedAt ≤ t < ClosedAt, by code. ErrWrongState: the session
// has no announced result yet, or never opened; after a stop there is a re-run,
// and nobody can be blamed.
func (o *Office) Absent(ctx context.Context, id engine.SessionID) ([]Absence, error) {
	r, err := o.Result(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.Phase != engine.PhaseAnnounced || r.OpenedAt == 0 || r.ClosedAt == 0 {
		return nil, ErrWrongState
	}
	all, err := o.attendances(ctx, id)
	if err != nil {
		return nil, err
	}
	bidding := Window{r.OpenedAt, r.ClosedAt}
	gaps, err := o.store.Gaps(ctx, bidding.From, bidding.To)
	if err != nil {
		return nil, err
	}
	there := make(map[engine.ParticipantCode]bool, len(all))
	for _, b := range r.Bids {
		there[b.Code] = true
	}
	for _, c := range r.CheckIns {
		there[c.Code] = there[c.Code] || bidding.Has(c.At)
	}
	out := []Absence{}
	for _, a := range all {
		if !there[a.Code] && !a.presentIn(bidding) {
			out = append(out, Absence{a.short(), gaps})
		}
	}
	return out, nil
}
