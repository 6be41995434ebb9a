package transport

import (
	"context"
	"net/http"
	"testing"
	"time"

	"gobua/office"
)

// crowdedOffice lets nobody in, and says since when they have come.
type crowdedOffice struct {
	*stubOffice
	since *time.Time
	now   func() time.Time
}

func (o crowdedOffice) SignInFirst(_ context.Context, _, _, _ string, from office.Device) (office.Account, office.Refresh, error) {
	*o.since = from.Since
	since := from.Since
	if since.IsZero() {
		since = o.now()
	}
	return office.Account{}, office.Refresh{}, office.ErrRush{RetryAfter: 2 * time.Second, Since: since}
}

func TestWhoComesAgainInARushKeepsTheirPlace(t *testing.T) {
	var since time.Time
	o := crowdedOffice{stubOffice: new(stubOffice), since: &since}
	s := newSite(t, &o)
	o.now = s.clock.Now
	first := s.clock.Now()
	knock := func(login, place string) string {
		t.Helper()
		got := s.ask("POST", "/api/v1/auth/login", map[string]string{"login": login, "password": "x", "place": place})
		if got.Header.Get("Retry-After") != "2" {
			t.Errorf("to come again after %q", got.Header.Get("Retry-After"))
		}
		var p problem
		got.into(t, http.StatusServiceUnavailable, &p)
		if p.Error.Code != codeRush || p.Error.Place == "" {
			t.Fatalf("%s", got.body)
		}
		return p.Error.Place
	}
	place := knock("an", "")
	if !since.IsZero() {
		t.Errorf("who came first is since %v", since)
	}
	access := s.as("bidder")[1][len("Bearer "):]
	s.clock.forward(time.Minute)
	for name, c := range map[string]struct {
		login, place string
		want         time.Time
	}{
		"theirs":          {"an", place, first},
		"somebody else's": {"binh", place, time.Time{}},
		"changed":         {"an", place[:len(place)-2] + "AA", time.Time{}},
		"no place":        {"an", "eyJ", time.Time{}},
		"an access token": {"acc-bidder", access, time.Time{}},
	} {
		knock(c.login, c.place)
		if !since.Equal(c.want.Truncate(time.Millisecond)) {
			t.Errorf("%s: since %v, want %v", name, since, c.want)
		}
	}
	again := knock("an", place)
	s.clock.forward(placeLife - time.Second)
	if knock("an", again); !since.Equal(first.Truncate(time.Millisecond)) {
		t.Errorf("the place of the second time is since %v", since)
	}
	s.clock.forward(placeLife)
	if knock("an", again); !since.IsZero() {
		t.Errorf("a place that is too old is since %v", since)
	}
	if _, err := s.tokens.Parse(place); err == nil {
		t.Error("a place is taken for an access token")
	}
}
