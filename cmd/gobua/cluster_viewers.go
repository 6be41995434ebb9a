package main

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"gobua/engine"
)

// kindViewers is the broadcast in which a node tells how many follow what there.
const kindViewers = "viewers"

// Times of the viewers' count, which is for the eye alone.
const (
	viewersEvery  = 2 * time.Second
	viewersForget = 3 * viewersEvery // what was not told again
)

// elsewhere is how many follow each session at the other nodes.
type elsewhere struct {
	mu    sync.Mutex
	nodes map[string]viewersThere
}

type viewersThere struct {
	Node    string                   `json:"node"`
	Viewers map[engine.SessionID]int `json:"viewers"`

	at time.Duration // when it was told, by the steady clock
}

// of sums up what the others have told lately. It does not block.
func (e *elsewhere) of(id engine.SessionID, now time.Duration) (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, there := range e.nodes {
		if now-there.at < viewersForget {
			n += there.Viewers[id]
		}
	}
	return n
}

// heard takes in what another node tells.
func (e *elsewhere) heard(payload []byte, now time.Duration) {
	there := viewersThere{at: now}
	if json.Unmarshal(payload, &there) != nil {
		return // of a release to come; the number is for the eye alone
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.nodes == nil {
		e.nodes = map[string]viewersThere{}
	}
	e.nodes[there.Node] = there
}

// viewersElsewhere is for the hub; nil: this process is alone.
func (n *node) viewersElsewhere() func(engine.SessionID) int {
	if n == nil {
		return nil
	}
	return func(id engine.SessionID) int { return n.elsewhere.of(id, n.s.clock.Steady()) }
}

// tellViewers tells the others how many follow what here, until ctx ends.
func (n *node) tellViewers(ctx context.Context) {
	tick := time.NewTicker(viewersEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		payload, err := json.Marshal(viewersThere{Node: n.s.set.cluster.name, Viewers: n.s.saleroom.hub.ViewersHere()})
		if err == nil {
			err = n.member.Broadcast(kindViewers, payload)
		}
		if err != nil {
			n.s.log.Debug("the others are not told how many follow here", "err", err)
		}
	}
}
