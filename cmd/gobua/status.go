package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gobua/engine"
	"gobua/internal/cluster"
)

// status is what an operator is told of a running server, as JSON at /status
// and in words by gobua status.
type status struct {
	Node           string               `json:"node,omitempty"` // empty: it is alone
	Version        string               `json:"version"`
	Wrong          []string             `json:"wrong"` // in words; empty: nothing
	Viewers        int                  `json:"viewers"`
	ResultsWaiting int                  `json:"resultsWaiting"`
	Sessions       []sessionStatus      `json:"sessions"` // that are not over, by auction and lot
	Nodes          []cluster.Status     `json:"nodes,omitempty"`
	Units          []cluster.UnitStatus `json:"units,omitempty"`
	Log            []streamStatus       `json:"log,omitempty"`
	LogServers     []logServerStatus    `json:"logServers,omitempty"` // within the nodes
	LogNeeds       int                  `json:"logNeeds,omitempty"`   // how many of them must be there
}

// sessionStatus is a session that is not over.
type sessionStatus struct {
	Session  engine.SessionID `json:"session"`
	Auction  string           `json:"auction"`
	Lot      int              `json:"lot"`
	Title    string           `json:"title"`
	Phase    engine.Phase     `json:"phase"`
	ClosesAt engine.Instant   `json:"closesAt,omitempty"`
	Viewers  int              `json:"viewers"` // at all nodes
	Unit     string           `json:"unit,omitempty"`
	Node     string           `json:"node,omitempty"` // that decides it now; empty: nobody does for the moment
}

// streamStatus is how far this node has read a stream of the log.
type streamStatus struct {
	Stream   string `json:"stream"`
	Read     uint64 `json:"read"`
	End      uint64 `json:"end"`
	SilentMs int64  `json:"silentMs"` // since its leader last answered
	// As seen in the last seconds.
	Leader string   `json:"leader"` // empty: none
	Whole  []string `json:"whole"`  // servers that have all of it, the leader among them
}

// status looks at everything once. It does not block.
func (s *server) status() status {
	out := status{
		Node: s.set.cluster.name, Version: version(), Wrong: s.wrong(), Viewers: s.gateway.Clients(),
		ResultsWaiting: s.saleroom.Backlog(), Sessions: []sessionStatus{},
	}
	for _, v := range s.saleroom.Views() {
		if v.Room.Now.Phase.Final() {
			continue
		}
		one := sessionStatus{
			Session: v.Room.Session, Auction: v.Room.Lot.AuctionID, Lot: v.Room.Lot.Number, Title: v.Room.Lot.Title,
			Phase: v.Room.Now.Phase, ClosesAt: v.Room.Now.ClosesAt, Viewers: s.saleroom.hub.Viewers(v.Room.Session),
		}
		if s.node != nil {
			unit := shardUnit(s.node.layout.ShardOfAuction(v.Room.Lot.AuctionID))
			one.Unit = unit
			one.Node, _ = s.node.member.Owner(unit)
		}
		out.Sessions = append(out.Sessions, one)
	}
	slices.SortFunc(out.Sessions, func(a, b sessionStatus) int {
		return cmp.Or(cmp.Compare(a.Auction, b.Auction), cmp.Compare(a.Lot, b.Lot), cmp.Compare(a.Session, b.Session))
	})
	if s.node != nil {
		out.Nodes, out.Units = s.node.member.Members(), s.node.member.Units()
		for _, lag := range s.node.log.Lag() {
			k := s.node.leaders.see(lag.Stream)
			whole, _ := k.inOrder()
			out.Log = append(out.Log, streamStatus{lag.Stream, lag.Read, lag.End, lag.Silent.Milliseconds(), k.leader, whole})
		}
		out.LogServers, out.LogNeeds = s.node.servers()
	}
	return out
}

// Bounds beyond which something is wrong that is always there a little.
const (
	manyResults = 10   // that wait for the office
	farBehind   = 1000 // messages of the log; a healthy node is behind by a few
	// A certificate that ends so soon has been forgotten.
	endsSoon = 14 * 24 * time.Hour
)

// wrong says in words what is wrong, the worst first.
func (s *server) wrong() (list []string) {
	list = []string{}
	say := func(is bool, format string, args ...any) {
		if is {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	say(s.draining.Load(), "this server is stopping")
	if err := s.trouble(); err != nil {
		say(true, "no bid can be taken here now: %v", err)
	}
	owing := s.saleroom.Owing()
	say(owing >= longestOwing, "a session has waited for its journal for %v", owing.Round(time.Second))
	for id, err := range s.saleroom.Damaged() {
		say(true, "session %s is damaged and not served: %v", id, err)
	}
	s.node.wrong(say)
	say(!s.officeUp.Load(), "the office database does not answer: bidding goes on, results wait")
	waiting := s.saleroom.Backlog()
	say(waiting >= manyResults, "%d results wait for the office", waiting)
	say(s.ledger == nil, "the public log is out of order: nothing is witnessed")
	if s.ledger != nil {
		if err := s.ledger.Trouble(); err != nil {
			say(true, "this node does not show the public log: %v", err)
		}
	}
	clock := s.clock.watch.Status()
	say(!clock.Good, "nobody vouches for the clock, or it is wrong: --ntp names servers to compare it with")
	return list
}

// wrong says what is wrong with the cluster, as this node sees it.
func (n *node) wrong(say func(bool, string, ...any)) {
	if n == nil {
		return
	}
	live := 0
	for _, m := range n.member.Members() {
		if m.Live {
			live++
		} else {
			say(true, "node %s is %s: what it decided is decided by the others", m.Node, m.Why)
		}
		say(m.Live && m.Facts.Trouble != "" && !m.Self, "node %s says: %s", m.Node, m.Facts.Trouble)
	}
	for name := range n.member.CutFrom() {
		say(true, "node %s lives and does not answer this node, while it answers others: look at the way between the two", name)
	}
	say(live < 2, "no other node lives: if this one fails, nobody can bid")
	n.wrongWithLog(say)
	if n.holder != nil {
		ends := n.holder.Ends()
		say(time.Until(ends) < endsSoon, "the certificate of this node ends %s: put another in its place", ends.UTC().Format(time.RFC3339))
	}
	var idle []string
	for _, u := range n.member.Units() {
		if !u.Serving {
			idle = append(idle, u.Unit)
		}
	}
	say(len(idle) > 0, "%d units are served by nobody at the moment: %v", len(idle), idle[:min(len(idle), 8)])
	for _, lag := range n.log.Lag() {
		say(lag.Behind() > farBehind, "this node is %d messages behind in %s", lag.Behind(), lag.Stream)
	}
}
