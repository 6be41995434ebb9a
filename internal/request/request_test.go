package request

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

var kind = Kind{Name: "errands", Within: time.Minute, Kept: time.Hour}

// attended runs a server in the bubble of a test, which does what it is given.
func attended(t *testing.T, data string, do func(folder, words string) error) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		kind.Attend(ctx, data, slog.New(slog.DiscardHandler), func(_ context.Context, folder, words string) error { return do(folder, words) })
	}()
	t.Cleanup(func() { cancel(); <-ended })
}

func asked(t *testing.T, data string) *Request {
	t.Helper()
	r, err := kind.New(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWhatIsAskedIsDoneOnceAndAnswered: each of several who ask at once hears of
// their own, and nothing is left behind.
func TestWhatIsAskedIsDoneOnceAndAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := t.TempDir()
		var done []string
		attended(t, data, func(folder, words string) error {
			done = append(done, words)
			if words == "b" {
				return errors.New("not b")
			}
			return os.WriteFile(filepath.Join(folder, "copy"), []byte(words), 0o600)
		})
		a, b := asked(t, data), asked(t, data)
		said := make(chan error)
		go func() { said <- b.Ask(t.Context(), "b") }()
		if err := a.Ask(t.Context(), "a"); err != nil {
			t.Error(err)
		}
		var no Refusal
		if err := <-said; !errors.As(err, &no) || no != "not b" {
			t.Errorf("b is told %v", err)
		}
		if copied, err := os.ReadFile(filepath.Join(a.Folder, "copy")); string(copied) != "a" {
			t.Errorf("a is given %q, %v", copied, err)
		}
		time.Sleep(10 * lookEvery) // of the bubble: the server looks again
		if slices.Sort(done); !slices.Equal(done, []string{"a", "b"}) {
			t.Errorf("done: %q", done)
		}
		if err := errors.Join(a.Withdraw(), b.Withdraw()); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(data, kind.Name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("something is left: %v", err)
		}
	})
}

// TestNobodyElseMayReadARequest.
func TestNobodyElseMayReadARequest(t *testing.T) {
	data := t.TempDir()
	r := asked(t, data)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Ask(ctx, "x"); !errors.Is(err, ErrNoAnswer) || !errors.Is(err, context.Canceled) {
		t.Errorf("without a server: %v", err)
	}
	err := filepath.WalkDir(filepath.Join(data, kind.Name), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if info, err := d.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestNothingIsBegunForWhoHasGone: who asks hears in time that nobody has
// answered. A server that comes later does not do it, and in the end takes what
// was left away.
func TestNothingIsBegunForWhoHasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := t.TempDir()
		r := asked(t, data)
		began := time.Now()
		if err := r.Ask(t.Context(), "x"); !errors.Is(err, ErrNoAnswer) || time.Since(began) != kind.Within {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		// Files have the time of the machine, not of the bubble.
		if err := os.Chtimes(filepath.Join(r.Folder, askedName), began, began); err != nil {
			t.Fatal(err)
		}
		attended(t, data, func(string, string) error { t.Error("it is done"); return nil })
		time.Sleep(kind.Kept - time.Since(began))
		if _, err := os.Stat(r.Folder); err != nil {
			t.Errorf("it is taken away too early: %v", err)
		}
		time.Sleep(2 * lookEvery)
		if _, err := os.Stat(r.Folder); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("it is left behind: %v", err)
		}
	})
}
