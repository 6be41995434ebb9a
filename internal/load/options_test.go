package load

import (
	"strings"
	"testing"
	"time"
)

func TestEveryBidHasItsMomentAndItsBidder(t *testing.T) {
	for _, o := range []Options{
		{Rate: 100, Bidders: 7, Sessions: 3, Duration: 10 * time.Second},
		{Rate: 1, Bidders: 2, Sessions: 1, Duration: 5 * time.Second},
		{Rate: 2.5, Bidders: 40, Sessions: 20, Duration: time.Minute},
	} {
		p := o.plan()
		owner := make([]int, p.bids)
		for i := range owner {
			owner[i] = -1
		}
		for b := range p.bidders {
			for nth, i := range p.of(b) {
				if who, n := p.whose(i); who != b || n != nth {
					t.Fatalf("%+v: bid %d is the %dth of %d, not the %dth of %d", o, i, nth, b, n, who)
				}
				if owner[i] != -1 {
					t.Fatalf("%+v: bid %d is both %d's and %d's", o, i, owner[i], b)
				}
				owner[i] = b
			}
		}
		inSession := make([]int, p.sessions)
		for i, b := range owner {
			inSession[p.session(i)]++
			switch {
			case b == -1:
				t.Fatalf("%+v: bid %d is nobody's", o, i)
			case p.sessionOf(b) != p.session(i):
				t.Fatalf("%+v: bid %d goes to session %d, its bidder %d sits in %d", o, i, p.session(i), b, p.sessionOf(b))
			case i >= p.sessions && owner[i-p.sessions] == b:
				t.Fatalf("%+v: bidder %d bids twice in a row, at %d", o, b, i)
			case i > 0 && p.due(i) <= p.due(i-1):
				t.Fatalf("%+v: bid %d is due no later than the one before", o, i)
			}
		}
		for session, n := range inSession {
			if n != p.most(session) {
				t.Errorf("%+v: session %d gets %d bids, not %d", o, session, n, p.most(session))
			}
		}
		if last := p.due(p.bids - 1); last >= o.Duration {
			t.Errorf("%+v: the last bid is due at %v", o, last)
		}
	}
}

func TestWrongOptionsAreNamedAllAtOnce(t *testing.T) {
	o := Options{Rate: -1, Bidders: 1, Spectators: -1, Sessions: 1, Duration: 0}
	err := o.check()
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, name := range []string{"rate", "bidders", "spectators", "duration"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q is not named in: %v", name, err)
		}
	}
	o = Options{Rate: 50_000, Bidders: 100, Sessions: 1, Duration: time.Hour}
	if err := o.check(); err == nil || !strings.Contains(err.Error(), "rate × duration") {
		t.Errorf("too many bids: %v", err)
	}
	o = Options{Rate: 50, Bidders: 100, Sessions: 2, Duration: time.Minute}
	if err := o.check(); err != nil || o.Server != DefaultServer {
		t.Errorf("%v, server %q", err, o.Server)
	}
}
