package visitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

// sited returns a site over a handler that notes how long it was asked to wait
// instead of waiting.
func sited(t *testing.T, h http.HandlerFunc) (*Site, *[]time.Duration) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s, err := NewSite(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	var waits []time.Duration
	s.pause = func(ctx context.Context, d time.Duration) error {
		waits = append(waits, d)
		return ctx.Err()
	}
	return s, &waits
}

func TestAThrottledSignInIsTriedAgainWhenTheServerSays(t *testing.T) {
	asked := 0
	site, waits := sited(t, func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked <= 2 {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
			w.Write([]byte(`{"error":{"code":"throttled","message":"later"}}`))
			return
		}
		w.Write([]byte(`{"token":"x","expiresAt":1,"account":{"id":"a1","login":"an","role":"bidder"}}`))
	})
	p, err := site.SignIn(t.Context(), "an", "secret")
	if err != nil || p.Account.ID != "a1" {
		t.Fatalf("%+v, %v", p, err)
	}
	if !slices.Equal(*waits, []time.Duration{7 * time.Second, 7 * time.Second}) {
		t.Errorf("waited %v", *waits)
	}
}

func TestInARushAPlaceIsKept(t *testing.T) {
	var places []string
	site, waits := sited(t, func(w http.ResponseWriter, r *http.Request) {
		var in credentials
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		if places = append(places, in.Place); len(places) <= 2 {
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintf(w, `{"error":{"code":"rush","message":"later","place":"place %d"}}`, len(places))
			return
		}
		w.Write([]byte(`{"token":"x","expiresAt":1,"account":{"id":"a1","login":"an","role":"bidder"}}`))
	})
	if _, err := site.SignIn(t.Context(), "an", "secret"); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(places, []string{"", "place 1", "place 2"}) {
		t.Errorf("stood at %q", places)
	}
	for _, wait := range *waits {
		if wait < 1500*time.Millisecond || wait > 2500*time.Millisecond {
			t.Errorf("came again after %v", wait)
		}
	}
}

func TestARefusalOfTheAPIIsNamed(t *testing.T) {
	site, waits := sited(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		w.Write([]byte(`{"error":{"code":"invalid","message":"no","fields":[{"field":"lots.0.rules.biddingMs","code":"too_short","message":"too short"}]}}`))
	})
	_, err := site.SignIn(t.Context(), "an", "secret")
	var answer *APIError
	if !errors.As(err, &answer) || answer.Status != 422 || !HasCode(err, "invalid") || len(answer.Fields) != 1 || len(*waits) != 0 {
		t.Errorf("%v after %v", err, *waits)
	}
}

func TestOnlyWholeAddressesAreServers(t *testing.T) {
	for _, address := range []string{"", "127.0.0.1:8080", "ftp://x", "http://", "http://x/path", "http://x?y"} {
		if _, err := NewSite(address); err == nil {
			t.Errorf("%q was taken for a server", address)
		}
	}
	for _, address := range []string{"http://127.0.0.1:8080", "https://daugia.example.vn/"} {
		if _, err := NewSite(address); err != nil {
			t.Error(err)
		}
	}
}
