package main

import (
	"maps"
	"slices"
	"strings"
	"time"

	"gobua/internal/natsnode"
)

// logServerStatus is one of the servers that keep the log within the nodes.
type logServerStatus struct {
	Name string `json:"name"`
	Here bool   `json:"here"` // this node's own reaches it
}

// servers are those of the log, and how many of them anything needs; none: they
// are somebody else's. One that nobody has heard since this node started is
// known by the name of a node, or by what it votes under.
func (n *node) servers() (list []logServerStatus, needed int) {
	all, needed := n.nats.Servers()
	for _, s := range all {
		one := logServerStatus{Name: s.Name, Here: s.Here}
		if one.Name == "" {
			one.Name = s.ID
		}
		for _, m := range n.member.Members() {
			if natsnode.ServerID(m.Node) == s.ID {
				one.Name = m.Node
			}
		}
		list = append(list, one)
	}
	return list, needed
}

// awayAfter is how long the leader of a stream may have heard nothing of a server; it
// asks once a second.
const awayAfter = 5 * time.Second

// inOrder tells which servers have all of a stream, or nearly so, and which lack
// something.
func (k keepers) inOrder() (whole, lacking []string) {
	if k.leader != "" {
		whole = append(whole, k.leader)
	}
	for _, o := range k.others {
		if !o.Offline && o.Active <= awayAfter && (o.Current || 0 < o.Lag && o.Lag <= farBehind) {
			whole = append(whole, o.Name)
		} else {
			lacking = append(lacking, o.Name)
		}
	}
	return whole, lacking
}

// wrongWithLog says which servers and replicas of the log are missing, and what one
// more loss would do.
func (n *node) wrongWithLog(say func(bool, string, ...any)) {
	servers, needed := n.servers()
	there, away := 0, []string(nil)
	for _, s := range servers {
		if s.Here {
			there++
		} else {
			away = append(away, s.Name)
		}
	}
	say(len(away) > 0, "of the %d servers of the log, of which %d are needed, %s away; one that will not come back is taken out by gobua cluster remove", len(servers), needed, are(away))
	say(len(servers) > 0 && there <= needed, "%d servers of the log are there: with one fewer no node can start", there)
	saysReplicas(n.leaders.all(), n.layout.Replicas, say)
}

// saysReplicas says of which streams fewer servers than wanted have everything.
func saysReplicas(of map[string]keepers, wanted int, say func(bool, string, ...any)) {
	var few []string // streams
	least := wanted
	lacks := map[string]bool{} // servers
	for _, stream := range slices.Sorted(maps.Keys(of)) {
		whole, lacking := of[stream].inOrder()
		if len(whole) >= wanted {
			continue
		}
		few, least = append(few, stream), min(least, len(whole))
		for _, s := range lacking {
			lacks[s] = true
		}
	}
	if len(few) == 0 {
		return
	}
	why := "no further server keeps them"
	if len(lacks) > 0 {
		why = are(slices.Sorted(maps.Keys(lacks))) + " away or behind"
	}
	say(true, "%d streams of the log have %d whole replicas, not %d: %s; if one more server fails, sessions in them stand still", len(few), least, wanted, why)
}

// are is a list as the beginning of a sentence.
func are(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names, ", ") + " are"
}
