package cluster_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gobua/internal/cluster"
	"gobua/internal/natsnode/natsnodetest"
)

// TestANodeThatIsOverIsForgotten: not while it lives, not while it is named as
// an owner; then nobody counts it any more.
func TestANodeThatIsOverIsForgotten(t *testing.T) {
	c := natsnodetest.Start(t, 3)
	desks, b := joinThree(t, c)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := desks[0].Forget(ctx, "n3"); err == nil || !strings.Contains(err.Error(), "lives") {
		t.Errorf("one that lives: %v", err)
	}
	if err := desks[0].Forget(ctx, "n9"); !errors.Is(err, cluster.ErrNotKnown) {
		t.Errorf("one that never was: %v", err)
	}
	desks[2].Close()
	until(t, "it is forgotten when others have what it had", func() bool { return desks[0].Forget(ctx, "n3") == nil })
	for _, d := range desks[:2] {
		until(t, "nobody knows it", func() bool {
			return !slices.ContainsFunc(d.Members(), func(s cluster.Status) bool { return s.Node == "n3" })
		})
	}
	if err := desks[1].Forget(ctx, "n3"); !errors.Is(err, cluster.ErrNotKnown) {
		t.Errorf("once more: %v", err)
	}
	again := join(t, c.Nodes[2].JetStream(), "n3", b) // a new one of that name is a node like any
	placed(t, three, desks[0], desks[1], again)
	b.oneOwner(t)
}
