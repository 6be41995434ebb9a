package office_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gobua/engine"
	"gobua/office"
	"gobua/store/storetest"
)

// sheet is a draft that lacks nothing.
func sheet(h *house) office.AuctionDraft {
	opens := engine.InstantOf(h.Now().Add(time.Hour))
	d := office.AuctionDraft{
		Title: "Đấu giá quyền sử dụng đất và biển số", Centre: "Trung tâm dịch vụ đấu giá tài sản", Owner: "Sở Tài chính", Place: "Trực tuyến",
		Lots:         []office.LotDraft{storetest.Lot(1), storetest.Lot(2)},
		Participants: []office.Participant{{AccountID: h.an.ID}, {AccountID: h.binh.ID}},
	}
	for i := range d.Lots {
		d.Lots[i].ID = ""
		d.Lots[i].Rules.OpensAt = opens
	}
	d.Lots[1].Rules.ReserveAmount = 0
	return d
}

func (h *house) draft(t *testing.T) office.Auction {
	t.Helper()
	a, err := h.CreateAuction(background, h.auctioneer, sheet(h), "")
	check(t, err)
	return a
}

func (h *house) publish(t *testing.T) office.Auction {
	t.Helper()
	a, err := h.Publish(background, h.auctioneer, h.draft(t).ID, 1)
	check(t, err)
	return a
}

func TestOnlyAuctioneersAndAdminsPrepareAuctions(t *testing.T) {
	h := open(t)
	a := h.draft(t)
	for _, by := range []office.Account{h.observer, h.an, {}} {
		_, err := h.CreateAuction(background, by, sheet(h), "")
		wants(t, err, office.ErrForbidden)
		_, err = h.UpdateAuction(background, by, a.ID, 1, sheet(h))
		wants(t, err, office.ErrForbidden)
		_, err = h.Publish(background, by, a.ID, 1)
		wants(t, err, office.ErrForbidden)
	}
	_, err := h.CreateAuction(background, h.admin, sheet(h), "")
	check(t, err)
}

func TestADraftIsKeptAsWritten(t *testing.T) {
	h := open(t)
	d := sheet(h)
	d.Title = "  " + d.Title + "\n"
	d.Lots[0].Number = 0
	sent := sheet(h)
	sent.Title, sent.Lots[0].Number = d.Title, 0
	a, err := h.CreateAuction(background, h.auctioneer, d, "")
	check(t, err)
	if !reflect.DeepEqual(d, sent) {
		t.Fatal("the caller's draft was changed")
	}
	if a.Status != office.StatusDraft || a.Version != 1 || a.Title != strings.TrimSpace(d.Title) || a.Lots[0].Number != 1 ||
		a.ParticipantCount != 2 || a.Participants[0] != (office.Participant{AccountID: h.an.ID, Login: "an.an", Name: h.an.Name}) {
		t.Fatalf("%+v", a)
	}
	again, err := h.Auction(background, a.ID)
	if err != nil || !reflect.DeepEqual(again, a) {
		t.Fatalf("%+v, %v", again, err)
	}
	list, err := h.Auctions(background, h.auctioneer)
	if err != nil || len(list) != 1 || list[0].ParticipantCount != 2 || len(list[0].Lots) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	empty, err := h.CreateAuction(background, h.auctioneer, office.AuctionDraft{Title: "Chưa có gì"}, "")
	if err != nil || empty.Lots == nil || empty.Participants == nil {
		t.Fatalf("%+v, %v", empty, err)
	}
	_, err = h.Publish(background, h.auctioneer, empty.ID, 1)
	wantsFields(t, err, office.Field{Field: "lots", Code: "missing"}, office.Field{Field: "participants", Code: "missing"})
}

func TestEditingNeedsTheVersionRead(t *testing.T) {
	h := open(t)
	a := h.draft(t)
	a.Title = "Đổi tên"
	b, err := h.UpdateAuction(background, h.auctioneer, a.ID, a.Version, a.AuctionDraft)
	if err != nil || b.Version != 2 || b.Title != "Đổi tên" || b.Lots[0].ID != a.Lots[0].ID {
		t.Fatalf("%+v, %v", b, err)
	}
	_, err = h.UpdateAuction(background, h.admin, a.ID, a.Version, a.AuctionDraft)
	wants(t, err, office.ErrEditedMeanwhile)
	_, err = h.Publish(background, h.admin, a.ID, a.Version)
	wants(t, err, office.ErrEditedMeanwhile)
	_, err = h.UpdateAuction(background, h.admin, h.an.ID, 1, a.AuctionDraft)
	wants(t, err, office.ErrNotFound)
	_, err = h.UpdateAuction(background, h.admin, "1; drop table auctions", 1, a.AuctionDraft)
	wants(t, err, office.ErrNotFound)

	foreign := h.draft(t) // a lot of another auction cannot be taken over
	b.Lots[0].ID = foreign.Lots[0].ID
	b.Lots[1].ID = ""
	_, err = h.UpdateAuction(background, h.auctioneer, b.ID, 2, b.AuctionDraft)
	wantsFields(t, err, office.Field{Field: "lots.0.id", Code: "unknown"})
}

func TestARequestMadeTwiceMakesOneAuction(t *testing.T) {
	h := open(t)
	a, err := h.CreateAuction(background, h.auctioneer, sheet(h), "khóa-1")
	check(t, err)
	b, err := h.CreateAuction(background, h.auctioneer, sheet(h), "khóa-1")
	if err != nil || a.ID != b.ID {
		t.Fatalf("%s, %s, %v", a.ID, b.ID, err)
	}
	other := sheet(h)
	other.Title += "!"
	_, err = h.CreateAuction(background, h.auctioneer, other, "khóa-1")
	wants(t, err, office.ErrKeyReused)
	c, err := h.CreateAuction(background, h.admin, sheet(h), "khóa-1")
	if err != nil || c.ID == a.ID {
		t.Fatalf("another person's key: %v", err)
	}
	_, err = h.CreateAuction(background, h.admin, sheet(h), strings.Repeat("k", 201))
	wantsFields(t, err, office.Field{Field: "idempotencyKey", Code: "malformed"})
}

func TestAllMistakesOfADraftAreNamedAtOnce(t *testing.T) {
	h := open(t)
	revoked := h.account(t, "cuong", "Cường", engine.RoleBidder)
	_, err := h.Revoke(background, h.admin, revoked.ID)
	check(t, err)
	d := sheet(h)
	d.Title = " "
	d.Place = strings.Repeat("x", 301)
	d.Lots[0].Kind = "boat"
	d.Lots[0].Title = "a\x07b"
	d.Lots[0].Deposit = -1
	d.Lots[0].Rules.Start = 0
	d.Lots[0].Rules.Step.Amount = -5
	d.Lots[0].Rules.OpensAt = 0 // a draft may lack it
	d.Lots[1].Number = 1
	d.Lots[1].ID = h.an.ID
	d.Lots[1].Rules.ReserveAmount = d.Lots[1].Rules.Start - 1
	d.Lots[1].Rules.ReserveKind = engine.ReserveReveal // which needs maxima; a reserve is there
	d.Participants = []office.Participant{
		{AccountID: h.an.ID}, {AccountID: h.an.ID}, {AccountID: h.auctioneer.ID}, {AccountID: h.admin.ID}, {AccountID: revoked.ID}, {AccountID: "x"},
	}
	_, err = h.CreateAuction(background, h.auctioneer, d, "")
	wantsFields(t, err,
		office.Field{Field: "title", Code: "missing"}, office.Field{Field: "place", Code: "too_long"},
		office.Field{Field: "lots.0.kind", Code: "unknown"}, office.Field{Field: "lots.0.title", Code: "malformed"},
		office.Field{Field: "lots.0.deposit", Code: "out_of_range"}, office.Field{Field: "lots.0.rules.start", Code: "not_positive"},
		office.Field{Field: "lots.0.rules.step.amount", Code: "out_of_range"},
		office.Field{Field: "lots.1.number", Code: "duplicate"}, office.Field{Field: "lots.1.id", Code: "unknown"},
		office.Field{Field: "lots.1.rules.reserveKind", Code: "needs_proxy"},
		office.Field{Field: "lots.1.rules.reserveAmount", Code: "below_start"},
		office.Field{Field: "participants.1", Code: "duplicate"}, office.Field{Field: "participants.2", Code: "not_a_bidder"},
		office.Field{Field: "participants.3", Code: "not_a_bidder"}, office.Field{Field: "participants.4", Code: "revoked"},
		office.Field{Field: "participants.5", Code: "unknown"})
}

func TestPublishingChecksTheClockAndTheLaw(t *testing.T) {
	h := open(t)
	d := sheet(h)
	d.Lots[0].Rules.OpensAt = 0
	d.Lots[0].Rules.BiddingMs = 59_999
	d.Lots[1].Rules.OpensAt = engine.InstantOf(h.Now().Add(-6 * time.Minute))
	d.Lots[1].Deposit = 8_000_001 // of 40,000,000: a đồng above a fifth
	a, err := h.CreateAuction(background, h.auctioneer, d, "")
	check(t, err)
	if want := []office.Field{
		{Field: "lots.0.rules.biddingMs", Code: "below_legal_minimum"}, {Field: "lots.1.deposit", Code: "above_legal_maximum"},
	}; !slices.Equal(a.Warnings, want) {
		t.Fatalf("warnings %v", a.Warnings)
	}
	_, err = h.Publish(background, h.auctioneer, a.ID, 1)
	wantsFields(t, err, office.Field{Field: "lots.0.rules.opensAt", Code: "missing"},
		office.Field{Field: "lots.0.rules.biddingMs", Code: "below_legal_minimum"}, office.Field{Field: "lots.1.rules.opensAt", Code: "past"})

	strict := office.New(h.store, office.Options{Vault: h.vault, Now: h.Now, Require: office.Law2024, Log: storetest.Quiet})
	d = sheet(h)
	d.Lots[0].Deposit = 1_999_999 // a đồng below a twentieth
	a, err = h.UpdateAuction(background, h.auctioneer, a.ID, 1, d)
	check(t, err)
	_, err = strict.Publish(background, h.auctioneer, a.ID, a.Version)
	wantsFields(t, err, office.Field{Field: "lots.0.deposit", Code: "below_legal_minimum"})
	_, err = h.Publish(background, h.auctioneer, a.ID, a.Version) // here it is a warning
	check(t, err)
}

func TestPublishingFreezesTheRules(t *testing.T) {
	h := open(t)
	a := h.publish(t)
	if a.Status != office.StatusPublished || a.Version != 2 {
		t.Fatalf("%+v", a)
	}
	codes := map[engine.ParticipantCode]bool{}
	for i, lot := range a.Lots {
		c, ok := h.created[lot.Session]
		if !ok {
			t.Fatalf("lot %d was not handed over", i)
		}
		if c.Lot.LotID != lot.ID || c.Lot.AuctionID != a.ID || c.Lot.Owner != a.Owner || c.Lot.Centre != a.Centre || c.Lot.Title != lot.Title {
			t.Errorf("%+v", c.Lot)
		}
		if c.RulesHash != lot.Rules.Hash() || lot.Rules.ReserveAmount != 0 {
			t.Errorf("lot %d shows other rules than were frozen", i)
		}
		if hidden := i == 0; (c.Secret != nil) != hidden || hidden && c.Secret.Reserve != 60_000_000 {
			t.Errorf("lot %d: reserve %+v", i, c.Secret)
		}
		for _, who := range []office.Account{h.an, h.binh} {
			n := slices.IndexFunc(c.Participants, func(p engine.Participant) bool {
				return p.Holder == engine.HolderOf(c.Session, h.PseudonymIn(c.Session, who.ID))
			})
			if n < 0 || len(c.Participants[n].Code) != len("M-733") {
				t.Fatalf("lot %d: %s is not admitted: %v", i, who.Login, c.Participants)
			}
			mine, err := h.Participations(background, who.ID)
			want := office.Participation{Session: c.Session, Code: c.Participants[n].Code, LotTitle: lot.Title, OpensAt: lot.Rules.OpensAt, AuctionID: a.ID}
			if err != nil || !slices.Contains(mine, want) || len(mine) != 2 {
				t.Errorf("%s: %v, %v", who.Login, mine, err)
			}
			codes[c.Participants[n].Code] = true
		}
	}
	if len(codes) < 3 { // four draws of 900 may meet once
		t.Errorf("codes are not drawn at random: %v", codes)
	}
	_, err := h.UpdateAuction(background, h.auctioneer, a.ID, 2, sheet(h))
	wants(t, err, office.ErrPublished)
}

func TestPublishingTwiceIsPublishingOnce(t *testing.T) {
	h := open(t)
	a := h.draft(t)
	var wg sync.WaitGroup
	got := make([]office.Auction, 5)
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = h.Publish(background, h.auctioneer, a.ID, 1); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, b := range got {
		if !reflect.DeepEqual(b, got[0]) {
			t.Fatalf("%+v\n%+v", b, got[0])
		}
	}
	if ids := h.sessions(); len(ids) != 2 {
		t.Fatalf("sessions %v", ids)
	}
	_, err := h.Publish(background, h.auctioneer, a.ID, 2) // the page has read it meanwhile
	check(t, err)
	_, err = h.Publish(background, h.auctioneer, a.ID, 3)
	wants(t, err, office.ErrEditedMeanwhile)
}

func TestWhatWasNotHandedOverIsHandedOverLater(t *testing.T) {
	h := open(t)
	h.failing(errors.New("the journal is full"))
	a := h.publish(t) // published, whatever the engine says
	if len(h.sessions()) != 0 {
		t.Fatal("sessions exist")
	}
	if err := h.Reconcile(background); err == nil || !strings.Contains(err.Error(), "the journal is full") {
		t.Fatalf("got %v", err)
	}
	h.failing(nil)

	// The program died between commit and hand-over; another one starts.
	next := office.New(h.store, office.Options{Vault: h.vault, Now: h.Now, Sessions: h.desk, Log: storetest.Quiet})
	check(t, next.Reconcile(background))
	want := []engine.SessionID{a.Lots[0].Session, a.Lots[1].Session}
	slices.Sort(want)
	if got := h.sessions(); !slices.Equal(got, want) {
		t.Fatalf("handed over %v, want %v", got, want)
	}

	// A session that was in the journal once is never begun again from here.
	clear(h.created)
	check(t, next.Reconcile(background))
	if got := h.sessions(); len(got) != 0 {
		t.Fatalf("handed over again: %v", got)
	}
}

func TestOneBadSessionDoesNotHoldUpTheOthers(t *testing.T) {
	h := open(t)
	h.failing(errors.New("not now"))
	a := h.publish(t)
	h.failing(nil)
	h.created[a.Lots[0].Session] = engine.Created{} // exists there with other rules
	if err := h.Reconcile(background); err == nil || !strings.Contains(err.Error(), "other rules") {
		t.Fatalf("got %v", err)
	}
	if _, ok := h.created[a.Lots[1].Session]; !ok {
		t.Fatal("the second session was held up")
	}
}

func TestAPublicationWhoseAnswerIsLostIsNotMadeTwice(t *testing.T) {
	line := storetest.NewLine(t, storetest.Database(t))
	s := storetest.OpenAt(t, line.DSN)
	storetest.WaitReady(t, s)
	h := openOn(t, s)
	a := h.draft(t)
	line.LoseAnswerTo("published_by")
	_, err := h.Publish(background, h.auctioneer, a.ID, 1)
	wants(t, err, office.ErrUnavailable)
	line.Mend()
	b, err := h.Publish(background, h.auctioneer, a.ID, 1)
	check(t, err)
	if got := h.sessions(); len(got) != 2 || b.Status != office.StatusPublished {
		t.Fatalf("%v, %+v", got, b)
	}
}

func TestRunReconcilesUntilItIsTold(t *testing.T) {
	h := open(t)
	h.failing(errors.New("not now"))
	a := h.publish(t)
	h.failing(nil)
	frozen := map[engine.SessionID]engine.Created{}
	for _, lot := range a.Lots {
		c, err := h.store.Frozen(background, lot.Session)
		check(t, err)
		frozen[lot.Session] = c
	}
	// The clock of the loop is a bubble's, so its store cannot be on a line.
	synctest.Test(t, func(t *testing.T) {
		s := &waitingStore{frozen: frozen}
		o := office.New(s, office.Options{Vault: h.vault, Sessions: h.desk, Log: storetest.Quiet})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); o.Run(ctx) }()
		time.Sleep(time.Second) // in the bubble
		if asked, tidied := s.counts(); asked != 1 || tidied != 0 {
			t.Errorf("asked %d, tidied %d while the database is away", asked, tidied)
		}
		s.comeBack()
		time.Sleep(2 * time.Second)
		if _, tidied := s.counts(); tidied != 1 || len(h.sessions()) != 2 {
			t.Errorf("%d sessions, tidied %d when it is back", len(h.sessions()), tidied)
		}
		time.Sleep(2 * time.Hour)
		if asked, tidied := s.counts(); asked < 120 || asked > 123 || tidied != 3 {
			t.Errorf("asked %d, tidied %d in two hours", asked, tidied)
		}
		cancel()
		<-done
	})
}
