package storetest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gobua/engine"
	"gobua/office"
)

// contractThrottles: however attempts are spread, nobody gets more through than
// the burst and the pace allow.
func contractThrottles(t *testing.T, s office.Store) {
	const every = 30 * time.Second
	var serial byte
	rapid.Check(t, func(r *rapid.T) {
		serial++ // somebody who has not tried before
		debts := []office.Debt{{Who: [16]byte{1, serial}, Burst: 5, Every: every}, {Who: [16]byte{2, serial}, Burst: 100, Every: time.Second}}
		at, through := now, 0
		for _, gap := range rapid.SliceOfN(rapid.IntRange(0, 20), 1, 30).Draw(r, "gaps") {
			at = at.Add(engine.Millis(gap) * 1000)
			counted, wait, err := s.CountAttempt(background, "pace", at, [16]byte{}, debts)
			if err != nil {
				r.Fatal(err)
			}
			if len(counted) > 0 {
				through++
			}
			if most := 5 + int(at.Time().Sub(now.Time())/every); through > most {
				r.Fatalf("%d let through, at most %d", through, most)
			}
			if wait > every || (wait > 0) == (len(counted) > 0) {
				r.Fatalf("told to wait %v, %d counted", wait, len(counted))
			}
		}
	})
	throttleManyAtOnce(t, s)
	throttleKnownPlaces(t, s)
	throttleTidyMeanwhile(t, s)
}

// throttleManyAtOnce: they are counted one after the other, and what is forgiven
// was never tried.
func throttleManyAtOnce(t *testing.T, s office.Store) {
	debts := []office.Debt{{Who: [16]byte{3}, Burst: 5, Every: time.Minute}}
	var through atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			counted, _, err := s.CountAttempt(background, "many", now, [16]byte{}, debts)
			if err != nil {
				t.Error(err)
			}
			through.Add(int64(len(counted)))
		})
	}
	wg.Wait()
	if n := through.Load(); n != 5 {
		t.Errorf("%d of twenty at once are let through, want 5", n)
	}
	check(t, s.ForgiveAttempt(background, "many", now, [16]byte{}, debts))
	for _, want := range []int{1, 0} {
		counted, _, err := s.CountAttempt(background, "many", now, [16]byte{}, debts)
		same(t, len(counted), want, err)
	}
	counted, _, err := s.CountAttempt(background, "another kind", now, [16]byte{}, debts)
	same(t, len(counted), 1, err)
}

// throttleKnownPlaces: a debt does not count where somebody has signed in from,
// until that is forgotten.
func throttleKnownPlaces(t *testing.T, s office.Store) {
	home, debts := [16]byte{4}, []office.Debt{{Who: [16]byte{5}, Burst: 1, Every: time.Hour, UnlessKnown: true}, {Who: [16]byte{6}, Burst: 100, Every: time.Hour}}
	counted, _, err := s.CountAttempt(background, "known", now, home, debts)
	same(t, len(counted), 2, err)
	check(t, s.ForgiveAttempt(background, "known", now, home, counted))
	_, _, err = s.CountAttempt(background, "known", now, [16]byte{7}, debts) // from elsewhere
	check(t, err)
	_, wait, err := s.CountAttempt(background, "known", now, [16]byte{7}, debts)
	same(t, wait, time.Hour, err)
	counted, _, err = s.CountAttempt(background, "known", now, home, debts)
	same(t, len(counted), 1, err)
	check(t, s.TidyThrottles(background, now.Add(100*3600_000), now.Add(1)))
	counted, _, err = s.CountAttempt(background, "known", now, home, debts)
	same(t, len(counted), 2, err)
}

// throttleTidyMeanwhile: what weighs no more is forgotten while others count, and
// nobody waits for somebody who waits for them. Rows are locked in one order, and
// some come into the table in the other.
func throttleTidyMeanwhile(t *testing.T, s office.Store) {
	var debts []office.Debt
	for i := range byte(20) {
		debts = append(debts, office.Debt{Who: [16]byte{8, 20 - i}, Burst: 1 << 20, Every: time.Second})
	}
	count := func(debts ...office.Debt) {
		if _, _, err := s.CountAttempt(background, "rush", now, [16]byte{}, debts); err != nil {
			t.Error(err)
		}
	}
	counted := make(chan struct{})
	go func() {
		defer close(counted)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 40 {
					count(debts...)
				}
			})
		}
		wg.Go(func() {
			for range 20 {
				for _, d := range debts {
					count(d)
				}
			}
		})
		wg.Wait()
	}()
	for {
		select {
		case <-counted:
			return
		default:
			check(t, s.TidyThrottles(background, now.Add(100*3600_000), now))
		}
	}
}
