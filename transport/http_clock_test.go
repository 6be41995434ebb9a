package transport

import (
	"strings"
	"testing"
	"time"

	"gobua/internal/clock"
)

func TestAnybodyMayKnowHowRightTheClockIs(t *testing.T) {
	at := time.UnixMilli(1_795_507_200_123)
	s := newSite(t, new(stubOffice), func(h *HTTPOptions, _ *AppOptions) {
		h.Clock = func() (clock.Status, []clock.Jump) {
			return clock.Status{
				Now: at, Since: at.Add(-time.Hour), Source: clock.NTP, Synchronised: true, Good: true,
				Offset: -3 * time.Millisecond, Error: 18 * time.Millisecond,
			}, []clock.Jump{{Kind: clock.Step, At: at, Before: at, After: at.Add(4 * time.Second), Running: 1}}
		}
	})
	r := s.ask("GET", "/api/v1/clock", nil)
	want := `{"now":1795507200123,"source":"ntp","synchronised":true,"good":true,"since":1795503600123,"offsetMs":-3,"errorMs":18,` +
		`"maxOffsetMs":500,"maxErrorMs":2000,"machineMs":0,` +
		`"jumps":[{"kind":"step","at":1795507200123,"byMs":4000,"before":1795507200123,"after":1795507204123,"running":1}]}`
	if r.StatusCode != 200 || strings.TrimSpace(string(r.body)) != want {
		t.Errorf("%d %s", r.StatusCode, string(r.body))
	}
	if r := s.ask("GET", "/readyz", nil); !strings.Contains(string(r.body), `"clock":"good"`) {
		t.Errorf("readyz: %s", string(r.body))
	}
}

func TestWhatNobodyKnowsOfTheClockIsNotSaid(t *testing.T) {
	s := newSite(t, new(stubOffice))
	r := s.ask("GET", "/api/v1/clock", nil)
	if r.StatusCode != 200 || strings.Contains(string(r.body), "offsetMs\"") || strings.Contains(string(r.body), "errorMs\"") ||
		!strings.Contains(string(r.body), `"source":"none","synchronised":false,"good":false`) || !strings.Contains(string(r.body), `"jumps":[]`) {
		t.Errorf("%d %s", r.StatusCode, string(r.body))
	}
	if r := s.ask("GET", "/readyz", nil); r.StatusCode != 200 || !strings.Contains(string(r.body), `"clock":"doubtful"`) {
		t.Errorf("readyz: %d %s", r.StatusCode, string(r.body))
	}
}
