package transport

import "gobua/transport/wire"

// isBehind finds out what readers are told of whether the room is the newest. A
// session that is over cannot change any more. The caller holds no lock, because
// who is asked has some of its own.
func (r *room) isBehind() wire.Behind {
	if r.view.Load().room.Now.Phase.Final() {
		return wire.Behind{}
	}
	since, cut := r.behind(r.id)
	return wire.Behind{Since: since, Cut: cut}
}

// isNews tells whether readers who were told one thing are to be told another. The
// moment is reckoned anew each time, and comes out a little different.
func isNews(told, now wire.Behind) bool {
	moved := now.Since.Sub(told.Since)
	return told.Cut != now.Cut || max(moved, -moved) >= 1000
}
