package proof

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine"
	"gobua/engine/ledger"
)

// Unreadable tells that something that was given beside a file is not what it
// should be. It says nothing about the file.
type Unreadable struct {
	What string `json:"what"` // key, witness, checkpoint, receipt
	Text string `json:"text"` // its beginning
	Err  error  `json:"-"`
}

func (u *Unreadable) Error() string { return fmt.Sprintf("no %s: %.60q: %v", u.What, u.Text, u.Err) }

// Unwrap returns why.
func (u *Unreadable) Unwrap() error { return u.Err }

// trust is what somebody who verifies has from elsewhere.
type trust struct {
	keys      []string // of the server
	witnesses []note.Verifier
	kept      []*KeptCheckpoint
}

// trust reads what was given beside the file. Errors are *Unreadable.
func (o *Options) trust() (t trust, err error) {
	for _, key := range o.Keys {
		if _, err := note.NewVerifier(key); err != nil {
			return t, &Unreadable{"key", key, err}
		}
		if !slices.Contains(t.keys, key) {
			t.keys = append(t.keys, key)
		}
	}
	for _, key := range o.Witnesses {
		w, err := ledger.NewCosignatureVerifier(key)
		if err != nil {
			return t, &Unreadable{"witness", key, err}
		}
		t.witnesses = append(t.witnesses, w)
	}
	for _, signed := range o.Checkpoints {
		c, err := ledger.CheckpointOf([]byte(signed))
		if err != nil {
			return t, &Unreadable{"checkpoint", signed, err}
		}
		t.kept = append(t.kept, &KeptCheckpoint{Origin: c.Origin, Size: c.Size, Root: c.Root, note: signed})
	}
	return t, nil
}

// keyring are the keys with which receipts may be signed, nil: none is known.
// named are those that were named and what follows from them, log those of the
// log in the file where none were named.
func (t *trust) keyring(l *Logged, keys ledger.Keys) (named, log func(signed []byte) (string, error)) {
	if len(t.keys) == 0 {
		if l == nil {
			return nil, nil
		}
		return nil, remembering(keys.Verify)
	}
	list := keys.List() // which follow from a named one
	for _, key := range t.keys {
		if !slices.ContainsFunc(list, func(k ledger.Key) bool { return k.Verifier == key }) {
			list = append(list, ledger.Key{Verifier: key})
		}
	}
	all, err := ledger.TrustKeys(list...)
	if err != nil {
		return nil, nil // cannot be: they were read before
	}
	return remembering(all.Verify), nil
}

// remembering opens each note once: receipts that were given at once share one.
func remembering(verify func(signed []byte) (string, error)) func(signed []byte) (string, error) {
	type opened struct {
		text string
		err  error
	}
	seen := map[string]opened{}
	return func(signed []byte) (string, error) {
		o, ok := seen[string(signed)]
		if !ok {
			o.text, o.err = verify(signed)
			seen[string(signed)] = o
		}
		return o.text, o.err
	}
}

// verifiers are those of keys that were checked before.
func (t *trust) verifiers(keys ...string) (list []note.Verifier) {
	for _, key := range keys {
		if v, err := note.NewVerifier(key); err == nil {
			list = append(list, v)
		}
	}
	return list
}

// KeptCheckpoint is a checkpoint of the log that somebody kept.
type KeptCheckpoint struct {
	Origin string         `json:"origin"`
	Size   int64          `json:"size"`
	Root   engine.Hash    `json:"root"`
	Says   CheckpointSays `json:"says"`

	note string
}

// CheckpointSays is what a kept checkpoint comes to beside a file.
type CheckpointSays string

// What a kept checkpoint may come to. That it contradicts the file is a Wrong.
const (
	CheckpointSame      CheckpointSays = "same"      // it is the one in the file
	CheckpointUnproved  CheckpointSays = "unproved"  // of another size: only the log can show that one continues the other
	CheckpointElsewhere CheckpointSays = "elsewhere" // of another log
	CheckpointAlone     CheckpointSays = "alone"     // the file says nothing of the log
	CheckpointForeign   CheckpointSays = "foreign"   // no key that is known here signed it
	CheckpointOldKey    CheckpointSays = "old_key"   // signed with a key that was not in force at its size
)

// compare holds the checkpoints that were kept to the one in the file, nil:
// there is none, and to one another. keys are those of the log in the file.
func (t *trust) compare(l *Logged, keys ledger.Keys) error {
	roots := map[string]engine.Hash{}
	place := func(origin string, size int64) string { return fmt.Sprintf("%s\n%d", origin, size) }
	if l != nil {
		roots[place(l.Origin, l.Size)] = l.Root
	}
	for _, k := range t.kept {
		if k.Says = t.signed(k, keys); k.Says != CheckpointAlone {
			continue
		}
		root, seen := roots[place(k.Origin, k.Size)]
		if seen && root != k.Root {
			return wrong(0, CodeSplitView, "size", k.Size, "root", root, "other", k.Root)
		}
		roots[place(k.Origin, k.Size)] = k.Root
		switch {
		case l == nil:
		case k.Origin != l.Origin:
			k.Says = CheckpointElsewhere
		case k.Size == l.Size:
			k.Says = CheckpointSame
		default:
			k.Says = CheckpointUnproved
		}
	}
	return nil
}

// signed tells whether a kept checkpoint is signed by its log: CheckpointAlone
// if it is, else why it proves nothing.
func (t *trust) signed(k *KeptCheckpoint, keys ledger.Keys) CheckpointSays {
	_, err := keys.Open([]byte(k.note))
	if err == nil {
		return CheckpointAlone
	}
	for _, key := range t.keys {
		known := slices.ContainsFunc(keys.List(), func(of ledger.Key) bool { return of.Verifier == key })
		one, trusted := ledger.TrustKeys(ledger.Key{Verifier: key})
		if known || trusted != nil {
			continue
		}
		if _, err := one.Open([]byte(k.note)); err == nil {
			return CheckpointAlone
		}
	}
	switch {
	case errors.Is(err, ledger.ErrOldKey):
		return CheckpointOldKey
	case keys.Origin() != "" && keys.Origin() != k.Origin:
		return CheckpointElsewhere
	}
	return CheckpointForeign
}
