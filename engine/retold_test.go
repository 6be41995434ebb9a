package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"gobua/engine"
	"gobua/engine/actor"
	"gobua/engine/journal"
)

// retold is what a stranger gets who asks for the whole course of a session
// that is over, from a journal with its records.
func retold(t *testing.T, s *sale) (began engine.Room, updates []engine.Update) {
	t.Helper()
	j, head := journal.NewMemory(), engine.Head{}
	var past engine.State
	for _, r := range s.records {
		next, err := past.Entry(&r)
		if err != nil {
			t.Fatal(err)
		}
		past.Apply(r)
		if err := j.Append(t.Context(), s.state.Session, head, []engine.Entry{next}); err != nil {
			t.Fatal(err)
		}
		head = engine.Head{Seq: next.Seq, Hash: next.Hash}
	}
	reg := actor.NewRegistry(actor.Options{Journal: j})
	defer reg.Stop()
	if err := reg.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := reg.Retell(context.Background(), s.state.Session,
		func(room engine.Room, _ engine.Instant) error { began = room; return nil },
		func(seq engine.FeedSeq, u engine.Update) error {
			if want := engine.FeedSeq(len(updates) + 1); seq != want {
				t.Fatalf("update %d was told as number %d", want, seq)
			}
			updates = append(updates, u)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return began, updates
}

// sameAsLive fails the test unless what is told again is, byte by byte, what
// the room heard.
func sameAsLive(t *testing.T, s *sale) (all []byte) {
	t.Helper()
	room, updates := retold(t, s)
	all = mustJSON([]any{room, updates})
	if len(updates) != len(s.updates) {
		t.Fatalf("%d updates are told again, the room heard %d", len(updates), len(s.updates))
	}
	for i, u := range updates {
		if again, live := mustJSON(u), mustJSON(s.updates[i]); !bytes.Equal(again, live) {
			t.Fatalf("update %d is told as\n%s\nthe room heard\n%s", i+1, again, live)
		}
		room.Fold(u)
	}
	if again, live := mustJSON(room), mustJSON(s.room); !bytes.Equal(again, live) {
		t.Fatalf("in the end the room is\n%s\nit was\n%s", again, live)
	}
	return all
}

// TestToldAgainIsWhatTheRoomHeard plays every method to all three ends.
func TestToldAgainIsWhatTheRoomHeard(t *testing.T) {
	first := rand.Uint64()
	methods := map[string]bool{}
	for i := range uint64(240) {
		seed := first + i
		w := newWorldUnder(t, &dice{bytesOf(seed)}, drawAnyRules(&dice{bytesOf(seed)}))
		for range 40 {
			w.move()
		}
		end(w.sale, int(seed%3))
		methods[w.state.Rules.Method] = true
		sameAsLive(t, w.sale)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if len(methods) < 4 {
		t.Errorf("only %v were played", methods)
	}
}

// end brings a session to one of its three ends.
func end(s *sale, which int) {
	if which == 0 && s.state.Phase == engine.PhaseClosed {
		said := engine.Announce{Winner: s.state.Leader, Price: s.state.Price}
		if s.room.Now.Reserve == engine.ReserveNotMet {
			said = engine.Announce{}
		}
		s.auctioneer(said)
	}
	if which < 2 && !s.state.Phase.Final() {
		s.auctioneer(engine.Cancel{Reason: "x"})
	}
	if !s.state.Phase.Final() {
		s.auctioneer(engine.Stop{Reason: "x"})
	}
}

// TestToldAgainHidesWhatTheRoomDidNotSee: maxima, reserve, holders and staff
// are in the record and not in what is told of it, and codes that the rules
// hide only from the announcement on.
func TestToldAgainHidesWhatTheRoomDidNotSee(t *testing.T) {
	for _, hideCodes := range []bool{false, true} {
		for which, name := range []string{"announced", "cancelled", "stopped"} {
			t.Run(fmt.Sprintf("%s, codes hidden %v", name, hideCodes), func(t *testing.T) {
				s := secretSale(t, hideCodes)
				end(s, which)
				if string(s.state.Phase) != name {
					t.Fatalf("the session is %s", s.state.Phase)
				}
				secrets := secretNumbers
				for _, b := range s.state.Bidders() {
					secrets = append(secrets, b.Holder.String())
				}
				all := sameAsLive(t, s)
				if hideCodes {
					secrets = append(secrets, "M-SECRET-2", "M-SECRET-3", "M-SECRET-4")
					if s.state.Phase != engine.PhaseAnnounced {
						secrets = append(secrets, "M-SECRET")
					}
				}
				hides(t, "who hears it again", all, secrets...)
			})
		}
	}
}

// TestToldAgainKeepsSeals: of a session of sealed offers that ended before
// they were opened, with none or with many, the same is told.
func TestToldAgainKeepsSeals(t *testing.T) {
	told := func(offers int, rules engine.Rules, close bool) []byte {
		codes := []engine.ParticipantCode{"X"}
		for i := range 50 {
			codes = append(codes, engine.ParticipantCode(fmt.Sprintf("M-%03d", 100+i)))
		}
		s := sealedSale(t, rules, 0, codes...)
		for i, code := range codes[1 : 1+offers] {
			amount := engine.Dong(777_333_000 + 100*i)
			s.must(code, engine.PutOffer{Amount: amount, Confirm: amount, Units: rules.Sealed.Units})
		}
		s.now = opensAt.Add(minute)
		if close {
			s.now = s.state.ClosesAt
			s.tick()
			s.fine(s.keeper(theClerk, engine.PresentKey{Private: s.privateOf(theClerk)}))
		}
		s.fine(s.auctioneer(engine.Stop{Reason: "x"}))
		all := sameAsLive(t, s)
		hides(t, "who hears it again", all, "777333", s.privateOf(theClerk), s.privateOf(theAuctioneer))
		return all
	}
	for name, rules := range map[string]engine.Rules{"rounds": bySeal(2, 1), "second price": secondPrice(), "several units": severalUnits(20)} {
		for _, close := range []bool{false, true} {
			if none, fifty := told(0, rules, close), told(50, rules, close); !bytes.Equal(none, fifty) {
				t.Errorf("%s: fifty offers can be told from none:\n%s", name, difference(string(none), string(fifty)))
			}
		}
	}
}

// TestToldAgainKeepsTheSealsOfAStage: the same where sealed offers follow a
// falling price.
func TestToldAgainKeepsTheSealsOfAStage(t *testing.T) {
	told := func(offers int) []byte {
		s := taken(t)
		s.now = s.now.Add(minute)
		for i, code := range []engine.ParticipantCode{"B", "C"}[:offers] {
			amount := engine.Dong(7777 + 11*i)
			s.must(code, engine.PutOffer{Amount: amount, Confirm: amount})
		}
		s.now = s.now.Add(minute)
		s.fine(s.auctioneer(engine.Cancel{Reason: "x"}))
		all := sameAsLive(t, s)
		hides(t, "who hears it again", all, 7777, 7788)
		return all
	}
	if none, two := told(0), told(2); !bytes.Equal(none, two) {
		t.Errorf("two offers can be told from none:\n%s", difference(string(none), string(two)))
	}
}

// TestOnlyTheFinalIsToldAgain: what is still to be decided is not told.
func TestOnlyTheFinalIsToldAgain(t *testing.T) {
	reg := actor.NewRegistry(actor.Options{Journal: journal.NewMemory()})
	defer reg.Stop()
	if err := reg.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	began := func(engine.Room, engine.Instant) error { t.Error("something is told"); return nil }
	told := func(engine.FeedSeq, engine.Update) error { t.Error("something is told"); return nil }
	if err := reg.Retell(t.Context(), "k7qp0z3m9abc", began, told); err != engine.ErrNoSession {
		t.Errorf("a session that never was: %v", err)
	}
	s := newSale(t, plain(), 0, "A")
	created := s.records[0].Event.(*engine.Created)
	if err := reg.Create(t.Context(), *created); err != nil {
		t.Fatal(err)
	}
	if err := reg.Retell(t.Context(), created.Session, began, told); err != engine.ErrNotOver {
		t.Errorf("a session before its end: %v", err)
	}
}
