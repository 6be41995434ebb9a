package transport

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gobua/engine"
	"gobua/office"
)

// home is what the tests read of the front page.
type homeJSON struct {
	Now        engine.Instant
	Live, Soon []Card
	Results    []ResultCard
}

func sessionsOf[T Card | ResultCard](list []T) string {
	var ids []string
	for _, c := range list {
		switch c := any(c).(type) {
		case Card:
			ids = append(ids, string(c.Session))
		case ResultCard:
			ids = append(ids, string(c.Session))
		}
	}
	return strings.Join(ids, " ")
}

func at(minutes int) engine.Instant {
	return engine.InstantOf(testStart.Add(time.Duration(minutes) * time.Minute))
}

func TestHomeSortsSessionsIntoLiveSoonAndOver(t *testing.T) {
	o := &stubOffice{results: []office.SessionResult{
		{Session: "aaaaaaaaaaa1", Phase: engine.PhaseAnnounced, ClosedAt: at(-60), Currency: "VND", BidCount: 4,
			Lot: engine.Lot{Title: "Xe"}, Result: &engine.Result{Outcome: engine.OutcomeSold, Winner: "M-733", Price: 900}},
		{Session: "aaaaaaaaaaa2", Phase: engine.PhaseCancelled, Reason: "Chủ tài sản rút lại", Currency: "VND"},
	}}
	s := newSite(t, o)
	s.rooms.add("bbbbbbbbbbb2", engine.PhaseRunning, func(c *SessionCard) { c.Now.ClosesAt = at(9) })
	s.rooms.add("bbbbbbbbbbb1", engine.PhaseRunning, func(c *SessionCard) { c.Now.ClosesAt = at(5) })
	s.rooms.add("bbbbbbbbbbb3", engine.PhasePaused, func(c *SessionCard) { c.Now.RemainingMs = 1000; c.Now.Reason = "Mất điện" })
	s.rooms.add("bbbbbbbbbbb4", engine.PhaseClosed, func(c *SessionCard) { c.Now.ClosesAt = at(-1) })
	s.rooms.add("ccccccccccc2", engine.PhaseScheduled, func(c *SessionCard) { c.OpensAt = at(30) })
	s.rooms.add("ccccccccccc1", engine.PhaseScheduled, func(c *SessionCard) { c.OpensAt = at(10) })
	s.rooms.add("ddddddddddd1", engine.PhaseAnnounced, func(c *SessionCard) {
		c.Now.ClosesAt, c.Now.Result = at(-5), &engine.Result{Outcome: engine.OutcomeFailed, Ground: engine.GroundNoBid}
	})
	s.rooms.add("aaaaaaaaaaa1", engine.PhaseAnnounced, nil) // the office knows it already
	var h homeJSON
	s.ask("GET", "/api/v1/home", nil).into(t, 200, &h)
	if got, want := sessionsOf(h.Live), "bbbbbbbbbbb4 bbbbbbbbbbb1 bbbbbbbbbbb2 bbbbbbbbbbb3"; got != want {
		t.Errorf("live %s, want %s", got, want)
	}
	if got, want := sessionsOf(h.Soon), "ccccccccccc1 ccccccccccc2"; got != want {
		t.Errorf("soon %s, want %s", got, want)
	}
	if got, want := sessionsOf(h.Results), "ddddddddddd1 aaaaaaaaaaa1 aaaaaaaaaaa2"; got != want {
		t.Errorf("results %s, want %s", got, want)
	}
	if h.Now != engine.InstantOf(testStart) {
		t.Errorf("now %d", h.Now)
	}
	if r := h.Results[1]; r.Result == nil || r.Result.Price != 900 || r.Bids != 4 {
		t.Errorf("the office's own card was replaced: %+v", r)
	}
	if r := h.Results[2]; r.Result != nil || r.Reason == "" {
		t.Errorf("a cancelled session has a result or no reason: %+v", r)
	}
}

func TestHomeGoesOnWhileTheOfficeIsClosed(t *testing.T) {
	o := new(stubOffice)
	o.fail(office.ErrUnavailable)
	s := newSite(t, o)
	s.rooms.add("bbbbbbbbbbb1", engine.PhaseRunning, nil)
	var h homeJSON
	s.ask("GET", "/api/v1/home", nil).into(t, 200, &h)
	if len(h.Live) != 1 || len(h.Results) != 0 {
		t.Fatalf("closed from the beginning: %+v", h)
	}

	o.fail(nil)
	o.results = []office.SessionResult{{Session: "aaaaaaaaaaa1", Phase: engine.PhaseStopped, Reason: "Sự cố", Currency: "VND"}}
	s.clock.forward(resultsAge)
	s.ask("GET", "/api/v1/home", nil).into(t, 200, &h)
	if len(h.Results) != 1 {
		t.Fatalf("the office is back: %+v", h)
	}

	o.fail(fmt.Errorf("dial: %w", office.ErrUnavailable))
	s.rooms.add("ddddddddddd1", engine.PhaseAnnounced, func(c *SessionCard) {
		c.Now.Result = &engine.Result{Outcome: engine.OutcomeSold, Winner: "M-001", Price: 120}
	})
	s.clock.forward(time.Hour)
	s.ask("GET", "/api/v1/home", nil).into(t, 200, &h)
	if got := sessionsOf(h.Results); !strings.Contains(got, "aaaaaaaaaaa1") || !strings.Contains(got, "ddddddddddd1") {
		t.Fatalf("closed again: %s", got)
	}
	for _, path := range []string{"/healthz", "/readyz", "/api/v1/time", "/api/v1/sessions/bbbbbbbbbbb1", "/api/v1/sessions/bbbbbbbbbbb1/rows"} {
		s.ask("GET", path, nil).into(t, 200, nil)
	}
}

func TestHomeAsksTheOfficeSeldom(t *testing.T) {
	o := new(stubOffice)
	s := newSite(t, o)
	for range 50 {
		s.ask("GET", "/api/v1/home", nil).into(t, 200, nil)
	}
	o.fail(office.ErrUnavailable)
	s.clock.forward(resultsAge)
	for range 50 {
		s.ask("GET", "/api/v1/home", nil).into(t, 200, nil)
	}
	if n := o.counted(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}

func TestTheListsOfHomeAreBounded(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for i := range 300 {
		s.rooms.add(engine.SessionID(fmt.Sprintf("aaaaaaaaa%03d", i)), engine.PhaseRunning, nil)
		s.rooms.add(engine.SessionID(fmt.Sprintf("bbbbbbbbb%03d", i)), engine.PhaseScheduled, nil)
		s.rooms.add(engine.SessionID(fmt.Sprintf("ccccccccc%03d", i)), engine.PhaseStopped, nil)
	}
	var h homeJSON
	s.ask("GET", "/api/v1/home", nil).into(t, 200, &h)
	if len(h.Live) != maxLive || len(h.Soon) != maxSoon || len(h.Results) != maxResults {
		t.Errorf("%d live, %d soon, %d results", len(h.Live), len(h.Soon), len(h.Results))
	}
}

func TestASnapshotIsSentOnceAsLongAsNothingHappens(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.add("k7qp2mwx90ab", engine.PhaseRunning, nil)
	room := s.rooms.rooms["k7qp2mwx90ab"]
	room.Fold(engine.Update{Now: room.Now, Row: &engine.Row{Feed: 7, At: at(0), Code: "M-733", Level: 100}})
	s.rooms.rooms["k7qp2mwx90ab"] = room

	const path = "/api/v1/sessions/k7qp2mwx90ab"
	var snap struct {
		Epoch string
		Seq   engine.FeedSeq
		Room  engine.Room
	}
	got := s.ask("GET", path, nil)
	got.into(t, 200, &snap)
	tag := got.Header.Get("ETag")
	if snap.Epoch != "x3f9a1c2" || snap.Seq != 7 || len(snap.Room.History) != 1 || tag != `W/"x3f9a1c2.7"` {
		t.Errorf("snapshot %+v, tag %s", snap, tag)
	}
	same := s.ask("GET", path, nil, "If-None-Match", tag)
	if same.StatusCode != 304 || len(same.body) != 0 || same.Header.Get("ETag") != tag {
		t.Errorf("again: %d %s", same.StatusCode, same.body)
	}
	s.ask("GET", path, nil, "If-None-Match", `W/"x3f9a1c2.6"`).into(t, 200, nil)
}

func TestRowsAreReadPageByPage(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.add("k7qp2mwx90ab", engine.PhaseRunning, nil)
	room := s.rooms.rooms["k7qp2mwx90ab"]
	for f := engine.FeedSeq(250); f > 0; f-- {
		room.History = append(room.History, engine.Row{Feed: f, At: at(0), Level: engine.Dong(f)})
	}
	s.rooms.rooms["k7qp2mwx90ab"] = room
	var before engine.FeedSeq
	var sizes []int
	for {
		path := "/api/v1/sessions/k7qp2mwx90ab/rows"
		if before > 0 {
			path += fmt.Sprintf("?before=%d", before)
		}
		var page struct{ Rows []engine.Row }
		s.ask("GET", path, nil).into(t, 200, &page)
		sizes = append(sizes, len(page.Rows))
		if len(page.Rows) == 0 {
			break
		}
		before = page.Rows[len(page.Rows)-1].Feed
	}
	if got := fmt.Sprint(sizes); got != "[100 100 50 0]" {
		t.Errorf("pages of %s rows", got)
	}
}

func TestTheDeskSeesWhoIsThere(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.add("k7qp2mwx90ab", engine.PhaseRunning, nil)
	var out struct {
		Sessions []SessionCard
	}
	s.ask("GET", "/api/v1/desk/sessions", nil, s.as(engine.RoleObserver)...).into(t, 200, &out)
	if len(out.Sessions) != 1 || out.Sessions[0].Participants != 3 || out.Sessions[0].CheckedIn != 2 || out.Sessions[0].Viewers != 5 {
		t.Errorf("%+v", out)
	}
	for _, word := range []string{`"participants"`, `"checkedIn"`, `"viewers"`} {
		if strings.Contains(string(s.ask("GET", "/api/v1/home", nil).body), word) {
			t.Errorf("the public front page carries %s", word)
		}
	}
}

func TestLargePublicAnswersAreCompressedAndSecretsAreNot(t *testing.T) {
	s := newSite(t, new(stubOffice))
	for i := range 50 {
		s.rooms.add(engine.SessionID(fmt.Sprintf("aaaaaaaaa%03d", i)), engine.PhaseRunning, nil)
	}
	plain := s.ask("GET", "/api/v1/home", nil, "Accept-Encoding", "identity")
	plain.into(t, 200, nil)
	for path, want := range map[string]string{
		"/api/v1/home": "gzip", "/api/v1/sessions/aaaaaaaaa000": "gzip", "/api/v1/me": "", "/api/v1/desk/sessions": "",
	} {
		req, err := http.NewRequest("GET", s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", "gzip") // named, so the client does not unpack it
		req.Header.Set("Authorization", s.as(engine.RoleAdmin)[1])
		resp, err := s.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		packed, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got := resp.Header.Get("Content-Encoding"); got != want {
			t.Errorf("%s: encoding %q, want %q", path, got, want)
		}
		if path == "/api/v1/home" && len(packed)*5 > len(plain.body) {
			t.Errorf("%d bytes became %d", len(plain.body), len(packed))
		}
	}
}
