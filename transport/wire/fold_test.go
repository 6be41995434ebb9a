package wire

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"gobua/engine"
)

// foldCase is one story that the engine and the page must fold to the same
// room. The page reads testdata/fold/*.json.
type foldCase struct {
	Name    string          `json:"name"`
	Room    engine.Room     `json:"room"`
	Updates []engine.Update `json:"updates"`
	Want    engine.Room     `json:"want"`
}

// TestFoldIsGolden folds every case and compares it with its file; -update
// rewrites the files.
func TestFoldIsGolden(t *testing.T) {
	cases := foldCases()
	for file, c := range cases {
		c.Want = c.Room
		for _, u := range c.Updates {
			c.Want.Fold(u)
		}
		compareGolden(t, filepath.Join("testdata/fold", file+".json"), c)
	}
	files, err := filepath.Glob("testdata/fold/*.json")
	if err != nil || len(files) != len(cases) {
		t.Errorf("%d files for %d cases (%v)", len(files), len(cases), err)
	}
}

// TestFoldOfWhatWasSent folds updates as a page gets them, out of JSON, and
// ends with the same room as the server.
func TestFoldOfWhatWasSent(t *testing.T) {
	for file, c := range foldCases() {
		want := c.Room
		var got engine.Room
		if err := json.Unmarshal(RoomJSON(&c.Room), &got); err != nil {
			t.Fatal(file, err)
		}
		for i, u := range c.Updates {
			want.Fold(u)
			var up Up
			if err := json.Unmarshal(payloadOf(t, Frame(Up{someSession, engine.FeedSeq(i + 1), u})), &up); err != nil {
				t.Fatal(file, err)
			}
			got.Fold(up.Update)
		}
		if string(RoomJSON(&got)) != string(RoomJSON(&want)) {
			t.Errorf("%s: folded from frames\n%s\nwant\n%s", file, RoomJSON(&got), RoomJSON(&want))
		}
	}
}

func foldCases() map[string]foldCase {
	base := sampleRoom()
	running := base.Now
	after := func(change func(*engine.Now)) engine.Now {
		n := running
		change(&n)
		return n
	}
	bid := func(feed engine.FeedSeq, code engine.ParticipantCode, level engine.Dong, auto bool) engine.Update {
		return engine.Update{
			Kind: engine.KindBidAccepted, At: sampleNow + engine.Instant(feed),
			Now: after(func(n *engine.Now) { n.Price, n.Next, n.Leader, n.Bids = level, level+100_000_000, code, int(feed) }),
			Row: &engine.Row{Feed: feed, At: sampleNow + engine.Instant(feed), Code: code, Level: level, Auto: auto},
		}
	}
	var many []engine.Update
	for i := range engine.FeedSeq(60) {
		many = append(many, bid(i+4, engine.ParticipantCode(fmt.Sprintf("M-%03d", 100+i)), 12_900_000_000+engine.Dong(i)*100_000_000, i%7 == 0))
	}
	var talk []engine.Update
	for i := range 12 {
		talk = append(talk, engine.Update{
			Kind: engine.KindSaid, At: sampleNow + engine.Instant(i), Now: running,
			Message: &engine.Message{At: sampleNow + engine.Instant(i), Text: fmt.Sprintf("Thông báo %d & <b>", i+1)},
		})
	}
	fallen := engine.Update{
		Kind: engine.KindWithdrawn, At: sampleNow + 9, Struck: []engine.FeedSeq{3, 4}, Code: "M-105",
		Now: after(func(n *engine.Now) { n.Price, n.Next, n.Leader = 12_700_000_000, 12_800_000_000, "M-733" }),
	}
	ended := after(func(n *engine.Now) {
		n.Phase, n.ClosesAt = engine.PhaseAnnounced, 0
		n.Result = &engine.Result{Outcome: engine.OutcomeSold, Winner: "M-105", Price: 12_800_000_000, BidAt: sampleNow - 1000, BidSeq: 7}
	})
	empty := base
	empty.History, empty.Messages, empty.Now = []engine.Row{}, []engine.Message{}, engine.Now{Phase: engine.PhaseScheduled, Next: 12_000_000_000, Step: 100_000_000}
	return map[string]foldCase{
		"nothing":         {Name: "no update changes nothing", Room: base},
		"first-bid":       {Name: "the first bid of an empty room", Room: empty, Updates: []engine.Update{bid(1, "M-105", 12_000_000_000, false)}},
		"history-limit":   {Name: "the history keeps the newest fifty rows", Room: base, Updates: many},
		"message-limit":   {Name: "the messages keep the newest ten", Room: base, Updates: talk},
		"withdrawal":      {Name: "a withdrawal strikes rows and the price falls back", Room: base, Updates: []engine.Update{bid(4, "M-105", 12_900_000_000, true), fallen}},
		"pause-resume":    {Name: "a pause freezes the end and an outage moves it", Room: base, Updates: pauses(after)},
		"rounds":          {Name: "a round begins where the main time ends", Room: base, Updates: rounds(after)},
		"sealed":          {Name: "offers come out of their seals, the best last", Room: base, Updates: unsealing(after)},
		"units":           {Name: "units are awarded, a part is declined, and all winners are told", Room: base, Updates: awarding(after)},
		"in-a-group":      {Name: "a bid for another lot of the group moves the end", Room: base, Updates: followed(after)},
		"called":          {Name: "a lot is called, a bid from the hall is undone", Room: base, Updates: called(after)},
		"undo-by-two":     {Name: "after the last call an undo takes two people", Room: base, Updates: undoByTwo(after)},
		"turns":           {Name: "bidders speak in turn, the worst offer first", Room: base, Updates: inTurn(after)},
		"bought":          {Name: "a price to buy now is offered, taken, and bidding is over", Room: base, Updates: bought(after)},
		"announced":       {Name: "an announcement is final", Room: base, Updates: []engine.Update{{Kind: engine.KindAnnounced, At: sampleNow + 20, Now: ended}}},
		"applied-twice":   {Name: "the changing part is absolute, so a repetition is harmless", Room: base, Updates: []engine.Update{fallen, fallen}},
		"unknown-strikes": {Name: "a struck row that is no longer shown is no error", Room: base, Updates: []engine.Update{{Kind: engine.KindDisqualified, At: sampleNow, Now: running, Struck: []engine.FeedSeq{1, 2, 77}, Code: "M-733"}}},
	}
}

func called(after func(func(*engine.Now)) engine.Now) []engine.Update {
	calling := func(c engine.CalledNow) engine.Now { return after(func(n *engine.Now) { n.Called = &c }) }
	bid := after(func(n *engine.Now) {
		n.Price, n.Next, n.Leader, n.Bids, n.Called = 13_500_000_000, 13_600_000_000, "M-733", 4, &engine.CalledNow{Floor: true}
	})
	return []engine.Update{
		{Kind: engine.KindAsked, At: sampleNow + 1, Now: calling(engine.CalledNow{Asked: 13_500_000_000})},
		{Kind: engine.KindCallMade, At: sampleNow + 2, Now: calling(engine.CalledNow{Asked: 13_500_000_000, Count: 2, Warned: true, FreeAt: sampleNow + 2002})},
		{Kind: engine.KindBidAccepted, At: sampleNow + 3, Now: bid, Row: &engine.Row{Feed: 4, At: sampleNow + 3, Code: "M-733", Level: 13_500_000_000, Floor: true}},
		{
			Kind: engine.KindUndone, At: sampleNow + 4, Code: "M-733", Struck: []engine.FeedSeq{4}, Now: calling(engine.CalledNow{Asked: 13_500_000_000}),
			Message: &engine.Message{At: sampleNow + 4, Text: "Nghe nhầm mã số"},
		},
	}
}

// undoByTwo is an undo after the last call: refused by the clerk, asked for again
// and confirmed by the observer.
func undoByTwo(after func(func(*engine.Now)) engine.Now) []engine.Update {
	calling := func(c engine.CalledNow) engine.Now { return after(func(n *engine.Now) { n.Called = &c }) }
	asked := &engine.UndoNow{At: sampleNow + 2, Code: "M-105", Amount: 12_800_000_000, Role: engine.RoleAuctioneer, Reason: "Nghe nhầm mã số"}
	say := func(at engine.Instant, text string) *engine.Message { return &engine.Message{At: at, Text: text} }
	ask := engine.Update{
		Kind: engine.KindUndoAsked, At: sampleNow + 2, Code: "M-105", By: engine.RoleAuctioneer, Message: say(sampleNow+2, asked.Reason),
		Now: calling(engine.CalledNow{Count: 3, Final: true, Undo: asked}),
	}
	return []engine.Update{
		{Kind: engine.KindCallMade, At: sampleNow + 1, Now: calling(engine.CalledNow{Count: 3, Final: true})},
		ask,
		{
			Kind: engine.KindUndoDropped, At: sampleNow + 3, Code: "M-105", By: engine.RoleClerk, Message: say(sampleNow+3, "Tôi cũng nghe mã số này"),
			Now: calling(engine.CalledNow{Count: 3, Final: true}),
		},
		ask,
		{
			Kind: engine.KindUndone, At: sampleNow + 4, Code: "M-105", By: engine.RoleObserver, Struck: []engine.FeedSeq{3},
			Message: say(sampleNow+4, asked.Reason), Now: calling(engine.CalledNow{}),
		},
	}
}

func inTurn(after func(func(*engine.Now)) engine.Now) []engine.Update {
	const price = 12_900_000_000
	order := []engine.TurnLine{{Code: "M-118", Out: true}, {Code: "M-733"}, {Code: "M-105", Level: 12_800_000_000}}
	spoken := []engine.TurnLine{order[0], {Code: "M-733", Level: price}, order[2]}
	return []engine.Update{
		{Kind: engine.KindTurnOpened, At: sampleNow + 8, Now: after(func(n *engine.Now) { n.Turns = &engine.TurnsNow{Round: 2, Order: order} })},
		{Kind: engine.KindTurnOpened, At: sampleNow + 9, Now: after(func(n *engine.Now) { n.Turns = &engine.TurnsNow{Round: 2, Turn: 2, Code: "M-733", Order: order} })},
		{
			Kind: engine.KindBidAccepted, At: sampleNow + 10, Row: &engine.Row{Feed: 10, At: sampleNow + 10, Code: "M-733", Level: price},
			Now: after(func(n *engine.Now) {
				n.Price, n.Leader, n.Turns = price, "M-733", &engine.TurnsNow{Round: 2, Turn: 2, Code: "M-733", Order: spoken}
			}),
		},
		{Kind: engine.KindTurnOpened, At: sampleNow + 10, Now: after(func(n *engine.Now) {
			n.Price, n.Leader, n.Turns = price, "M-733", &engine.TurnsNow{Round: 2, Turn: 3, Code: "M-105", Order: spoken}
		})},
	}
}

func bought(after func(func(*engine.Now)) engine.Now) []engine.Update {
	const price = 20_000_000_000
	return []engine.Update{
		{Kind: engine.KindOpened, At: sampleNow + 8, Now: after(func(n *engine.Now) { n.BuyNow = true })},
		{
			Kind: engine.KindBidAccepted, At: sampleNow + 9, Now: after(func(n *engine.Now) { n.Price, n.Leader = price, "M-105" }),
			Row: &engine.Row{Feed: 9, At: sampleNow + 9, Code: "M-105", Level: price, Bought: true},
		},
		{Kind: engine.KindClosed, At: sampleNow + 9, Now: after(func(n *engine.Now) {
			n.Phase, n.Price, n.Leader, n.ClosesAt, n.Bought = engine.PhaseClosed, price, "M-105", sampleNow+9, true
		})},
	}
}

func rounds(after func(func(*engine.Now)) engine.Now) []engine.Update {
	return []engine.Update{
		{Kind: engine.KindBidAccepted, At: sampleNow + 8, Now: after(func(n *engine.Now) { n.Round = &engine.RoundNow{Follows: true} })},
		{Kind: engine.KindRoundOpened, At: sampleNow + 600_000, Now: after(func(n *engine.Now) {
			n.ClosesAt = sampleNow + 635_000
			n.Round = &engine.RoundNow{Round: 1, OpensAt: sampleNow + 605_000, Going: 2, Codes: []engine.ParticipantCode{"M-105", "M-733"}}
		})},
	}
}

func unsealing(after func(func(*engine.Now)) engine.Now) []engine.Update {
	opened := func(n *engine.Now) {
		n.Phase, n.Sealed = engine.PhaseClosed, &engine.SealedNow{Round: 1, Keys: 2, Given: 2, Opened: true, Void: 1, Due: engine.DueRunOff}
	}
	offer := func(feed engine.FeedSeq, at engine.Instant, code engine.ParticipantCode, amount engine.Dong) engine.Update {
		return engine.Update{Kind: engine.KindOfferOpened, At: sampleNow + 700_000, Now: after(opened), Row: &engine.Row{Feed: feed, At: at, Code: code, Level: amount}}
	}
	return []engine.Update{
		{Kind: engine.KindKeyPresented, At: sampleNow + 700_000, Now: after(func(n *engine.Now) {
			n.Phase, n.Sealed = engine.PhaseClosed, &engine.SealedNow{Round: 1, Keys: 2, Given: 1}
		})},
		{Kind: engine.KindUnsealed, At: sampleNow + 700_000, Now: after(opened)},
		offer(200, sampleNow+9, "M-105", 12_900_000_000), offer(201, sampleNow+4, "M-733", 13_000_000_000),
	}
}

func awarding(after func(func(*engine.Now)) engine.Now) []engine.Update {
	opened := func(u *engine.UnitsNow) engine.Now {
		return after(func(n *engine.Now) {
			n.Phase, n.Sealed = engine.PhaseClosed, &engine.SealedNow{Round: 1, Keys: 2, Given: 2, Opened: true, Units: u}
		})
	}
	sold := opened(&engine.UnitsNow{Wanted: 20, Sold: 20, Winners: 1, Part: 20, Last: "M-733", Changes: 1})
	sold.Phase, sold.Result = engine.PhaseAnnounced, &engine.Result{
		Outcome: engine.OutcomeSold, Winner: "M-733", Price: 12_000_000, BidAt: sampleNow + 4, BidSeq: 7,
		Awards: []engine.Award{
			{Code: "M-733", Units: 20, Price: 12_000_000, BidAt: sampleNow + 4, BidSeq: 7},
			{Code: "M-801", Units: 1, Wanted: 2, Price: 12_000_000, BidAt: sampleNow + 5, BidSeq: 8},
		},
	}
	offer := func(feed engine.FeedSeq, code engine.ParticipantCode, amount engine.Dong, units int) *engine.Row {
		return &engine.Row{Feed: feed, At: sampleNow + 4, Code: code, Level: amount, Units: units}
	}
	return []engine.Update{
		{Kind: engine.KindOfferOpened, At: sampleNow + 700_000, Now: opened(nil), Row: offer(200, "M-105", 12_900_000, 75)},
		{
			Kind: engine.KindOfferOpened, At: sampleNow + 700_000, Row: offer(201, "M-733", 13_000_000, 20),
			Now: opened(&engine.UnitsNow{Wanted: 95, Sold: 90, Winners: 2, Part: 70, Missed: 5, Last: "M-105"}),
		},
		{
			Kind: engine.KindPartDeclined, At: sampleNow + 710_000, Code: "M-105", Struck: []engine.FeedSeq{200},
			Now:     opened(&engine.UnitsNow{Wanted: 20, Sold: 20, Winners: 1, Part: 20, Last: "M-733", Changes: 1}),
			Message: &engine.Message{At: sampleNow + 710_000, Text: "Chỉ còn một phần"},
		},
		{Kind: engine.KindAnnounced, At: sampleNow + 720_000, Now: sold},
	}
}

func followed(after func(func(*engine.Now)) engine.Now) []engine.Update {
	return []engine.Update{
		{Kind: engine.KindExtended, At: sampleNow + 590_000, Now: after(func(n *engine.Now) {
			n.ClosesAt, n.Extensions, n.Group = sampleNow+720_000, 1, &engine.GroupNow{Lot: 3, At: sampleNow + 590_000}
		})},
		{Kind: engine.KindExtended, At: sampleNow + 710_000, Now: after(func(n *engine.Now) { n.ClosesAt, n.Extensions = sampleNow+840_000, 2 })},
	}
}

func pauses(after func(func(*engine.Now)) engine.Now) []engine.Update {
	return []engine.Update{
		{Kind: engine.KindPaused, At: sampleNow + 1, Now: after(func(n *engine.Now) {
			n.Phase, n.ClosesAt, n.RemainingMs, n.Reason = engine.PhasePaused, 0, 599_999, "Mất điện"
		})},
		{Kind: engine.KindResumed, At: sampleNow + 60_001, Now: after(func(n *engine.Now) { n.ClosesAt = sampleNow + 660_000 })},
		{Kind: engine.KindOutageCredited, At: sampleNow + 90_000, LostMs: 12_345, Now: after(func(n *engine.Now) { n.ClosesAt = sampleNow + 672_345 })},
		{Kind: engine.KindExtended, At: sampleNow + 672_000, Now: after(func(n *engine.Now) { n.ClosesAt, n.Extensions = sampleNow+732_000, 1 })},
	}
}
