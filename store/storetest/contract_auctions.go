package storetest

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
)

// same fails if got is not want, or there is an error.
func same[T any](t *testing.T, got, want T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

// Lot is a lot that lacks nothing.
func Lot(number int) office.LotDraft {
	return office.LotDraft{
		ID: uuid.NewString(), Number: number, Kind: "plate", Title: "Biển số 65A-123.45", Detail: "Nhiều dòng\nnhư thế này", Place: "Cần Thơ",
		Deposit: 8_000_000,
		Rules: office.RulesDraft{
			Rules: engine.Rules{
				Method: "ascending", Currency: "VND", Start: 40_000_000, Step: engine.Step{Kind: engine.StepFixed, Amount: 5_000_000},
				Closing: engine.Closing{Kind: engine.ClosingFixed}, Opening: engine.OpeningByClock, OpensAt: now.Add(3_600_000),
				BiddingMs: 1_800_000, ConfirmAbove: 10,
			},
			ReserveAmount: 60_000_000,
		},
	}
}

func draft(lots []office.LotDraft, bidders ...office.Account) office.Auction {
	a := office.Auction{CentreID: office.HostCentre,
		ID: uuid.NewString(), Status: office.StatusDraft, Version: 1, CreatedAt: now, ParticipantCount: len(bidders),
		AuctionDraft: office.AuctionDraft{
			Title: "Đấu giá biển số", Centre: "Trung tâm", Owner: "Sở", Place: "Hội trường", Lots: lots, Participants: []office.Participant{},
		},
	}
	for _, b := range bidders {
		a.Participants = append(a.Participants, office.Participant{AccountID: b.ID, Login: b.Login, Name: b.Name})
	}
	return a
}

func contractDrafts(t *testing.T, s office.Store) {
	staff := AddAccount(t, s, "dau.gia.vien", engine.RoleAuctioneer)
	x, y := AddAccount(t, s, "anh", engine.RoleBidder), AddAccount(t, s, "binh", engine.RoleBidder)
	a := draft([]office.LotDraft{Lot(1), Lot(2), Lot(3)}, y, x)
	id, err := s.InsertAuction(background, a, staff.ID, office.IdempotencyKey{}, office.Trail{})
	same(t, id, a.ID, err)
	got, err := s.Auction(background, a.ID)
	same(t, got, a, err)

	// Two lots swap their numbers, one goes, one comes, a participant goes.
	a.Title = "Đổi tên"
	a.Lots = []office.LotDraft{a.Lots[1], a.Lots[0], Lot(3)}
	a.Lots[0].Number, a.Lots[1].Number = 1, 2
	a.Lots[1].Rules.ReserveAmount = 0
	a.Participants, a.ParticipantCount = a.Participants[:1], 1
	check(t, s.UpdateAuction(background, a, office.Trail{}))
	a.Version = 2
	got, err = s.Auction(background, a.ID)
	same(t, got, a, err)

	stale := a
	stale.Version = 1
	wants(t, s.UpdateAuction(background, stale, office.Trail{}), office.ErrEditedMeanwhile)
	unknown := draft(nil)
	wants(t, s.UpdateAuction(background, unknown, office.Trail{}), office.ErrNotFound)
	_, err = s.Auction(background, unknown.ID)
	wants(t, err, office.ErrNotFound)

	empty := draft([]office.LotDraft{})
	empty.CreatedAt = now.Add(1)
	_, err = s.InsertAuction(background, empty, staff.ID, office.IdempotencyKey{}, office.Trail{})
	check(t, err)
	list, err := s.Auctions(background, office.AuctionQuery{Limit: 10})
	listed := a
	listed.Participants = []office.Participant{}
	same(t, list, []office.Auction{empty, listed}, err)
	list, err = s.Auctions(background, office.AuctionQuery{Limit: 1})
	same(t, list, []office.Auction{empty}, err)

	// Of writers with the same version one wins.
	var wg sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wg.Go(func() { errs[i] = s.UpdateAuction(background, a, office.Trail{}) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wants(t, err, office.ErrEditedMeanwhile)
	}
	if won != 1 {
		t.Fatalf("%d writers of one version won", won)
	}

	// Staff cannot take part, whatever the office has overlooked.
	wrong := draft(nil, staff)
	if _, err := s.InsertAuction(background, wrong, staff.ID, office.IdempotencyKey{}, office.Trail{}); err == nil {
		t.Fatal("an auctioneer was admitted as a participant")
	}
	_, err = s.Auction(background, wrong.ID)
	wants(t, err, office.ErrNotFound)
}

func contractIdempotency(t *testing.T, s office.Store) {
	staff := AddAccount(t, s, "dau.gia.vien", engine.RoleAuctioneer)
	other := AddAccount(t, s, "quan.tri", engine.RoleAdmin)
	key := office.IdempotencyKey{AccountID: staff.ID, Key: "k1", RequestHash: sha256.Sum256([]byte("r1")), At: now}
	const n = 6
	ids := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			var err error
			if ids[i], err = s.InsertAuction(background, draft([]office.LotDraft{Lot(1)}), staff.ID, key, office.Trail{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if slices.Sort(ids); ids[0] != ids[n-1] {
		t.Fatalf("one request made several auctions: %v", ids)
	}
	list, err := s.Auctions(background, office.AuctionQuery{Limit: 10})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d auctions kept, %v", len(list), err)
	}

	differs := key
	differs.RequestHash[0]++
	_, err = s.InsertAuction(background, draft(nil), staff.ID, differs, office.Trail{})
	wants(t, err, office.ErrKeyReused)
	theirs := key
	theirs.AccountID = other.ID
	id, err := s.InsertAuction(background, draft(nil), other.ID, theirs, office.Trail{})
	if err != nil || id == ids[0] {
		t.Fatalf("another account's key: %v", err)
	}
	check(t, s.Tidy(background, now, now, now.Add(1)))
	id, err = s.InsertAuction(background, draft(nil), staff.ID, key, office.Trail{})
	if err != nil || id == ids[0] {
		t.Fatalf("a forgotten key: %v", err)
	}
}

// Freeze makes the first record of a lot's session, in a plain way.
func Freeze(a *office.Auction, lot *office.LotDraft, session engine.SessionID, bidders ...office.Account) office.FrozenSession {
	c := engine.Created{
		Session: session, Rules: lot.Rules.Rules,
		Lot: engine.Lot{AuctionID: a.ID, LotID: lot.ID, Number: lot.Number, Kind: lot.Kind, Title: lot.Title, Owner: a.Owner},
	}
	if lot.Rules.ReserveAmount > 0 {
		c.Secret = &engine.Secret{Reserve: lot.Rules.ReserveAmount, Salt: sha256.Sum256([]byte(session))}
		hash := engine.ReserveHash(*c.Secret)
		c.Rules.Reserve = &hash
	}
	c.RulesHash = c.Rules.Hash()
	f := office.FrozenSession{}
	for i, b := range bidders {
		code := engine.ParticipantCode(fmt.Sprintf("M-%d", 100+i))
		c.Participants = append(c.Participants, engine.Participant{Code: code, Holder: engine.HolderOf(session, b.ID)})
		f.Admissions = append(f.Admissions, office.SealedAdmission{Finder: finder(b), Sealed: sealed(session, code, b)})
	}
	f.Created = c
	return f
}

// finder and sealed stand for what the vault makes of an account; the store
// only keeps it.
func finder(a office.Account) []byte { sum := sha256.Sum256([]byte(a.ID)); return sum[:] }

func sealed(id engine.SessionID, code engine.ParticipantCode, a office.Account) []byte {
	return fmt.Appendf(nil, "sealed %s %s %s", id, code, a.ID)
}

func contractPublication(t *testing.T, s office.Store) {
	staff := AddAccount(t, s, "dau.gia.vien", engine.RoleAuctioneer)
	x, y := AddAccount(t, s, "anh", engine.RoleBidder), AddAccount(t, s, "binh", engine.RoleBidder)
	a := draft([]office.LotDraft{Lot(1), Lot(2)}, x, y)
	a.Lots[1].Rules.ReserveAmount = 0
	a.Lots[1].Rules.OpensAt += 1000
	_, err := s.InsertAuction(background, a, staff.ID, office.IdempotencyKey{}, office.Trail{})
	check(t, err)
	one := Freeze(&a, &a.Lots[0], "000000000001", x, y)
	two := Freeze(&a, &a.Lots[1], "000000000002", y, x)
	p := office.Publication{AuctionID: a.ID, Version: 1, By: staff.ID, At: now, Sessions: []office.FrozenSession{one, two}}

	stale := p
	stale.Version = 2
	wants(t, s.PublishAuction(background, stale), office.ErrEditedMeanwhile)
	torn := p // its second session is refused: nothing of it may stay
	torn.Sessions = []office.FrozenSession{one, one}
	if err := s.PublishAuction(background, torn); err == nil {
		t.Fatal("one session was kept twice")
	}
	forged := p
	forged.Sessions = slices.Clone(p.Sessions)
	forged.Sessions[1].Created.RulesHash[0]++
	if err := s.PublishAuction(background, forged); err == nil {
		t.Fatal("rules were kept with a hash that is not theirs")
	}
	none, err := s.Pending(background, "", 10)
	same(t, len(none), 0, err)

	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() { errs[i] = s.PublishAuction(background, p) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wants(t, err, office.ErrPublished)
	}
	if won != 1 {
		t.Fatalf("published %d times", won)
	}
	wants(t, s.UpdateAuction(background, a, office.Trail{}), office.ErrPublished)

	got, err := s.Auction(background, a.ID)
	check(t, err)
	a.Status, a.Version, a.PublishedAt = office.StatusPublished, 2, now
	for i, f := range p.Sessions {
		a.Lots[i].Session = f.Created.Session
		a.Lots[i].Rules = office.RulesDraft{Rules: f.Created.Rules}
	}
	same(t, got, a, nil)
	contractHandOver(t, s, a.ID, one, two)

	list, err := s.Participations(background, finder(x), 10)
	same(t, list, []office.SealedParticipation{
		{Session: "000000000002", Sealed: sealed("000000000002", "M-101", x), LotTitle: a.Lots[1].Title, OpensAt: a.Lots[1].Rules.OpensAt, AuctionID: a.ID},
		{Session: "000000000001", Sealed: sealed("000000000001", "M-100", x), LotTitle: a.Lots[0].Title, OpensAt: a.Lots[0].Rules.OpensAt, AuctionID: a.ID},
	}, err)
	list, err = s.Participations(background, finder(x), 1)
	same(t, len(list), 1, err)
	rows, err := s.Admissions(background, "000000000002")
	same(t, len(rows), 2, err)
	rows, err = s.Admissions(background, "000000000009")
	same(t, len(rows), 0, err)
	for _, mark := range []string{"a", "b"} {
		kept, err := s.VaultMark(background, mark)
		same(t, kept, "a", err)
	}
}

func contractHandOver(t *testing.T, s office.Store, auction string, one, two office.FrozenSession) {
	t.Helper()
	pending, err := s.Pending(background, "", 10)
	check(t, err)
	has(t, pending, one.Created.Session, two.Created.Session)
	pending, err = s.Pending(background, auction, 1)
	check(t, err)
	has(t, pending, one.Created.Session)
	pending, err = s.Pending(background, uuid.NewString(), 10)
	check(t, err)
	has(t, pending)
	for _, f := range []office.FrozenSession{one, two} {
		c, err := s.Frozen(background, f.Created.Session)
		want := f.Created
		want.Participants = nil
		same(t, c, want, err)
		check(t, engine.CheckCreated(&c))
	}
	_, err = s.Frozen(background, "000000000009")
	wants(t, err, office.ErrNotFound)
	for range 2 {
		check(t, s.MarkHandedOver(background, one.Created.Session, now))
	}
	pending, err = s.Pending(background, "", 10)
	check(t, err)
	has(t, pending, two.Created.Session)
}
