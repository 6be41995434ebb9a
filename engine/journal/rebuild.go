package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"gobua/engine"
)

// Checked is what Check found of one session.
type Checked struct {
	Session engine.SessionID
	Head    engine.Head // the last record of the unbroken chain
	Kept    engine.Head // what the heads file says; zero if it could not be read
	Damage  error       // nil if the chain is whole and reaches its kept head
}

// Missing tells how many acknowledged records the session has lost, as far as
// the heads file knows.
func (c Checked) Missing() engine.Seq {
	if c.Kept.Seq > c.Head.Seq {
		return c.Kept.Seq - c.Head.Seq
	}
	return 0
}

// Check reads every record of a journal that no process has open, and changes
// nothing. It returns every session, damaged or not. The error wraps ErrHeads
// if the kept heads cannot be read and there are sessions, which are returned
// all the same; any other error means that the store as a whole cannot be read.
// Each record of an unbroken chain goes to fn, session by session, oldest
// first; an error of fn is that session's damage. fn may be nil.
func Check(ctx context.Context, dir string, fn func(engine.SessionID, engine.Entry) error) ([]Checked, error) {
	var found []Checked
	err := withFolder(dir, func(o Options, lock *pebble.Lock) error {
		kept, headsErr := readHeads(o.fs, o.fs.PathJoin(dir, headsName))
		var err error
		found, err = check(ctx, dir, o, lock, kept, fn)
		if err == nil && headsErr != nil && len(found) > 0 {
			err = fmt.Errorf("%w: %w: whether sessions end too early is unknown", ErrHeads, headsErr)
		}
		return err
	})
	return found, err
}

// RebuildHeads is the way out when kept heads are lost, or when somebody
// decides to go on with a journal that ends too early: it checks the chain of
// every session and takes the ends it finds as the kept heads. What the old
// file said is in the result, and the file itself stays beside the new one as
// evidence. Nothing in the store is changed; keep a copy of the folder all the
// same, because the next OpenPebble removes what the store no longer needs.
// The journal must not be open.
func RebuildHeads(ctx context.Context, dir string) ([]Checked, error) {
	var found []Checked
	err := withFolder(dir, func(o Options, lock *pebble.Lock) (err error) {
		kept, _ := readHeads(o.fs, o.fs.PathJoin(dir, headsName)) // if it cannot be read, that is often why we are here
		if found, err = check(ctx, dir, o, lock, kept, nil); err != nil {
			return err
		}
		heads := make(map[engine.SessionID]engine.Head, len(found))
		for _, c := range found {
			if c.Head.Seq > 0 {
				heads[c.Session] = c.Head
			}
		}
		return replaceHeads(o, dir, heads)
	})
	return found, err
}

// withFolder holds a folder's lock while do works on it.
func withFolder(dir string, do func(Options, *pebble.Lock) error) error {
	var o Options
	o.setDefaults()
	if _, err := o.fs.Stat(storeDir(o.fs, dir)); err != nil {
		return fmt.Errorf("journal %s: %w", dir, err) // and do not make one
	}
	lock, err := lockFolder(o.fs, dir)
	if err != nil {
		return err
	}
	if err := errors.Join(do(o, lock), lock.Close()); err != nil {
		return fmt.Errorf("journal %s: %w", dir, err)
	}
	return nil
}

// check reads every session there is, and names those that only the kept heads
// know.
func check(ctx context.Context, dir string, o Options, lock *pebble.Lock, kept map[engine.SessionID]engine.Head, fn func(engine.SessionID, engine.Entry) error) (found []Checked, err error) {
	seen := map[engine.SessionID]bool{}
	_, err = inspect(storeDir(o.fs, dir), o, lock, func(s *store) error {
		ids, err := s.sessions()
		if err != nil {
			return err
		}
		for _, id := range ids {
			c := s.check(ctx, id, kept[id], fn)
			if err := ctx.Err(); err != nil {
				return err
			}
			found, seen[id] = append(found, c), true
		}
		return nil
	})
	for _, id := range slices.Sorted(maps.Keys(kept)) {
		if !seen[id] { // nothing is left of it
			found = append(found, Checked{Session: id, Kept: kept[id], Damage: checkKept(id, engine.Head{}, kept[id], nil)})
		}
	}
	return found, err
}

// check reads a whole session.
func (s *store) check(ctx context.Context, id engine.SessionID, kept engine.Head, fn func(engine.SessionID, engine.Entry) error) Checked {
	c := Checked{Session: id, Kept: kept}
	last, err := s.last(id)
	if err == nil {
		err = s.read(ctx, id, engine.Head{}, last, func(e engine.Entry) error {
			c.Head = engine.Head{Seq: e.Seq, Hash: e.Hash}
			if fn == nil {
				return nil
			}
			return fn(id, e)
		})
	}
	if err == nil {
		err = checkKept(id, c.Head, kept, func(seq engine.Seq) (engine.Hash, error) { return s.hashAt(id, seq) })
	}
	c.Damage = err
	return c
}

// replaceHeads writes a heads file and keeps the old one under another name.
func replaceHeads(o Options, dir string, heads map[engine.SessionID]engine.Head) error {
	path := o.fs.PathJoin(dir, headsName)
	before := fmt.Sprintf("%s.before-%d", path, time.Now().UnixMilli())
	if err := o.fs.Link(path, before); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return writeHeads(o.fs, dir, heads)
}
