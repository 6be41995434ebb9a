package replay

import (
	"os"
	"strings"
	"testing"
	"time"

	"gobua/internal/visitor/visitortest"
)

func TestMain(m *testing.M) { os.Exit(visitortest.Run(m)) }

func TestAgainstARealServer(t *testing.T) {
	server := visitortest.Start(t)
	t.Run("what keeps a replay from starting is named", func(t *testing.T) { namedAtStart(t, server) })
	t.Run("auctions close at the recorded price", func(t *testing.T) { closesAsRecorded(t, server) })
}

// closesAsRecorded runs the same recordings through a real server as
// TestRecordedAuctionsByTheRulesAlone through the rules.
func closesAsRecorded(t *testing.T, server *visitortest.Server) {
	for _, test := range []struct {
		infer   bool
		matched int
		last    string
	}{
		{false, 10, "10 of 12 auctions closed at the recorded price"},
		{true, 11, "11 of 12 auctions closed at the recorded price"},
	} {
		var out strings.Builder
		sum, err := Run(t.Context(), Options{
			Server: server.Address(), Login: visitortest.Admin, Password: visitortest.Password,
			File: "testdata/recordings.csv", InferReserve: test.infer, Bidding: 5 * time.Second,
		}, &out)
		if err != nil {
			t.Fatalf("%v\n%s", err, &out)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if sum.Matched != test.matched || sum.TooLow != 2 || sum.Bids != 25 || lines[len(lines)-1] != test.last {
			t.Errorf("infer %v: %+v\n%s", test.infer, sum, &out)
		}
		for _, m := range sum.Mismatches {
			if strings.Contains(m.Why, "server") {
				t.Errorf("%s: %s", m.ID, m.Why)
			}
		}
	}
}

func namedAtStart(t *testing.T, server *visitortest.Server) {
	good := Options{Server: server.Address(), Login: visitortest.Admin, Password: visitortest.Password, File: "testdata/recordings.csv"}
	for want, change := range map[string]func(*Options){
		"no such file":    func(o *Options) { o.File = "testdata/none.csv" },
		"want an address": func(o *Options) { o.Server = "127.0.0.1" },
		"bad_credentials": func(o *Options) { o.Password = "wrong-password" },
		"administrator":   func(o *Options) { o.Login = "dgv" },
		"bidding time":    func(o *Options) { o.Bidding = time.Millisecond },
	} {
		o := good
		change(&o)
		var out strings.Builder
		if _, err := Run(t.Context(), o, &out); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
