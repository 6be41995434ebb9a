//go:build chaos && linux && amd64

package chaos_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"gobua/engine"
	"gobua/internal/clock"
)

// TestTheClockIsSet an hour forward, an hour and a half back and right again
// while people bid: no end moves, nobody is refused as too late, and each jump
// is public.
func TestTheClockIsSet(t *testing.T) {
	t.Parallel()
	s := openSale(t, plan{bidding: 15 * time.Second})
	before := s.await(engine.PhaseRunning)
	wall := s.bendClock()
	for i, off := range []time.Duration{time.Hour, -90 * time.Minute, 0} {
		s.set(wall, off)
		s.bidsGoOn(20)
		s.eventually("the step is public", func() bool { return len(s.publicSteps()) == i+1 })
	}
	during := s.await(engine.PhaseRunning)
	if during.Now.ClosesAt != before.Now.ClosesAt || during.Now.LostMs != 0 {
		t.Errorf("the end was %d and is %d, %d ms are credited", before.Now.ClosesAt, during.Now.ClosesAt, during.Now.LostMs)
	}
	room := s.await(engine.PhaseClosed)
	if off := time.Since(before.Now.ClosesAt.Time()); off < -time.Second || off > 30*time.Second {
		t.Errorf("it closed %v after the end that was published", off)
	}
	if room.Now.ClosesAt != before.Now.ClosesAt {
		t.Errorf("it closed as of %d, published was %d", room.Now.ClosesAt, before.Now.ClosesAt)
	}
	for _, j := range s.publicSteps() {
		s.note("a step of %v is public", j.By().Round(time.Second))
	}
	s.finish()
}

// publicSteps are the steps of the machine's clock that anybody may read of.
func (s *sale) publicSteps() (steps []clock.Jump) {
	r, err := http.Get("http://" + s.addr + "/api/v1/clock")
	if err != nil {
		return nil
	}
	defer r.Body.Close()
	var page struct{ Jumps []clock.Jump }
	if err := json.NewDecoder(r.Body).Decode(&page); err != nil {
		return nil
	}
	for _, j := range page.Jumps {
		if j.Kind == clock.Step {
			steps = append(steps, j)
		}
	}
	return steps
}
