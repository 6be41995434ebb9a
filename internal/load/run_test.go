package load

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"gobua/internal/visitor/visitortest"
)

func TestMain(m *testing.M) { os.Exit(visitortest.Run(m)) }

func TestAgainstARealServer(t *testing.T) {
	server := visitortest.Start(t, "--max-clients-per-address", "20")
	t.Run("a load says why it cannot begin", func(t *testing.T) { cannotBegin(t, server) })
	t.Run("a load is carried through and counted", func(t *testing.T) { carriedThrough(t, server) })
}

func carriedThrough(t *testing.T, server *visitortest.Server) {
	var out strings.Builder
	err := Run(t.Context(), Options{
		Server: server.Address(), Login: visitortest.Admin, Password: visitortest.Password,
		Rate: 20, Bidders: 8, Spectators: 6, Sessions: 2, Duration: 3 * time.Second,
	}, &out)
	if err != nil {
		t.Fatal(err)
	}
	var r Result
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatalf("%v in %s", err, &out)
	}
	answers := int64(0)
	for _, n := range r.Outcomes {
		answers += n
	}
	accepted := r.Outcomes["accepted"]
	switch {
	case r.Bids.Planned != 60 || r.Bids.Sent != 60 || r.Bids.Answered != 60 || r.Bids.Unanswered != 0 || answers != 60:
		t.Errorf("not every bid was sent and answered: %s", &out)
	case r.Bids.InRooms != accepted:
		t.Errorf("%d bids were acknowledged, the rooms show %d", accepted, r.Bids.InRooms)
	case r.Feed.Gaps != 0 || r.Feed.Lost != 0:
		t.Errorf("something was lost: %s", &out)
	case accepted == 0 || r.BidToSeen.Count != 3*accepted: // three spectators in each session
		t.Errorf("%d bids were accepted, seen %d times: %s", accepted, r.BidToSeen.Count, &out)
	case r.BidToReceipt.Count != 60 || r.BidToReceipt.P50 <= 0 || r.BidToReceipt.Max < r.BidToReceipt.P50:
		t.Errorf("latencies: %s", &out)
	}
}

func cannotBegin(t *testing.T, server *visitortest.Server) {
	var out strings.Builder
	err := Run(t.Context(), Options{
		Server: server.Address(), Login: visitortest.Admin, Password: visitortest.Password,
		Rate: 10, Bidders: 4, Spectators: 40, Sessions: 1, Duration: time.Second,
	}, &out)
	if err == nil || !strings.Contains(err.Error(), "--max-clients-per-address") || out.Len() != 0 {
		t.Errorf("error %v, printed %q", err, &out)
	}
}
