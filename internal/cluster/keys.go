package cluster

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"gobua/engine"
)

// Facts are what a node tells of itself for people to see. Nothing is decided
// by them.
type Facts struct {
	Address    string `json:"address,omitempty"` // where people reach it, as a URL
	Version    string `json:"version,omitempty"`
	Viewers    int    `json:"viewers"`
	Sessions   int    `json:"sessions"`            // decided here and not over
	LagRecords int64  `json:"lagRecords"`          // of the log, not yet read
	LagMs      int64  `json:"lagMs"`               // how old the last record was when it was read
	Trouble    string `json:"trouble,omitempty"`   // empty: none
	Elsewhere  string `json:"elsewhere,omitempty"` // whatever else an operator should see
}

// nodeKey is the value of node.<name>, rewritten every renewEvery.
type nodeKey struct {
	Incarnation string         `json:"incarnation"` // of the process, by chance
	Serial      uint64         `json:"serial"`      // from 1; its only meaning is that it changes
	PaidUntilMs engine.Instant `json:"paidUntilMs"`
	Draining    bool           `json:"draining,omitempty"`
	Apart       int            `json:"apart,omitempty"` // how many nodes live that do not answer this one
	// Before are the last words of earlier processes of the name that unit keys
	// still name.
	Before map[string]engine.Instant `json:"before,omitempty"`
	Facts  Facts                     `json:"facts"`
}

// unitKey is the value of unit.<name>, rewritten only when it changes hands.
type unitKey struct {
	Owner       string `json:"owner"` // empty: given back
	Incarnation string `json:"incarnation,omitempty"`
	Epoch       uint64 `json:"epoch"` // one more with every claim
	// Serving is false from the claim until Take has returned, and when it was
	// given back. PaidUntilMs then says until when it was served, zero for
	// never; while it is served, the owner's node key says it.
	Serving     bool           `json:"serving"`
	PaidUntilMs engine.Instant `json:"paidUntilMs,omitempty"`
	Next        string         `json:"next,omitempty"` // whom it was given back for; for people to read
}

// Names of keys.
const (
	nodePrefix = "node."
	unitPrefix = "unit."
)

// maxName bounds the names of nodes and units, which are parts of subjects.
const maxName = 32

// checkName refuses what could be no part of a subject.
func checkName(name string) error {
	if name == "" || len(name) > maxName {
		return fmt.Errorf("cluster: a name has 1 to %d characters, %q has %d", maxName, name, len(name))
	}
	for _, r := range name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return fmt.Errorf("cluster: a name is made of a to z, 0 to 9 and -, not %q", name)
		}
	}
	return nil
}

// Place gives every unit its right node: the one with the highest hash of both
// names (rendezvous) that has room. Each has room for its even share, so that
// none decides much more than another; the units choose in the order of their
// names. A node that comes or goes moves its share and a few others, whose first
// choice has room again. The order of the arguments does not matter. Without
// nodes the map is empty.
func Place(units, nodes []string) map[string]string {
	right := make(map[string]string, len(units))
	if len(nodes) == 0 {
		return right
	}
	room := (len(units) + len(nodes) - 1) / len(nodes)
	has := map[string]int{}
	for _, u := range slices.Sorted(slices.Values(units)) {
		var best string
		var most uint64
		for _, n := range nodes {
			sum := sha256.Sum256([]byte(n + "/" + u))
			h := binary.BigEndian.Uint64(sum[:])
			if has[n] < room && (best == "" || h > most || h == most && n > best) {
				best, most = n, h
			}
		}
		right[u] = best
		has[best]++
	}
	return right
}
