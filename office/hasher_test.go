package office

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// inLine fills the line of a hasher, one caller a second, the last of them now.
func inLine(t *testing.T, h *hasher) (line []*ticket) {
	t.Helper()
	for {
		one, err := h.queue(h.now())
		if err != nil {
			break
		}
		line = append(line, one)
		time.Sleep(time.Second)
	}
	if len(line) != maxHashWaiting+1 {
		t.Fatalf("%d wait", len(line))
	}
	return line
}

// TestInARushTheDatabaseIsNotAsked: whoever finds too many waiting is sent away
// before anything of theirs is read or counted. There is no database here.
func TestInARushTheDatabaseIsNotAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &Office{hasher: newHasher(1, time.Now)}
		waiting := inLine(t, o.hasher)
		_, _, err := o.SignIn(context.Background(), "an.an", "mật khẩu", Device{Address: "10.0.0.1"})
		rush, sent := errors.AsType[ErrRush](err)
		if !sent || rush.RetryAfter != 13*time.Second || !rush.Since.Equal(time.Now()) { // 26 s after the middle of the line
			t.Errorf("sent away with %v, %+v", err, rush)
		}
		time.Sleep(time.Minute)
		_, _, err = o.SignIn(context.Background(), "an.an", "mật khẩu", Device{Address: "10.0.0.1", Since: rush.Since})
		if again, sent := errors.AsType[ErrRush](err); !sent || !again.Since.Equal(rush.Since) || again.RetryAfter != rush.RetryAfter {
			t.Errorf("sent away again with %v, %+v", err, again)
		}
		waiting[0].leave()
		one, err := o.hasher.queue(time.Now())
		if err != nil {
			t.Fatal("who leaves makes no room")
		}
		for _, before := range waiting[1:] {
			before.leave()
		}
		if ok, err := one.verify(context.Background(), "mật khẩu", ""); ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
	})
}

func TestWhoCameFirstTakesThePlaceOfWhoCameLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHasher(1, time.Now)
		first := time.Now().Add(-time.Minute)
		waiting := inLine(t, h)
		last := waiting[len(waiting)-1]
		if err := waiting[0].wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		became := make(chan error, 1)
		go func() { became <- last.wait(t.Context()) }()
		synctest.Wait()
		early, err := h.queue(first)
		if err != nil {
			t.Fatal(err)
		}
		if err := <-became; !isBusy(err) {
			t.Errorf("the last was told %v", err)
		}
		last.leave()
		if err := waiting[len(waiting)-2].wait(canceled(t)); !errors.Is(err, context.Canceled) {
			t.Errorf("the last but one was told %v", err)
		}
		if _, err := h.queue(time.Now()); !isBusy(err) {
			t.Errorf("a newcomer was told %v", err)
		}
		turn := make(chan error, 1)
		go func() { turn <- waiting[1].wait(t.Context()) }()
		synctest.Wait()
		next := make(chan error, 1)
		go func() { next <- early.wait(t.Context()) }()
		synctest.Wait()
		waiting[0].leave()
		synctest.Wait()
		select {
		case err := <-next:
			if err != nil {
				t.Error(err)
			}
		case <-turn:
			t.Error("somebody who came later was first")
		}
		early.leave()
		if err := <-turn; err != nil {
			t.Error(err)
		}
	})
}

func isBusy(err error) bool {
	_, is := errors.AsType[errHashBusy](err)
	return is
}

func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// TestInALongRushPeopleGetInAsTheyCame: many more come than there are places,
// and each comes again when they are told to, like a page. Nobody is overtaken by
// many who came later, and nobody has to knock often.
func TestInALongRushPeopleGetInAsTheyCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const people, takes = 4000, 25 * time.Millisecond
		h := newHasher(1, time.Now)
		var knocks atomic.Int64
		enter := func(dice *rand.Rand) {
			for came := time.Now(); ; knocks.Add(1) {
				one, err := h.queue(came)
				if err == nil {
					err = one.wait(t.Context())
					if err == nil {
						time.Sleep(takes)
					}
					one.leave()
				}
				if err == nil {
					return
				}
				again := err.(errHashBusy).again
				time.Sleep(again*3/4 + time.Duration(dice.Int64N(int64(again/2))))
			}
		}
		entered := make(chan int, people)
		began := time.Now()
		for i := range people {
			go func() {
				time.Sleep(time.Duration(i) * takes / 2) // twice as fast as they get in
				enter(rand.New(rand.NewPCG(1, uint64(i))))
				entered <- i
			}()
		}
		worst := 0
		for n := range people {
			worst = max(worst, n-<-entered)
		}
		took := time.Since(began)
		t.Logf("%d got in within %v, overtaken by %d at most, sent away %.1f times each", people, took, worst, float64(knocks.Load())/people)
		if took > people*takes*11/10 {
			t.Error("there were free turns")
		}
		if worst > 150 {
			t.Error("somebody waited much longer than those who came with them")
		}
		if knocks.Load() > 10*people {
			t.Error("people had to knock too often")
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.tickets) != 0 || h.running != 0 {
			t.Errorf("%d tickets and %d turns are left", len(h.tickets), h.running)
		}
	})
}
