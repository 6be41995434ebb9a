package engine_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"gobua/engine"
)

// strangerAgrees opens every box by the record alone, and by the standard's own
// reader, and finds what was published.
func strangerAgrees(t *testing.T, records []engine.Record) {
	t.Helper()
	session := records[0].Event.(*engine.Created).Session
	boxes := map[engine.ParticipantCode]engine.Record{}
	keeperOf, keys := map[engine.Actor]int{}, [2]engine.Key{}
	found := 0
	for _, r := range records {
		switch e := r.Event.(type) {
		case *engine.KeyTaken:
			keeperOf[r.By] = len(keeperOf)
		case *engine.OfferSealed:
			boxes[e.Code] = r
		case *engine.OfferTakenBack:
			delete(boxes, e.Code)
		case *engine.KeyPresented:
			keys[keeperOf[r.By]] = e.Private
		case *engine.OfferOpened:
			made := boxes[e.Code]
			offer, err := engine.OpenBox(keys, session, 1, e.Code, made.Cmd, made.Event.(*engine.OfferSealed).Box)
			if err != nil || offer != (engine.Offer{Amount: e.Amount, Units: e.Units}) || made.Seq != e.Offer || made.At != e.At {
				t.Errorf("published is %+v, the record opens to %+v (%v)", e, offer, err)
			}
			found++
		}
	}
	if found != len(boxes) {
		t.Errorf("%d of %d offers were opened", found, len(boxes))
	}
}

// TestVoidOffers: a box that does not open is void and stops nothing.
func TestVoidOffers(t *testing.T) {
	s := sealedSale(t, bySeal(1, 0), 0, "A", "B", "C", "D", "E")
	s.offer("A", 1100)
	s.offer("B", 1200)
	box := slices.Clone(s.records[len(s.records)-1].Event.(*engine.OfferSealed).Box)
	forged := func(code engine.ParticipantCode, box []byte) {
		s.apply(engine.Command{ID: s.id(), By: bidder(code), Do: engine.PutOffer{}}, &engine.OfferSealed{Code: code, Box: box})
	}
	forged("C", box) // another's box, copied
	box[50] ^= 1
	forged("D", box[:engine.BoxBytes-1])
	s.offer("E", 9000)
	s.fine(s.auctioneer(engine.Disqualify{Code: "E", Reason: "x"}))
	s.unseal()
	s.proposes("B", 1200)
	var void []engine.VoidOffer
	for _, r := range s.records {
		if e, ok := r.Event.(*engine.Unsealed); ok {
			void = e.Void
		}
	}
	want := []engine.VoidOffer{{Code: "C", Why: engine.ReasonUnreadable}, {Code: "D", Why: engine.ReasonUnreadable}, {Code: "E", Why: engine.ReasonDisqualified}}
	if !reflect.DeepEqual(void, want) || s.room.Now.Sealed.Void != 3 {
		t.Errorf("void are %v, the room says %d", void, s.room.Now.Sealed.Void)
	}
}

// TestNobodyWithoutALimitIsVoid: an offer is void for a limit across lots only
// where the sheet or the admission has one, whatever the owner of the session
// says. So a stranger finds an offer that was set aside by such a word.
func TestNobodyWithoutALimitIsVoid(t *testing.T) {
	s := sealedSale(t, bySeal(1, 0), 0, "A", "B")
	s.offer("A", 1100)
	s.offer("B", 1200)
	s.now = s.state.ClosesAt
	s.tick()
	for _, who := range keepers {
		key := engine.PresentKey{Private: s.privateOf(who)}
		s.fine(s.why(s.do(engine.Command{ID: s.id(), By: who, Do: key, Taken: []engine.ParticipantCode{"B"}})))
	}
	s.proposes("B", 1200)
}

func openAgain(records []engine.Record) error {
	var c engine.OpeningCheck
	for _, r := range records {
		if err := c.Add(r); err != nil {
			return err
		}
	}
	return c.Done()
}

// TestOpeningIsCheckedAgain: whoever publishes another amount, another order,
// leaves an offer out or calls it unreadable is found out by the record.
func TestOpeningIsCheckedAgain(t *testing.T) {
	s := sealedSale(t, bySeal(1, 0), 0, "A", "B", "C")
	s.offer("A", 1100)
	s.offer("B", 1500)
	s.offer("C", 1300)
	s.unseal()
	s.fine(s.auctioneer(engine.Announce{Winner: "B", Price: 1500}))
	if err := openAgain(s.records); err != nil {
		t.Fatal(err)
	}
	at := len(s.records) - 4 // the three offers, then the announcement
	offer := func(i int) engine.OfferOpened { return *s.records[at+i].Event.(*engine.OfferOpened) }
	for name, forge := range map[string]func([]engine.Record) []engine.Record{
		"another amount": func(r []engine.Record) []engine.Record {
			o := offer(2)
			o.Amount += 100
			r[at+2].Event = &o
			return r
		},
		"another record": func(r []engine.Record) []engine.Record {
			o := offer(2)
			o.Offer--
			r[at+2].Event = &o
			return r
		},
		"another order":   func(r []engine.Record) []engine.Record { r[at], r[at+1] = r[at+1], r[at]; return r },
		"one left out":    func(r []engine.Record) []engine.Record { return slices.Delete(r, at+1, at+2) },
		"one twice":       func(r []engine.Record) []engine.Record { return slices.Insert(r, at+1, r[at]) },
		"one more":        func(r []engine.Record) []engine.Record { return append(r, r[at]) },
		"the last missed": func(r []engine.Record) []engine.Record { return r[:at+2] },
		"called unreadable": func(r []engine.Record) []engine.Record {
			r[at-1].Event = &engine.Unsealed{Round: 1, Void: []engine.VoidOffer{{Code: "A", Why: engine.ReasonUnreadable}}}
			return slices.Delete(r, at, at+1)
		},
		"other keys": func(r []engine.Record) []engine.Record {
			r[at-2].Event = &engine.KeyPresented{Round: 1}
			return r
		},
	} {
		if openAgain(forge(slices.Clone(s.records))) == nil {
			t.Errorf("%s: nobody finds out", name)
		}
	}
}

// TestSealedExtract: the office gets every offer that was opened, in the order
// in which they were sealed, and who was left out.
func TestSealedExtract(t *testing.T) {
	s := sealedSale(t, bySeal(2, 0), 0, "A", "B", "C")
	s.offer("A", 1900)
	s.offer("B", 1500)
	s.offer("C", 1700)
	s.unseal()
	s.fine(s.auctioneer(engine.OpenRound{}))
	s.offer("C", 2100)
	s.offer("A", 2000)
	s.unseal()
	s.must("C", engine.Withdraw{Confirm: "C"})
	s.fine(s.auctioneer(engine.Announce{Winner: "A", Price: 2000}))
	var x engine.Extractor
	for _, r := range s.records {
		x.Add(r)
	}
	got := ""
	last := engine.Seq(0)
	for _, b := range x.Extract().Bids {
		struck := ""
		if b.Struck {
			struck = "-"
		}
		got += fmt.Sprintf("%s%s%d ", struck, b.Code, b.Level)
		if b.Seq <= last || b.At > s.now {
			t.Errorf("%+v follows record %d", b, last)
		}
		last = b.Seq
	}
	if want := "A1900 B1500 -C1700 -C2100 A2000 "; got != want {
		t.Errorf("the office gets %s, want %s", got, want)
	}
	e := x.Extract()
	rounds := slices.DeleteFunc(slices.Clone(e.Course), func(m engine.Moment) bool { return m.Kind != engine.KindSealedRoundOpened })
	if len(rounds) != 1 || rounds[0].Round != 2 || len(rounds[0].Going) != 3 || len(e.Outs) != 1 {
		t.Errorf("the office gets rounds %+v, outs %+v", rounds, e.Outs)
	}
}
