package storetest

import (
	"crypto/sha256"
	"errors"
	"sync"
	"testing"

	"gobua/engine"
	"gobua/office"
)

// follow publishes an auction with one lot and returns the beginning of its
// proceeding.
func follow(t *testing.T, s office.Store) (office.Proceeding, office.Account) {
	t.Helper()
	staff := AddAccount(t, s, "dau.gia.vien", engine.RoleAuctioneer)
	bidder := AddAccount(t, s, "anh", engine.RoleBidder)
	a := draft([]office.LotDraft{Lot(1)}, bidder)
	_, err := s.InsertAuction(background, a, staff.ID, office.IdempotencyKey{}, office.Trail{})
	check(t, err)
	frozen := Freeze(&a, &a.Lots[0], "000000000001", bidder)
	check(t, s.PublishAuction(background, office.Publication{
		AuctionID: a.ID, Version: 1, By: staff.ID, At: now, Sessions: []office.FrozenSession{frozen},
	}))
	c := frozen.Created
	return office.Proceeding{
		LotID: a.Lots[0].ID, AuctionID: a.ID, CentreID: office.HostCentre, Version: 1, State: office.ProceedingConfirm, DeadlineAt: now + 100,
		CreatedAt: now, ChangedAt: now + 1,
		ProceedingFacts: office.ProceedingFacts{
			Session: c.Session, Lot: c.Lot, Currency: "VND", EndedAt: now, After: office.SheetAfter{AnswerMs: 100},
			Award: &office.Award{Code: "M-100", Price: 5, BidAt: now, Seq: 4},
			Steps: []office.ProceedingStep{{At: now, Kind: office.StepAnnounced, Code: "M-100", Price: 5}},
		},
	}, staff
}

// contractProceedings: one proceeding a lot, changed under a lock, whole or not
// at all, and final once.
func contractProceedings(t *testing.T, s office.Store) {
	p, staff := follow(t, s)
	result := Sold(p.Session, 3)
	check(t, s.InsertResult(background, result, now))
	left, err := s.ResultsToFollow(background, 5)
	same(t, left, []engine.SessionID{p.Session}, err)

	for _, want := range []bool{true, false} {
		kept, err := s.InsertProceeding(background, p, office.Trail{At: now + 1})
		same(t, kept, want, err)
	}
	left, err = s.ResultsToFollow(background, 5)
	same(t, len(left), 0, err)
	got, err := s.Proceeding(background, p.LotID)
	same(t, got, p, err)
	for _, q := range []office.ProceedingQuery{
		{AuctionID: p.AuctionID}, {CentreID: office.HostCentre}, {Sessions: []engine.SessionID{p.Session}}, {DueBy: now + 100}, {Unwritten: true},
	} {
		q.Limit = 5
		list, err := s.Proceedings(background, q)
		same(t, list, []office.Proceeding{p}, err)
	}
	for _, q := range []office.ProceedingQuery{{Sessions: []engine.SessionID{}}, {DueBy: now + 99}, {Undone: true}} {
		q.Limit = 5
		list, err := s.Proceedings(background, q)
		same(t, len(list), 0, err)
	}
	ended, err := s.ConcludeAuction(background, p.AuctionID, now+5, office.Trail{At: now + 5})
	same(t, ended, false, err)

	no := errors.New("no")
	_, err = s.ChangeProceeding(background, p.LotID, func(p *office.Proceeding) (office.Trail, error) {
		p.State = office.ProceedingFailed
		return office.Trail{}, no
	})
	wants(t, err, no)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			_, err := s.ChangeProceeding(background, p.LotID, func(p *office.Proceeding) (office.Trail, error) {
				p.Award.Price++
				return office.Trail{At: now + 2}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	_, err = s.ChangeProceeding(background, p.LotID, func(p *office.Proceeding) (office.Trail, error) {
		p.State, p.DeadlineAt = office.ProceedingSold, 0
		return office.Trail{At: now + 3}, nil
	})
	check(t, err)
	got, err = s.Proceeding(background, p.LotID)
	check(t, err)
	if got.Version != 6 || got.Award.Price != 9 || got.State != office.ProceedingSold || got.ChangedAt != now+3 {
		t.Errorf("%+v", got)
	}
	list, err := s.Proceedings(background, office.ProceedingQuery{Undone: true, Limit: 5})
	same(t, len(list), 1, err)
	_, err = s.ChangeProceeding(background, p.LotID, func(p *office.Proceeding) (office.Trail, error) {
		p.State = office.ProceedingFailed
		return office.Trail{At: now + 4}, nil
	})
	if err == nil {
		t.Error("how a lot ended was said twice")
	}
	for _, want := range []bool{true, false} {
		ended, err = s.ConcludeAuction(background, p.AuctionID, now+5, trail(staff, "auction.conclude", p.AuctionID))
		same(t, ended, want, err)
	}
	acts, err := s.Acts(background, office.ActQuery{Name: "auction.conclude", Limit: 5})
	same(t, len(acts), 1, err)
}

// contractMinutes: versions are added and never changed, and a signature holds
// for the file with its hash.
func contractMinutes(t *testing.T, s office.Store) {
	p, staff := follow(t, s)
	_, err := s.InsertProceeding(background, p, office.Trail{At: now})
	check(t, err)
	version := func(number, covers int, text string) office.Minutes {
		return office.Minutes{
			LotID: p.LotID, Number: number, Covers: covers, Hash: sha256.Sum256([]byte(text)), Size: len(text), MadeAt: now,
			PDF: []byte(text), Signatures: []office.MinutesSignature{},
		}
	}
	first := version(1, 1, "%PDF one")
	check(t, s.InsertMinutes(background, first, office.Trail{At: now}))
	check(t, s.InsertMinutes(background, version(1, 2, "%PDF other"), office.Trail{At: now})) // the number is taken
	check(t, s.InsertMinutes(background, version(2, 1, "%PDF other"), office.Trail{At: now})) // tells nothing new
	got, err := s.MinutesPDF(background, p.LotID, 1)
	same(t, got, first, err)
	list, err := s.Proceedings(background, office.ProceedingQuery{Unwritten: true, Limit: 5})
	same(t, len(list), 0, err)
	forged := version(2, 2, "%PDF two")
	forged.Hash[0] ^= 1
	if err := s.InsertMinutes(background, forged, office.Trail{At: now}); err == nil {
		t.Error("a file was kept under another hash")
	}

	sign := func(m office.MinutesSignature) error {
		_, err := s.ChangeProceeding(background, p.LotID, func(p *office.Proceeding) (office.Trail, error) {
			p.Signed = &m
			return office.Trail{At: now}, nil
		})
		return err
	}
	mine := office.MinutesSignature{
		LotID: p.LotID, Number: 1, Slot: office.SlotAuctioneer, AccountID: staff.ID, Name: staff.Name, Method: "password", Hash: first.Hash, At: now,
	}
	winner := office.MinutesSignature{LotID: p.LotID, Number: 1, Slot: office.SlotWinner, Code: "M-100", Refused: "vì thế", Hash: first.Hash, At: now + 1}
	check(t, sign(mine))
	wants(t, sign(mine), office.ErrWrongState) // twice
	check(t, sign(winner))
	other := winner
	other.Code, other.Hash = "M-200", forged.Hash
	if sign(other) == nil {
		t.Error("a signature under a file that is not there was kept")
	}
	all, err := s.MinutesOf(background, []string{p.LotID})
	first.PDF, first.Signatures = nil, []office.MinutesSignature{mine, winner}
	same(t, all, []office.Minutes{first}, err)
}
