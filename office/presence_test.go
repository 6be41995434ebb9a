package office_test

import (
	"fmt"
	"slices"
	"testing"

	"gobua/engine"
	"gobua/office"
	"gobua/store/storetest"
)

// flush keeps everything that was seen.
func (h *house) flush(t *testing.T) {
	t.Helper()
	for left := h.FlushPresence(background, nil); ; left = h.FlushPresence(background, left) {
		if len(left) == 0 {
			return
		}
	}
}

// again is the office of the next process on the same database.
func (h *house) again(t *testing.T) *office.Office {
	t.Helper()
	return office.New(h.store, office.Options{Now: h.Now, Sessions: h.desk, Vault: h.vault, Files: storetest.Files(t), Log: storetest.Quiet})
}

// TestWhoWasAbsentIsDecidedToTheMillisecond: present is who was there at any
// moment of opens ≤ t < closes.
func TestWhoWasAbsentIsDecidedToTheMillisecond(t *testing.T) {
	const opens, closes = engine.Instant(1_795_507_200_000), engine.Instant(1_795_508_100_000)
	type seen struct {
		kind office.PresenceKind
		at   engine.Instant
		n    int
	}
	for name, c := range map[string]struct {
		seen    []seen
		checkIn engine.Instant
		bid     bool
		absent  bool
	}{
		"never seen":                          {absent: true},
		"entered one ms before the end":       {seen: []seen{{office.PresenceEnter, closes - 1, 1}, {office.PresenceLeave, closes, 0}}},
		"entered at the end":                  {seen: []seen{{office.PresenceEnter, closes, 1}, {office.PresenceLeave, closes + 5, 0}}, absent: true},
		"left at the opening":                 {seen: []seen{{office.PresenceEnter, opens - 1000, 1}, {office.PresenceLost, opens, 0}}, absent: true},
		"left one ms after the opening":       {seen: []seen{{office.PresenceEnter, opens - 1000, 1}, {office.PresenceLost, opens + 1, 0}}},
		"checked in before and left":          {seen: []seen{{office.PresenceEnter, opens - 9000, 1}, {office.PresenceCheckIn, opens - 8000, 0}, {office.PresenceLost, opens - 5000, 0}}, checkIn: opens - 8000, absent: true},
		"checked in inside, sightings lost":   {checkIn: closes - 1},
		"bid, sightings lost":                 {bid: true},
		"one of two lines stayed":             {seen: []seen{{office.PresenceEnter, opens - 9000, 1}, {office.PresenceEnter, opens - 8000, 2}, {office.PresenceLost, opens - 5000, 1}, {office.PresenceLeave, opens + 5, 0}}},
		"the process died before the opening": {seen: []seen{{office.PresenceEnter, opens - 90_000, 1}, {office.PresenceSeen, opens - 30_000, 1}}, absent: true},
		"the process died after it":           {seen: []seen{{office.PresenceEnter, opens - 90_000, 1}, {office.PresenceSeen, opens, 1}}},
		"died, and came back at the end":      {seen: []seen{{office.PresenceEnter, opens - 90_000, 1}, {office.PresenceSeen, opens - 30_000, 1}, {office.PresenceEnter, closes, 1}, {office.PresenceLeave, closes + 1, 0}}, absent: true},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			a := h.publish(t)
			session := a.Lots[0].Session
			code := h.created[session].Participants[0].Code
			for _, s := range c.seen {
				h.Sight(office.Sighting{Session: session, Code: code, Kind: s.kind, At: s.at, Connections: s.n})
			}
			h.flush(t)
			// A process that died knows nothing of who was there.
			after := h.Office
			if c.seen != nil && c.seen[len(c.seen)-1].n > 0 {
				after = h.again(t)
			}
			r := storetest.Sold(session, 0)
			r.OpenedAt, r.ClosedAt, r.EndedAt = opens, closes, closes.Add(1000)
			if c.checkIn != 0 {
				r.CheckIns = []engine.Arrival{{Code: code, At: c.checkIn}}
			}
			if c.bid {
				r.Bids = []office.ResultBid{{Seq: 3, At: opens + 1, Code: code, Level: 1_000_000}}
			}
			_, err := after.Absent(background, session)
			wants(t, err, office.ErrNotFound) // nobody is absent from what has no result
			check(t, after.Deliver(background, r))
			list, err := after.Absent(background, session)
			check(t, err)
			if got := slices.ContainsFunc(list, func(a office.Absence) bool { return a.Code == code }); got != c.absent {
				t.Errorf("absent: %v, want %v", got, c.absent)
			}
			want := 1 // the other one, who was never seen
			if c.absent {
				want = 2
			}
			if len(list) != want {
				t.Errorf("%d are absent, want %d", len(list), want)
			}
		})
	}
}

func TestNobodyIsAbsentFromASessionThatWasStopped(t *testing.T) {
	h := open(t)
	session := h.publish(t).Lots[0].Session
	r := storetest.Sold(session, 0)
	r.Phase, r.Result, r.Reason = engine.PhaseStopped, nil, "Sự cố"
	check(t, h.Deliver(background, r))
	_, err := h.Absent(background, session)
	wants(t, err, office.ErrWrongState)
}

func TestALineThatBreaksAndComesBackIsTwoStays(t *testing.T) {
	h := open(t)
	session := h.publish(t).Lots[0].Session
	code := h.created[session].Participants[0].Code
	see := func(kind office.PresenceKind, at engine.Instant, n int) {
		h.Sight(office.Sighting{Session: session, Code: code, Kind: kind, At: at, Connections: n})
	}
	now := engine.InstantOf(h.Now())
	see(office.PresenceSignIn, now-10_000, 1)
	see(office.PresenceEnter, now-9000, 1)
	see(office.PresenceCheckIn, now-8000, 0)
	see(office.PresenceLost, now-5000, 0)
	see(office.PresenceEnter, now-3000, 1)
	h.flush(t)
	list, err := h.Presence(background, h.auctioneer, session)
	check(t, err)
	n := slices.IndexFunc(list, func(a office.Attendance) bool { return a.Code == code })
	want := office.Attendance{
		Code: code, SignedInAt: now - 10_000, EnteredAt: now - 9000, CheckedInAt: now - 8000, LastSeenAt: now, LostAt: now - 5000, Lost: 1,
		Connections: 1, Stays: []office.Window{{From: now - 9000, To: now - 5000}, {From: now - 3000, To: now}},
	}
	if len(list) != 2 || fmt.Sprint(list[n]) != fmt.Sprint(want) {
		t.Errorf("got %+v\nwant %+v", list, want)
	}
	own, err := h.OwnPresence(background, session, code)
	check(t, err)
	if fmt.Sprint(own) != fmt.Sprint(want) {
		t.Errorf("the participant sees %+v", own)
	}
	_, err = h.Presence(background, h.an, session)
	wants(t, err, office.ErrForbidden)
}

// TestSightingsThatFindNoRoomAreCountedAndKeptAsAGap: nothing waits for the
// database, and nobody is called absent without a word about it.
func TestSightingsThatFindNoRoomAreCountedAndKeptAsAGap(t *testing.T) {
	h := open(t)
	session := h.publish(t).Lots[0].Session
	at := engine.Instant(1_795_507_200_000)
	const many, room = 8200, 8192
	for i := range many {
		h.Sight(office.Sighting{Session: session, Code: "M-999", Kind: office.PresenceEnter, At: at.Add(engine.Millis(i)), Connections: 1})
	}
	if got := h.SightingsLost(); got != many-room {
		t.Fatalf("%d lost, want %d", got, many-room)
	}
	for range room/500 + 2 {
		h.flush(t)
	}
	kept, err := h.store.Sightings(background, session, "M-999", many)
	check(t, err)
	if len(kept) != room {
		t.Errorf("%d kept, want %d", len(kept), room)
	}
	r := storetest.Sold(session, 0)
	r.OpenedAt, r.ClosedAt = at, at.Add(60_000)
	check(t, h.Deliver(background, r))
	list, err := h.Absent(background, session)
	check(t, err)
	if len(list) != 2 || len(list[0].Gaps) != 1 || list[0].Gaps[0].Lost != many-room {
		t.Errorf("absent: %+v", list)
	}
}
