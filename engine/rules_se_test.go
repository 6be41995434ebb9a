package engine_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"gobua/engine"
	"gobua/engine/sealing"
)

// TestSealedOffers are the stories of rules SE1 and VI1: who offers what in a
// round, and what is proposed once it is opened. An offer of zero is taken back.
func TestSealedOffers(t *testing.T) {
	type made struct {
		by     engine.ParticipantCode
		amount engine.Dong
	}
	for name, story := range map[string]struct {
		rules   engine.Rules
		reserve engine.Dong
		offers  []made
		winner  engine.ParticipantCode
		price   engine.Dong
		ranked  string
	}{
		"SE1 the highest wins":            {bySeal(1, 0), 0, []made{{"A", 1200}, {"B", 1500}, {"C", 1000}}, "B", 1500, "BAC"},
		"SE1 the last of each counts":     {bySeal(1, 0), 0, []made{{"A", 2000}, {"B", 1500}, {"A", 1100}}, "B", 1500, "BA"},
		"SE1 of equal ones the earlier":   {bySeal(1, 0), 0, []made{{"A", 1500}, {"B", 1500}}, "A", 1500, "AB"},
		"SE1 the earlier last change":     {bySeal(1, 0), 0, []made{{"A", 1500}, {"B", 1500}, {"A", 1500}}, "B", 1500, "BA"},
		"SE-01 taken back, it counts not": {bySeal(1, 0), 0, []made{{"A", 2000}, {"B", 1500}, {"A", 0}}, "B", 1500, "B"},
		"SE1 taken back, another follows": {bySeal(1, 0), 0, []made{{"A", 2000}, {"A", 0}, {"B", 1500}, {"A", 1600}}, "A", 1600, "AB"},
		"SE-04 equal ones, one round":     {bySeal(1, 0), 0, []made{{"C", 1300}, {"A", 1300}, {"B", 1300}}, "C", 1300, "CAB"},
		"SE1 nobody":                      {bySeal(1, 0), 0, []made{{"A", 1000}, {"A", 0}}, "", 0, ""},
		"VI-01 alone pays the start":      {secondPrice(), 0, []made{{"A", 2000}}, "A", 1000, "A"},
		"VI-02":                           {secondPrice(), 0, []made{{"A", 1250}, {"B", 2000}}, "B", 1250, "BA"},
		"VI-03":                           {vickrey(50), 0, []made{{"A", 100}, {"B", 90}, {"C", 85}, {"D", 80}, {"E", 75}, {"F", 70}}, "A", 90, "ABCDEF"},
		"VI1 a tie pays its own":          {secondPrice(), 0, []made{{"A", 1500}, {"B", 1500}, {"C", 1200}}, "A", 1500, "ABC"},
		"VI1 never below the reserve":     {secondPrice(), 1800, []made{{"A", 2000}, {"B", 1500}}, "A", 1800, "AB"},
		"VI1 a losing one above it":       {secondPrice(), 1800, []made{{"A", 2000}, {"B", 1900}}, "A", 1900, "AB"},
	} {
		t.Run(name, func(t *testing.T) {
			s := sealedSale(t, story.rules, story.reserve, "A", "B", "C", "D", "E", "F")
			for _, o := range story.offers {
				if o.amount == 0 {
					s.must(o.by, engine.TakeOfferBack{})
					continue
				}
				s.offer(o.by, o.amount)
			}
			if s.state.Leader != "" || s.room.Now.Price != 0 || s.room.Now.Bids != 0 {
				t.Errorf("before the opening the room has %s", mustJSON(s.room.Now))
			}
			s.unseal()
			s.proposes(story.winner, story.price)
			if codes, _ := s.ranked(); codes != story.ranked {
				t.Errorf("ranked %s, want %s", codes, story.ranked)
			}
			s.fine(s.auctioneer(engine.Announce{Winner: story.winner, Price: story.price}))
			checkReplay(t, s.records, s.state, s.room)
			strangerAgrees(t, s.records)
			if err := openAgain(s.records); err != nil {
				t.Error(err)
			}
		})
	}
}

// vickrey is the second price from another start.
func vickrey(start engine.Dong) engine.Rules {
	r := secondPrice()
	r.Start = start
	return r
}

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
			amount, err := engine.OpenBox(keys, session, 1, e.Code, made.Cmd, made.Event.(*engine.OfferSealed).Box)
			if err != nil || amount != e.Amount || made.Seq != e.Offer || made.At != e.At {
				t.Errorf("published is %+v, the record opens to %d (%v)", e, amount, err)
			}
			found++
		}
	}
	if found != len(boxes) {
		t.Errorf("%d of %d offers were opened", found, len(boxes))
	}
}

// TestSealedRounds: a further round is for those with an offer in the one
// before, its offers lie a step above the highest, and nothing is announced
// while one is due.
func TestSealedRounds(t *testing.T) {
	s := sealedSale(t, bySeal(2, 0), 0, "A", "B", "C")
	s.offer("A", 1500)
	s.offer("B", 1500)
	if why := s.auctioneer(engine.OpenRound{}); why != engine.ReasonNoRoundDue {
		t.Errorf("a round before the opening: %q", why)
	}
	s.unseal()
	if s.room.Now.Sealed.Due != engine.DueRound {
		t.Fatalf("the room has %s", mustJSON(s.room.Now.Sealed))
	}
	if why := s.auctioneer(engine.Announce{Winner: "A", Price: 1500}); why != engine.ReasonRoundDue {
		t.Errorf("announced instead of a round: %q", why)
	}
	s.fine(s.auctioneer(engine.OpenRound{}))
	s.endsAt(15*minute + 5*minute)
	for offer, want := range map[made]engine.Reason{
		{"C", 1700}: engine.ReasonNotInRound, {"A", 1500}: engine.ReasonTooLow, {"A", 1650}: engine.ReasonOffStep, {"A", 900}: engine.ReasonBelowStart,
	} {
		if why := s.by(offer.by, engine.PutOffer{Amount: offer.amount}); why != want {
			t.Errorf("%s offers %d: %q, want %q", offer.by, offer.amount, why, want)
		}
	}
	s.offer("B", 1600)
	s.stands("A", 1500)
	s.unseal()
	s.proposes("B", 1600)
	if s.room.Now.Sealed.Due != "" {
		t.Errorf("after the last round %q is due", s.room.Now.Sealed.Due)
	}
	s.must("B", engine.Withdraw{Confirm: "B"}) // article 50: what stands behind it, of whichever round
	s.proposes("A", 1500)
	checkReplay(t, s.records, s.state, s.room)
}

type made struct {
	by     engine.ParticipantCode
	amount engine.Dong
}

// TestSealedRunOff: among those tied for the highest, and only as long as one
// of them goes higher.
func TestSealedRunOff(t *testing.T) {
	s := sealedSale(t, bySeal(1, 2), 0, "A", "B", "C")
	s.offer("C", 1200)
	s.offer("A", 1500)
	s.offer("B", 1500)
	s.unseal()
	if s.room.Now.Sealed.Due != engine.DueRunOff {
		t.Fatalf("the room has %s", mustJSON(s.room.Now.Sealed))
	}
	s.fine(s.auctioneer(engine.OpenRound{}))
	if n := s.room.Now.Sealed; !n.RunOff || n.Going != 2 || !slices.Equal(n.Codes, []engine.ParticipantCode{"A", "B"}) || n.Floor != 1500 {
		t.Errorf("the room has %s", mustJSON(n))
	}
	if why := s.by("C", engine.PutOffer{Amount: 1700}); why != engine.ReasonNotInRound {
		t.Errorf("C may offer in a run-off of others: %q", why)
	}
	s.unseal() // nobody goes higher: the earlier last change
	s.proposes("A", 1500)
	if s.room.Now.Sealed.Due != "" {
		t.Errorf("%q is due although nobody went higher", s.room.Now.Sealed.Due)
	}
}

// TestSealedTieAfterAWithdrawal: what is due follows from those who remain.
func TestSealedTieAfterAWithdrawal(t *testing.T) {
	s := sealedSale(t, bySeal(1, 1), 0, "A", "B", "C")
	s.offer("A", 1500)
	s.offer("B", 1500)
	s.offer("C", 1800)
	s.unseal()
	s.proposes("C", 1800)
	s.must("C", engine.Withdraw{Confirm: "C"})
	s.stands("A", 1500)
	if s.room.Now.Sealed.Due != engine.DueRunOff {
		t.Errorf("the room has %s", mustJSON(s.room.Now.Sealed))
	}
	s.fine(s.auctioneer(engine.OpenRound{}))
	s.offer("B", 1600)
	s.unseal()
	s.proposes("B", 1600)
}

// TestSecondPriceWithdrawn: article 50 under the second price. The winner's own
// offer stays in the list although it lies above the price.
func TestSecondPriceWithdrawn(t *testing.T) {
	s := sealedSale(t, secondPrice(), 0, "A", "B", "C")
	s.offer("A", 2000)
	s.offer("B", 1700)
	s.offer("C", 1300)
	s.unseal()
	s.proposes("A", 1700)
	s.must("A", engine.Withdraw{Confirm: "A"})
	s.proposes("B", 1300)
	struck := ""
	for _, r := range s.room.History {
		if r.Struck {
			struck += string(r.Code)
		}
	}
	if struck != "A" {
		t.Errorf("struck is %q", struck)
	}
	s.fine(s.auctioneer(engine.Disqualify{Code: "B", Reason: "x"}))
	s.proposes("C", 1000)
}

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
		body, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		journal.Write(body)
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

// TestSealedSheets: what a sheet of sealed offers cannot have.
func TestSealedSheets(t *testing.T) {
	for name, change := range map[string]func(*engine.Rules){
		"no sealed":       func(r *engine.Rules) { r.Sealed = nil },
		"another method":  func(r *engine.Rules) { r.Method = "ascending" },
		"a falling price": func(r *engine.Rules) { *r = byHundred(); r.Sealed = bySeal(1, 0).Sealed },
		"maxima":          func(r *engine.Rules) { r.Proxy = true },
		"an extended end": func(r *engine.Rules) {
			r.Closing = engine.Closing{Kind: engine.ClosingReset, WindowMs: minute, ByMs: minute}
		},
		"a pace":            func(r *engine.Rules) { r.MinIntervalMs = 1000 },
		"no round":          func(r *engine.Rules) { r.Sealed.Rounds = 0 },
		"too many":          func(r *engine.Rules) { r.Sealed.RunOffs = 20 },
		"no length":         func(r *engine.Rules) { r.Sealed.RoundMs = 0 },
		"an unused length":  func(r *engine.Rules) { r.Sealed.Rounds, r.Sealed.RunOffs = 1, 0 },
		"unknown pricing":   func(r *engine.Rules) { r.Sealed.Pricing = "third" },
		"second and rounds": func(r *engine.Rules) { r.Sealed.Pricing = engine.PricingSecond },
	} {
		rules := bySeal(2, 1)
		change(&rules)
		if rules.Check() == nil {
			t.Errorf("%s: the sheet is taken", name)
		}
	}
	rules := bySeal(2, 1)
	if err := rules.Check(); err != nil {
		t.Error(err)
	}
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
