package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrNotKnown: no node of that name has ever joined, or it was forgotten.
var ErrNotKnown = errors.New("cluster: there is no node of that name")

// Forget takes a node that is over from the list of nodes, so that nobody counts
// it any more. It must be dead, and everything it had must be others' by now: until
// when that was served stands in its key. A node that comes back under its name is
// a new one. Forget blocks until that is written, or ctx ends.
func (m *Member) Forget(ctx context.Context, node string) error {
	for _, s := range m.Members() {
		if s.Node == node && s.Live {
			return fmt.Errorf("cluster: node %s lives", node)
		}
	}
	list, err := m.store.readAllUntil(ctx)
	if err != nil {
		return err
	}
	var found entry
	var named []string // units
	for _, e := range list {
		if e.key == nodePrefix+node && e.value != nil {
			found = e
		}
		unit, is := strings.CutPrefix(e.key, unitPrefix)
		var key unitKey
		if !is || e.value == nil || json.Unmarshal(e.value, &key) != nil {
			continue
		}
		if key.Owner == node {
			named = append(named, unit)
		}
	}
	switch {
	case found.key == "":
		return ErrNotKnown
	case len(named) > 0:
		return fmt.Errorf("cluster: nobody has taken %v of node %s yet", named, node)
	}
	_, err = m.store.put(ctx, found.key, found.revision, nil)
	if errors.Is(err, errRefused) {
		return fmt.Errorf("cluster: node %s has written its key meanwhile: it lives", node)
	}
	return err
}
