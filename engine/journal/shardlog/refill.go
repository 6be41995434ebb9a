package shardlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"gobua/engine"
	"gobua/engine/journal"
	"gobua/internal/durable"
)

// ErrOtherLog: what the log has is not the beginning of what it is to be filled
// from. Nothing was written.
var ErrOtherLog = errors.New("shardlog: the log has something else than the journal it is to be filled from")

// Refilled is what a Refill came to.
type Refilled struct {
	Sessions int   // of the source
	Records  int64 // written now; what an earlier attempt wrote is not counted
	Settled  int   // sessions that are settled
}

// fillAtOnce is how many shards are filled at the same time. A shard has one
// message on its way, and a stream takes those of its shards one after the other.
const fillAtOnce = 16

// Refill fills a log from a journal, of one machine or the mirror of a log that
// is lost: every session with the same records under the same hashes, and
// settled if it is. It goes the way of every owner: it claims, appends, releases.
// An attempt that broke off is taken up by the next one, which writes what is
// missing.
//
// It blocks for all of it, or until ctx ends. Nobody else may append to the log or
// to the source meanwhile; the caller sees to that. o.Mirror is not used: what is
// written is mirrored in scratch, a folder that is emptied before and removed at
// the end, and takes as much as the source. The error wraps ErrOtherLog if the
// log has a session that the source has not, more of one, or another one; and
// engine.ErrCorrupt if the source or the log is damaged, named by session.
func Refill(ctx context.Context, o Options, source engine.Journal, scratch string) (r Refilled, err error) {
	if err := os.RemoveAll(scratch); err != nil {
		return r, fmt.Errorf("shardlog: %w", err)
	}
	if o.Mirror, err = journal.OpenPebble(scratch, journal.Options{Log: o.Log}); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, o.Mirror.Close(), os.RemoveAll(scratch)) }()
	log, err := Open(ctx, o)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	f := &refill{log: log, source: source, missing: make([][]missing, len(log.shards)), settled: make([][]engine.SessionID, len(log.shards))}
	if err := f.compare(ctx); err != nil {
		return r, err
	}
	if err := log.Follow(Follower{}); err != nil {
		return r, err
	}
	var all errgroup.Group
	all.SetLimit(fillAtOnce)
	for shard := range log.shards {
		all.Go(func() error { return f.fill(ctx, shard) })
	}
	err = all.Wait()
	return f.done, err
}

// refill is one attempt.
type refill struct {
	log     *Log
	source  engine.Journal
	missing [][]missing          // by shard
	settled [][]engine.SessionID // by shard

	mu   sync.Mutex
	done Refilled
}

// missing is a session whose records after a head are not in the log.
type missing struct {
	session engine.SessionID
	after   engine.Head
}

// compare finds out what is missing, and refuses a log that has anything else.
func (f *refill) compare(ctx context.Context) error {
	ids, err := f.source.Sessions(ctx)
	if err != nil {
		return err
	}
	has := make(map[engine.SessionID]bool, len(ids))
	for _, id := range ids {
		has[id] = true
	}
	inLog, err := f.log.Sessions(ctx)
	if err != nil {
		return err
	}
	for _, id := range inLog {
		if !has[id] {
			return fmt.Errorf("%w: session %s, of which the journal of %d sessions has nothing", ErrOtherLog, id, len(ids))
		}
	}
	f.done.Sessions = len(ids)
	var refused error
	for _, id := range ids {
		err := f.compareOne(ctx, id)
		if err != nil && !errors.Is(err, engine.ErrCorrupt) && !errors.Is(err, ErrOtherLog) {
			return err
		}
		refused = errors.Join(refused, err) // all are named: each needs somebody's decision
	}
	return refused
}

func (f *refill) compareOne(ctx context.Context, id engine.SessionID) error {
	head, err := f.log.o.Mirror.Head(ctx, id)
	if err != nil {
		return err
	}
	var first, there, last engine.Entry // there: where the log ends
	err = f.source.Replay(ctx, id, 0, func(e engine.Entry) error {
		switch e.Seq {
		case 1:
			first = e
		case head.Seq:
			there = e
		}
		last = e
		return nil
	}) // to the end, so that damage is found before anything is written
	if head.Seq == 1 {
		there = first
	}
	switch {
	case err != nil:
		return err
	case last.Seq < head.Seq:
		return fmt.Errorf("%w: session %s, of which the log has %d records and the journal %d", ErrOtherLog, id, head.Seq, last.Seq)
	case there.Hash != head.Hash:
		return fmt.Errorf("%w: session %s, whose record %d is %s in the log and %s in the journal", ErrOtherLog, id, head.Seq, head.Hash.Short(), there.Hash.Short())
	}
	shard, err := f.log.shardOfFirst(id, first)
	if err != nil {
		return err
	}
	if last.Seq > head.Seq {
		f.missing[shard] = append(f.missing[shard], missing{id, head})
	}
	settled, err := f.source.Settled(ctx, id)
	if settled {
		f.settled[shard] = append(f.settled[shard], id)
	}
	return err
}

// fill writes what a shard lacks.
func (f *refill) fill(ctx context.Context, shard int) error {
	if len(f.missing[shard]) > 0 {
		if _, err := f.log.Claim(ctx, shard); err != nil {
			return err
		}
		p := &packer{log: f.log}
		for _, m := range f.missing[shard] {
			if err := p.addAll(ctx, f.source, m); err != nil {
				return err
			}
		}
		if err := p.flush(ctx); err != nil {
			return err
		}
		if err := f.log.Release(ctx, shard); err != nil {
			return err
		}
		f.mu.Lock()
		f.done.Records += p.written
		f.mu.Unlock()
	}
	for _, id := range f.settled[shard] {
		if err := f.log.MarkSettled(ctx, id); err != nil {
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done.Settled += len(f.settled[shard])
	return nil
}

// packer appends records of the sessions of a shard, many sessions in one message.
type packer struct {
	log     *Log
	parts   []engine.Part
	size    int
	written int64
}

// addAll adds what the log lacks of a session. The rest waits for flush.
func (p *packer) addAll(ctx context.Context, source engine.Journal, m missing) error {
	head, open := m.after, false // open: the last part is this session's
	return source.Replay(ctx, m.session, m.after.Seq, func(e engine.Entry) error {
		size := entryBytes + len(e.Body) + len(e.Disclosure)
		if p.size+size > PackBytes {
			if err := p.flush(ctx); err != nil {
				return err
			}
			open = false
		}
		if !open {
			p.parts = append(p.parts, engine.Part{Session: m.session, After: head})
			p.size += partBytes
			open = true
		}
		part := &p.parts[len(p.parts)-1]
		part.Entries = append(part.Entries, e)
		p.size += size
		head = engine.Head{Seq: e.Seq, Hash: e.Hash}
		return nil
	})
}

// flush appends what waits.
func (p *packer) flush(ctx context.Context) error {
	if len(p.parts) == 0 {
		return nil
	}
	if err := p.log.AppendTogether(ctx, p.parts); err != nil {
		return err
	}
	for _, part := range p.parts {
		p.written += int64(len(part.Entries))
	}
	p.parts, p.size = nil, 0
	return nil
}

// PutCursorsAside moves the cursors of another log out of a mirror's folder, into
// one within it that it returns; empty: there were none. The mirror is then read
// against the log from its beginning. No Log may have the mirror open.
func PutCursorsAside(dir string) (aside string, err error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("shardlog: %w", err)
	}
	files = slices.DeleteFunc(files, func(f os.DirEntry) bool { return f.IsDir() || !strings.HasPrefix(f.Name(), cursorPrefix) })
	if len(files) == 0 {
		return "", nil
	}
	aside = filepath.Join(dir, "cursors-until-"+time.Now().UTC().Format("20060102T150405.000Z"))
	err = os.Mkdir(aside, 0o700)
	for _, f := range files {
		if err == nil {
			err = os.Rename(filepath.Join(dir, f.Name()), filepath.Join(aside, f.Name()))
		}
	}
	if err = errors.Join(err, durable.SyncDir(aside), durable.SyncDir(dir)); err != nil {
		return "", fmt.Errorf("shardlog: %w", err)
	}
	return aside, nil
}
