package records_test

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"gobua/engine"
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
