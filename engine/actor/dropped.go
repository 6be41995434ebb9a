package actor

import (
	"slices"

	"gobua/engine"
)

// droppedKept is how many dropped commands of one sender are remembered: those of
// four questions. Whoever asks for more forgets their own.
const droppedKept = 64

// dropped are commands that were asked for and not known, and whose sender was
// told that they are not carried out any more: they may still come, over a line
// that the sender has left or through another node. It is of the goroutine that
// decides the session, and ends with the process or the tenure: the lines of a
// process end with it.
type dropped struct {
	by map[engine.ParticipantCode][]engine.CommandID // oldest first; empty code: staff
}

// drop keeps a promise to a sender that a command is not carried out.
func (d *dropped) drop(code engine.ParticipantCode, id engine.CommandID) {
	if d.has(code, id) {
		return
	}
	if d.by == nil {
		d.by = map[engine.ParticipantCode][]engine.CommandID{}
	}
	ids := append(d.by[code], id)
	d.by[code] = ids[max(0, len(ids)-droppedKept):]
}

// has tells whether a command came too late for its own sender. A nil *dropped
// has none.
func (d *dropped) has(code engine.ParticipantCode, id engine.CommandID) bool {
	return d != nil && slices.Contains(d.by[code], id)
}
