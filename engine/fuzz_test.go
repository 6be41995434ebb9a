package engine_test

import (
	"bytes"
	"reflect"
	"testing"

	"gobua/engine"
)

// FuzzDecodeRecord: whatever bytes a journal holds, reading them does not
// panic, and what can be read is written and read again as the same record.
func FuzzDecodeRecord(f *testing.F) {
	w := newWorld(f, &dice{bytesOf(1)})
	for len(w.dice.bytes) > 0 {
		w.move()
	}
	for _, r := range w.records {
		body, err := r.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := engine.DecodeRecord(body)
		if err != nil {
			return
		}
		canonical, err := r.Encode()
		if err != nil {
			t.Fatalf("read from %q and cannot be written: %v", body, err)
		}
		again, err := engine.DecodeRecord(canonical)
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("read from %q as %s, again as %s (%v)", body, dump(r.Event), dump(again.Event), err)
		}
		if twice, err := again.Encode(); err != nil || !bytes.Equal(twice, canonical) {
			t.Fatalf("written as %q, then as %q (%v)", canonical, twice, err)
		}
	})
}
