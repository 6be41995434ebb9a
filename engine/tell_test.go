package engine_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"gobua/engine"
)

// TestConcerned: after each record those are told their standing for whom it
// may have changed. It may name too many, never too few.
func TestConcerned(t *testing.T) {
	for seed := range uint64(60) {
		w := newWorld(t, &dice{bytesOf(seed)})
		for len(w.dice.bytes) > 0 && !w.state.Phase.Final() {
			w.move()
		}
		state := new(engine.State)
		var before []engine.Standing
		for _, r := range w.records {
			leader := state.Leader
			state.Apply(r)
			concerned := state.Concerned(r, leader, nil)
			after := standings(state)
			for i := range before {
				if !reflect.DeepEqual(before[i], after[i]) && !slices.Contains(concerned, after[i].Code) {
					t.Fatalf("seed %d: %s changes %+v to %+v, concerned are %v", seed, r.Event.Kind(), before[i], after[i], concerned)
				}
			}
			before = after
		}
	}
}

func standings(s *engine.State) (all []engine.Standing) {
	for _, b := range s.Bidders() {
		you, _ := s.Standing(b.Code)
		all = append(all, you)
	}
	return all
}

// TestStandings is what each of three knows of the own position.
func TestStandings(t *testing.T) {
	s := running(t, plain(), 0, "A", "B", "C", "D")
	s.bid("A", 1000)
	s.now = s.now.Add(second)
	s.bid("B", 1100)
	s.auctioneer(engine.Disqualify{Code: "C", Reason: "Shouted"})
	want := []engine.Standing{
		{Code: "A", CheckedIn: true, Best: 1000, Outbid: true, LastBidAt: opensAt},
		{Code: "B", CheckedIn: true, Leading: true, Best: 1100, LastBidAt: opensAt + 1000, Withdrawable: true},
		{Code: "C", CheckedIn: true, Out: engine.ReasonDisqualified, OutReason: "Shouted"},
		{Code: "D", CheckedIn: true},
	}
	if got := standings(s.state); !reflect.DeepEqual(got, want) {
		t.Errorf("standings:\n%+v\nwant\n%+v", got, want)
	}
	s.at(15 * minute).tick()
	s.auctioneer(engine.Announce{Winner: "B", Price: 1100})
	want[1].Won, want[1].Withdrawable = true, false
	if got := standings(s.state); !reflect.DeepEqual(got, want) {
		t.Errorf("standings after the announcement:\n%+v\nwant\n%+v", got, want)
	}
	desk := []engine.DeskParticipant{
		{Code: "A", CheckedIn: true, Level: 1000, Attempts: 1},
		{Code: "B", CheckedIn: true, Level: 1100, Leading: true, Attempts: 1},
		{Code: "C", CheckedIn: true, Out: engine.ReasonDisqualified}, {Code: "D", CheckedIn: true},
	}
	if got := s.state.DeskParticipants(); !reflect.DeepEqual(got, desk) {
		t.Errorf("the console sees\n%+v\nwant\n%+v", got, desk)
	}
}

// TestRoomLists: the room shows the newest rows and messages and no more, and
// what has been published stays as it was.
func TestRoomLists(t *testing.T) {
	s := running(t, plain(), 0, "A", "B")
	var published []engine.Room
	var bytesThen [][]byte
	for i := range 120 {
		s.now = s.now.Add(second)
		s.bid([]engine.ParticipantCode{"A", "B"}[i%2], engine.Dong(1000+100*i))
		s.auctioneer(engine.Say{Text: fmt.Sprint(i)})
		published = append(published, s.room)
		bytesThen = append(bytesThen, mustJSON(s.room))
	}
	s.must("B", engine.Withdraw{Confirm: "B"})
	if len(s.room.History) != engine.MaxHistory || len(s.room.Messages) != engine.MaxMessages {
		t.Errorf("%d rows, %d messages", len(s.room.History), len(s.room.Messages))
	}
	for i, row := range s.room.History {
		if row.Level != engine.Dong(1000+100*(119-i)) || row.Struck != (row.Code == "B") {
			t.Errorf("row %d is %+v", i, row)
		}
	}
	if got := s.updates[len(s.updates)-1]; len(got.Struck) != 60 || !slices.IsSorted(got.Struck) || got.Code != "B" {
		t.Errorf("the withdrawal is told as %s", mustJSON(got))
	}
	for i, room := range published {
		if string(mustJSON(room)) != string(bytesThen[i]) {
			t.Fatalf("room %d was changed after it was published", i)
		}
	}
}

// TestExtract is what the office keeps: every row with its record, struck ones
// marked, and the result; the same whether or not codes were hidden.
func TestExtract(t *testing.T) {
	rules := plain()
	rules.Proxy, rules.HideCodes = true, true
	s := newSale(t, rules, 0, "A", "B", "C", "D")
	for _, code := range []engine.ParticipantCode{"A", "B", "C"} {
		s.must(code, engine.CheckIn{})
	}
	s.at(0).tick()
	s.bid("A", 2000)
	s.bid("B", 1200)
	s.bid("C", 1500)
	s.at(minute).auctioneer(engine.Disqualify{Code: "C", Reason: "x"})
	s.bid("A", 3000)
	s.at(15 * minute).tick()
	s.at(16 * minute).auctioneer(engine.Announce{Winner: "A", Price: 1300})
	var x engine.Extractor
	for _, r := range s.records {
		x.Add(r)
	}
	got := x.Extract()
	wantBids := []engine.ExtractBid{
		{Seq: 6, At: opensAt, Code: "A", Level: 1000},
		{Seq: 7, At: opensAt, Code: "B", Level: 1200}, {Seq: 8, At: opensAt, Code: "A", Level: 1300, Auto: true},
		{Seq: 9, At: opensAt, Code: "C", Level: 1500, Struck: true}, {Seq: 10, At: opensAt, Code: "A", Level: 1600, Auto: true, Struck: true},
	}
	if !reflect.DeepEqual(got.Bids, wantBids) {
		t.Errorf("bids:\n%+v\nwant\n%+v", got.Bids, wantBids)
	}
	got.Bids = nil
	want := engine.Extract{
		Session: s.state.Session, Lot: s.state.Lot, Rules: s.state.Rules, RulesHash: s.state.RulesHash, Phase: engine.PhaseAnnounced,
		OpenedAt: opensAt, ClosedAt: opensAt.Add(15 * minute), EndedAt: opensAt.Add(16 * minute), Participants: 4, Present: 3, Head: s.state.Head,
		Result: &engine.Result{Outcome: engine.OutcomeSold, Winner: "A", Price: 1300, BidAt: opensAt.Add(minute), BidSeq: 12},
		Course: []engine.Moment{
			{Seq: 5, At: opensAt, Kind: engine.KindOpened, ClosesAt: opensAt.Add(15 * minute)},
			{Seq: 11, At: opensAt.Add(minute), Kind: engine.KindDisqualified, Code: "C", Text: "x"},
			{Seq: 13, At: opensAt.Add(15 * minute), Kind: engine.KindClosed},
		},
		Outs:     []engine.ExtractOut{{At: opensAt.Add(minute), Code: "C", Reason: "x"}},
		CheckIns: []engine.Arrival{{Code: "A", At: opensAt.Add(-10 * minute)}, {Code: "B", At: opensAt.Add(-10 * minute)}, {Code: "C", At: opensAt.Add(-10 * minute)}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("extract:\n%+v\nwant\n%+v", got, want)
	}
}

// TestExtractAgreesWithTheRoom: the rows of the record and the rows that were
// told are the same ones, struck or not.
func TestExtractAgreesWithTheRoom(t *testing.T) {
	for seed := range uint64(60) {
		w := newWorld(t, &dice{bytesOf(seed)})
		for len(w.dice.bytes) > 0 && !w.state.Phase.Final() {
			w.move()
		}
		var x engine.Extractor
		for _, r := range w.records {
			x.Add(r)
		}
		bids := x.Extract().Bids
		slices.Reverse(bids)
		rows := slices.DeleteFunc(slices.Clone(w.room.History), func(r engine.Row) bool { return r.Fall })
		for i, row := range rows {
			if b := bids[i]; b.Level != row.Level || b.Struck != row.Struck || b.Auto != row.Auto || b.At != row.At {
				t.Fatalf("seed %d: row %d is %+v in the room and %+v in the record", seed, i, row, b)
			}
		}
	}
}

// TestSessionIDs is their form.
func TestSessionIDs(t *testing.T) {
	id := engine.NewSessionID([12]byte{0, 31, 32, 255, 7, 7, 7, 7, 7, 7, 7, 7})
	if id != "0z0z77777777" || !id.Valid() {
		t.Errorf("made %q", id)
	}
	for _, bad := range []engine.SessionID{"", "0z0z7777777", "0z0z777777777", "0Z0z77777777", "0z0z7777777i", "0z0z7777777/"} {
		if bad.Valid() {
			t.Errorf("%q is valid", bad)
		}
	}
}

// TestHashText is a digest on paper.
func TestHashText(t *testing.T) {
	h := engine.Hash{0xde, 0xad, 0xbe, 0xef, 1}
	var back engine.Hash
	if err := back.UnmarshalText([]byte(h.String())); err != nil || back != h || h.Short() != "deadbeef" {
		t.Errorf("%s read back as %s: %v", h, back, err)
	}
	for _, bad := range []string{"", "de", h.String() + "00", "zz" + h.String()[2:]} {
		if err := back.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is a digest", bad)
		}
	}
}
