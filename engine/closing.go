package engine

// extendByRule appends an extension if a bid accepted now moves the end (rules
// SC1, SC2, SC6). The boundary of the window is inside; the end never comes
// earlier; the cap by count and the latest end hold.
func (s *State) extendByRule(now Instant, out []Event) []Event {
	c := &s.Rules.Closing
	if c.Kind == ClosingFixed || c.Kind == ClosingRounds || s.ClosesAt.Sub(now) > c.WindowMs {
		return out
	}
	if c.MaxCount > 0 && s.Extensions >= c.MaxCount {
		return out
	}
	end := now.Add(c.ByMs)
	if c.Kind == ClosingAdd {
		end = s.ClosesAt.Add(c.ByMs)
	}
	if s.LatestAt != 0 {
		end = min(end, s.LatestAt)
	}
	if end <= s.ClosesAt {
		return out
	}
	return append(out, &Extended{ClosesAt: end, LatestAt: s.LatestAt, Count: s.Extensions + 1})
}
