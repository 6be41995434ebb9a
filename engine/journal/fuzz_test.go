package journal_test

import (
	"errors"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/engine/journal/journaltest"
)

// FuzzDecodeHeads: no file makes the reader panic, and what it accepts is what
// it would write.
func FuzzDecodeHeads(f *testing.F) {
	f.Add([]byte{})
	f.Add(journal.EncodeHeads(nil))
	f.Add(journal.EncodeHeads(map[engine.SessionID]engine.Head{journaltest.SessionID(1): {Seq: 7, Hash: engine.Hash{1, 2, 3}}, journaltest.SessionID(2): {Seq: 1}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		heads, err := journal.DecodeHeads(b)
		if err != nil {
			return
		}
		if string(journal.EncodeHeads(heads)) != string(b) {
			t.Fatalf("%d heads are written in another way than they were read", len(heads))
		}
	})
}

// FuzzDecodeAlive: the same for the alive mark.
func FuzzDecodeAlive(f *testing.F) {
	f.Add([]byte{})
	f.Add(journal.EncodeAlive(1_795_000_000_000))
	f.Fuzz(func(t *testing.T, b []byte) {
		at, err := journal.DecodeAlive(b)
		if err == nil && string(journal.EncodeAlive(at)) != string(b) {
			t.Fatalf("%d is written in another way than it was read", at)
		}
	})
}

// FuzzParseRow: no key and no value makes the reader panic, and what it accepts
// is what it would write.
func FuzzParseRow(f *testing.F) {
	f.Add(journal.RowKey(journaltest.SessionID(1), 1), make([]byte, 40))
	f.Add([]byte("r"), []byte{})
	f.Fuzz(func(t *testing.T, key, value []byte) {
		if id, seq, err := journal.ParseRowKey(key); err == nil && string(journal.RowKey(id, seq)) != string(key) {
			t.Fatalf("%q was read as record %d of %q", key, seq, id)
		}
		if hash, body, err := journal.ParseRow(value); err == nil && string(hash[:])+string(body) != string(value) {
			t.Fatalf("%q was read as another row", value)
		}
	})
}

// FuzzReplay puts arbitrary rows into a store. Whatever they are, a replay
// hands out a chain or an error that names the session, and never panics. Run
// it with -fuzzminimizetime=10x: the store's goroutines make coverage differ
// from run to run, and minimizing would take all the time.
func FuzzReplay(f *testing.F) {
	id := journaltest.SessionID(1)
	var whole []byte
	for _, e := range journaltest.Chain(id, engine.Head{}, 3) {
		whole = append(append(append(whole, byte(e.Seq), byte(len(e.Body))), e.Hash[:]...), e.Body...)
	}
	f.Add(whole, byte(3))
	f.Add(whole[40:], byte(0))
	f.Add([]byte{1, 0, 2, 200, 1, 0}, byte(9))
	f.Fuzz(func(t *testing.T, rows []byte, kept byte) {
		fs := vfs.NewMem()
		plantRows(t, fs, id, rows, engine.Head{Seq: engine.Seq(kept)})
		j, err := journal.OpenPebble("journal", journal.Options{}.WithFS(fs))
		if err != nil {
			if !errors.Is(err, engine.ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		defer j.Close()
		head, err := journaltest.Read(j, id)
		if err != nil && !errors.Is(err, engine.ErrCorrupt) {
			t.Fatal(err)
		}
		if err == nil && head.Seq < engine.Seq(kept) {
			t.Fatalf("served %d records, the kept head is %d", head.Seq, kept)
		}
	})
}

// plantRows writes rows into a new journal's store past its checks. Each is a
// number, a length, and a value: hash and body.
func plantRows(t *testing.T, fs vfs.FS, id engine.SessionID, rows []byte, kept engine.Head) {
	t.Helper()
	mustClose(t, mustOpen(t, "journal", journal.Options{}.WithFS(fs)))
	db, err := pebble.Open("journal/pebble", &pebble.Options{FS: fs, FormatMajorVersion: pebble.FormatValueSeparation})
	if err != nil {
		t.Fatal(err)
	}
	for len(rows) >= 2 {
		key := journal.RowKey(id, engine.Seq(rows[0]))
		value := rows[2:min(len(rows), 2+32+int(rows[1]))]
		rows = rows[2+len(value):]
		if err := db.Set(key, value, pebble.NoSync); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	heads, err := fs.Create("journal/heads", vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	_, err = heads.Write(journal.EncodeHeads(map[engine.SessionID]engine.Head{id: kept}))
	if err := errors.Join(err, heads.Close()); err != nil {
		t.Fatal(err)
	}
}
