package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"gobua/engine"
)

// Status is one node as this node sees it.
type Status struct {
	Node        string         `json:"node"`
	Self        bool           `json:"self,omitempty"`
	Live        bool           `json:"live"`
	Why         string         `json:"why,omitempty"` // it is not live: "dead", "gone"
	Draining    bool           `json:"draining,omitempty"`
	PaidUntilMs engine.Instant `json:"paidUntilMs"`
	Units       int            `json:"units"`           // served there
	Apart       int            `json:"apart,omitempty"` // how many nodes live that do not answer it, as it says
	Facts       Facts          `json:"facts"`
}

// UnitStatus is one unit as this node sees it.
type UnitStatus struct {
	Unit    string `json:"unit"`
	Owner   string `json:"owner,omitempty"` // empty: nobody
	Epoch   uint64 `json:"epoch"`
	Serving bool   `json:"serving"` // its owner serves it and is live
	Right   string `json:"right,omitempty"`
	Doing   string `json:"doing,omitempty"` // what this node does with it
}

// Report is what a node answers to who asks for the state of the cluster.
type Report struct {
	From    string       `json:"from"` // the node that answers
	Members []Status     `json:"members"`
	Units   []UnitStatus `json:"units"`
}

// statusSubject is answered by any node, for people.
const statusSubject = "gobua.status"

func (m *Member) serveStatus() error {
	return m.subscribe(statusSubject, "status", func(msg *nats.Msg) {
		v := m.view.Load()
		answer, err := json.Marshal(Report{From: m.o.Node, Members: v.members, Units: v.units})
		if err != nil {
			panic(err) // texts and numbers
		}
		m.answer(msg, answer)
	})
}

// AskReport asks any node for the state of the cluster. It needs no more rights
// than a reader has, and blocks until somebody answers or ctx ends.
func AskReport(ctx context.Context, nc *nats.Conn) (r Report, err error) {
	msg, err := nc.RequestWithContext(ctx, statusSubject, nil)
	if err != nil {
		return r, fmt.Errorf("cluster: nobody tells its state: %w", err)
	}
	if err := json.Unmarshal(msg.Data, &r); err != nil {
		return r, fmt.Errorf("cluster: the state is not readable: %w", err)
	}
	return r, nil
}

// view is what others may read. It never changes.
type view struct {
	members []Status
	units   []UnitStatus
	owners  map[string]string // of units that are served
	mine    map[string]bool
	term    uint64 // of the lease under which they are
	cutFrom map[string]time.Duration
	changed chan struct{} // closed when a later view has other owners
}

// publish makes what is known public, if it has changed.
func (m *Member) publish() {
	v := &view{owners: map[string]string{}, mine: map[string]bool{}, term: m.term, cutFrom: m.cutFrom, changed: make(chan struct{})}
	count := map[string]int{}
	for _, name := range m.o.Units {
		u := m.known.units[name]
		n := m.known.nodes[u.key.Owner]
		s := UnitStatus{
			Unit: name, Owner: u.key.Owner, Epoch: u.key.Epoch, Right: m.right[name],
			Serving: u.key.Serving && n != nil && n.live() && n.key.Incarnation == u.key.Incarnation,
		}
		if u.phase != idle {
			s.Doing = phaseNames[u.phase]
		}
		if m.serves(u) {
			v.mine[name] = true
		}
		if u.key.Owner == m.o.Node {
			s.Serving = v.mine[name]
		}
		if v.mine[name] || s.Serving && u.key.Owner != m.o.Node {
			v.owners[name] = u.key.Owner
			count[u.key.Owner]++
		}
		v.units = append(v.units, s)
	}
	v.members = m.statuses(count)
	m.install(v)
}

// serves tells whether we decide for a unit, but for the lease.
func (m *Member) serves(u *unit) bool {
	return u.phase == serving && m.ours(u) && u.key.Epoch == u.epoch
}

func (m *Member) statuses(count map[string]int) (list []Status) {
	for _, n := range m.known.nodes {
		if n.deleted {
			continue
		}
		s := Status{
			Node: n.name, Self: n.name == m.o.Node, Live: n.live(), Draining: n.key.Draining,
			PaidUntilMs: n.key.PaidUntilMs, Units: count[n.name], Apart: n.key.Apart, Facts: n.key.Facts,
		}
		switch {
		case n.gone:
			s.Why = whyGone
		case n.dead:
			s.Why = whyDead
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Status) int { return strings.Compare(a.Node, b.Node) })
	return list
}

func (m *Member) install(v *view) {
	old := m.view.Load()
	if old != nil && sameMap(old.owners, v.owners) && sameMap(old.mine, v.mine) {
		v.changed = old.changed
		m.view.Store(v)
		return
	}
	m.view.Store(v)
	if old != nil {
		close(old.changed)
	}
}

func sameMap[V comparable](a, b map[string]V) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, ok := b[k]; !ok || v != w {
			return false
		}
	}
	return true
}

// Owner tells which node serves a unit; false: nobody does, at the moment. It
// does not block.
func (m *Member) Owner(unit string) (node string, ok bool) {
	v := m.view.Load()
	node, ok = v.owners[unit]
	if node == m.o.Node && !m.holds(v) {
		return "", false
	}
	return node, ok
}

// Mine tells whether this node serves a unit and nobody else may think that it
// does not. A process that was stopped and woken again is told no before it
// knows why. It does not block, and is cheap enough to be asked before every
// decision.
func (m *Member) Mine(unit string) bool {
	v := m.view.Load()
	return v.mine[unit] && m.holds(v)
}

// holds tells whether the lease under which a view was made is held now.
func (m *Member) holds(v *view) bool { return m.lease.held() && m.lease.term.Load() == v.term }

// Held tells whether this node holds its lease: it hears the others, so it is not
// the one who is cut off. It does not block.
func (m *Member) Held() bool { return m.lease.held() }

// Changed returns a channel that is closed when the owners are others than now.
// Get it before asking for an owner, then wait.
func (m *Member) Changed() <-chan struct{} { return m.view.Load().changed }

// Members returns all nodes of which something is known, by name. The caller
// must not change it.
func (m *Member) Members() []Status { return m.view.Load().members }

// Units returns all units in the order of Options.Units. The caller must not
// change it.
func (m *Member) Units() []UnitStatus { return m.view.Load().units }

// Steady is the steady clock of the options, for who measures with the member.
func (m *Member) Steady() time.Duration { return m.o.Steady() }
