package engine_test

import (
	"bytes"
	"encoding/json"
	"reflect"

	"gobua/engine"
)

// checkReplay writes records as the journal does, reads them back and applies
// them to a new state: it must be the same state and the same room, bit for
// bit.
func checkReplay(t reporter, records []engine.Record, state *engine.State, room engine.Room) {
	t.Helper()
	replayed, again := replay(t, records)
	if !reflect.DeepEqual(replayed, state) {
		t.Errorf("state read back from %d records differs:\n%s\nwant\n%s", len(records), dump(replayed), dump(state))
	}
	if got, want := mustJSON(again), mustJSON(room); !bytes.Equal(got, want) {
		t.Errorf("room folded from records:\n%s\nwant\n%s", got, want)
	}
}

func replay(t reporter, records []engine.Record) (*engine.State, engine.Room) {
	t.Helper()
	state := new(engine.State)
	var room engine.Room
	for _, r := range records {
		again := r
		entry, err := state.Entry(&again)
		if err != nil {
			t.Fatal(err)
		}
		back, err := entry.Record()
		if err != nil {
			t.Fatal(err)
		}
		if back.Hash != r.Hash {
			t.Fatalf("record %d has the hash %s, read back %s", r.Seq, r.Hash.Short(), back.Hash.Short())
		}
		if !reflect.DeepEqual(back, r) {
			t.Fatalf("record %d read back is %s, was %s", r.Seq, dump(back.Event), dump(r.Event))
		}
		public := state.Apply(back)
		if r.Seq == 1 {
			room = state.Room()
		}
		if public {
			room.Fold(state.Update(back))
		}
	}
	return state, room
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func dump(v any) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err)
	}
	return string(b)
}
