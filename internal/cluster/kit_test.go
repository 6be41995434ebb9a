package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"gobua/engine"
	"gobua/internal/clock"
	"gobua/internal/cluster"
	"gobua/internal/natsnode/natsnodetest"
)

// patience bounds every wait of these tests. Nothing is asserted about how long
// things take, only about their order.
const patience = 3 * time.Minute

// unitNames are those of the program: 64 shards and what must be single.
func unitNames() (names []string) {
	for i := range 64 {
		names = append(names, fmt.Sprintf("shard-%02d", i))
	}
	return append(names, "office", "ledger")
}

// What a book notes.
const (
	takeBegins = "take begins"
	takeEnds   = "take ends"
	takeFails  = "take fails"
	giveBegins = "give begins"
	giveEnds   = "give ends"
)

type note struct {
	node, unit, what string
	since            engine.Instant
	at               time.Duration
}

// book notes what all members of a test do, in one order.
type book struct {
	mu    sync.Mutex
	notes []note
	start time.Time
}

func newBook() *book { return &book{start: time.Now()} }

func (b *book) add(n note) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n.at = time.Since(b.start)
	b.notes = append(b.notes, n)
}

func (b *book) all() []note {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]note(nil), b.notes...)
}

// of returns the notes about one unit.
func (b *book) of(unit string) (list []note) {
	for _, n := range b.all() {
		if n.unit == unit {
			list = append(list, n)
		}
	}
	return list
}

// last returns the last note of a kind, or false.
func (b *book) last(node, unit, what string) (found note, ok bool) {
	for _, n := range b.of(unit) {
		if n.node == node && n.what == what {
			found, ok = n, true
		}
	}
	return found, ok
}

// first returns the first note of a kind, or false.
func (b *book) first(node, unit, what string) (found note, ok bool) {
	for _, n := range b.of(unit) {
		if n.node == node && n.what == what {
			return n, true
		}
	}
	return found, false
}

// oneOwner fails if anybody took a unit before who had it had given it up.
func (b *book) oneOwner(t *testing.T) {
	t.Helper()
	owner := map[string]string{}
	for _, n := range b.all() {
		switch n.what {
		case takeBegins:
			if owner[n.unit] != "" {
				t.Errorf("%s takes %s, which %s has", n.node, n.unit, owner[n.unit])
			}
			owner[n.unit] = n.node
		case takeFails, giveEnds:
			if owner[n.unit] != n.node {
				t.Errorf("%s: %s of %s, which %q has", n.node, n.what, n.unit, owner[n.unit])
			}
			owner[n.unit] = ""
		}
	}
}

// desk is a member with what it does noted.
type desk struct {
	*cluster.Member
	name string
	js   jetstream.JetStream
	book *book
	mu   sync.Mutex
	paid func() engine.Instant
	take func(ctx context.Context, unit string) error // nil: at once

	giveTakes time.Duration // so that who would not wait for its end is seen
}

// machine is the steady clock of all members of this process.
var machine = clock.Machine()

type joinOption func(*cluster.Options, *desk)

func join(t *testing.T, js jetstream.JetStream, name string, b *book, options ...joinOption) *desk {
	t.Helper()
	d, err := tryJoin(t, js, name, b, options...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// three are the nodes of most tests.
var three = []string{"n1", "n2", "n3"}

// joinThree has three nodes join, and waits until each has its share.
func joinThree(t *testing.T, c *natsnodetest.Cluster) (desks []*desk, b *book) {
	t.Helper()
	b = newBook()
	for i, n := range three {
		desks = append(desks, join(t, c.Nodes[i].JetStream(), n, b))
	}
	placed(t, three, desks...)
	return desks, b
}

func tryJoin(t *testing.T, js jetstream.JetStream, name string, b *book, options ...joinOption) (*desk, error) {
	t.Helper()
	d := &desk{name: name, js: js, book: b, paid: func() engine.Instant { return engine.InstantOf(time.Now()) }}
	o := cluster.Options{
		JS: js, Node: name, Units: unitNames(), Steady: machine.Steady, Log: natsnodetest.Log(t),
		PaidUntil: func() engine.Instant { d.mu.Lock(); defer d.mu.Unlock(); return d.paid() },
		Take:      d.onTake, Give: d.onGive,
	}
	for _, option := range options {
		option(&o, d)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var err error
	if d.Member, err = cluster.Join(ctx, o); err != nil {
		return nil, err
	}
	t.Cleanup(d.Close)
	return d, nil
}

func (d *desk) onTake(ctx context.Context, unit string, since engine.Instant) error {
	d.book.add(note{node: d.name, unit: unit, what: takeBegins, since: since})
	var err error
	if d.take != nil {
		err = d.take(ctx, unit)
	}
	if err != nil {
		d.book.add(note{node: d.name, unit: unit, what: takeFails})
		return err
	}
	d.book.add(note{node: d.name, unit: unit, what: takeEnds, since: since})
	return nil
}

func (d *desk) onGive(_ context.Context, unit string) error {
	d.book.add(note{node: d.name, unit: unit, what: giveBegins})
	time.Sleep(d.giveTakes)
	d.book.add(note{node: d.name, unit: unit, what: giveEnds})
	return nil
}

// setPaid changes what PaidUntil says.
func (d *desk) setPaid(at engine.Instant) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.paid = func() engine.Instant { return at }
}

// until waits for something to become true.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}

// placed waits until every unit is served by its right node of those named, and
// all desks see it so.
func placed(t *testing.T, nodes []string, desks ...*desk) {
	t.Helper()
	rights := cluster.Place(unitNames(), nodes)
	until(t, fmt.Sprintf("%v serve everything", nodes), func() bool {
		for _, d := range desks {
			for _, u := range unitNames() {
				right := rights[u]
				if owner, ok := d.Owner(u); !ok || owner != right || d.Mine(u) != (d.name == right) {
					return false
				}
			}
		}
		return true
	})
}

var errTest = errors.New("refused by the test")
