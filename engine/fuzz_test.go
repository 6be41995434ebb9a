package engine_test

import (
	"bytes"
	"reflect"
	"testing"

	"gobua/engine"
)

// FuzzRecord: whatever bytes a journal holds, reading them does not
// panic, and what can be read is written and read again as the same record.
func FuzzRecord(f *testing.F) {
	w := newWorld(f, &dice{bytesOf(1)})
	for len(w.dice.bytes) > 0 {
		w.move()
	}
	cover := engine.CoverOf(w.records[0].Event.(*engine.Created))
	for _, r := range w.records {
		entry, err := cover.Entry(engine.Hash{}, &r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(entry.Body, []byte(entry.Disclosure))
	}
	f.Fuzz(func(t *testing.T, body, disclosure []byte) {
		if plain, ok := engine.ReadPlain(body); ok {
			if want, err := engine.ReadAny(body); err != nil || !reflect.DeepEqual(plain, want) {
				t.Fatalf("%q is read as %+v, by encoding/json as %+v (%v)", body, plain, want, err)
			}
		}
		r, err := engine.Entry{Body: body, Disclosure: disclosure}.Record()
		if err != nil {
			return
		}
		var open *engine.Cover // writes what it is given
		canonical, err := open.Entry(engine.Hash{}, &r)
		if err != nil {
			t.Fatalf("read from %q and cannot be written: %v", body, err)
		}
		again, err := canonical.Record()
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Fatalf("read from %q as %s, again as %s (%v)", body, dump(r.Event), dump(again.Event), err)
		}
		if twice, err := open.Entry(engine.Hash{}, &again); err != nil || !bytes.Equal(twice.Body, canonical.Body) {
			t.Fatalf("written as %q, then as %q (%v)", canonical.Body, twice.Body, err)
		}
	})
}
