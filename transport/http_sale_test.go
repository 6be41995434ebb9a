package transport

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"gobua/engine"
)

var saleRights = []right{
	{"GET /sales/a-1", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /sales/a-1/mine", "", [5]int{401, 200, 403, 403, 403}},
}

// saleSession is the id of the session of lot n.
func saleSession(n int) engine.SessionID { return engine.SessionID(fmt.Sprintf("aaaa%08d", n)) }

// lots loads an auction of n lots with staggered ends.
func (s *stubRooms) lots(auction string, n int) {
	for i := range n {
		s.add(saleSession(i+1), engine.PhaseRunning, func(c *SessionCard) {
			c.Lot.AuctionID, c.Lot.LotID, c.Lot.Number = auction, fmt.Sprint("l-", i+1), i+1
			c.Lot.Kind, c.Lot.Title = "plate", fmt.Sprintf("Biển số xe ô tô 30K-%03d.%02d", i, i%100)
			c.Now = engine.Now{Phase: engine.PhaseRunning, Next: 45_000_000, Step: 5_000_000, ClosesAt: at(60 + 3*i)}
		})
	}
}

// move changes what a loaded session shows.
func (s *stubRooms) move(id engine.SessionID, change func(*engine.Now)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.cards {
		if s.cards[i].Session == id {
			change(&s.cards[i].Now)
			room := s.rooms[id]
			room.Now = s.cards[i].Now
			s.rooms[id] = room
		}
	}
}

func (s *site) sale(version string) (n SaleNews) {
	s.t.Helper()
	s.ask("GET", "/api/v1/sales/a-9?v="+version, nil).into(s.t, 200, &n)
	return n
}

func TestASaleTellsAllLotsAndThenOnlyWhatMoved(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.lots("a-9", 12)
	s.rooms.add("cccc00000001", engine.PhaseRunning, nil) // of another auction

	first := s.sale("")
	if len(first.Lots) != 12 || len(first.Now) != 12 {
		t.Fatalf("%d lots, %d states", len(first.Lots), len(first.Now))
	}
	for i, l := range first.Lots {
		if l.Number != i+1 || l.Session != first.Now[i].Session || l.BiddingMs != 60_000 || l.Opening != engine.OpeningByClock {
			t.Errorf("lot %d: %+v", i+1, l)
		}
	}
	s.ask("GET", "/api/v1/sales/a-9?v="+first.Version, nil).into(t, http.StatusNoContent, nil)

	s.rooms.move(saleSession(3), func(n *engine.Now) { n.Price, n.Leader, n.Bids = 50_000_000, "M-101", 1 })
	s.clock.forward(saleAge)
	second := s.sale(first.Version)
	if len(second.Lots) != 0 || len(second.Now) != 1 || second.Now[0].Session != saleSession(3) || second.Now[0].Leader != "M-101" {
		t.Fatalf("after one bid: %+v", second)
	}
	s.rooms.move(saleSession(7), func(n *engine.Now) { n.Phase = engine.PhaseClosed })
	s.clock.forward(saleAge)
	if got := s.sale(second.Version).Now; len(got) != 1 || got[0].Session != saleSession(7) {
		t.Errorf("who has the bid is told of the close alone: %+v", got)
	}
	if got := s.sale(first.Version).Now; len(got) != 2 {
		t.Errorf("who is two versions behind is told of both: %+v", got)
	}
	if again := s.sale(""); !reflect.DeepEqual(again.Lots, first.Lots) || len(again.Now) != 12 {
		t.Errorf("a newcomer: %d lots, %d states", len(again.Lots), len(again.Now))
	}
}

func TestASaleOfOtherLotsIsToldWhole(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.lots("a-9", 3)
	before := s.sale("")
	s.rooms.add("bbbb00000002", engine.PhaseScheduled, func(c *SessionCard) {
		c.Lot.AuctionID, c.Lot.Number, c.Lot.Run = "a-9", 2, 2
	})
	s.clock.forward(saleAge)
	after := s.sale(before.Version)
	if len(after.Lots) != 3 || after.Lots[1].Session != "bbbb00000002" || after.Lots[1].Run != 2 {
		t.Errorf("the second run of lot 2: %+v", after.Lots)
	}
	zero, _, _ := strings.Cut(after.Version, ".")
	for _, odd := range []string{zero + ".0", "", "x", "x.1", "." + zero, before.Version, after.Version + "9", after.Version + ".1", strings.Repeat("9", 40)} {
		if got := s.sale(odd); len(got.Lots) != 3 {
			t.Errorf("version %q: %d lots", odd, len(got.Lots))
		}
	}
}

func TestASaleIsLookedAtTwiceASecondAtMost(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.lots("a-9", 3)
	first := s.sale("")
	s.rooms.move(saleSession(1), func(n *engine.Now) { n.Price = 50_000_000 })
	s.clock.forward(saleAge - time.Millisecond)
	s.ask("GET", "/api/v1/sales/a-9?v="+first.Version, nil).into(t, http.StatusNoContent, nil)
	s.clock.forward(time.Millisecond)
	if got := s.sale(first.Version); len(got.Now) != 1 {
		t.Errorf("after half a second: %+v", got)
	}
}

func TestALongListOfLotsIsPacked(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.lots("a-9", 200)
	req, err := http.NewRequest(http.MethodGet, s.url+"/api/v1/sales/a-9", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip, br")
	resp, err := new(http.Transport).RoundTrip(req) // a client that unpacks nothing by itself
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(resp.Header.Get("Vary"), "Accept-Encoding") {
		t.Fatalf("headers %v", resp.Header)
	}
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var n SaleNews
	if err := json.Unmarshal(body, &n); err != nil || len(n.Lots) != 200 || len(n.Now) != 200 {
		t.Errorf("%v: %d lots, %d states", err, len(n.Lots), len(n.Now))
	}
}

func TestNobodyKnowsASaleThatIsNotLoaded(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.ask("GET", "/api/v1/sales/a-9", nil).refused(t, 404, codeNotFound)
	s.ask("GET", "/api/v1/sales/a-9/mine", nil, s.as(engine.RoleBidder)...).refused(t, 404, codeNotFound)
	s.ask("GET", "/api/v1/sales/a%209", nil).refused(t, 404, codeNotFound)
}

func TestABidderSeesTheOwnStandingInEachLot(t *testing.T) {
	s := newSite(t, new(stubOffice))
	s.rooms.lots("a-9", 3)
	s.rooms.move(saleSession(1), func(n *engine.Now) { n.Leader, n.Price = "M-733", 50_000_000 })
	s.rooms.move(saleSession(3), func(n *engine.Now) { n.Leader, n.Price = "M-101", 60_000_000 })
	var mine struct{ Lots []SaleStanding }
	s.ask("GET", "/api/v1/sales/a-9/mine", nil, s.as(engine.RoleBidder)...).into(t, 200, &mine)
	if len(mine.Lots) != 2 || !mine.Lots[0].Leading || mine.Lots[0].Code != "M-733" || mine.Lots[1].Leading {
		t.Errorf("%+v", mine.Lots)
	}
}

func TestAHallFullOfPhonesFollowsASale(t *testing.T) {
	s := newSite(t, new(stubOffice), func(h *HTTPOptions, _ *AppOptions) { h.RatePerSecond, h.RateBurst = 1, 1 })
	s.rooms.lots("a-9", 3)
	s.ask("GET", "/api/v1/time", nil).into(t, 200, nil)
	s.ask("GET", "/api/v1/time", nil).refused(t, 429, codeRate)
	for range listsPerRequest {
		s.ask("GET", "/api/v1/sales/a-9", nil).into(t, 200, nil)
	}
	s.ask("GET", "/api/v1/sales/a-9", nil).refused(t, 429, codeRate)
}
