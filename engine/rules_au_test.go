package engine_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"gobua/engine"
)

// TestAU3 is pause and resume: the clock is frozen, the remainder given back,
// a reason mandatory.
func TestAU3(t *testing.T) {
	for _, c := range []struct {
		id            string
		pause, resume engine.Millis
		end, latest   engine.Millis
	}{
		{"AU-03", 5 * minute, 9 * minute, 19 * minute, 24 * minute},
		{"an hour", 5 * minute, 65 * minute, 75 * minute, 80 * minute},
		{"last millisecond", 15*minute - 1, 20 * minute, 20*minute + 1, 25*minute + 1},
		{"no time at all", 5 * minute, 5 * minute, 15 * minute, 20 * minute},
	} {
		t.Run(c.id, func(t *testing.T) {
			rules := plain()
			rules.Closing = engine.Closing{Kind: engine.ClosingReset, ByMs: second, WindowMs: second, MaxTotalMs: 5 * minute}
			s := running(t, rules, 0, "A")
			s.at(c.pause)
			if why := s.auctioneer(engine.Pause{Reason: " "}); why != engine.ReasonTextNeeded {
				t.Errorf("without a reason: %q", why)
			}
			if why := s.auctioneer(engine.Pause{Reason: "Fire alarm"}); why != "" {
				t.Fatalf("pause is refused: %s", why)
			}
			if engine.Deadline(s.state) != 0 || s.room.Now.ClosesAt != 0 || s.room.Now.RemainingMs != 15*minute-c.pause {
				t.Errorf("while paused: deadline %v, room %s", engine.Deadline(s.state), mustJSON(s.room.Now))
			}
			s.at(c.resume).tick()
			if why := s.auctioneer(engine.Resume{}); why != "" {
				t.Fatalf("resume is refused: %s", why)
			}
			s.endsAt(c.end)
			if got := s.state.LatestAt.Sub(opensAt); got != c.latest {
				t.Errorf("latest end at %d ms, want %d", got, c.latest)
			}
			checkReplay(t, s.records, s.state, s.room)
		})
	}
}

// TestAU4 is the pause itself: no bid, no maximum; looking, checking in and
// withdrawing go on.
func TestAU4(t *testing.T) {
	rules := plain()
	rules.Proxy = true
	s := running(t, rules, 0, "A", "B")
	s.bid("A", 2000)
	s.auctioneer(engine.Pause{Reason: "Fire alarm"})
	s.unchanged(func() {
		for _, why := range []engine.Reason{
			s.by("B", engine.PlaceBid{Amount: 3000}),
			s.by("A", engine.RaiseMaximum{Amount: 3000}),
		} {
			if why != engine.ReasonPaused {
				t.Errorf("a bid while paused is answered with %q", why)
			}
		}
	})
	if why := s.by("A", engine.Withdraw{Confirm: "A"}); why != "" {
		t.Errorf("a withdrawal while paused is refused: %s", why)
	}
	s.stands("", 0)
}

// TestAU11 is ties at the same price: the earliest wins.
func TestAU11(t *testing.T) {
	rules := plain()
	rules.Proxy = true
	s := running(t, rules, 0, "A", "B", "C")
	s.bid("A", 1500)
	s.bid("B", 2000)
	s.bid("C", 2000)
	s.stands("B", 2000)
	s.auctioneer(engine.Disqualify{Code: "B", Reason: "Shouted"})
	s.stands("C", 1600) // among those who remain
	s.at(15 * minute).tick()
	if got := s.state.Proposal(); got.Winner != "C" {
		t.Errorf("proposed: %+v", got)
	}
}

// TestAU12 is only one person who bids: that person wins.
func TestAU12(t *testing.T) {
	for _, proxy := range []bool{false, true} {
		rules := plain()
		rules.Proxy = proxy
		s := running(t, rules, 0, "A", "B")
		s.bid("A", 1000)
		s.at(15 * minute).tick()
		if why := s.auctioneer(engine.Announce{Winner: "A", Price: 1000}); why != "" {
			t.Fatalf("the announcement is refused: %s", why)
		}
		if r := s.room.Now.Result; r == nil || r.Winner != "A" || r.Price != 1000 || r.BidAt != opensAt {
			t.Errorf("result: %+v", r)
		}
	}
}

// TestExtendByHand moves the end and the latest end, and does not count.
func TestExtendByHand(t *testing.T) {
	rules := plain()
	rules.Closing = engine.Closing{Kind: engine.ClosingReset, ByMs: minute, WindowMs: minute, MaxCount: 1, MaxTotalMs: 2 * minute}
	s := running(t, rules, 0, "A", "B")
	for by, want := range map[engine.Millis]engine.Reason{
		0: engine.ReasonBadDuration, -second: engine.ReasonBadDuration, second - 1: engine.ReasonBadDuration,
		24*60*minute + 1: engine.ReasonBadDuration,
	} {
		s.unchanged(func() {
			if why := s.auctioneer(engine.Extend{By: by, Reason: "Line fault"}); why != want {
				t.Errorf("%d ms is answered with %q", by, why)
			}
		})
	}
	if why := s.auctioneer(engine.Extend{By: 10 * minute, Reason: "Line fault"}); why != "" {
		t.Fatal(why)
	}
	s.endsAt(25 * minute)
	if got := s.state.LatestAt.Sub(opensAt); got != 27*minute || s.state.Extensions != 0 {
		t.Errorf("latest end at %d ms after %d extensions", got, s.state.Extensions)
	}
	if m := s.room.Messages; len(m) != 1 || m[0].Text != "Line fault" {
		t.Errorf("the room reads %s", mustJSON(m))
	}
	s.at(24*minute+30*second).bid("A", 1000)
	s.endsAt(25*minute + 30*second)
}

// TestTexts is what a reason may be: something, UTF-8, at most 500 characters.
func TestTexts(t *testing.T) {
	s := running(t, plain(), 0, "A")
	for text, want := range map[string]engine.Reason{
		"":                       engine.ReasonTextNeeded,
		" \t\n":                  engine.ReasonTextNeeded,
		"broken \xff\xfe":        engine.ReasonTextNeeded,
		"\u200b\ufeff":           engine.ReasonTextNeeded, // nobody sees anything
		"no\x00thing":            engine.ReasonTextNeeded, // PostgreSQL would not take it with the result
		"bell\a":                 engine.ReasonTextNeeded,
		"\u202e000.000.1":        engine.ReasonTextNeeded, // reads 1.000.000
		"hai\n\tdòng":            "",
		"👨‍👩‍👧 مرحبا":            "",
		strings.Repeat("ữ", 501): engine.ReasonTextTooLong,
		strings.Repeat("ữ", 500): "",
		"Còn ai trả giá cao hơn nữa không?": "",
		"<b>&\u2028": "",
	} {
		if why := s.auctioneer(engine.Say{Text: text}); why != want {
			t.Errorf("%q is answered with %q, want %q", text, why, want)
		}
	}
	checkReplay(t, s.records, s.state, s.room)
	if s.auctioneer(engine.Pause{Reason: "x"}); s.auctioneer(engine.Resume{Reason: "\xff"}) != engine.ReasonTextNeeded {
		t.Error("a broken sentence is taken with resume")
	}
}

// TestWhoMayDoWhat goes through every role and every act.
func TestWhoMayDoWhat(t *testing.T) {
	bidders := map[engine.ActName]bool{engine.ActCheckIn: true, engine.ActBid: true, engine.ActRaise: true, engine.ActWithdraw: true, engine.ActOffer: true, engine.ActTakeBack: true, engine.ActBuy: true}
	auctioneers := map[engine.ActName]bool{
		engine.ActOpen: true, engine.ActPause: true, engine.ActResume: true, engine.ActStop: true, engine.ActExtend: true,
		engine.ActSay: true, engine.ActDisqualify: true, engine.ActCancel: true, engine.ActAnnounce: true,
	}
	for _, role := range []engine.Role{engine.RoleSpectator, engine.RoleBidder, engine.RoleAuctioneer, engine.RoleClerk, engine.RoleObserver, engine.RoleAdmin, "", "king"} {
		for _, do := range allActs() {
			s := running(t, plain(), 0, "A")
			by := engine.Actor{Role: role, Ref: "A"}
			may := role == engine.RoleBidder && bidders[do.ActName()] || role == engine.RoleAuctioneer && auctioneers[do.ActName()]
			n := len(s.records)
			why := s.why(s.do(engine.Command{ID: s.id(), By: by, Do: do}))
			if forbidden := why == engine.ReasonForbidden; forbidden == may {
				t.Errorf("%q %s is answered with %q", role, do.ActName(), why)
			}
			if !may && len(s.records) != n {
				t.Errorf("%q %s left a record", role, do.ActName())
			}
		}
	}
}

func allActs() []engine.Act {
	return []engine.Act{
		engine.CheckIn{}, engine.PlaceBid{Amount: 1000}, engine.RaiseMaximum{Amount: 1000}, engine.Withdraw{Confirm: "A"},
		engine.Open{}, engine.Pause{Reason: "x"}, engine.Resume{}, engine.Stop{Reason: "x"}, engine.Extend{By: second, Reason: "x"},
		engine.Say{Text: "x"}, engine.Disqualify{Code: "A", Reason: "x"}, engine.Cancel{Reason: "x"}, engine.Announce{},
		engine.Tick{}, engine.CreditOutage{From: opensAt}, engine.Follow{Extension: engine.Extension{ClosesAt: opensAt.Add(60 * minute), Count: 1}},
		engine.PutOffer{Amount: 1000, Box: make([]byte, engine.BoxBytes)}, engine.TakeOfferBack{}, engine.Buy{Amount: 1000},
		engine.TakeKey{Publics: []engine.Key{{9}}}, engine.PresentKey{}, engine.OpenRound{},
		engine.Ask{Price: 1500}, engine.FloorBid{Code: "A", Amount: 1000}, engine.FloorCheckIn{Code: "A"}, engine.Warn{}, engine.Call{},
		engine.Hammer{}, engine.Pass{}, engine.Undo{Code: "A", Amount: 1000, Reason: "x"}, engine.Reopen{Reason: "x"},
		engine.Decline{Code: "A", Reason: "x"},
		engine.ConfirmUndo{Code: "A", Amount: 1000}, engine.DropUndo{Code: "A", Amount: 1000, Reason: "x"},
	}
}

// TestWhoMayHoldAKey: the staff in the room, where offers are sealed.
func TestWhoMayHoldAKey(t *testing.T) {
	staff := map[engine.Role]bool{engine.RoleAuctioneer: true, engine.RoleClerk: true, engine.RoleRegistrar: true, engine.RoleObserver: true}
	for _, role := range []engine.Role{engine.RoleSpectator, engine.RoleBidder, engine.RoleAuctioneer, engine.RoleClerk, engine.RoleRegistrar, engine.RoleObserver, engine.RoleAdmin, ""} {
		s := newSale(t, bySeal(1, 0), 0, "A")
		who := engine.Actor{Role: role, Ref: "A"}
		if why := s.keeper(who, engine.TakeKey{Publics: s.publicsOf(who)}); (why == "") != staff[role] {
			t.Errorf("%q takes a key: %q", role, why)
		}
		if why := s.keeper(who, engine.OpenRound{}); (why == engine.ReasonForbidden) != (role != engine.RoleAuctioneer) {
			t.Errorf("%q opens a round: %q", role, why)
		}
	}
}

// TestEndedIsSealed: after announcement, stop or cancellation nothing is
// recorded any more, so that a result once delivered is the whole record.
func TestEndedIsSealed(t *testing.T) {
	for name, end := range map[string]func(*sale){
		"announced": func(s *sale) { s.at(15 * minute).tick(); s.auctioneer(engine.Announce{Winner: "A", Price: 1000}) },
		"stopped":   func(s *sale) { s.auctioneer(engine.Stop{Reason: "x"}) },
		"cancelled": func(s *sale) { s.auctioneer(engine.Cancel{Reason: "x"}) },
		"paused and stopped": func(s *sale) {
			s.auctioneer(engine.Pause{Reason: "x"})
			s.auctioneer(engine.Stop{Reason: "x"})
		},
	} {
		s := running(t, plain(), 0, "A", "B")
		s.bid("A", 1000)
		end(s)
		if !s.state.Phase.Final() {
			t.Fatalf("%s: the phase is %s", name, s.state.Phase)
		}
		if s.room.Now.RemainingMs != 0 || engine.Deadline(s.state) != 0 {
			t.Errorf("%s: time goes on: %s", name, mustJSON(s.room.Now))
		}
		n := len(s.records)
		for range 2 { // twice is harmless
			for _, do := range allActs() {
				for _, by := range []engine.Actor{bidder("A"), bidder("B"), theAuctioneer, engine.System} {
					s.now = s.now.Add(second)
					if why := s.why(s.do(engine.Command{ID: s.id(), By: by, Do: do})); by != engine.System && why != engine.ReasonEnded {
						t.Errorf("%s: %s %s is answered with %q", name, by.Ref, do.ActName(), why)
					}
				}
			}
		}
		if len(s.records) != n {
			t.Errorf("%s: %d records were added", name, len(s.records)-n)
		}
	}
}

// TestWithdrawBetweenCloseAndAnnouncement: the proposal follows, and nothing
// that fell is announced.
func TestWithdrawBetweenCloseAndAnnouncement(t *testing.T) {
	s := running(t, plain(), 0, "A", "B")
	s.bid("A", 1000)
	s.bid("B", 1500)
	s.at(15 * minute).tick()
	s.must("B", engine.Withdraw{Confirm: "B"})
	if why := s.auctioneer(engine.Announce{Winner: "B", Price: 1500}); why != engine.ReasonResultChanged {
		t.Errorf("the fallen result is answered with %q", why)
	}
	if got := s.state.Proposal(); got.Winner != "A" || got.Price != 1000 || got.BidSeq != s.state.Bidder("A").BestSeq {
		t.Errorf("proposed: %+v", got)
	}
	s.must("A", engine.Withdraw{Confirm: "A"})
	if got, want := s.state.Proposal(), (engine.Result{Outcome: engine.OutcomeFailed, Ground: engine.GroundWithdrawn}); !reflect.DeepEqual(got, want) {
		t.Errorf("proposed: %+v, want %+v", got, want)
	}
}

// TestDisqualifiedAloneIsNoBid: with only the disqualified having bid, nobody
// has; article 52.1 b, not đ.
func TestDisqualifiedAloneIsNoBid(t *testing.T) {
	s := running(t, plain(), 0, "A", "B")
	s.bid("A", 1000)
	s.auctioneer(engine.Disqualify{Code: "A", Reason: "x"})
	s.stands("", 0)
	if got := s.state.Proposal(); got.Ground != engine.GroundNoBid {
		t.Errorf("proposed: %+v", got)
	}
	if why := s.bid("B", 1000); why != "" {
		t.Errorf("the start price is not open again: %s", why)
	}
}

// TestOutage is the time an outage gives back.
func TestOutage(t *testing.T) {
	for _, c := range []struct {
		name        string
		from, now   engine.Millis
		recovery    engine.Millis
		end, latest engine.Millis
	}{
		{"ninety seconds", 5 * minute, 5*minute + 90*second, 0, 15*minute + 90*second, 20*minute + 90*second},
		{"least time left", 14*minute + 50*second, 15*minute + 20*second, 2 * minute, 17*minute + 20*second, 20*minute + 30*second},
		{"past the latest end", 14*minute + 50*second, 30 * minute, 20 * minute, 50 * minute, 50 * minute},
		{"began before the last record", -minute, minute, 0, 16 * minute, 21 * minute},
		{"began at the end", 15 * minute, 16 * minute, 2 * minute, 15 * minute, 20 * minute},
		{"began after the end", 17 * minute, 18 * minute, 2 * minute, 15 * minute, 20 * minute},
		{"no time at all", minute, minute, 2 * minute, 15 * minute, 20 * minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			rules := plain()
			rules.RecoveryMinMs = c.recovery
			rules.Closing = engine.Closing{Kind: engine.ClosingAdd, ByMs: second, WindowMs: second, MaxTotalMs: 5 * minute}
			s := running(t, rules, 0, "A")
			before := s.state.Head.Seq
			s.at(c.now)
			if err := s.do(engine.Command{By: engine.System, Do: engine.CreditOutage{From: opensAt.Add(c.from)}}); err != nil {
				t.Fatal(err)
			}
			s.endsAt(c.end)
			if got := s.state.LatestAt.Sub(opensAt); got != c.latest {
				t.Errorf("latest end at %d ms, want %d", got, c.latest)
			}
			if u := s.updates[len(s.updates)-1]; s.state.Head.Seq != before && (u.Kind != engine.KindOutageCredited || u.LostMs != c.now-max(0, c.from)) {
				t.Errorf("the room is told %s", mustJSON(u))
			}
		})
	}
	t.Run("where no time runs", func(t *testing.T) {
		scheduled := newSale(t, plain(), 0, "A")
		paused := running(t, plain(), 0, "A")
		paused.auctioneer(engine.Pause{Reason: "x"})
		for _, s := range []*sale{scheduled, paused} {
			n := len(s.records)
			from := s.now
			s.now = s.now.Add(10 * minute)
			if err := s.do(engine.Command{By: engine.System, Do: engine.CreditOutage{From: from}}); err != nil || len(s.records) != n {
				t.Errorf("%s: %d records, %v", s.state.Phase, len(s.records)-n, err)
			}
		}
	})
}

// TestMinInterval is a second between two accepted amounts of one person; a
// refused one does not count, a maximum does.
func TestMinInterval(t *testing.T) {
	rules := plain()
	rules.MinIntervalMs, rules.Proxy = second, true
	s := running(t, rules, 0, "A", "B")
	for _, c := range []struct {
		at     engine.Millis
		who    engine.ParticipantCode
		amount engine.Dong
		want   engine.Reason
	}{
		{0, "A", 2000, ""},
		{500, "A", 3000, engine.ReasonTooFast},
		{999, "A", 3000, engine.ReasonTooFast},
		{999, "B", 5000, ""},
		{1000, "A", 6000, ""},
		{1000, "B", 4000, engine.ReasonTooLow},
		{1998, "B", 7000, engine.ReasonTooFast},
		{1999, "B", 7000, ""},
	} {
		if why := s.at(c.at).bid(c.who, c.amount); why != c.want {
			t.Errorf("%s %d at %d ms is answered with %q, want %q", c.who, c.amount, c.at, why, c.want)
		}
	}
}

// TestRepeatedAfterTheEnd: the act that ended a session is answered with its
// receipt when it is sent again, and nothing else passes under its id.
func TestRepeatedAfterTheEnd(t *testing.T) {
	for _, c := range []struct{ do, other engine.Act }{
		{engine.Stop{Reason: "x"}, engine.Stop{Reason: "y"}},
		{engine.Cancel{Reason: "x"}, engine.Stop{Reason: "x"}},
	} {
		s := running(t, plain(), 0, "A")
		command := engine.Command{ID: s.id(), By: theAuctioneer, Do: c.do}
		if err := s.do(command); err != nil {
			t.Fatal(err)
		}
		var repeated *engine.Repeated
		if err := s.do(command); !errors.As(err, &repeated) || !repeated.Receipt.Accepted || repeated.Receipt.Act != c.do.ActName() {
			t.Errorf("%s again: %v", c.do.ActName(), err)
		}
		command.Do = c.other
		if why := s.why(s.do(command)); why != engine.ReasonCommandReused {
			t.Errorf("%+v under the id of %+v is answered with %q", c.other, c.do, why)
		}
	}
}

// TestCommandIDMissing: whoever sends no id gets no record.
func TestCommandIDMissing(t *testing.T) {
	s := running(t, plain(), 0, "A")
	for _, c := range []engine.Command{{By: bidder("A"), Do: engine.PlaceBid{Amount: 1000}}, {By: theAuctioneer, Do: engine.Say{Text: "x"}}} {
		s.unchanged(func() {
			if why := s.why(s.do(c)); why != engine.ReasonCommandIDMissing {
				t.Errorf("%s without an id is answered with %q", c.Do.ActName(), why)
			}
		})
	}
}
