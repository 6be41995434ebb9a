package powerloss

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Fate is what became of that which was not synced.
type Fate int

// Fates. Names in a folder come back in the order in which they were made, as
// file systems with a journal do it: all up to some moment.
const (
	Lost  Fate = iota // none of it is there
	Some              // some writes are there, others are not
	Torn              // the first ones are there, the next one up to some byte
	Kept              // all of it is there
	Fates             // how many there are
)

func (f Fate) String() string { return [...]string{"lost", "some", "torn", "kept"}[f] }

// Cut builds the folder, in an empty one, as it may be found if the power fails
// right before a moment.
func (t *Trace) Cut(at int, fate Fate, chance *rand.Rand, into string) error {
	return t.build(t.root0, at, fate, chance, into)
}

func (t *Trace) build(folder *node, at int, fate Fate, chance *rand.Rand, into string) error {
	names := map[string]*node{}
	synced, pending := t.split(folder, at, len(folder.names), func(i int) span { return folder.names[i].span })
	kept := 0
	switch fate {
	case Some, Torn:
		kept = chance.IntN(len(pending) + 1)
	case Kept:
		kept = len(pending)
	}
	for _, i := range append(synced, pending[:kept]...) {
		for name, n := range folder.names[i].to {
			names[name] = n
		}
	}
	for name, n := range names {
		path := filepath.Join(into, name)
		switch {
		case n == nil:
		case n.folder:
			if err := os.MkdirAll(path, 0o700); err != nil {
				return err
			}
			if err := t.build(n, at, fate, chance, path); err != nil {
				return err
			}
		default:
			if err := os.WriteFile(path, t.content(n, at, fate, chance), 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// split tells which calls on a file were followed by a sync of it that had
// returned before a moment, and which had begun without one.
func (t *Trace) split(n *node, at, calls int, of func(int) span) (synced, pending []int) {
	durable := math.MinInt
	for _, s := range n.syncs {
		if s.to < at && (t.ignores == nil || !t.ignores(n.path)) {
			durable = max(durable, s.from)
		}
	}
	for i := range calls {
		switch s := of(i); {
		case s.to < durable:
			synced = append(synced, i)
		case s.from < at:
			pending = append(pending, i)
		}
	}
	return synced, pending
}

func (t *Trace) content(n *node, at int, fate Fate, chance *rand.Rand) (b []byte) {
	synced, pending := t.split(n, at, len(n.changes), func(i int) span { return n.changes[i].span })
	for _, i := range synced {
		b = n.changes[i].apply(b)
	}
	last := len(pending)
	if fate == Torn {
		last = chance.IntN(len(pending) + 1)
	}
	for k, i := range pending {
		c := n.changes[i]
		switch {
		case fate == Lost, fate == Some && chance.IntN(2) == 0, fate == Torn && k > last:
			continue
		case fate == Torn && k == last && c.data != nil:
			c.data = c.data[:chance.IntN(len(c.data)+1)]
		}
		b = c.apply(b)
	}
	return b
}

// apply makes a change; what was never written below it is zero.
func (c change) apply(b []byte) []byte {
	end := int(c.offset) + len(c.data)
	if c.data == nil && len(b) > end {
		return b[:end:end]
	}
	if len(b) < end {
		b = append(b, make([]byte, end-len(b))...)
	}
	copy(b[c.offset:], c.data)
	return b
}

// Summary says how much of what there is in a trace.
func (t *Trace) Summary() string {
	changes, names, syncs := 0, 0, 0
	for _, n := range t.nodes {
		changes, names, syncs = changes+len(n.changes), names+len(n.names), syncs+len(n.syncs)
	}
	return fmt.Sprintf("%d files and folders, %d writes, %d changes of names, %d syncs", len(t.nodes), changes, names, syncs)
}
