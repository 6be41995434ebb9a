package actor

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/engine/journal"
)

var errDown = errors.New("the office is down")

// bureau is an Office with a memory: what it took, and how often it was asked.
// hook says what happens to a delivery before and after it is taken.
type bureau struct {
	mu    sync.Mutex
	taken map[engine.SessionID]engine.Extract
	tries map[engine.SessionID]int
	hook  func(ctx context.Context, id engine.SessionID, try int) (before, after error)
	clash bool // the same session arrived with another extract
	down  bool // Lacks is not answered
}

func newBureau() *bureau {
	return &bureau{taken: map[engine.SessionID]engine.Extract{}, tries: map[engine.SessionID]int{}}
}

func (b *bureau) Deliver(ctx context.Context, e engine.Extract) error {
	b.mu.Lock()
	b.tries[e.Session]++
	try, hook := b.tries[e.Session], b.hook
	b.mu.Unlock()
	var before, after error
	if hook != nil {
		before, after = hook(ctx, e.Session, try)
	}
	if before != nil {
		return before
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, ok := b.taken[e.Session]; ok && !reflect.DeepEqual(old, e) {
		b.clash = true
	}
	b.taken[e.Session] = e
	return after
}

func (b *bureau) Lacks(_ context.Context, ids []engine.SessionID) (lost []engine.SessionID, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		return nil, errDown
	}
	for _, id := range ids {
		if _, ok := b.taken[id]; !ok {
			lost = append(lost, id)
		}
	}
	return lost, nil
}

func (b *bureau) set(hook func(context.Context, engine.SessionID, int) (before, after error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hook = hook
}

// away has Lacks answered no more, or again.
func (b *bureau) away(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = down
}

// lose forgets a result.
func (b *bureau) lose(id engine.SessionID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.taken, id)
}

func (b *bureau) has(id engine.SessionID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.taken[id]
	return ok
}

func (b *bureau) asked(id engine.SessionID) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tries[id]
}

// withOffice is a running sale whose results go to an office.
func withOffice(t *testing.T) (*sale, *bureau) {
	s := running(t)
	b := newBureau()
	s.office = b
	s.reg.Stop()
	s.feed.forget()
	s.start()
	s.bid("M-1", 150)
	return s, b
}

// sell closes and announces.
func (s *sale) sell() {
	s.t.Helper()
	until(s.now().ClosesAt)
	synctest.Wait()
	s.must(s.auctioneer(engine.Announce{Winner: "M-1", Price: 150}))
}

func (s *sale) settled(id engine.SessionID) bool {
	s.t.Helper()
	done, err := s.mem.Settled(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return done
}

func TestAnAnnouncedResultReachesTheOfficeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := withOffice(t)
		s.sell()
		synctest.Wait()
		e := office.taken[theSession]
		if e.Result == nil || e.Result.Winner != "M-1" || e.Result.Price != 150 || len(e.Bids) != 1 || e.RulesHash != e.Rules.Hash() {
			t.Fatalf("the office has %+v", e)
		}
		if !s.settled(theSession) || s.reg.Backlog() != 0 {
			t.Error("the journal does not know that the result has arrived")
		}
		s.crash()
		s.start()
		time.Sleep(time.Hour)
		if got := office.asked(theSession); got != 1 {
			t.Errorf("the office was asked %d times", got)
		}
		if _, ok := s.reg.View(theSession); !ok {
			t.Error("a settled session cannot be seen after a restart")
		}
	})
}

func TestWhileTheOfficeIsDownTheSaleGoesOnAndTheResultWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := withOffice(t)
		office.set(func(context.Context, engine.SessionID, int) (error, error) { return errDown, nil })
		s.sell()
		time.Sleep(10 * time.Minute)
		if s.reg.Backlog() != 1 || s.settled(theSession) {
			t.Fatal("the result does not wait")
		}
		if got := office.asked(theSession); got < 10 || got > 40 {
			t.Errorf("in ten minutes the office was asked %d times", got)
		}
		office.set(nil)
		time.Sleep(settleMost)
		synctest.Wait()
		if s.reg.Backlog() != 0 || !s.settled(theSession) || !office.has(theSession) {
			t.Error("the office is back and the result is not there")
		}
	})
}

func TestWithoutAnOfficeResultsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := running(t)
		s.bid("M-1", 150)
		s.sell()
		time.Sleep(time.Hour)
		if got := s.reg.Backlog(); got != 1 {
			t.Errorf("%d results wait, want 1", got)
		}
		s.office = newBureau()
		s.crash()
		s.start()
		synctest.Wait()
		if !s.settled(theSession) || s.reg.Backlog() != 0 {
			t.Error("the office has come and the result has not been delivered")
		}
	})
}

func TestAnOfficeThatHangsIsLeftAndAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := withOffice(t)
		office.set(func(ctx context.Context, _ engine.SessionID, try int) (error, error) {
			if try <= 2 {
				<-ctx.Done()
				return ctx.Err(), nil
			}
			return nil, nil
		})
		s.sell()
		time.Sleep(3 * deliverWithin)
		synctest.Wait()
		if !s.settled(theSession) || office.asked(theSession) != 3 {
			t.Errorf("settled: %v, after %d attempts", s.settled(theSession), office.asked(theSession))
		}
	})
}

func TestStopBreaksOffADeliveryThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := withOffice(t)
		office.set(func(ctx context.Context, _ engine.SessionID, _ int) (error, error) {
			<-ctx.Done()
			return ctx.Err(), nil
		})
		s.sell()
		synctest.Wait()
		began := time.Now()
		s.reg.Stop()
		if took := time.Since(began); took != 0 {
			t.Errorf("Stop took %v", took)
		}
	})
}

// unmarked is a journal that fails to keep the mark a number of times.
type unmarked struct {
	engine.Journal
	mu    sync.Mutex
	fails int
}

func (j *unmarked) MarkSettled(ctx context.Context, id engine.SessionID) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.fails > 0 {
		j.fails--
		return journal.ErrInjected
	}
	return j.Journal.MarkSettled(ctx, id)
}

func TestAResultDeliveredTwiceIsTheSame(t *testing.T) {
	cases := map[string]func(s *sale, office *bureau){
		"the office commits and fails to say so": func(s *sale, office *bureau) {
			office.set(func(_ context.Context, _ engine.SessionID, try int) (error, error) {
				if try == 1 {
					return nil, errDown
				}
				return nil, nil
			})
		},
		"the mark cannot be written": func(s *sale, office *bureau) {
			s.reg.Stop()
			s.reg = NewRegistry(Options{Journal: &unmarked{Journal: s.mem, fails: 1}, Feed: s.feed, Office: office})
			s.feed.forget()
			if err := s.reg.Start(s.t.Context()); err != nil {
				s.t.Fatal(err)
			}
		},
	}
	for name, arrange := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, office := withOffice(t)
				arrange(s, office)
				s.sell()
				s.do(s.by("M-2", engine.PlaceBid{Amount: 900})) // refused, but in the record of an ended session
				time.Sleep(time.Minute)
				if got := office.asked(theSession); got != 2 || office.clash || !s.settled(theSession) {
					t.Errorf("delivered %d times, different: %v, settled: %v", got, office.clash, s.settled(theSession))
				}
			})
		})
	}
}

func TestAProcessThatDiesBetweenDeliveryAndMarkDeliversAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, office := withOffice(t)
		died := make(chan struct{})
		office.set(func(_ context.Context, _ engine.SessionID, try int) (error, error) {
			if try == 1 {
				s.mem = s.mem.Restart() // the old process can mark nothing any more
				close(died)
			}
			return nil, nil
		})
		s.sell()
		<-died
		s.reg.Stop()
		s.feed.forget()
		if s.settled(theSession) || !office.has(theSession) {
			t.Fatal("the process did not die in between")
		}
		time.Sleep(time.Minute)
		s.start()
		s.do(s.by("M-2", engine.PlaceBid{Amount: 900}))
		synctest.Wait()
		if got := office.asked(theSession); got != 2 || office.clash || !s.settled(theSession) {
			t.Errorf("delivered %d times, different: %v, settled: %v", got, office.clash, s.settled(theSession))
		}
	})
}

func TestResultsTheOfficeRefusesHoldUpNoOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSale(t)
		office := newBureau()
		s.office = office
		s.crash()
		s.start()
		poison := map[engine.SessionID]bool{}
		office.set(func(_ context.Context, id engine.SessionID, _ int) (error, error) {
			if poison[id] {
				return errDown, nil
			}
			return nil, nil
		})
		var ids []engine.SessionID
		for i := range 20 {
			id := engine.NewSessionID([12]byte{byte(i)})
			ids = append(ids, id)
			poison[id] = i < 2*giveUpAfter+1 // more than two rounds, all in front
		}
		for _, id := range ids {
			if err := s.reg.Create(t.Context(), lot(id)); err != nil {
				t.Fatal(err)
			}
			s.reg.Submit(id, s.auctioneer(engine.Cancel{Reason: "rút tài sản"}), func(engine.Receipt, error) {})
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		for _, id := range ids {
			if office.has(id) == poison[id] || s.settled(id) == poison[id] {
				t.Errorf("session %s: refused %v, delivered %v, settled %v", id, poison[id], office.has(id), s.settled(id))
			}
		}
		if got := s.reg.Backlog(); got != 2*giveUpAfter+1 {
			t.Errorf("%d results wait", got)
		}
	})
}

func TestEveryEndIsDelivered(t *testing.T) {
	ends := map[engine.Phase]engine.Act{engine.PhaseStopped: engine.Stop{Reason: "sự cố"}, engine.PhaseCancelled: engine.Cancel{Reason: "rút tài sản"}}
	for phase, act := range ends {
		t.Run(string(phase), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, office := withOffice(t)
				s.must(s.auctioneer(act))
				synctest.Wait()
				if e := office.taken[theSession]; e.Phase != phase || e.Reason == "" || e.Result != nil || len(e.Bids) != 1 {
					t.Errorf("the office has %+v", e)
				}
			})
		})
	}
}

// TestAnOfficeThatLostAResultGetsItAgain: its database failed over to a copy
// that lagged, or was put back from a backup, while the program ran or before
// it started. The journal says that the result was taken, and it was.
func TestAnOfficeThatLostAResultGetsItAgain(t *testing.T) {
	for name, notice := range map[string]func(s *sale){
		"it comes back": func(s *sale) { s.reg.OfficeIsBack(); synctest.Wait() },
		"in a while":    func(*sale) { time.Sleep(auditEvery); synctest.Wait() },
		"at the start":  func(s *sale) { s.crash(); s.start(); synctest.Wait() },
		"it is away when asked": func(s *sale) {
			s.office.(*bureau).away(true)
			s.reg.OfficeIsBack()
			synctest.Wait()
			s.office.(*bureau).away(false)
			time.Sleep(auditEvery)
			synctest.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, office := withOffice(t)
				s.sell()
				synctest.Wait()
				if !s.settled(theSession) {
					t.Fatal("the office did not take the result")
				}
				office.lose(theSession)
				notice(s)
				if !office.has(theSession) || office.clash {
					t.Error("the office did not get its result again")
				}
				if s.reg.Backlog() != 0 {
					t.Error("something still waits")
				}
				time.Sleep(time.Hour)
				if got := office.asked(theSession); got != 2 {
					t.Errorf("it was delivered %d times, want twice", got)
				}
			})
		})
	}
}
