package witness_test

import (
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine/ledger"
	"gobua/internal/ledgerkeeper"
	"gobua/internal/witness"
	"gobua/transport"
)

const origin = "daugia.example.vn/log"

var silent = slog.New(slog.DiscardHandler)

// log is a real log in a folder of its own.
type log struct {
	*ledgerkeeper.Keeper
	t      *testing.T
	folder string
	signer *ledgerkeeper.Signer
}

func openLog(t *testing.T, folder string, witnesses ...note.Verifier) *log {
	t.Helper()
	l := &log{t: t, folder: folder}
	if err := os.MkdirAll(l.keys(), 0o700); err != nil {
		t.Fatal(err)
	}
	var err error
	if l.signer, err = ledgerkeeper.LoadSigner(l.keys(), origin, ""); err != nil {
		t.Fatal(err)
	}
	l.Keeper, err = ledgerkeeper.Open(ledgerkeeper.Options{
		Dir: filepath.Join(folder, "ledger"), Signer: l.signer, Log: silent, Witnesses: witnesses,
		Sessions: func() []ledgerkeeper.Session { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func (l *log) keys() string { return filepath.Join(l.folder, "keys") }

// note writes an entry, and whatever else waits.
func (l *log) note(text string) {
	l.t.Helper()
	ctx, cancel := withCancel(l.t)
	done := make(chan struct{})
	go func() { defer close(done); l.Run(ctx) }()
	if _, err := l.AppendNote(ctx, "clock", text); err != nil {
		l.t.Fatal(err)
	}
	cancel()
	<-done
}

// fork closes the log and copies it as it is, key and all.
func (l *log) fork() (one, other *log) {
	l.t.Helper()
	if err := l.Close(); err != nil {
		l.t.Fatal(err)
	}
	folder := l.t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(l.folder)); err != nil {
		l.t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(folder, "keys", "ledger-key"), 0o600); err != nil {
		l.t.Fatal(err)
	}
	return openLog(l.t, l.folder), openLog(l.t, folder)
}

// house serves a log that can be exchanged for another one.
type house struct {
	url  string
	show atomic.Pointer[transport.LedgerAPI]
}

func newHouse(t *testing.T, l transport.LedgerAPI) *house {
	t.Helper()
	h := new(house)
	h.shows(l)
	app := transport.NewApp(transport.AppOptions{Log: silent})
	transport.NewHTTP(transport.HTTPOptions{Ledger: shown{h}, Log: silent}).Register(app)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = app.Listener(listener) }()
	t.Cleanup(func() { _ = app.ShutdownWithTimeout(time.Second) })
	h.url = "http://" + listener.Addr().String()
	return h
}

func (h *house) shows(l transport.LedgerAPI) { h.show.Store(&l) }

// watch is a witness with a state of its own.
func watch(t *testing.T, h *house, state, key string, by note.Signer) *witness.Witness {
	t.Helper()
	w, err := witness.Open(witness.Options{URL: h.url, State: state, LogKey: key, Cosigner: by})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func look(t *testing.T, w *witness.Witness, size int64, fresh bool) {
	t.Helper()
	c, isFresh, err := w.Look(t.Context())
	if err != nil || c.Size != size || isFresh != fresh {
		t.Fatalf("saw size %d, fresh %v, want %d, %v: %v", c.Size, isFresh, size, fresh, err)
	}
}

// A witness follows a log through a change of its key and its own restart, and
// everybody can see that it does.
func TestAWitnessFollowsAndSigns(t *testing.T) {
	cosigner, verifier, err := ledger.NewCosigner("witness.example", [32]byte{5}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	v, err := ledger.NewCosignatureVerifier(verifier)
	if err != nil {
		t.Fatal(err)
	}
	l := openLog(t, t.TempDir(), v)
	h, state := newHouse(t, l), filepath.Join(t.TempDir(), "seen")
	w := watch(t, h, state, l.signer.Verifier(), cosigner)
	look(t, w, 1, true)
	look(t, w, 1, false)
	kept := current(t, l)
	l.note("one")
	if _, err := ledgerkeeper.RequestRotation(l.keys()); err != nil {
		t.Fatal(err)
	}
	l.note("two")
	l.note("three") // signed by the new key alone
	size := l.size()
	w = watch(t, h, state, "", cosigner)
	look(t, w, size, true)
	if words, err := ledger.Cosignatures(current(t, l), v); err != nil || len(words) != 1 {
		t.Errorf("%d cosignatures: %v", len(words), err)
	}
	if c, err := w.Check(t.Context(), kept); err != nil || c.Size != 1 {
		t.Errorf("a checkpoint of the first key: %v", err)
	}
	w = watch(t, h, state, "", cosigner) // which has to remember both keys
	l.note("four")
	look(t, w, size+1, true)
	late := watch(t, h, filepath.Join(t.TempDir(), "seen"), l.signer.Verifier(), nil)
	look(t, late, size+1, true)
	_, foreign, err := ledger.NewSigner(origin, [32]byte{77})
	if err != nil {
		t.Fatal(err)
	}
	misled := watch(t, h, filepath.Join(t.TempDir(), "seen"), foreign, nil)
	if _, _, err := misled.Look(t.Context()); err == nil {
		t.Error("a log was taken that never had this key")
	}
}

// Two people are shown two histories, by a server that has every key it needs.
func TestAWitnessCatchesASplitView(t *testing.T) {
	first := openLog(t, t.TempDir())
	key := first.signer.Verifier()
	first.note("what everybody was shown")
	one, other := first.fork()
	one.note("what one was shown")
	other.note("what the other was shown")
	other.note("and some more")
	h, state := newHouse(t, one), filepath.Join(t.TempDir(), "seen")
	w := watch(t, h, state, key, nil)
	look(t, w, 3, true)
	held := current(t, one)
	h.shows(other)
	_, _, err := w.Look(t.Context())
	var found *witness.Contradiction
	if !errors.As(err, &found) {
		t.Fatalf("not caught: %v", err)
	}
	keys, err := ledger.TrustKeys(ledger.Key{Verifier: key})
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range [][]byte{found.Held, found.Shown} {
		if _, err := keys.Open(note); err != nil {
			t.Errorf("the evidence is not signed by the log: %v", err)
		}
		if !strings.Contains(found.Error(), string(note)) {
			t.Error("the evidence is not shown")
		}
	}
	if string(found.Held) != string(held) {
		t.Errorf("held was %q", found.Held)
	}
	if _, err := witness.Open(witness.Options{URL: h.url, State: state}); err == nil || !strings.Contains(err.Error(), string(found.Shown)) {
		t.Errorf("after a restart the evidence is forgotten: %v", err)
	}
	// The other way round: what one person kept is held against what all see.
	fresh := watch(t, h, filepath.Join(t.TempDir(), "seen"), key, nil)
	look(t, fresh, 4, true)
	if _, err := fresh.Check(t.Context(), held); !errors.As(err, &found) {
		t.Errorf("a kept checkpoint of another history: %v", err)
	}
}

// A log that was begun anew under the same key is shorter than what it signed,
// until it has written as much again: then it contradicts itself.
func TestALogThatWasBegunAnewIsHeldToWhatItSigned(t *testing.T) {
	first := openLog(t, t.TempDir())
	first.note("one")
	first.note("two")
	kept, key := current(t, first), first.signer.Verifier()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ledger", "keys/ledger-head"} {
		if err := os.RemoveAll(filepath.Join(first.folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	anew := openLog(t, first.folder)
	h := newHouse(t, anew)
	w := watch(t, h, filepath.Join(t.TempDir(), "seen"), key, nil)
	look(t, w, 1, true)
	var shorter *witness.Shorter
	if _, err := w.Check(t.Context(), kept); !errors.As(err, &shorter) || shorter.Missing != 2 || !strings.Contains(err.Error(), string(kept)) {
		t.Errorf("shorter than it was: %v", err)
	}
	anew.note("one")
	anew.note("another")
	look(t, w, 3, true)
	var found *witness.Contradiction
	if _, err := w.Check(t.Context(), kept); !errors.As(err, &found) {
		t.Errorf("as long as it was: %v", err)
	}
}

// A server that shows an older checkpoint of the same history is slow, no liar.
func TestAnOlderCheckpointOfTheSameHistoryIsNoSplit(t *testing.T) {
	l := openLog(t, t.TempDir())
	l.note("one")
	old := current(t, l)
	l.note("two")
	h := newHouse(t, l)
	w := watch(t, h, filepath.Join(t.TempDir(), "seen"), l.signer.Verifier(), nil)
	look(t, w, 3, true)
	h.shows(bent{l, old})
	look(t, w, 2, false)
	h.shows(l)
	l.note("three")
	look(t, w, 4, true)
}

// Whoever stole an old key signs what the log will say next.
func TestAWitnessCatchesAnOldKey(t *testing.T) {
	l := openLog(t, t.TempDir())
	first := l.signer.Verifier()
	seed := stolen(t, l)
	l.note("one")
	if _, err := ledgerkeeper.RequestRotation(l.keys()); err != nil {
		t.Fatal(err)
	}
	l.note("two")
	h := newHouse(t, l)
	w := watch(t, h, filepath.Join(t.TempDir(), "seen"), first, nil)
	l.note("three")
	look(t, w, l.size(), true) // and learns the second key
	l.note("four")
	thief, _, err := ledger.NewSigner(origin, seed)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(current(t, l)), "\n\n")
	forged, err := note.Sign(&note.Note{Text: text + "\n"}, thief)
	if err != nil {
		t.Fatal(err)
	}
	h.shows(bent{l, forged})
	if _, _, err := w.Look(t.Context()); err == nil {
		t.Error("a checkpoint of the old key was taken by one who knows the new one")
	}
	fresh := watch(t, h, filepath.Join(t.TempDir(), "seen"), first, nil)
	if _, _, err := fresh.Look(t.Context()); err == nil {
		t.Error("a checkpoint of the old key was taken by one who knows no other, though the log has replaced it")
	}
	h.shows(l)
	look(t, w, l.size(), true)
}

// What a network makes of an answer is no evidence against the log.
func TestGarbageIsNoEvidence(t *testing.T) {
	l := openLog(t, t.TempDir())
	h, state := newHouse(t, l), filepath.Join(t.TempDir(), "seen")
	w := watch(t, h, state, l.signer.Verifier(), nil)
	look(t, w, 1, true)
	for _, answer := range []string{"", "<html>", "a\n1\nb\n\nc\n", strings.Replace(string(current(t, l)), "\n1\n", "\n2\n", 1)} {
		h.shows(bent{l, []byte(answer)})
		_, _, err := w.Look(t.Context())
		var found *witness.Contradiction
		if err == nil || errors.As(err, &found) {
			t.Errorf("%q: %v", answer, err)
		}
	}
	h.shows(l)
	look(t, w, 1, false)
	if _, err := witness.Open(witness.Options{URL: h.url, State: filepath.Join(t.TempDir(), "new")}); err == nil {
		t.Error("a witness that was told no key follows a log")
	}
}
