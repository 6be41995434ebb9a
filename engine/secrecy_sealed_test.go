package engine_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"gobua/engine"
	"gobua/engine/sealing"
)

// TestKeys: who may take one, which opens, and what waits for them.
func TestKeys(t *testing.T) {
	rules := bySeal(1, 1)
	s := newSale(t, rules, 0, "A")
	s.must("A", engine.CheckIn{})
	s.now = opensAt.Add(minute)
	if engine.Deadline(s.state) != 0 {
		t.Error("the clock opens without keys")
	}
	want := func(got, want engine.Reason, what string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	want(s.by("A", engine.PutOffer{Amount: 1000}), engine.ReasonNotOpen, "an offer without keys")
	want(s.keeper(theClerk, engine.TakeKey{}), engine.ReasonBadKey, "no key")
	want(s.keeper(theClerk, engine.TakeKey{Publics: make([]engine.Key, 2)}), engine.ReasonBadKey, "the key of everybody")
	want(s.keeper(theClerk, engine.TakeKey{Publics: s.publicsOf(theClerk)[:1]}), engine.ReasonBadKey, "too few")
	want(s.keeper(theClerk, engine.TakeKey{Publics: s.publicsOf(theObserver)}), "", "a key")
	want(s.keeper(theClerk, engine.TakeKey{Publics: s.publicsOf(theClerk)}), "", "the same officer's again")
	if s.room.Now.Sealed.Keys != 1 || engine.Deadline(s.state) != 0 {
		t.Errorf("one officer is two: %s", mustJSON(s.room.Now.Sealed))
	}
	want(s.keeper(theAuctioneer, engine.TakeKey{Publics: s.publicsOf(theAuctioneer)}), "", "the second")
	want(s.keeper(theObserver, engine.TakeKey{Publics: s.publicsOf(theObserver)}), engine.ReasonKeysTaken, "a third")
	if err := s.do(engine.Command{ID: s.id(), By: bidder("A"), Do: engine.TakeKey{}}); err == nil {
		t.Error("a participant may hold a key")
	}
	s.tick()
	if s.state.Phase != engine.PhaseRunning || s.state.ClosesAt != s.now.Add(rules.BiddingMs) {
		t.Fatalf("with both keys the session is %s until %d", s.state.Phase, s.state.ClosesAt)
	}
	s.offer("A", 1000)
	want(s.keeper(theClerk, engine.TakeKey{Publics: s.publicsOf(theObserver)}), engine.ReasonWrongPhase, "other keys after the opening")
	want(s.keeper(theClerk, engine.PresentKey{Private: s.privateOf(theClerk)}), engine.ReasonWrongPhase, "while offers are taken")
	s.now = s.state.ClosesAt
	s.tick()
	want(s.auctioneer(engine.Announce{}), engine.ReasonStillSealed, "announced unopened")
	want(s.keeper(theObserver, engine.PresentKey{Private: s.privateOf(theClerk)}), engine.ReasonNoKeeper, "who holds none")
	want(s.keeper(theAuctioneer, engine.PresentKey{Private: s.privateOf(theClerk)}), engine.ReasonBadKey, "the other's")
	want(s.keeper(theClerk, engine.PresentKey{Private: sealing.PrivateKey(secretOf(theClerk), s.state.Session, 2)}), engine.ReasonBadKey, "another round's")
	want(s.keeper(theClerk, engine.PresentKey{Private: s.privateOf(theClerk)}), "", "the first")
	want(s.keeper(theClerk, engine.PresentKey{Private: s.privateOf(theClerk)}), engine.ReasonKeyGiven, "the first again")
	if n := s.room.Now; n.Sealed.Opened || n.Bids != 0 || n.Sealed.Given != 1 {
		t.Errorf("one key opens: %s", mustJSON(n))
	}
	want(s.keeper(theAuctioneer, engine.PresentKey{Private: s.privateOf(theAuctioneer)}), "", "the second")
	s.proposes("A", 1000)
	var journal bytes.Buffer
	for _, r := range s.records {
		journal.Write(mustJSON(r.Event))
	}
	for _, who := range keepers {
		hides(t, "the record", journal.Bytes(), sealing.PrivateKey(secretOf(who), s.state.Session, 2), engine.Hash(sealing.PrivateKey(secretOf(who), s.state.Session, 2)))
	}
}

// TestSealedRefusals: what is turned away leaves no record, and what has one
// has no amount in it.
func TestSealedRefusals(t *testing.T) {
	rules := bySeal(1, 0)
	rules.ConfirmAbove, rules.Cap = 5, 900_000
	s := sealedSale(t, rules, 0, "A")
	records := len(s.records)
	for do, want := range map[engine.Act]engine.Reason{
		engine.PlaceBid{Amount: 777_000}:     engine.ReasonNotForMethod,
		engine.RaiseMaximum{Amount: 777_000}: engine.ReasonNotForMethod,
	} {
		if why := s.by("A", do); why != want {
			t.Errorf("%s: %q, want %q", do.ActName(), why, want)
		}
	}
	for offer, want := range map[[2]engine.Dong]engine.Reason{
		{0}: engine.ReasonBadAmount, {engine.MaxDong + 1}: engine.ReasonBadAmount, {999}: engine.ReasonBelowStart, {1050}: engine.ReasonOffStep,
		{900_100}: engine.ReasonAboveCap, {777_000}: engine.ReasonConfirmNeeded, {777_000, 777_001}: engine.ReasonConfirmMismatch,
	} {
		if why := s.by("A", engine.PutOffer{Amount: offer[0], Confirm: offer[1]}); why != want {
			t.Errorf("%d, then %d: %q, want %q", offer[0], offer[1], why, want)
		}
	}
	if len(s.records) != records {
		t.Errorf("%d records of what was turned away", len(s.records)-records)
	}
	s.now = s.state.ClosesAt
	if why := s.by("A", engine.PutOffer{Amount: 777_000, Confirm: 777_000}); why != engine.ReasonClosed {
		t.Errorf("after the end: %q", why)
	}
	hides(t, "the journal", mustJSON(s.records[records].Event), 777_000)
}

// TestSealedReceipts: the same command has the same receipt, with neither
// amount nor number in it, and its link of the chain.
func TestSealedReceipts(t *testing.T) {
	s := sealedSale(t, bySeal(1, 0), 0, "A")
	cmd := engine.Command{ID: s.id(), By: bidder("A"), Do: engine.PutOffer{Amount: 778_800}}
	if err := s.do(cmd); err != nil {
		t.Fatal(err)
	}
	first, ok := s.state.Outcome("A", cmd.ID)
	last := s.records[len(s.records)-1]
	if !ok || !first.Accepted || first.Seq != 0 || first.Amount != 0 || first.Hash == nil || *first.Hash != last.Hash {
		t.Errorf("the receipt is %s", mustJSON(first))
	}
	hides(t, "the receipt", mustJSON(first), 778_800)
	records := len(s.records)
	err := s.do(cmd)
	if repeated, ok := err.(*engine.Repeated); !ok || !reflect.DeepEqual(repeated.Receipt, first) || len(s.records) != records {
		t.Errorf("repeated: %v", err)
	}
	cmd.Do = engine.TakeOfferBack{}
	if why := s.why(s.do(cmd)); why != engine.ReasonCommandReused {
		t.Errorf("another act under the same id: %q", why)
	}
}

// TestNobodyHearsOfOffers is rule SE2: a session without an offer and one with
// fifty look alike to the room, to the desk and to a participant who has none,
// byte by byte, and the record has no amount in the clear.
func TestNobodyHearsOfOffers(t *testing.T) {
	codes := []engine.ParticipantCode{"X"}
	for i := range 50 {
		codes = append(codes, engine.ParticipantCode(fmt.Sprintf("M-%03d", 100+i)))
	}
	heard := func(offers int) (told []byte, s *sale) {
		rules := bySeal(2, 1)
		rules.ConfirmAbove = 3
		s = newSale(t, rules, 0, codes...)
		for _, code := range codes {
			s.must(code, engine.CheckIn{})
		}
		for _, who := range keepers {
			s.fine(s.keeper(who, engine.TakeKey{Publics: s.publicsOf(who)}))
		}
		s.now = opensAt
		s.tick()
		for i, code := range codes[1 : 1+offers] {
			amount := engine.Dong(777_333_000 + 100*i)
			s.by(code, engine.PutOffer{Amount: amount})
			s.must(code, engine.PutOffer{Amount: amount + 100, Confirm: amount + 100})
			s.must(code, engine.TakeOfferBack{})
			s.by(code, engine.TakeOfferBack{})
			s.must(code, engine.PutOffer{Amount: amount, Confirm: amount})
		}
		s.now = opensAt.Add(2 * minute)
		s.fine(s.auctioneer(engine.Say{Text: "x"}))
		s.now = s.now.Add(30 * second)
		if err := s.do(engine.Command{By: engine.System, Do: engine.CreditOutage{From: opensAt.Add(minute)}}); err != nil {
			t.Fatal(err)
		}
		s.fine(s.auctioneer(engine.Pause{Reason: "x"}))
		s.fine(s.auctioneer(engine.Resume{}))
		s.fine(s.auctioneer(engine.Extend{By: minute, Reason: "x"}))
		s.now = s.state.ClosesAt
		s.tick()
		s.fine(s.keeper(theClerk, engine.PresentKey{Private: s.privateOf(theClerk)}))
		l := &listener{state: new(engine.State)}
		for _, r := range s.records {
			l.hear(r)
		}
		you, _ := s.state.Standing("X")
		for id := range s.ids + 1 {
			if receipt, ok := s.state.Outcome("", commandID(id)); ok {
				receipt.Cmd, receipt.Hash = engine.CommandID{}, nil
				l.b.Write(mustJSON(receipt))
			}
		}
		return append(append(l.b.Bytes(), mustJSON(you)...), mustJSON(s.updates)...), s
	}
	none, _ := heard(0)
	fifty, s := heard(50)
	if !bytes.Equal(none, fifty) {
		t.Errorf("others can tell fifty offers from none:\n%s", difference(string(none), string(fifty)))
	}
	var journal bytes.Buffer
	boxes := 0
	for _, r := range s.records {
		entry, err := new(engine.State).Entry(&r)
		if err != nil {
			t.Fatal(err)
		}
		journal.Write(entry.Body)
		if e, ok := r.Event.(*engine.OfferSealed); ok {
			boxes++
			if len(e.Box) != engine.BoxBytes {
				t.Errorf("a box of %d bytes", len(e.Box))
			}
		}
	}
	hides(t, "the journal", journal.Bytes(), "777333", "777_333")
	if boxes != 100 {
		t.Fatalf("%d boxes, the story is not the one that was meant", boxes)
	}
	s.fine(s.keeper(theAuctioneer, engine.PresentKey{Private: s.privateOf(theAuctioneer)}))
	s.stands("M-149", 777_337_900)
}

// TestMU1HidesUnits: a box for one unit is as long as one for all of them, and
// the record has no number in the clear before the opening.
func TestMU1HidesUnits(t *testing.T) {
	journal := func(units int) (boxes []int, all []byte) {
		s := sealedSale(t, severalUnits(engine.MaxUnits), 0, "A")
		s.must("A", engine.PutOffer{Amount: 778_800, Units: units})
		if why := s.by("A", engine.PutOffer{Amount: 778_800, Units: 98_000 + units}); why != engine.ReasonBadUnits {
			t.Errorf("too many: %q", why)
		}
		for _, r := range s.records {
			if e, ok := r.Event.(*engine.OfferSealed); ok {
				boxes = append(boxes, len(e.Box))
			}
			all = append(all, mustJSON(r.Event)...)
		}
		standing, _ := s.state.Standing("A")
		return boxes, append(all, mustJSON([]any{s.room, s.updates, standing})...)
	}
	one, _ := journal(1)
	many, told := journal(487)
	if !reflect.DeepEqual(one, many) || len(one) != 1 || one[0] != engine.UnitBoxBytes {
		t.Errorf("boxes of %d and of %d bytes", one, many)
	}
	hides(t, "what is kept and told", told, ":487", 98_487) // three digits alone may stand in a box by chance
}
