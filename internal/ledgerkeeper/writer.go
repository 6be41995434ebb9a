package ledgerkeeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"gobua/engine"
	"gobua/engine/ledger"
)

// lookEvery is how often the sessions are looked at. A close is in a signed
// checkpoint within about this time.
const lookEvery = time.Second

// complainEvery is how often the log says that the ledger cannot be written.
const complainEvery = 10 * time.Second

// healPause is how long the store is left alone after it failed.
const healPause = 5 * time.Second

// noteRequest is a note that waits for its round.
type noteRequest struct {
	entry  *ledger.NoteEntry
	answer chan<- noteAnswer // has room for one
}

type noteAnswer struct {
	index int64
	err   error
}

// AppendNote writes a note such as a jump of the clock, and returns its index
// once it is published. It blocks until then, which takes a moment, or until
// ctx ends; then the note may still be written. In a cluster whoever holds the
// log writes it, whichever node was asked.
func (k *Keeper) AppendNote(ctx context.Context, kind string, lines ...string) (index int64, err error) {
	entry, err := ledger.NewNoteEntry(kind, lines...)
	if err != nil {
		return 0, err
	}
	if k.together != nil {
		return k.wishFor(ctx, entry)
	}
	answer := make(chan noteAnswer, 1)
	select {
	case k.notes <- noteRequest{entry, answer}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case a := <-answer:
		return a.index, a.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// runWriter looks at the sessions until ctx ends, and once more then.
func (k *Keeper) runWriter(ctx context.Context) {
	beat := time.NewTicker(lookEvery)
	defer beat.Stop()
	for {
		k.look(nil, false)
		select {
		case r := <-k.notes:
			k.look(&r, false)
		case <-beat.C:
		case <-ctx.Done():
			k.look(nil, true)
			return
		}
	}
}

// look writes a round if one is due: the time has come, a session has just
// closed or was announced, a note or a new key waits, or it is the last.
func (k *Keeper) look(waiting *noteRequest, last bool) {
	began := k.o.Now()
	index, entries, err := k.round(waiting, last, began)
	if waiting != nil {
		waiting.answer <- noteAnswer{index, err}
	}
	if err == nil && k.o.Signer.rotationWaits() {
		err = k.rotate(engine.InstantOf(began))
	}
	if entries > 0 || err != nil {
		k.o.Meter.Written(entries, k.o.Now().Sub(began), err)
	}
	if err != nil && began.Sub(k.complained) >= complainEvery {
		k.complained = began
		k.o.Log.Error("ledger: nothing can be written, will try again", "err", err)
	}
}

// round writes a round if one is due. index is that of the last entry.
func (k *Keeper) round(waiting *noteRequest, last bool, began time.Time) (index int64, entries int, err error) {
	if err := k.mend(began); err != nil {
		return 0, 0, err
	}
	if err := k.finishRotation(); err != nil {
		return 0, 0, err
	}
	if err := k.catchUp(); err != nil {
		return 0, 0, err
	}
	sessions := k.o.Sessions()
	ended := k.anyEnded(sessions)
	if !last && waiting == nil && !ended && began.Sub(k.lastRound) < k.o.Every {
		return 0, 0, nil
	}
	lines, err := k.linesOf(sessions, engine.InstantOf(began))
	if err != nil {
		return 0, 0, err
	}
	if waiting != nil {
		lines = append(lines, line{entry: waiting.entry})
	}
	if ended {
		k.urgent.Store(k.shown.checkpoint.Size + int64(len(lines)))
	}
	index, err = k.write(lines, began)
	return index, len(lines), err
}

// write appends a round and publishes it; index is that of the last entry.
func (k *Keeper) write(lines []line, began time.Time) (index int64, err error) {
	if len(lines) == 0 {
		k.lastRound = began
		return 0, nil
	}
	size := k.shown.checkpoint.Size
	p, err := k.append(size, lines, engine.InstantOf(began), k.o.Signer.present())
	if err != nil {
		return 0, err
	}
	k.lastRound = began
	for i, l := range lines {
		if l.session != "" {
			l.state.Index = size + int64(i)
			k.known[l.session] = l.state
		}
	}
	return p.checkpoint.Size - 1, k.publish(p)
}

// catchUp publishes what is durable and could not be published before.
func (k *Keeper) catchUp() error {
	last, err := k.store.last()
	if err != nil || last.checkpoint.Size == k.shown.checkpoint.Size {
		return err
	}
	return k.publish(last)
}

// mend opens the store again after a failed write, so that what is shown from
// then on was read from the disk and not from the memory of the failure.
func (k *Keeper) mend(now time.Time) error {
	if k.store != nil && !k.store.failed.Load() {
		return nil
	}
	if now.Sub(k.triedAt) < healPause {
		return ledger.ErrDown
	}
	k.triedAt = now
	k.mu.Lock()
	defer k.mu.Unlock()
	s, err := k.openAgain(false)
	if err != nil {
		return err
	}
	keys, err := s.keys()
	if err != nil {
		return errors.Join(err, s.db.Close())
	}
	k.store, k.keys = s, keys
	return k.loadKnown()
}

// openAgain opens the store in place of one that failed, if it still has all that
// was shown. The caller holds k.mu and keeps what it gets.
func (k *Keeper) openAgain(mayBeEmpty bool) (*store, error) {
	if k.store != nil {
		_ = k.store.db.Close() // it reports the failure we know
		k.store = nil
	}
	s, err := openStore(k.o.Dir, k.o.Log)
	if err != nil {
		return nil, err
	}
	last, err := s.last()
	if err == nil && last.checkpoint.Size < k.shown.checkpoint.Size {
		err = fmt.Errorf("%w: it ends at %d, shown was %d", ErrDamaged, last.checkpoint.Size, k.shown.checkpoint.Size)
	}
	empty := errors.Is(err, ledger.ErrNotFound) && k.shown.checkpoint.Size == 0
	if err != nil && !(empty && mayBeEmpty) {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

// loadKnown reads what was last written of each session.
func (k *Keeper) loadKnown() (err error) {
	clear(k.known)
	var wrong error
	err = k.store.scan(row(sessionRow), after(row(sessionRow)), false, func(key, value []byte) bool {
		var w written
		if wrong = json.Unmarshal(value, &w); wrong != nil {
			wrong = fmt.Errorf("%w: session %s: %w", ErrDamaged, key[1:], wrong)
			return false
		}
		k.known[engine.SessionID(key[1:])] = w
		return true
	})
	return errors.Join(err, wrong)
}

// anyEnded tells whether a session closed, was announced, stopped or cancelled
// since it was last written.
func (k *Keeper) anyEnded(sessions []Session) bool {
	return slices.ContainsFunc(sessions, func(s Session) bool {
		return (s.Phase == engine.PhaseClosed || s.Phase.Final()) && k.known[s.ID].Phase != s.Phase
	})
}

// linesOf makes the entries of a round, in the order of the sessions' ids.
func (k *Keeper) linesOf(sessions []Session, now engine.Instant) ([]line, error) {
	slices.SortFunc(sessions, func(a, b Session) int { return strings.Compare(string(a.ID), string(b.ID)) })
	var lines []line
	for _, s := range sessions {
		before, known := k.known[s.ID]
		l := line{session: s.ID, state: written{Head: s.Head, Phase: s.Phase, Blind: s.Blind && s.Phase != engine.PhaseAnnounced}}
		switch {
		case l.state.Blind && !blindDue(s, before, known), !l.state.Blind && known && before.Head == s.Head && !before.Blind:
			continue
		case l.state.Blind:
			l.opening = &ledger.Opening{Head: s.Head}
			if _, err := io.ReadFull(k.o.Random, l.opening.Salt[:]); err != nil {
				return nil, fmt.Errorf("ledger: salt: %w", err)
			}
			l.entry = &ledger.BlindHeadEntry{Session: s.ID, Commitment: ledger.Commit(s.ID, *l.opening), At: now}
		default:
			l.entry = &ledger.HeadEntry{Session: s.ID, Head: s.Head, At: now}
		}
		if known && (s.Head.Seq < before.Head.Seq || s.Head.Seq == before.Head.Seq && s.Head != before.Head) {
			// Written all the same: what the log said before cannot be taken back.
			k.o.Meter.Contradicted()
			why := "ledger: a session has fewer records than the log has witnessed"
			if s.Head.Seq == before.Head.Seq {
				why = "ledger: a session has other records than the log has witnessed"
			}
			k.o.Log.Error(why, "session", s.ID, "records", s.Head.Seq, "witnessed", before.Head.Seq, "entry", before.Index)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// blindDue tells whether a session of sealed offers gets an entry in this
// round. It looks at nothing that an offer could change: there is one at first
// sight, at each phase, and in every round from the opening to the result.
func blindDue(s Session, before written, known bool) bool {
	taking := s.Phase == engine.PhaseRunning || s.Phase == engine.PhasePaused || s.Phase == engine.PhaseClosed
	return !known || before.Phase != s.Phase || taking
}
