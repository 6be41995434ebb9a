package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// TestMissingReplicasAreSaidInWords: a replica counts if its server was heard lately
// and has all, or nearly; one that is on its way does not count yet.
func TestMissingReplicasAreSaidInWords(t *testing.T) {
	whole := jetstream.PeerInfo{Name: "n2", Current: true, Active: time.Second}
	busy := jetstream.PeerInfo{Name: "n3", Lag: 12, Active: time.Second}
	for name, c := range map[string]struct {
		of   keepers
		says string
	}{
		"all":                         {keepers{"n1", []jetstream.PeerInfo{whole, busy}}, ""},
		"one has been silent":         {keepers{"n1", []jetstream.PeerInfo{whole, {Name: "n3", Current: true, Active: 7 * time.Second}}}, "1 streams of the log have 2 whole replicas, not 3: n3 is away or behind; if one more server fails, sessions in them stand still"},
		"one is far behind":           {keepers{"n1", []jetstream.PeerInfo{whole, {Name: "n3", Lag: 5000}}}, "1 streams of the log have 2 whole replicas, not 3: n3 is away or behind; if one more server fails, sessions in them stand still"},
		"one is being brought in":     {keepers{"n1", []jetstream.PeerInfo{whole, {Name: "n4"}}}, "1 streams of the log have 2 whole replicas, not 3: n4 is away or behind; if one more server fails, sessions in them stand still"},
		"one is known to be offline":  {keepers{"n1", []jetstream.PeerInfo{whole, {Name: "n3", Current: true, Offline: true}}}, "1 streams of the log have 2 whole replicas, not 3: n3 is away or behind; if one more server fails, sessions in them stand still"},
		"nobody leads, two are there": {keepers{"", []jetstream.PeerInfo{whole, busy}}, "1 streams of the log have 2 whole replicas, not 3: no further server keeps them; if one more server fails, sessions in them stand still"},
		"two are away":                {keepers{"n1", []jetstream.PeerInfo{{Name: "n2"}, {Name: "n3"}}}, "1 streams of the log have 1 whole replicas, not 3: n2, n3 are away or behind; if one more server fails, sessions in them stand still"},
	} {
		var said []string
		saysReplicas(map[string]keepers{"SALES_0": c.of}, 3, func(is bool, format string, args ...any) {
			if is {
				said = append(said, fmt.Sprintf(format, args...))
			}
		})
		want := []string(nil)
		if c.says != "" {
			want = []string{c.says}
		}
		if !slices.Equal(said, want) {
			t.Errorf("%s: it says %q, want %q", name, said, want)
		}
	}
}
