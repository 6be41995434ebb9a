package shardlog_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gobua/engine"
	"gobua/engine/journal/journaltest"
	"gobua/engine/journal/shardlog"
)

var update = flag.Bool("update", false, "write the golden messages anew")

// goldens are one message of each kind.
func goldens() map[string][]byte {
	a, b := journaltest.SessionID(1), journaltest.SessionID(2)
	first := journaltest.Chain(a, engine.Head{}, 4)
	head := journaltest.End(engine.Head{}, journaltest.Chain(b, engine.Head{}, 7))
	return map[string][]byte{
		"pack": shardlog.EncodePack(37, 5,
			engine.Part{Session: a, Entries: first},
			engine.Part{Session: b, After: head, Entries: journaltest.Chain(b, head, 2)}),
		"fence":   shardlog.EncodeFence(12, 6, "máy-2"),
		"settled": shardlog.EncodeSettled(37, a),
		"cursor":  shardlog.EncodePlace(41, 43, 3),
	}
}

// TestMessagesStayAsTheyAre: what is in the log of a cluster is read by every
// later release.
func TestMessagesStayAsTheyAre(t *testing.T) {
	for name, got := range goldens() {
		path := filepath.Join("testdata", name+".hex")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(hex.Dump(got)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if hex.Dump(got) != string(want) {
			t.Errorf("%s is written in another way than before; that needs another format stamp", name)
		}
		again, err := recode(name, got)
		if err != nil || !bytes.Equal(again, got) {
			t.Errorf("%s is not read as it was written: %v", name, err)
		}
	}
}

func recode(name string, b []byte) ([]byte, error) {
	if name == "cursor" {
		return shardlog.RecodePlace(b, 3)
	}
	return shardlog.Recode(b)
}

// TestNoDamageIsRead: any bit, any length.
func TestNoDamageIsRead(t *testing.T) {
	for name, good := range goldens() {
		for i := range good {
			for bit := range 8 {
				bad := bytes.Clone(good)
				bad[i] ^= 1 << bit
				if _, err := recode(name, bad); err == nil {
					t.Fatalf("%s with bit %d of byte %d flipped was read", name, bit, i)
				}
			}
			if _, err := recode(name, good[:i]); err == nil {
				t.Fatalf("%s was read from its first %d bytes", name, i)
			}
		}
		if _, err := recode(name, append(bytes.Clone(good), 0)); err == nil {
			t.Fatalf("%s with a byte more was read", name)
		}
	}
}

func TestAnyPackIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts []engine.Part
		for i := range rapid.IntRange(0, 5).Draw(t, "sessions") {
			id := journaltest.SessionID(i)
			p := engine.Part{Session: id, After: engine.Head{Seq: engine.Seq(rapid.Uint32().Draw(t, "after"))}}
			head := p.After
			for range rapid.IntRange(0, 4).Draw(t, "entries") {
				e := engine.Entry{Seq: head.Seq + 1, Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body"), Disclosure: rapid.SliceOf(rapid.Byte()).Draw(t, "disclosure")}
				e.Hash = engine.Link(head.Hash, e.Body)
				p.Entries = append(p.Entries, e)
				head = engine.Head{Seq: e.Seq, Hash: e.Hash}
			}
			parts = append(parts, p)
		}
		b := shardlog.EncodePack(rapid.IntRange(0, shardlog.MaxShards-1).Draw(t, "shard"), rapid.Uint64().Draw(t, "epoch"), parts...)
		again, err := shardlog.Recode(b)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("not read as it was written: %v", err)
		}
	})
}

// FuzzMessage: whatever comes is refused, or is exactly what would be written.
func FuzzMessage(f *testing.F) {
	for name, b := range goldens() {
		if name != "cursor" {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, b := range [][]byte{b, shardlog.WithChecksum(b)} {
			if again, err := shardlog.Recode(b); err == nil && !bytes.Equal(again, b) {
				t.Fatalf("read, and written in another way:\n%s\n%s", hex.Dump(b), hex.Dump(again))
			}
		}
	})
}

// FuzzCursor: the same of the file.
func FuzzCursor(f *testing.F) {
	f.Add(goldens()["cursor"])
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, b := range [][]byte{b, shardlog.WithChecksum(b)} {
			if again, err := shardlog.RecodePlace(b, 3); err == nil && !bytes.Equal(again, b) {
				t.Fatalf("read, and written in another way:\n%s\n%s", hex.Dump(b), hex.Dump(again))
			}
		}
	})
}

// TestDesignNamesEverySubject: the page and the program say the same.
func TestDesignNamesEverySubject(t *testing.T) {
	page, err := os.ReadFile("DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"gobua pack 1", "gobua cursor 1", "SALES_<k>", "sales.<k>.<shard>", "told.<k>.<shard>", ".settled",
		"MaxMessageBytes", "sync_interval: always", "10071", "10164"} {
		if !strings.Contains(string(page), word) {
			t.Errorf("DESIGN.md says nothing of %s", word)
		}
	}
}
