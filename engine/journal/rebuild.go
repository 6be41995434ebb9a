package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"gobua/engine"
)

// Checked is what RebuildHeads found of one session.
type Checked struct {
	Session engine.SessionID
	Head    engine.Head // the last record of the unbroken chain
	Kept    engine.Head // what the old heads file said; zero if it could not be read
	Damage  error       // why the session is refused from now on; nil if its chain is whole
}

// Missing tells how many acknowledged records the session has lost, as far as
// the old heads file knew.
func (c Checked) Missing() engine.Seq {
	if c.Kept.Seq > c.Head.Seq {
		return c.Kept.Seq - c.Head.Seq
	}
	return 0
}

// RebuildHeads is the way out when kept heads are lost, or when somebody
// decides to go on with a journal that ends too early: it checks the chain of
// every session and takes the ends it finds as the kept heads. What the old
// file said is in the result, and the file itself stays beside the new one as
// evidence. Nothing in the records is changed. The journal must not be open.
func RebuildHeads(ctx context.Context, dir string) (found []Checked, err error) {
	var o Options
	o.setDefaults()
	lock, err := lockFolder(o.fs, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	s, err := openStore(storeDir(o.fs, dir), o.fs, lock, o.Log)
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, s.close()) }()
	old, _ := readHeads(o.fs, o.fs.PathJoin(dir, headsName)) // often the reason why we are here
	ids, err := s.sessions()
	if err != nil {
		return nil, err
	}
	heads := make(map[engine.SessionID]engine.Head, len(ids))
	for _, id := range ids {
		c := Checked{Session: id, Kept: old[id]}
		delete(old, id)
		if c.Head, c.Damage = s.check(ctx, id); ctx.Err() != nil {
			return nil, ctx.Err()
		}
		heads[id] = c.Head
		found = append(found, c)
	}
	for id, kept := range old { // sessions of which nothing is left
		found = append(found, Checked{Session: id, Kept: kept})
	}
	return found, replaceHeads(o, dir, heads)
}

// check reads a whole session and returns the end of its unbroken chain.
func (s *store) check(ctx context.Context, id engine.SessionID) (head engine.Head, damage error) {
	last, err := s.last(id)
	if err != nil {
		return head, err
	}
	damage = s.read(ctx, id, engine.Head{}, last, func(e engine.Entry) error {
		head = engine.Head{Seq: e.Seq, Hash: e.Hash}
		return nil
	})
	return head, damage
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
