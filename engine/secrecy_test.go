package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"gobua/engine"
)

// The words and numbers that must not be found in what others are told. They
// are such that no price, time or count is like them.
const (
	secretMaximum = engine.Dong(7_777_333_111_900)
	secretReserve = engine.Dong(8_888_444_222_700)
	secretAccount = "account-of-somebody"
)

// told is everything a session has told the public: the room a newcomer gets
// after each record, and every update.
func (s *sale) told() []byte {
	var b bytes.Buffer
	room := engine.Room{}
	state, updates := new(engine.State), s.updates
	for _, r := range s.records {
		public := state.Apply(r)
		if r.Seq == 1 {
			room = state.Room()
		}
		if public {
			room.Fold(updates[0])
			updates = updates[1:]
		}
		b.Write(mustJSON(room))
		b.Write(mustJSON(state.Room()))
	}
	b.Write(mustJSON(s.updates))
	return b.Bytes()
}

// hides fails the test if any of the secrets is found in b.
func hides(t *testing.T, who string, b []byte, secrets ...any) {
	t.Helper()
	for _, secret := range secrets {
		if text := fmt.Sprint(secret); bytes.Contains(b, []byte(text)) {
			i := bytes.Index(b, []byte(text))
			t.Errorf("%s can read %s: …%s…", who, text, b[max(0, i-80):min(len(b), i+80)])
		}
	}
}

// secretSale has a leader whose maximum nobody reaches, below a reserve that
// nobody reaches either, and every kind of event.
func secretSale(t *testing.T, hideCodes bool) *sale {
	rules := plain()
	rules.Proxy, rules.HideCodes, rules.ConfirmAbove = true, hideCodes, 3
	rules.Closing = engine.Closing{Kind: engine.ClosingReset, ByMs: minute, WindowMs: minute}
	s := newSale(t, rules, secretReserve, "M-SECRET-1", "M-SECRET-2", "M-SECRET-3", "M-SECRET-4")
	for _, b := range s.state.Bidders() {
		s.must(b.Code, engine.CheckIn{})
	}
	s.at(0).tick()
	s.by("M-SECRET-1", engine.PlaceBid{Amount: secretMaximum}) // confirm_needed is recorded, too
	s.must("M-SECRET-1", engine.PlaceBid{Amount: secretMaximum, Confirm: secretMaximum})
	s.must("M-SECRET-2", engine.PlaceBid{Amount: 1200})
	s.must("M-SECRET-1", engine.RaiseMaximum{Amount: secretMaximum + 100, Confirm: secretMaximum + 100})
	s.by("M-SECRET-1", engine.RaiseMaximum{Amount: secretMaximum})
	s.must("M-SECRET-3", engine.PlaceBid{Amount: 1500})
	for _, do := range []engine.Act{
		engine.Pause{Reason: "x"}, engine.Resume{Reason: "y"}, engine.Extend{By: minute, Reason: "z"}, engine.Say{Text: "t"},
		engine.Disqualify{Code: "M-SECRET-3", Reason: "r"}, engine.Say{Text: ""},
	} {
		s.auctioneer(do)
	}
	s.now = s.now.Add(second)
	if err := s.do(engine.Command{By: engine.System, Do: engine.CreditOutage{From: s.now.Add(-100)}}); err != nil {
		t.Fatal(err)
	}
	s.now = s.state.ClosesAt - 1
	s.must("M-SECRET-2", engine.PlaceBid{Amount: 1700})
	s.now = s.state.ClosesAt
	s.tick()
	return s
}

var secretNumbers = []any{
	int64(secretMaximum), int64(secretMaximum + 100), int64(secretReserve), secretAccount,
	engine.Hash{7, 7, 7}.String(), "account", "holder", "DGV-01",
}

// TestSpectatorsReadNoSecret searches the bytes for maxima, the reserve and its
// salt, holders, staff, and with hidden codes for codes.
func TestSpectatorsReadNoSecret(t *testing.T) {
	for _, hideCodes := range []bool{false, true} {
		s := secretSale(t, hideCodes)
		secrets := secretNumbers
		for _, b := range s.state.Bidders() {
			secrets = append(secrets, b.Holder.String())
		}
		if hideCodes {
			secrets = append(secrets, "M-SECRET")
		} else if !bytes.Contains(s.told(), []byte("M-SECRET-1")) {
			t.Error("codes are shown nowhere")
		}
		hides(t, "a spectator", s.told(), secrets...)
		if countKind(s, engine.KindExtended) != 2 || countKind(s, engine.KindOutageCredited) != 1 {
			t.Fatal("the story is not the one that was meant")
		}
	}
}

// TestWithdrawnCodesStayHidden: who withdrew is told by code only where codes
// are shown, and a hidden one is shown with the announcement alone.
func TestWithdrawnCodesStayHidden(t *testing.T) {
	s := secretSale(t, true)
	s.must("M-SECRET-1", engine.Withdraw{Confirm: "M-SECRET-1"})
	hides(t, "a spectator", s.told(), append(secretNumbers, "M-SECRET")...)
	s.auctioneer(engine.Announce{})
	hides(t, "a spectator after a failure", s.told(), append(secretNumbers, "M-SECRET-1", "M-SECRET-3")...)
	if s.state.Phase != engine.PhaseAnnounced || s.room.Now.Leader != "M-SECRET-2" {
		t.Errorf("announced: %s", mustJSON(s.room.Now))
	}
}

// TestAFallingPriceHidesCodes: who accepted, tried to, or withdrew is no news
// for the room before the announcement where the rules hide codes.
func TestAFallingPriceHidesCodes(t *testing.T) {
	rules := byHundred()
	rules.HideCodes = true
	s := running(t, rules, 0, "M-SECRET-1", "M-SECRET-2")
	s.at(90*second).bid("M-SECRET-1", 1000)
	s.bid("M-SECRET-1", 900)
	s.bid("M-SECRET-2", 900)
	s.must("M-SECRET-1", engine.Withdraw{Confirm: "M-SECRET-1"})
	s.now = s.now.Add(minute)
	s.bid("M-SECRET-2", 800)
	secrets := []any{"M-SECRET", "DGV-01"}
	for _, b := range s.state.Bidders() {
		secrets = append(secrets, b.Holder.String())
	}
	hides(t, "a spectator", s.told(), secrets...)
	if countKind(s, engine.KindReopened) != 1 || countKind(s, engine.KindLowered) != 2 {
		t.Fatal("the story is not the one that was meant")
	}
	s.auctioneer(engine.Announce{Winner: "M-SECRET-2", Price: 800})
	hides(t, "a spectator in the end", s.told(), "M-SECRET-1")
	if s.room.Now.Leader != "M-SECRET-2" {
		t.Errorf("announced: %s", mustJSON(s.room.Now))
	}
}

// TestConsoleReadsNoMaximum: the auctioneer sees codes and attempts, but no
// maximum and no reserve.
func TestConsoleReadsNoMaximum(t *testing.T) {
	s := secretSale(t, true)
	var b bytes.Buffer
	state := new(engine.State)
	for _, r := range s.records {
		state.Apply(r)
		b.Write(mustJSON(state.DeskRecord(r)))
		b.Write(mustJSON(state.DeskParticipants()))
	}
	hides(t, "the console", b.Bytes(), secretNumbers[:6]...)
	if !bytes.Contains(b.Bytes(), []byte("M-SECRET-1")) || !bytes.Contains(b.Bytes(), []byte(`"a":1700`)) {
		t.Errorf("the console misses what it may see: %s", b.Bytes())
	}
}

// TestConsoleReadsPlainAmounts: where an amount is a price and no maximum, the
// console sees what was named, also in refused attempts.
func TestConsoleReadsPlainAmounts(t *testing.T) {
	s := running(t, plain(), 0, "A")
	s.bid("A", 1050)
	s.bid("A", 1100)
	n := len(s.records)
	for i, want := range map[int]engine.DeskRecord{
		n - 2: {Kind: engine.KindRefused, Code: "A", Act: engine.ActBid, Amount: 1050, Reason: engine.ReasonOffStep},
		n - 1: {Kind: engine.KindBidAccepted, Code: "A", Amount: 1100},
	} {
		got := s.state.DeskRecord(s.records[i])
		if got.Kind != want.Kind || got.Code != want.Code || got.Act != want.Act || got.Amount != want.Amount || got.Reason != want.Reason {
			t.Errorf("the console sees %+v, want %+v", got, want)
		}
	}
}

// TestOthersReadNothingOfMine: what a participant is told is about that
// participant alone.
func TestOthersReadNothingOfMine(t *testing.T) {
	s := secretSale(t, true)
	for _, code := range []engine.ParticipantCode{"M-SECRET-2", "M-SECRET-3", "M-SECRET-4"} {
		you, ok := s.state.Standing(code)
		if !ok {
			t.Fatal(code)
		}
		hides(t, string(code), mustJSON(you), append(secretNumbers, "M-SECRET-1")...)
		for id := range s.ids + 1 {
			if receipt, ok := s.state.Outcome(code, commandID(id)); ok {
				hides(t, string(code), mustJSON(receipt), append(secretNumbers, "M-SECRET-1")...)
			}
		}
	}
	if you, _ := s.state.Standing("M-SECRET-1"); you.Best != secretMaximum+100 {
		t.Errorf("the leader does not know the own maximum: %+v", you)
	}
	if _, ok := s.state.Standing("M-SECRET-9"); ok {
		t.Error("somebody who is not admitted has a standing")
	}
}

// TestTheRoomDoesNotDependOnAMaximum plays random auctions twice, the second
// time with a higher maximum of who leads in the end: nobody in the room can
// tell the difference.
func TestTheRoomDoesNotDependOnAMaximum(t *testing.T) {
	first, twins := rand.Uint64(), 0
	for i := range uint64(300) {
		seed := first + i
		w := &world{}
		rules := drawRules(&dice{bytesOf(seed)})
		rules.Proxy, rules.Cap, rules.ConfirmAbove, rules.Opening, rules.BiddingMs = true, 0, 0, engine.OpeningByClock, 15*minute
		if rules.Closing.Kind == engine.ClosingRounds { // not with maxima
			rules.Closing = engine.Closing{Kind: engine.ClosingFixed}
		}
		r := rand.New(rand.NewPCG(seed, 1))
		var moves []move
		w.sale = running(t, rules, 0, people...)
		for range 20 {
			w.now = w.now.Add(2 * second)
			who := people[r.IntN(len(people))]
			amount := w.state.NextMinimum() + rules.Step.At(w.state.Price)*engine.Dong(r.IntN(10))
			var do engine.Act = engine.PlaceBid{Amount: amount}
			if w.state.Leader == who {
				do = engine.RaiseMaximum{Amount: amount}
			}
			moves = append(moves, move{w.now, engine.Command{ID: w.id(), By: bidder(who), Do: do}})
			w.by(who, do)
		}
		last, ok := hiddenMaximum(w.sale)
		if !ok {
			continue
		}
		twins++
		twin := running(t, rules, 0, people...)
		for _, m := range moves {
			twin.now = m.at
			do := m.cmd.Do
			if m.at == last {
				do = raisedBy(do, 1000*rules.Step.Amount+1000*rules.Step.At(w.state.Price))
			}
			twin.by(engine.ParticipantCode(m.cmd.By.Ref), do)
		}
		if !bytes.Equal(twin.told(), w.told()) {
			t.Fatalf("seed %d: the room can tell a maximum:\n%s", seed, difference(dump(json.RawMessage(mustJSON(w.updates))), dump(json.RawMessage(mustJSON(twin.updates)))))
		}
	}
	if twins < 100 {
		t.Errorf("only %d of 300 auctions ended with a hidden maximum", twins)
	}
}

// hiddenMaximum is when the leader's last maximum was accepted, if the price
// has not reached it.
func hiddenMaximum(s *sale) (engine.Instant, bool) {
	b := s.state.Bidder(s.state.Leader)
	if b == nil || b.Best <= s.state.Price {
		return 0, false
	}
	return b.BestAt, true
}

func raisedBy(do engine.Act, more engine.Dong) engine.Act {
	switch do := do.(type) {
	case engine.PlaceBid:
		return engine.PlaceBid{Amount: do.Amount + more}
	case engine.RaiseMaximum:
		return engine.RaiseMaximum{Amount: do.Amount + more}
	}
	panic("not an offer")
}

// TestHoldersTellNothing: an account finds its own code, in its own session,
// and the hash of one session is another's nothing.
func TestHoldersTellNothing(t *testing.T) {
	s := newSale(t, plain(), 0, "A", "B")
	if code, ok := s.state.CodeOf("B"); !ok || code != "B" {
		t.Errorf("account B holds %q", code)
	}
	if code, ok := s.state.CodeOf("C"); ok {
		t.Errorf("account C holds %q", code)
	}
	if engine.HolderOf("k7qp0z3m9abc", "B") == engine.HolderOf("k7qp0z3m9abd", "B") {
		t.Error("an account has the same hash in two sessions")
	}
	var salts [2]engine.Hash
	for i := range salts {
		salts[i] = engine.ReserveHash(engine.Secret{Reserve: secretReserve, Salt: engine.Hash{byte(i)}})
	}
	if salts[0] == salts[1] || strings.Contains(salts[0].String(), strconv.FormatInt(int64(secretReserve), 10)) {
		t.Error("the commitment to a reserve can be guessed")
	}
}
