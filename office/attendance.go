package office

import (
	"context"
	"slices"

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

// attendanceOf folds the sightings of one participant, oldest first. until is
// the end of a stay that still goes on.
func attendanceOf(list []Sighting, connections int, until engine.Instant) Attendance {
	out := Attendance{Connections: connections}
	var from engine.Instant // of the stay that goes on; zero: nobody is there
	for _, s := range list {
		out.Code = s.Code
		switch s.Kind {
		case PresenceSignIn:
			out.SignedInAt = s.At
			continue
		case PresenceCheckIn:
			out.CheckedInAt = s.At
			continue
		case PresenceEnter:
			if out.EnteredAt == 0 {
				out.EnteredAt = s.At
			}
			if s.Connections == 1 && from != 0 { // the process died: it was there until last seen
				out.Stays = append(out.Stays, Window{from, out.LastSeenAt + 1})
				from = s.At
			}
		}
		if s.Connections > 0 && from == 0 {
			from = s.At
		}
		out.LastSeenAt = s.At
		if s.Connections == 0 && from != 0 {
			out.Stays = append(out.Stays, Window{from, s.At})
			from = 0
			if s.Kind == PresenceLost {
				out.Lost++
				out.LostAt = s.At
			}
		}
	}
	switch {
	case from == 0:
	case connections > 0:
		out.LastSeenAt = max(out.LastSeenAt, until)
		out.Stays = append(out.Stays, Window{From: from, To: max(until, from+1)})
	default: // the process died and nobody came back
		out.Stays = append(out.Stays, Window{from, out.LastSeenAt + 1})
	}
	return out
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
	a := attendanceOf(list, o.attendance.connections(id, code), engine.InstantOf(o.now()))
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
		a := attendanceOf(seen[p.Code], o.attendance.connections(id, p.Code), now)
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
