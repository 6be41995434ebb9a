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
	server := visitortest.Start(t, "--max-clients-per-address", "20", "--min-bidding", "1s")
	t.Run("a load says why it cannot begin", func(t *testing.T) { cannotBegin(t, server) })
	t.Run("a load is carried through and counted", func(t *testing.T) { carriedThrough(t, server) })
	t.Run("bids to the very end", func(t *testing.T) { toTheEnd(t, server) })
	t.Run("sessions that close together", func(t *testing.T) { closeTogether(t, server) })
	t.Run("people who sign in while others bid", func(t *testing.T) { signInBeside(t, server) })
	t.Run("viewers who come back after a restart", func(t *testing.T) { comeBack(t, server) })
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
	case r.Feed.Gaps != 0 || r.Feed.Lost != 0 || r.Feed.Behind != 0:
		t.Errorf("something was lost: %s", &out)
	case accepted == 0 || r.BidToSeen.Count != 3*accepted: // three spectators in each session
		t.Errorf("%d bids were accepted, seen %d times: %s", accepted, r.BidToSeen.Count, &out)
	case r.BidToReceipt.Count != 60 || r.BidToReceipt.P50 <= 0 || r.BidToReceipt.Max < r.BidToReceipt.P50,
		r.SentToReceipt.Count != 60 || r.SentToReceipt.P50 <= 0 || r.SentToReceipt.Max > r.BidToReceipt.Max:
		t.Errorf("latencies: %s", &out)
	}
}

func cannotBegin(t *testing.T, server *visitortest.Server) {
	var out strings.Builder
	err := Run(t.Context(), Options{
		Server: server.Address(), Login: visitortest.Admin, Password: visitortest.Password,
		Rate: 10, Bidders: 4, Spectators: 200, Sessions: 1, Duration: time.Second,
	}, &out)
	if err == nil || !strings.Contains(err.Error(), "--max-clients-per-address") || out.Len() != 0 {
		t.Errorf("error %v, printed %q", err, &out)
	}
}

func toTheEnd(t *testing.T, server *visitortest.Server) {
	var out strings.Builder
	err := Run(t.Context(), Options{
		Server: server.Address(), Login: visitortest.Admin, Password: visitortest.Password,
		Rate: 50, Bidders: 8, Spectators: 30, Sessions: 1, Duration: 2 * time.Second, ToTheEnd: true,
	}, &out)
	if err != nil {
		t.Fatal(err)
	}
	var r Result
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatalf("%v in %s", err, &out)
	}
	switch {
	case r.Bids.Sent != 100 || r.Bids.Answered != 100:
		t.Errorf("not every bid was sent and answered: %s", &out)
	case r.Bids.InRooms != r.Outcomes["accepted"]:
		t.Errorf("the room shows %d bids: %s", r.Bids.InRooms, &out)
	case r.Feed.Gaps != 0 || r.Feed.Lost != 0 || r.Feed.Behind != 0:
		t.Errorf("something was lost: %s", &out)
	case r.EndToSeen.Count != 30:
		t.Errorf("%d of 30 spectators saw the close: %s", r.EndToSeen.Count, &out)
	}
}

func closeTogether(t *testing.T, server *visitortest.Server) {
	const sessions = 30
	var out strings.Builder
	err := Close(t.Context(), ClosingOptions{
		Server: server.Address(), Login: visitortest.Admin, Password: visitortest.Password, Sessions: sessions, Opening: 3 * time.Second, Bidding: 3 * time.Second,
	}, &out)
	if err != nil {
		t.Fatal(err)
	}
	var r ClosingResult
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatalf("%v in %s", err, &out)
	}
	if r.Accepted != sessions || r.Closed != sessions || r.Sold != sessions || r.OutOfOrder != 0 || r.AtOtherTime != 0 || r.Lost != 0 || r.EndToSeen.Count != sessions {
		t.Errorf("not every session closed at its end, once, with its bid: %s", &out)
	}
}

func signInBeside(t *testing.T, server *visitortest.Server) {
	var out strings.Builder
	err := SignIns(t.Context(), SignInOptions{
		Options: Options{
			Server: server.Address(), Login: visitortest.Admin, Password: visitortest.Password,
			Rate: 10, Bidders: 4, Sessions: 1, Duration: 4 * time.Second,
		},
		Before: 4 * time.Second, People: 20,
	}, &out)
	if err != nil {
		t.Fatal(err)
	}
	var r SignInResult
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatalf("%v in %s", err, &out)
	}
	if r.SignIns.Count != 20 || r.Renewals.Count != 20 || r.Failed != 0 {
		t.Errorf("not everybody came in: %s", &out)
	}
	for _, bids := range []Result{r.Before, r.During} {
		if bids.Bids.Sent != 40 || bids.Bids.Answered != 40 || bids.Bids.InRooms != bids.Outcomes["accepted"] {
			t.Errorf("bids were lost: %s", &out)
		}
	}
}

func comeBack(t *testing.T, server *visitortest.Server) {
	const viewers = 60
	var out strings.Builder
	err := Return(t.Context(), ReturnOptions{
		Server: server.Address(), Login: visitortest.Admin, Password: visitortest.Password, Viewers: viewers,
		Ready: func() { server.Kill(); server.Start() },
	}, &out)
	if err != nil {
		t.Fatal(err)
	}
	var r ReturnResult
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatalf("%v in %s", err, &out)
	}
	if r.Lost != viewers || r.Back != viewers || r.Snapshots != viewers || r.Behind != 0 {
		t.Errorf("not everybody is back with the whole room: %s", &out)
	}
}
