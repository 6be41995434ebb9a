package actor

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

func slow(d time.Duration) journal.Fault { return journal.Fault{Delay: d} }

// running is a sale whose session is open, with all present.
func running(t *testing.T, change ...func(*engine.Rules)) *sale {
	t.Helper()
	c := lot(theSession, change...)
	s := newSale(t, c)
	s.checkIn("M-1", "M-2", "M-3", "M-4")
	until(c.Rules.OpensAt)
	synctest.Wait()
	return s
}

func TestTheSameCommandGetsTheSameReceiptAlsoAfterACrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		won := s.by("M-1", engine.PlaceBid{Amount: 100})
		low := s.by("M-2", engine.PlaceBid{Amount: 100})
		said := s.auctioneer(engine.Say{Text: "Xin mời"})
		var first []engine.Receipt
		for _, c := range []engine.Command{won, low, said} {
			first = append(first, s.do(c))
		}
		s.bid("M-2", 110)
		check := func(when string) {
			t.Helper()
			for i, c := range []engine.Command{won, low, said} {
				if got := s.do(c); !reflect.DeepEqual(got, first[i]) {
					t.Errorf("%s: receipt is\n%+v, at first it was\n%+v", when, got, first[i])
				}
			}
		}
		check("at once")
		s.crash()
		time.Sleep(3 * time.Second)
		s.start()
		check("after a crash")
		if r := s.do(engine.Command{ID: won.ID, By: won.By, Do: engine.PlaceBid{Amount: 500}}); r.Reason != engine.ReasonCommandReused {
			t.Errorf("the same id with another amount: %+v", r)
		}
	})
}

func TestAFailedAppendHasAnUnknownOutcomeAndThenOne(t *testing.T) {
	cases := map[string]struct {
		fault   journal.Fault
		durable bool
	}{
		"nothing was written":    {journal.Fault{Kind: journal.FailBefore}, false},
		"everything was written": {journal.Fault{Kind: journal.FailAfter}, true},
		"torn before the record": {journal.Fault{Kind: journal.Tear, Durable: 0}, false},
		"torn after the record":  {journal.Fault{Kind: journal.Tear, Durable: 1}, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := running(t)
				s.bid("M-1", 100)
				before := len(s.records())
				s.plan(c.fault)
				bid := s.by("M-2", engine.PlaceBid{Amount: 110})
				wantUnknown(t, <-s.send(bid))
				synctest.Wait()
				wrote := len(s.records()) > before
				if wrote != c.durable {
					t.Fatalf("durable: %v, want %v", wrote, c.durable)
				}
				if got := s.now(); (got.Leader == "M-2") != c.durable {
					t.Errorf("after reading back the room shows %s leading", got.Leader)
				}
				if s.feed.you["M-2"].Leading != c.durable || s.feed.you["M-1"].Leading == c.durable {
					t.Errorf("after reading back M-2 was told %+v", s.feed.you["M-2"])
				}
				r := s.must(bid)
				if r.Price != 110 || !r.Leading {
					t.Errorf("asked again: %+v", r)
				}
				if again := s.must(bid); !reflect.DeepEqual(again, r) {
					t.Errorf("asked a third time: %+v", again)
				}
				accepted, _ := of[*engine.BidAccepted](s)
				if len(accepted) != 2 {
					t.Errorf("%d bids are in the record, want 2", len(accepted))
				}
				if outages, _ := of[*engine.OutageCredited](s); len(outages) != 0 {
					t.Error("a failure mended at once was called an outage")
				}
			})
		})
	}
}

func TestATornBatchGivesEveryCommandOneOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		// The disk holds the first bid long enough for three letters to wait.
		s.plan(slow(100*time.Millisecond), journal.Fault{Kind: journal.Tear, Durable: 2})
		first := s.send(s.by("M-1", engine.PlaceBid{Amount: 100}))
		time.Sleep(10 * time.Millisecond)
		cmds := []engine.Command{
			s.by("M-2", engine.PlaceBid{Amount: 110}), s.by("M-3", engine.PlaceBid{Amount: 120}), s.by("M-4", engine.PlaceBid{Amount: 130}),
		}
		var answers []<-chan answer
		for _, c := range cmds {
			answers = append(answers, s.send(c))
		}
		if a := <-first; a.err != nil {
			t.Fatal(a.err)
		}
		for _, a := range answers {
			wantUnknown(t, <-a)
		}
		for i, c := range cmds {
			if r := s.must(c); r.Price != engine.Dong(110+10*i) {
				t.Errorf("asked again: %+v", r)
			}
		}
		if accepted, _ := of[*engine.BidAccepted](s); len(accepted) != 4 {
			t.Errorf("%d bids are in the record, want 4", len(accepted))
		}
	})
}

func TestLettersThatArriveWhileTheSessionIsReadBackAreDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		fail := journal.Fault{Kind: journal.FailBefore}
		s.plan(fail, fail, fail, fail) // the pauses between are 0, 50, 250 and 1000 ms
		for i := range 4 {
			wantUnknown(t, <-s.send(s.by("M-1", engine.PlaceBid{Amount: engine.Dong(100 + 10*i)})))
		}
		sent := engine.InstantOf(time.Now())
		waiting := s.send(s.by("M-2", engine.PlaceBid{Amount: 100})) // the actor rests for a second
		a := <-waiting
		if a.err != nil || !a.Accepted || a.At != sent {
			t.Errorf("bid received while the session was read back: %+v", a)
		}
		if took := engine.InstantOf(time.Now()).Sub(sent); took != 1000 {
			t.Errorf("the session was read back after %d ms, want 1000", took)
		}
	})
}

func TestAskedReceiptsWaitForWhatTheyShow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		bid := s.by("M-1", engine.PlaceBid{Amount: 100})
		ask := func() <-chan []engine.Receipt {
			got := make(chan []engine.Receipt, 1)
			s.reg.Receipts(theSession, engine.Question{Code: "M-1", Commands: []engine.CommandID{bid.ID, cmdID(999)}}, func(found []engine.Receipt, err error) {
				if err != nil {
					found = nil
				}
				got <- found
			})
			return got
		}
		// A slow disk gathers the bid and the question about it in one batch, and fails it.
		s.plan(slow(100*time.Millisecond), journal.Fault{Kind: journal.FailBefore, Delay: 100 * time.Millisecond})
		s.send(s.by("M-4", engine.PlaceBid{Amount: 95}))
		time.Sleep(time.Millisecond)
		s.send(bid)
		if found := <-ask(); found != nil {
			t.Errorf("a receipt that is not durable was shown: %+v", found)
		}
		if found := <-ask(); len(found) != 0 {
			t.Errorf("a bid that never happened was found: %+v", found)
		}
		r := s.must(bid)
		if found := <-ask(); len(found) != 1 || !reflect.DeepEqual(found[0], r) {
			t.Errorf("found %+v, want %+v", found, r)
		}
		s.reg.Receipts("nnnnnnnnnnnn", engine.Question{Code: "M-1"}, func(_ []engine.Receipt, err error) {
			if !errors.Is(err, engine.ErrNoSession) {
				t.Errorf("unknown session: %v", err)
			}
		})
	})
}

// TestADroppedCommandIsNotCarriedOut: whoever was told that a bid had not arrived
// may bid again, and the first, which was on a line that lagged, counts no more.
func TestADroppedCommandIsNotCarriedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		late, counted := s.by("M-1", engine.PlaceBid{Amount: 100}), s.by("M-1", engine.PlaceBid{Amount: 110})
		ask := func(code engine.ParticipantCode, drop bool) (found []engine.Receipt) {
			done := make(chan struct{})
			s.reg.Receipts(theSession, engine.Question{Code: code, Commands: []engine.CommandID{late.ID, counted.ID}, Drop: drop}, func(r []engine.Receipt, err error) {
				if err != nil {
					t.Error(err)
				}
				found = r
				close(done)
			})
			<-done
			return found
		}
		ask("M-1", false) // promises nothing
		first := s.must(counted)
		ask("M-2", true) // nothing of M-1's
		if found := ask("M-1", true); len(found) != 1 || found[0].Cmd != counted.ID {
			t.Fatalf("found %+v", found)
		}
		before := s.now()
		for range 2 {
			a := <-s.send(late)
			if a.err != nil || a.Accepted || a.Reason != engine.ReasonDropped || a.Seq != 0 {
				t.Fatalf("%+v", a)
			}
		}
		if again := s.must(counted); again.Seq != first.Seq {
			t.Errorf("what was known has another outcome: %+v, not %+v", again, first)
		}
		if now := s.now(); now.Bids != before.Bids || now.Price != before.Price {
			t.Errorf("%+v became %+v", before, now)
		}
		for i := range droppedKept { // of others, by the same sender
			s.reg.Receipts(theSession, engine.Question{Code: "M-1", Commands: []engine.CommandID{cmdID(uint64(900 + i))}, Drop: true}, func([]engine.Receipt, error) {})
		}
		if a := <-s.send(late); a.Reason == engine.ReasonDropped {
			t.Errorf("%d are remembered, and the one before them as well", droppedKept)
		}
	})
}

// TestWhatWasDecidedLongAgoIsNotDropped: its receipt is not kept, but it counted, so
// nobody is told that it did not arrive.
func TestWhatWasDecidedLongAgoIsNotDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		old := s.by("M-1", engine.PlaceBid{Amount: 100})
		s.must(old)
		never := cmdID(999_999)
		ask := func() (answers map[engine.CommandID]engine.Reason) {
			answers = map[engine.CommandID]engine.Reason{}
			done := make(chan struct{})
			s.reg.Receipts(theSession, engine.Question{Code: "M-1", Commands: []engine.CommandID{old.ID, never}, Drop: true}, func(r []engine.Receipt, err error) {
				if err != nil {
					t.Error(err)
				}
				for _, receipt := range r {
					answers[receipt.Cmd] = receipt.Reason
				}
				close(done)
			})
			<-done
			return answers
		}
		for range 1000 {
			if <-s.send(s.by("M-1", engine.PlaceBid{Amount: 1})); ask()[old.ID] != "" {
				break
			}
		}
		if got := ask(); got[old.ID] != engine.ReasonCommandTooOld || len(got) != 1 {
			t.Errorf("answered %v", got)
		}
		if a := <-s.send(old); a.err != nil || a.Reason != engine.ReasonCommandTooOld {
			t.Errorf("sent again: %+v", a)
		}
	})
}

// spoilt is a journal with a record in it that is damaged, or that no program
// can follow.
type spoilt struct {
	engine.Journal
	id    engine.SessionID
	spoil func(*engine.Entry)
}

func (j spoilt) Replay(ctx context.Context, id engine.SessionID, after engine.Seq, fn func(engine.Entry) error) error {
	return j.Journal.Replay(ctx, id, after, func(e engine.Entry) error {
		if id == j.id {
			j.spoil(&e)
		}
		return fn(e)
	})
}

func TestADamagedSessionIsRefusedWhileOthersAreServed(t *testing.T) {
	body := func(seq engine.Seq, body string) func(*engine.Entry) {
		return func(e *engine.Entry) {
			if e.Seq == seq {
				e.Body = []byte(body)
			}
		}
	}
	head := `{"seq":2,"at":1,"by":{"role":"system"},"cmd":"00000000-0000-0000-0000-000000000000",`
	cases := map[string]func(*engine.Entry){
		"no record":                     body(2, `{`),
		"an unknown kind":               body(2, head+`"kind":"teleported","event":{}}`),
		"the wrong number":              body(2, `{"seq":7,"kind":"said","event":{}}`),
		"a second creation":             body(2, head+`"kind":"created","event":{}}`),
		"a participant nobody admitted": body(2, head+`"kind":"checked_in","event":{"code":"M-99"}}`),
		"no creation":                   body(1, `{"seq":1,"kind":"said","event":{}}`),
		"the creation of another one":   body(1, `{"seq":1,"kind":"created","event":{"session":"zzzzzzzzzzzz","rules":{"method":"ascending"}}}`),
		"a method this program has not": body(1, `{"seq":1,"kind":"created","event":{"session":"`+string(theSession)+`","rules":{"method":"clock"}}}`),
	}
	const other engine.SessionID = "k7qp00000002"
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := lot(theSession)
				s := newSale(t, c, lot(other))
				s.checkIn("M-1")
				s.reg.Stop()
				s.reg = NewRegistry(Options{Journal: spoilt{s.mem, theSession, spoil}, Feed: s.feed})
				if err := s.reg.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := s.reg.Damaged()[theSession]; !errors.Is(err, engine.ErrCorrupt) || len(s.reg.Damaged()) != 1 {
					t.Errorf("damaged are %v", s.reg.Damaged())
				}
				if !slices.Equal(s.feed.gone, []engine.SessionID{theSession}) {
					t.Errorf("the feed was told that %v are gone", s.feed.gone)
				}
				if s.reg.Exists(theSession) || !s.reg.Exists(other) {
					t.Error("the damaged session is served, or the other is not")
				}
				if _, ok := s.reg.View(other); !ok {
					t.Error("the other session cannot be seen")
				}
				if a := <-s.send(s.by("M-1", engine.PlaceBid{Amount: 100})); !errors.Is(a.err, engine.ErrNoSession) {
					t.Errorf("a bid in the damaged session: %v", a.err)
				}
				if err := s.reg.Create(t.Context(), c); !errors.Is(err, engine.ErrCorrupt) {
					t.Errorf("creating it again: %v", err)
				}
			})
		})
	}
}

func TestDamageFoundWhileServingAnswersWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		s.reg.Stop()
		bad := false
		faults := journal.NewFaulty(s.mem, s.fault)
		s.reg = NewRegistry(Options{Feed: s.feed, Journal: spoilt{faults, theSession, func(e *engine.Entry) {
			if bad {
				e.Body = nil
			}
		}}})
		if err := s.reg.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		bad = true
		s.plan(journal.Fault{Kind: journal.FailBefore, Delay: 100 * time.Millisecond})
		first := s.send(s.by("M-1", engine.PlaceBid{Amount: 100}))
		time.Sleep(time.Millisecond)
		second := s.send(s.by("M-2", engine.PlaceBid{Amount: 110}))
		wantUnknown(t, <-first)
		if a := <-second; !errors.Is(a.err, engine.ErrNoSession) {
			t.Errorf("what waited was answered %v", a.err)
		}
		if a := <-s.send(s.by("M-2", engine.PlaceBid{Amount: 110})); !errors.Is(a.err, engine.ErrNoSession) {
			t.Errorf("what came later was answered %v", a.err)
		}
	})
}
