package actor

import (
	"bytes"
	"context"
	"iter"

	"gobua/engine"
	"gobua/engine/proof"
)

// prove asks nothing of a journal that broke its promise to keep a batch whole:
// there a decision may end in its middle.
//
// It publishes what the journal has of every session and lets a stranger
// judge it: whatever the actor did, the rules must lead to the same records,
// with all secrets and, where the session is over, with what the file shows.
func (w *world) prove() {
	for _, room := range w.rooms {
		entries := entriesOf(context.Background(), w.mem, room.id)
		if _, err := proof.Judge(decoded(entries), proof.Unknown{Highest: engine.MaxDong}); err != nil {
			w.fail("session %s: judged with all secrets: %v", room.id, err)
			return
		}
		survey, err := proof.Look(entries)
		if err == engine.ErrNotOver {
			continue
		}
		if err != nil {
			w.fail("session %s: looked at: %v", room.id, err)
			return
		}
		var file bytes.Buffer
		if err := proof.WriteFile(&file, survey, entries); err != nil {
			w.fail("session %s: published: %v", room.id, err)
			return
		}
		report, err := proof.Verify(&file, proof.Options{Known: []engine.Head{room.past.state.Head}})
		if err != nil {
			w.fail("session %s: judged by its file: %v", room.id, err)
			return
		}
		if s := &room.past.state; report.Head != s.Head || report.Phase != s.Phase {
			w.fail("session %s: its file ends with %+v %s, the journal with %+v %s", room.id, report.Head, report.Phase, s.Head, s.Phase)
		}
	}
}

func decoded(entries iter.Seq2[engine.Entry, error]) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		for e, err := range entries {
			var r engine.Record
			if err == nil {
				r, err = e.Record()
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
