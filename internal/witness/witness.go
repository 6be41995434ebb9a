// Package witness follows the public log of a server that it does not trust:
// it checks that every checkpoint continues what it saw before, signs those
// that do, and keeps both notes where one does not.
package witness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gobua/engine/ledger"
	"gobua/internal/durable"
)

// Options of a Witness. URL and State are required.
type Options struct {
	URL    string // of the server, without /log
	State  string // file that remembers what was seen
	LogKey string // verifier key of the log; needed at the first look, afterwards it is remembered
	// Cosigner signs what was found in order; nil: it is only looked at.
	Cosigner note.Signer
}

// Witness follows one log. Its methods are called from one goroutine.
type Witness struct {
	o    Options
	log  *client
	seen seen
}

// seen is what a witness remembers: the keys that it believes and the largest
// checkpoint that it found in order.
type seen struct {
	Keys []ledger.Key `json:"keys"`
	Note string       `json:"note,omitempty"`
}

// unknown is the index of a key that was given and not yet found in the log.
const unknown = -1

// Contradiction is the proof that the log shows two histories, or signs with a
// key that is no longer its own. Both notes are signed by it.
type Contradiction struct {
	Held, Shown []byte // the note that the witness held, and the one that it was shown
	Why         error
}

// Error has both notes in it, because they are worth more than any sentence.
func (c *Contradiction) Error() string {
	return fmt.Sprintf("THE LOG CONTRADICTS ITSELF: %v\n\nIt was held to:\n%s\nand shows now:\n%s", c.Why, c.Held, c.Shown)
}

// Unwrap returns why.
func (c *Contradiction) Unwrap() error { return c.Why }

// Shorter says that the log shows less than it once signed and cannot prove that
// this is the same history. A server whose answers are old looks so for a while;
// one that began its log anew looks so until it has written as much again, and
// then contradicts itself.
type Shorter struct {
	Kept, Shown []byte // both signed by the log
	Missing     int64  // entries
	Why         error  // what it answered instead of a proof
}

// Error has both notes in it.
func (s *Shorter) Error() string {
	return fmt.Sprintf("the log is shorter than it was: %d entries that it signed are not shown, and it proves nothing about them (%v). "+
		"Look again later, and keep both notes.\n\nIt once signed:\n%s\nand shows now:\n%s", s.Missing, s.Why, s.Kept, s.Shown)
}

// Unwrap returns why.
func (s *Shorter) Unwrap() error { return s.Why }

// evidence is where a contradiction is kept, beside what was seen.
func (o Options) evidence() string { return o.State + ".evidence" }

// Open reads what was seen before. A witness that holds evidence against its
// log follows it no more until somebody has taken the file away.
func Open(o Options) (*Witness, error) {
	if kept, err := os.ReadFile(o.evidence()); err == nil {
		return nil, fmt.Errorf("there is evidence against this log in %s; take the file away to follow it all the same\n\n%s", o.evidence(), kept)
	}
	w := &Witness{o: o, log: newClient(o.URL)}
	raw, err := os.ReadFile(o.State)
	switch {
	case err == nil:
		if err := json.Unmarshal(raw, &w.seen); err != nil {
			return nil, fmt.Errorf("%s is damaged: %w", o.State, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case o.LogKey == "":
		return nil, errors.New("the verifier key of the log is needed at the first look; ask the operator for it: gobua keys show")
	default:
		w.seen.Keys = []ledger.Key{{Verifier: o.LogKey, Index: unknown}}
	}
	if len(w.seen.Keys) == 0 {
		return nil, fmt.Errorf("%s is damaged: it has no key", o.State)
	}
	_, err = ledger.TrustKeys(w.seen.Keys...)
	return w, err
}

// Look takes the newest checkpoint of the log and returns it if it continues
// what was seen, after it has been remembered and, where wanted, signed and
// handed in. fresh: it is larger than anything seen before. A *Contradiction
// is final; any other error may pass.
func (w *Witness) Look(ctx context.Context) (c ledger.Checkpoint, fresh bool, err error) {
	signed, err := w.log.checkpoint(ctx)
	if err != nil {
		return c, false, err
	}
	held, err := w.held()
	if err != nil {
		return c, false, err
	}
	if c, err = ledger.CheckpointOf(signed); err != nil {
		return c, false, err
	}
	keys, err := w.learnKeys(ctx, held.Size, c)
	if err == nil {
		_, err = keys.Open(signed)
	}
	if errors.Is(err, ledger.ErrOldKey) { // nobody but who has a key of the log can bring this about
		err = &Contradiction{Held: []byte(w.seen.Note), Shown: signed, Why: err}
	}
	if err == nil {
		err = w.continues(ctx, signed, held, c)
	}
	if err != nil {
		return c, false, w.keepEvidence(err)
	}
	if c.Size <= held.Size {
		return c, false, nil
	}
	next := seen{Keys: keys.List(), Note: string(signed)}
	raw, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return c, false, err
	}
	if err := durable.WriteFile(w.o.State, raw); err != nil {
		return c, false, err
	}
	w.seen = next
	return c, true, w.cosign(ctx, c)
}

// held is the largest checkpoint seen; size zero: none.
func (w *Witness) held() (ledger.Checkpoint, error) {
	if w.seen.Note == "" {
		return ledger.Checkpoint{}, nil
	}
	return ledger.CheckpointOf([]byte(w.seen.Note))
}

// learnKeys reads the entries of a log from an index on and returns the keys
// that are believed with those that they have signed in. Every entry is checked
// against the tree of the checkpoint, so nobody can keep the end of a key from
// a witness who is shown a checkpoint that comes after it.
func (w *Witness) learnKeys(ctx context.Context, from int64, c ledger.Checkpoint) (ledger.Keys, error) {
	keys := w.seen.Keys
	known, err := ledger.TrustKeys(keys...)
	if err != nil {
		return known, err
	}
	begun := keys[0].Index != unknown
	err = w.log.entries(ctx, from, c, func(index int64, text string) error {
		e, err := ledger.ParseEntry(text)
		begin, ok := e.(*ledger.KeyEntry)
		switch {
		case err != nil || !ok: // entries of a later version are not ours to judge
			return nil
		case begun:
			return known.Add(index, text)
		case begin.Verifier == keys[0].Verifier:
			begun = true
			known, err = ledger.TrustKeys(ledger.Key{Verifier: begin.Verifier, Index: index, At: begin.At})
			return err
		}
		return nil
	})
	if err == nil && !begun {
		err = fmt.Errorf("the log %s has no such key: %s", c.Origin, keys[0].Verifier)
	}
	return known, err
}

// continues checks a checkpoint against the one that is held, by tiles that are
// checked against the larger of the two.
func (w *Witness) continues(ctx context.Context, signed []byte, held, c ledger.Checkpoint) error {
	if held.Size == 0 || c.Size == 0 || held == c {
		return nil
	}
	smaller, larger := held, c
	if c.Size < held.Size {
		smaller, larger = c, held
	}
	tiles := &tiles{ctx: ctx, log: w.log}
	var proof tlog.TreeProof
	var err error
	if smaller.Size < larger.Size {
		proof, err = tlog.ProveTree(larger.Size, smaller.Size, tlog.TileHashReader(larger.Tree(), tiles))
		if tiles.failure != nil {
			return tiles.failure
		}
	}
	if err == nil {
		err = ledger.CheckConsistency(smaller, larger, ledger.Hashes(proof))
	}
	if err != nil {
		return &Contradiction{Held: []byte(w.seen.Note), Shown: signed, Why: err}
	}
	return nil
}

// Check holds the log to a checkpoint that somebody kept. The newest one must
// have been looked at before.
func (w *Witness) Check(ctx context.Context, kept []byte) (ledger.Checkpoint, error) {
	newest, err := w.held()
	if err != nil {
		return newest, err
	}
	c, err := ledger.CheckpointOf(kept)
	if err != nil {
		return c, err
	}
	keys, err := ledger.TrustKeys(w.seen.Keys...)
	if err == nil {
		_, err = keys.Open(kept)
	}
	if err != nil {
		return c, err
	}
	err = w.continues(ctx, kept, newest, c)
	var contradiction *Contradiction
	if err != nil && c.Size > newest.Size && !errors.As(err, &contradiction) {
		err = &Shorter{Kept: kept, Shown: []byte(w.seen.Note), Missing: c.Size - newest.Size, Why: err}
	}
	return c, w.keepEvidence(err)
}

// keepEvidence writes a contradiction down before anybody is told.
func (w *Witness) keepEvidence(err error) error {
	var c *Contradiction
	if !errors.As(err, &c) {
		return err
	}
	both := bytes.Join([][]byte{c.Held, c.Shown}, []byte("\n"))
	return errors.Join(err, durable.WriteFile(w.o.evidence(), both))
}

// cosign signs a checkpoint that was found in order and hands it in.
func (w *Witness) cosign(ctx context.Context, c ledger.Checkpoint) error {
	if w.o.Cosigner == nil {
		return nil
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, w.o.Cosigner)
	if err != nil {
		return err
	}
	if err := w.log.handIn(ctx, signed); err != nil {
		return fmt.Errorf("the cosignature was not taken: %w", err)
	}
	return nil
}
