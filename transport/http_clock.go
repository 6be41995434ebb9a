package transport

import (
	"gobua/engine"
	"gobua/internal/clock"
)

// clockJSON is what anybody may know of the server's clock: what it says, how
// wrong that may be, who says so, and every jump there was.
type clockJSON struct {
	Now          engine.Instant `json:"now"`
	Source       string         `json:"source"` // ntp, kernel, none
	Synchronised bool           `json:"synchronised"`
	Good         bool           `json:"good"`               // synchronised and within the bounds
	Since        engine.Instant `json:"since"`              // good, or not good, since then
	OffsetMs     *int64         `json:"offsetMs,omitempty"` // by which the clock is fast; absent: nobody knows
	ErrorMs      *int64         `json:"errorMs,omitempty"`  // by which offsetMs may be wrong at most
	MaxOffsetMs  int64          `json:"maxOffsetMs"`
	MaxErrorMs   int64          `json:"maxErrorMs"`
	// MachineMs is by how much the machine's time of day is ahead of the clock,
	// after it was set while sessions ran.
	MachineMs int64        `json:"machineMs"`
	Jumps     []clock.Jump `json:"jumps"` // the latest, newest first
}

func (h *HTTP) clock(c *call) error {
	s, jumps := h.Clock()
	out := clockJSON{
		Now: engine.InstantOf(s.Now), Source: s.Source, Synchronised: s.Synchronised, Good: s.Good,
		Since: engine.InstantOf(s.Since), MachineMs: s.Ahead.Milliseconds(), Jumps: jumps,
		MaxOffsetMs: clock.MaxOffset.Milliseconds(), MaxErrorMs: clock.MaxError.Milliseconds(),
	}
	if s.Synchronised {
		offset, most := s.Offset.Milliseconds(), s.Error.Milliseconds()
		out.OffsetMs, out.ErrorMs = &offset, &most
	}
	if out.Jumps == nil {
		out.Jumps = []clock.Jump{}
	}
	return c.JSON(out)
}
