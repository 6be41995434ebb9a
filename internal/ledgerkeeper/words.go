package ledgerkeeper

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"gobua/engine/ledger"
)

// What reaches one node and concerns all goes into the chronicle as words: what
// witnesses signed, time stamps, and notes that whoever holds the log is to
// write.

// tell adds words to the chronicle and returns when this node has taken them. Any
// goroutine may call it.
func (k *Keeper) tell(ctx context.Context, it item) error {
	data, err := encodeItems([]item{it})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	seq, err := k.o.Chronicle.Add(ctx, data)
	if err != nil {
		return fmt.Errorf("%w: the chronicle takes no words: %w", ledger.ErrDown, err)
	}
	for {
		came := k.together.came.heard()
		if k.together.heard.Load() >= seq {
			return nil
		}
		select {
		case <-came:
		case <-ctx.Done():
			return fmt.Errorf("%w: words of the chronicle did not come: %w", ledger.ErrDown, ctx.Err())
		}
	}
}

// wishFor asks whoever holds the log to write a note, and waits until this node
// shows it.
func (k *Keeper) wishFor(ctx context.Context, entry *ledger.NoteEntry) (index int64, err error) {
	t := k.together
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	id := hex.EncodeToString(raw[:])
	answer := make(chan noteAnswer, 1)
	t.mu.Lock()
	t.waiting[id] = answer
	t.mu.Unlock()
	defer func() {
		t.mu.Lock()
		delete(t.waiting, id)
		t.mu.Unlock()
	}()
	if err := k.tell(ctx, item{Wish: entry.Text(), ID: id}); err != nil {
		return 0, err
	}
	select {
	case a := <-answer:
		return a.index, a.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// answer tells those who wait for a note that it is shown.
func (t *together) answer(size int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.granted = slices.DeleteFunc(t.granted, func(g grant) bool {
		if g.index >= size {
			return false
		}
		if answer, ok := t.waiting[g.id]; ok {
			delete(t.waiting, g.id)
			answer <- noteAnswer{index: g.index}
		}
		return true
	})
}

// wish reads a wish out of the message of a number.
func (it *item) wish(seq uint64) (w wish, err error) {
	e, err := ledger.ParseEntry(it.Wish)
	if err != nil {
		return w, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	n, ok := e.(*ledger.NoteEntry)
	if _, bad := hex.DecodeString(it.ID); !ok || bad != nil || len(it.ID) != 32 {
		return w, fmt.Errorf("%w: a wish for something else than a note", ErrDamaged)
	}
	return wish{seq: seq, id: it.ID, e: n}, nil
}

// wishes reads the notes that wait for a round, the oldest first.
func (s *store) wishes() (list []wish, err error) {
	var wrong error
	err = s.scan(row(wishRow), after(row(wishRow)), false, func(key, value []byte) bool {
		seq, _ := numberAt(key, 1)
		id, text, _ := strings.Cut(string(value), "\n")
		w, err := (&item{Wish: text, ID: id}).wish(uint64(seq))
		list, wrong = append(list, w), err
		return wrong == nil
	})
	if err == nil {
		err = wrong
	}
	return list, err
}

// cosignatureLine is a signature line of a note and the id of its key.
type cosignatureLine struct {
	id   uint32
	text string
}

// cosignatureLines reads the lines of witnesses under a checkpoint. Those of
// witnesses that this node knows are verified; the node to which they came has
// verified all.
func (k *Keeper) cosignatureLines(at published, text string) (lines []cosignatureLine, err error) {
	for l := range strings.Lines(text) {
		rest, dashed := strings.CutPrefix(l, "— ")
		name, signature, spaced := strings.Cut(strings.TrimSuffix(rest, "\n"), " ")
		raw, err := base64.StdEncoding.DecodeString(signature)
		if err != nil || !dashed || !spaced || !strings.HasSuffix(l, "\n") || !ledger.ValidOrigin(name) || len(raw) < 5 {
			return nil, fmt.Errorf("%.80q is no signature line", l)
		}
		id := binary.BigEndian.Uint32(raw)
		if v, err := note.VerifierList(k.o.Witnesses...).Verifier(name, id); err == nil && !v.Verify([]byte(at.checkpoint.Text()), raw[4:]) {
			return nil, fmt.Errorf("%s did not sign this", name)
		}
		lines = append(lines, cosignatureLine{id, l})
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%.80q has no signature", text)
	}
	return lines, nil
}
