package storetest

import (
	"sync"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
)

// published keeps an auction of one lot with two participants and its session.
func published(t *testing.T, s office.Store, staff office.Account, session engine.SessionID) (office.Auction, office.FrozenSession) {
	t.Helper()
	x, y := AddAccount(t, s, "anh", engine.RoleBidder), AddAccount(t, s, "binh", engine.RoleBidder)
	a := draft([]office.LotDraft{Lot(1)}, x, y)
	_, err := s.InsertAuction(background, a, staff.ID, office.IdempotencyKey{}, office.Trail{})
	check(t, err)
	one := Freeze(&a, &a.Lots[0], session, x, y)
	check(t, s.PublishAuction(background, office.Publication{
		AuctionID: a.ID, Version: 1, By: staff.ID, At: now, Sessions: []office.FrozenSession{one},
	}))
	return a, one
}

// contractPresence: rows come back by code and time, also of sessions the
// database knows nothing of.
func contractPresence(t *testing.T, s office.Store) {
	one := []office.Sighting{
		{Session: "000000000001", Code: "M-102", Kind: office.PresenceEnter, At: now + 2, Connections: 1},
		{Session: "000000000001", Code: "M-101", Kind: office.PresenceLost, At: now + 5, Connections: 0},
		{Session: "000000000001", Code: "M-101", Kind: office.PresenceSignIn, At: now, Connections: 1},
		{Session: "000000000002", Code: "M-101", Kind: office.PresenceSeen, At: now, Connections: 3},
	}
	check(t, s.InsertSightings(background, one))
	check(t, s.InsertSightings(background, []office.Sighting{{Session: "000000000001", Code: "M-101", Kind: office.PresenceEnter, At: now, Connections: 1}}))
	got, err := s.Sightings(background, "000000000001", "", 10)
	same(t, got, []office.Sighting{one[2], {Session: "000000000001", Code: "M-101", Kind: office.PresenceEnter, At: now, Connections: 1}, one[1], one[0]}, err)
	got, err = s.Sightings(background, "000000000001", "M-102", 10)
	same(t, got, one[:1], err)
	got, err = s.Sightings(background, "000000000001", "", 1)
	same(t, len(got), 1, err)

	g := office.PresenceGap{From: now + 10, To: now + 20, Lost: 7}
	check(t, s.InsertGap(background, g))
	for span, want := range map[office.Window]int{{From: now, To: now + 10}: 0, {From: now, To: now + 11}: 1, {From: now + 20, To: now + 30}: 1, {From: now + 21, To: now + 30}: 0} {
		gaps, err := s.Gaps(background, span.From, span.To)
		same(t, len(gaps), want, err)
	}
}

// contractIncidents: one a session, once however many report it; its facts do
// not change; then the lot may run again, once.
func contractIncidents(t *testing.T, s office.Store) {
	staff := AddAccount(t, s, "dau.gia.vien", engine.RoleAuctioneer)
	a, first := published(t, s, staff, "000000000001")
	report := func() office.Incident {
		return office.Incident{
			ID: uuid.NewString(), Session: "000000000001", AuctionID: a.ID, Ground: office.GroundCannotBid, Sentence: "Mất mạng",
			ReportedBy: staff.ID, ReportedAt: now, Command: uuid.Must(uuid.NewV7()), State: office.IncidentOpen,
		}
	}
	var wg sync.WaitGroup
	made := make([]bool, 6)
	kept := make([]office.Incident, 6)
	errs := make([]error, 6)
	for i := range made {
		wg.Go(func() {
			kept[i], made[i], errs[i] = s.InsertIncident(background, report(), trail(staff, "incident.report", "x"))
		})
	}
	wg.Wait()
	won := 0
	for i := range made {
		check(t, errs[i])
		same(t, kept[i].ID, kept[0].ID, nil)
		if made[i] {
			won++
		}
	}
	same(t, won, 1, nil)
	acts, err := s.Acts(background, office.ActQuery{Name: "incident.report", Limit: 10})
	same(t, len(acts), 1, err)
	open, err := s.OpenIncidents(background, 10)
	same(t, len(open), 1, err)

	_, err = s.ChangeIncident(background, kept[0].ID, func(*office.Incident) (office.Trail, error) { return office.Trail{}, office.ErrWrongState })
	wants(t, err, office.ErrWrongState)
	changed, err := s.ChangeIncident(background, kept[0].ID, func(i *office.Incident) (office.Trail, error) {
		i.State, i.EndedAt = office.IncidentStopped, now+9
		return office.Trail{}, nil
	})
	same(t, changed.State, office.IncidentStopped, err)
	open, err = s.OpenIncidents(background, 10)
	same(t, len(open), 0, err)
	got, err := s.Incident(background, kept[0].ID)
	want := kept[0]
	want.State, want.EndedAt = office.IncidentStopped, now+9
	same(t, got, want, err)
	_, err = s.Incident(background, uuid.NewString())
	wants(t, err, office.ErrNotFound)

	second := first
	second.Created.Session = "000000000002"
	check(t, s.InsertRun(background, second, "000000000001", office.Trail{At: now}))
	third := first
	third.Created.Session = "000000000003"
	wants(t, s.InsertRun(background, third, "000000000001", office.Trail{At: now}), office.ErrEditedMeanwhile)
	runs, err := s.SessionsOf(background, a.ID)
	same(t, len(runs), 2, err)
	same(t, runs[0].Incident, &got, nil)
	same(t, []bool{runs[0].Newest, runs[1].Newest}, []bool{false, true}, nil)
	same(t, runs[1].Run, 2, nil)
	same(t, runs[1].Participants, 2, nil)
	run, err := s.SessionOf(background, "000000000002")
	same(t, run, runs[1], err)
	_, err = s.SessionOf(background, "000000000003")
	wants(t, err, office.ErrNotFound)
}

// contractReadiness: the newest tick of an item counts, the older ones stay.
func contractReadiness(t *testing.T, s office.Store) {
	staff := AddAccount(t, s, "dau.gia.vien", engine.RoleAuctioneer)
	a, _ := published(t, s, staff, "000000000001")
	for i, ticked := range []bool{true, false} {
		k := office.Tick{AuctionID: a.ID, Item: "staff", Ticked: ticked, Note: "đủ", By: staff.ID, At: now.Add(engine.Millis(i))}
		check(t, s.InsertTick(background, k, trail(staff, "readiness.tick", a.ID)))
	}
	ticks, err := s.Ticks(background, a.ID)
	same(t, ticks, []office.Tick{{AuctionID: a.ID, Item: "staff", Note: "đủ", By: staff.ID, ByName: staff.Name, At: now + 1}}, err)

	check(t, s.InsertSignIn(background, token("a", staff, uuid.NewString()), 9, office.Trail{}))
	n, err := s.SignedIn(background, []string{staff.ID, uuid.NewString()}, now)
	same(t, n, 1, err)
	n, err = s.SignedIn(background, []string{staff.ID}, now.Add(1<<40))
	same(t, n, 0, err)

	_, _, err = s.RehearsalOf(background, a.ID)
	wants(t, err, office.ErrNotFound)
	practice := draft([]office.LotDraft{Lot(1)})
	practice.RehearsalOf = a.ID
	_, err = s.InsertAuction(background, practice, staff.ID, office.IdempotencyKey{}, office.Trail{})
	check(t, err)
	id, done, err := s.RehearsalOf(background, a.ID)
	same(t, id, practice.ID, err)
	same(t, done, false, nil)
	if at, err := s.DatabaseTime(background); err != nil || at == 0 {
		t.Error(at, err)
	}
}
