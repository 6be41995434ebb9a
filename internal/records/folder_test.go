package records_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
	"gobua/internal/records"
)

var session = engine.NewSessionID([12]byte{})

// TestAFileIsWrittenOnce, however many ask for it at once, and then stands.
func TestAFileIsWrittenOnce(t *testing.T) {
	var written atomic.Int32
	dir := t.TempDir()
	f := records.NewFolder(dir, func(_ context.Context, _ engine.SessionID, w io.Writer) error {
		written.Add(1)
		_, err := io.WriteString(w, "gobua record 1\n")
		return err
	})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			text, err := f.Open(t.Context(), session)
			if err != nil {
				t.Error(err)
				return
			}
			defer text.Close()
			if got, err := io.ReadAll(text); err != nil || string(got) != "gobua record 1\n" {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	all.Wait()
	if written.Load() != 1 {
		t.Errorf("written %d times", written.Load())
	}
	again := records.NewFolder(dir, func(context.Context, engine.SessionID, io.Writer) error { return errors.New("asked") })
	if text, err := again.Open(t.Context(), session); err != nil {
		t.Error(err)
	} else if err := text.Close(); err != nil {
		t.Error(err)
	}
}

// TestWhatFailsLeavesNothing: half a file is none, and the next who asks tries
// again.
func TestWhatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	fails := true
	f := records.NewFolder(dir, func(_ context.Context, _ engine.SessionID, w io.Writer) error {
		if _, err := io.WriteString(w, "gobua record 1\n"); err != nil || fails {
			return errors.Join(err, engine.ErrNotOver)
		}
		return nil
	})
	if _, err := f.Open(t.Context(), session); !errors.Is(err, engine.ErrNotOver) {
		t.Fatalf("got %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Fatalf("left %v (%v)", left, err)
	}
	if _, err := f.Open(t.Context(), "../../etc"); !errors.Is(err, engine.ErrNoSession) {
		t.Fatalf("no session: %v", err)
	}
	fails = false
	text, err := f.Open(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	if err := text.Close(); err != nil {
		t.Error(err)
	}
}

// TestWhatSpeaksForTheEndIsAddedOnReading: the file on the disk stays as it was,
// what is read is one member of gzip, because browsers read no second one, and
// says how long it is.
func TestWhatSpeaksForTheEndIsAddedOnReading(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	for name, text := range map[string]string{
		"nothing": "", "a line": "gobua record 1\n", "much": strings.Repeat("gobua record 1\n", 100_000), "noise": string(noise),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			f := records.NewFolder(dir, func(_ context.Context, _ engine.SessionID, w io.Writer) error {
				_, err := io.WriteString(w, text)
				return err
			})
			var attached []proof.Attachment
			f.Speak = func(id engine.SessionID) []proof.Attachment {
				if id != session {
					t.Errorf("asked about %q", id)
				}
				return attached
			}
			read := func(want string, wantSpoken bool) {
				t.Helper()
				r, size, spoken, err := f.Packed(t.Context(), session)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				packed, err := io.ReadAll(r)
				if err != nil || int64(len(packed)) != size || spoken != wantSpoken {
					t.Fatalf("%d bytes of %d, spoken %v: %v", len(packed), size, spoken, err)
				}
				rest := bytes.NewReader(packed)
				one, err := gzip.NewReader(rest)
				if err != nil {
					t.Fatal(err)
				}
				one.Multistream(false)
				if got, err := io.ReadAll(one); err != nil || string(got) != want || rest.Len() > 0 {
					t.Fatalf("%d bytes, want %d, %d are left: %v", len(got), len(want), rest.Len(), err)
				}
			}
			read(text, false)
			disk := onDisk(t, dir)
			attached = []proof.Attachment{{Name: "log", Data: []byte("x")}, {Name: "log", Data: noise}}
			read(text+string(proof.AttachmentLines(attached)), true)
			attached = attached[:1]
			read(text+"proof log eA==\n", true)
			if !bytes.Equal(onDisk(t, dir), disk) {
				t.Error("the file on the disk has changed")
			}
		})
	}
}

// TestAFileOfAnEarlierProgramIsReadAsItIs.
func TestAFileOfAnEarlierProgramIsReadAsItIs(t *testing.T) {
	dir := t.TempDir()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.WriteString(w, "gobua record 1\n"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, string(session)+".txt.gz"), packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	f := records.NewFolder(dir, nil)
	f.Speak = func(engine.SessionID) []proof.Attachment { return []proof.Attachment{{Name: "log", Data: []byte("x")}} }
	text, err := f.Open(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	if got, err := io.ReadAll(text); err != nil || string(got) != "gobua record 1\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func onDisk(t *testing.T, dir string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(dir, string(session)+".txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	return file
}
