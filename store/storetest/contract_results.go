package storetest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"testing"

	"gobua/engine"
	"gobua/office"
)

// Sold is the result of a sale with a number of bids.
func Sold(session engine.SessionID, bids int) office.SessionResult {
	r := office.SessionResult{
		Session: session, Lot: engine.Lot{AuctionID: "a", LotID: "l", Number: 3, Kind: "car", Title: "Xe ô tô đã qua sử dụng"},
		RulesHash: sha256.Sum256([]byte("rules")), Currency: "VND", Phase: engine.PhaseAnnounced,
		OpenedAt: now, ClosedAt: now.Add(60_000), EndedAt: now.Add(70_000), Participants: 5, Present: 4,
		Head: engine.Head{Seq: engine.Seq(bids + 4), Hash: sha256.Sum256([]byte("head"))}, BidCount: bids,
	}
	if bids > 0 {
		r.Course = []engine.Moment{
			{Seq: 2, At: now, Kind: engine.KindOpened, ClosesAt: now.Add(60_000)},
			{Seq: engine.Seq(bids + 3), At: now.Add(60_000), Kind: engine.KindClosed},
		}
	}
	for i := range bids {
		r.Bids = append(r.Bids, office.ResultBid{
			Seq: engine.Seq(i + 3), At: now.Add(engine.Millis(i + 1)), Code: engine.ParticipantCode(fmt.Sprintf("M-%d", 100+i%5)),
			Level: engine.Dong(1_000_000 * (i + 1)), Auto: i%3 == 1, Struck: i%7 == 5, Floor: i%5 == 2, Units: i % 4,
		})
	}
	if bids > 1 {
		r.Calls = []office.ResultCall{
			{Seq: 9, At: now.Add(5), Kind: engine.KindCallMade, Count: 2, Price: 1_000_000},
			{Seq: 10, At: now.Add(6), Kind: engine.KindUndone, Price: 1_000_000, Code: "M-101", Bid: 4, Reason: "Nhập nhầm"},
		}
	}
	if bids == 0 {
		r.Result = &engine.Result{Outcome: engine.OutcomeFailed, Ground: engine.GroundNoBid}
		return r
	}
	last := r.Bids[bids-1]
	r.Result = &engine.Result{Outcome: engine.OutcomeSold, Winner: last.Code, Price: last.Level, BidAt: last.At, BidSeq: last.Seq}
	if bids > 1 {
		r.Result.Awards = []engine.Award{
			{Code: last.Code, Units: 3, Price: last.Level, BidAt: last.At, BidSeq: last.Seq},
			{Code: "M-7", Units: 1, Wanted: 2, Price: last.Level, BidAt: last.At, BidSeq: 3},
		}
	}
	return r
}

func contractResults(t *testing.T, s office.Store) {
	sold, failed := Sold("000000000001", 25_000), Sold("000000000002", 0)
	failed.EndedAt++
	stopped := Sold("000000000003", 2)
	stopped.Phase, stopped.Result, stopped.ClosedAt, stopped.Reason = engine.PhaseStopped, nil, 0, "Sự cố kỹ thuật"
	stopped.EndedAt += 2
	cancelled := Sold("000000000004", 0)
	cancelled.Phase, cancelled.Result, cancelled.OpenedAt, cancelled.ClosedAt = engine.PhaseCancelled, nil, 0, 0
	cancelled.EndedAt += 3
	all := []office.SessionResult{cancelled, stopped, failed, sold} // newest first
	for _, r := range all {
		check(t, s.InsertResult(background, r, now))
	}
	for i, r := range all {
		got, err := s.Result(background, r.Session)
		same(t, got, r, err)
		there, err := s.HasResult(background, r.Session)
		same(t, there, true, err)
		all[i].Bids, all[i].Course = nil, nil
	}
	list, err := s.Results(background, 10)
	same(t, list, all, err)
	list, err = s.Results(background, 2)
	same(t, list, all[:2], err)
	_, err = s.Result(background, "000000000009")
	wants(t, err, office.ErrNotFound)
	there, err := s.HasResult(background, "000000000009")
	same(t, there, false, err)
	lacking, err := s.LackingResults(background, []engine.SessionID{"000000000009", sold.Session, "000000000008", stopped.Session})
	same(t, lacking, []engine.SessionID{"000000000008", "000000000009"}, err)
	lacking, err = s.LackingResults(background, nil)
	same(t, len(lacking), 0, err)
}

func contractResultOnce(t *testing.T, s office.Store) {
	r := Sold("000000000001", 40)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 3 {
				if err := s.InsertResult(background, r, now); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got, err := s.Result(background, r.Session)
	same(t, got, r, err)

	other := Sold("000000000001", 41)
	err = s.InsertResult(background, other, now)
	conflict, ok := errors.AsType[*office.ResultConflict](err)
	if !ok || conflict.Kept != r.Head || conflict.Delivered != other.Head || conflict.Session != r.Session {
		t.Fatalf("another result of the same session: %v", err)
	}
	got, err = s.Result(background, r.Session)
	same(t, got, r, err)

	torn := Sold("000000000002", 3) // its last bid is refused: nothing of it may stay
	torn.Bids[2].Level = 0
	if err := s.InsertResult(background, torn, now); err == nil {
		t.Fatal("a bid of nothing was kept")
	}
	_, err = s.Result(background, torn.Session)
	wants(t, err, office.ErrNotFound)
}
