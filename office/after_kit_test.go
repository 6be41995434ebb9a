package office_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
	"gobua/store/storetest"
)

// sale is an auction with one lot and four bidders who registered with a
// deposit, after bidding: an bid most, binh is adjacent, cuc bid and dung never
// came.
type sale struct {
	*house
	spy       *overheard
	auction   office.Auction
	lot       string
	session   engine.SessionID
	cuc, dung office.Account
	code      map[string]engine.ParticipantCode // by account
	reg       map[string]string                 // registrations, by account
	result    office.SessionResult
}

const (
	saleStart   = engine.Dong(1_000_000_000)
	saleDeposit = engine.Dong(200_000_000)
	saleAnswer  = engine.Millis(3600_000)
)

var saleAfter = office.SheetAfter{
	AnswerMs: saleAnswer, RefundDays: 3, PaymentDays: 30, SingleBidder: office.SingleConsent, AdjacentBidder: true,
}

// overheard remembers the letters that a proceeding begins with.
type overheard struct {
	office.Store
	mails []office.Mail
}

func (o *overheard) InsertProceeding(ctx context.Context, p office.Proceeding, t office.Trail) (bool, error) {
	kept, err := o.Store.InsertProceeding(ctx, p, t)
	if kept {
		o.mails = append(o.mails, t.Mails...)
	}
	return kept, err
}

// hold prepares the sale; levels are what an, binh and cuc bid most.
func hold(t *testing.T, after office.SheetAfter, levels [3]engine.Dong) *sale {
	t.Helper()
	return holdOn(t, storetest.Open(t), after, levels)
}

func holdOn(t *testing.T, kept office.Store, after office.SheetAfter, levels [3]engine.Dong) *sale {
	t.Helper()
	spy := &overheard{Store: kept}
	s := &sale{house: openOn(t, spy), spy: spy, code: map[string]engine.ParticipantCode{}, reg: map[string]string{}}
	s.cuc = s.account(t, "cuc.cuc", "Lò Thị Cúc", engine.RoleBidder)
	s.dung = s.account(t, "dung", "Hà Văn Dũng", engine.RoleBidder)
	s.auctioneer = office.Account{
		ID: uuid.NewString(), Login: "dgv.079", Name: "Trần Thị Minh", Role: engine.RoleAuctioneer, StaffRef: "ĐGV-079",
		CreatedAt: engine.InstantOf(s.Now()), CentreID: office.HostCentre,
	}
	check(t, s.store.InsertAccount(background, s.auctioneer, hashed(), s.auctioneer.Login, office.Trail{}))
	d := sheet(s.house)
	d.Lots = d.Lots[:1]
	d.Lots[0].Deposit, d.Lots[0].Rules.Start, d.Lots[0].Rules.ReserveAmount = saleDeposit, saleStart, 0
	d.Lots[0].Rules.Step = engine.Step{Kind: engine.StepFixed, Amount: 10_000_000}
	d.Participants = append(d.Participants, office.Participant{AccountID: s.cuc.ID}, office.Participant{AccountID: s.dung.ID})
	d.Sheet.After = after
	d.Sheet.People = office.SheetPeople{Auctioneer: s.auctioneer.ID, Clerk: s.clerk.ID, Observers: []string{s.observer.ID}}
	a, err := s.CreateAuction(background, s.auctioneer, d, "")
	check(t, err)
	s.auction, err = s.Publish(background, s.auctioneer, a.ID, 1)
	check(t, err)
	s.lot, s.session = s.auction.Lots[0].ID, s.auction.Lots[0].Session
	for i, who := range []office.Account{s.an, s.binh, s.cuc, s.dung} {
		mine, err := s.Participations(background, who.ID)
		check(t, err)
		s.code[who.ID] = mine[0].Code
		s.reg[who.ID] = s.register(t, who, i)
	}
	s.finish(levels)
	return s
}

func (s *sale) register(t *testing.T, who office.Account, i int) string {
	t.Helper()
	now := engine.InstantOf(s.Now())
	r := office.Registration{
		ID: uuid.NewString(), AuctionID: s.auction.ID, LotID: s.lot, AccountID: who.ID, Version: 1, Dossier: office.DossierApproved,
		Standing: office.StandingIn, CreatedAt: now, ChangedAt: now,
		Fee:     office.Payment{Memo: fmt.Sprintf("GBFEE%05d", i), State: office.PaymentReceived},
		Deposit: office.Payment{Memo: fmt.Sprintf("GBDEP%05d", i), Due: saleDeposit, Paid: saleDeposit, State: office.PaymentReceived, Method: "transfer"},
		RegistrationFacts: office.RegistrationFacts{RefundTo: office.BankAccount{
			BIN: "970436", Number: fmt.Sprintf("01234567%d", i), Holder: who.Name,
		}},
	}
	check(t, s.store.InsertRegistration(background, r, office.Trail{}))
	return r.ID
}

// finish makes the result of the session, which ends an hour and a half from
// now.
func (s *sale) finish(levels [3]engine.Dong) {
	s.pass(90 * time.Minute)
	ended := engine.InstantOf(s.Now())
	r := office.SessionResult{
		Session: s.session, Lot: s.created[s.session].Lot, RulesHash: s.created[s.session].RulesHash, Currency: "VND",
		Phase: engine.PhaseAnnounced, OpenedAt: ended - 1_800_000, ClosedAt: ended - 60_000, EndedAt: ended, Participants: 4, Present: 3,
		Head: engine.Head{Seq: 12, Hash: sha256.Sum256([]byte("head"))},
	}
	bidders := []office.Account{s.an, s.binh, s.cuc}
	seq := engine.Seq(4)
	for _, i := range []int{2, 1, 0} {
		code := s.code[bidders[i].ID]
		r.CheckIns = append(r.CheckIns, engine.Arrival{Code: code, At: r.OpenedAt + engine.Instant(i+1)*1000})
		if levels[i] > 0 {
			r.Bids = append(r.Bids, office.ResultBid{Seq: seq, At: r.OpenedAt + engine.Instant(seq)*60_000, Code: code, Level: levels[i]})
			seq++
		}
	}
	r.BidCount = len(r.Bids)
	r.Result = &engine.Result{Outcome: engine.OutcomeFailed, Ground: engine.GroundNoBid}
	if n := len(r.Bids); n > 0 {
		last := r.Bids[n-1]
		r.Result = &engine.Result{Outcome: engine.OutcomeSold, Winner: last.Code, Price: last.Level, BidAt: last.At, BidSeq: last.Seq}
	}
	s.result = r
}

func (s *sale) view(t *testing.T) office.ProceedingView {
	t.Helper()
	list, err := s.Proceedings(background, s.clerk, s.auction.ID)
	check(t, err)
	if len(list) != 1 {
		t.Fatalf("%d proceedings", len(list))
	}
	return list[0]
}

func (s *sale) mine(t *testing.T, who office.Account) office.MyProceeding {
	t.Helper()
	list, err := s.MyProceedings(background, who)
	check(t, err)
	if len(list) != 1 {
		t.Fatalf("%d proceedings", len(list))
	}
	return list[0]
}

// latest is what somebody signs who has read the latest version.
func (s *sale) latest(t *testing.T) office.Signing {
	t.Helper()
	v := s.view(t)
	m := v.Minutes[len(v.Minutes)-1]
	return office.Signing{Number: m.Number, Hash: m.Hash, Proof: password}
}

func (s *sale) deposit(t *testing.T, who office.Account) office.Payment {
	t.Helper()
	r, err := s.store.Registration(background, s.reg[who.ID])
	check(t, err)
	return r.Deposit
}

var contested = [3]engine.Dong{1_500_000_000, 1_300_000_000, 1_100_000_000}
