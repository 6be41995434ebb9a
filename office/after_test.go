package office_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"gobua/engine"
	"gobua/office"
	"gobua/office/table"
)

// TestWinnerRefusesAdjacentAccepts is the whole way of Điều 51: refused, the
// adjacent bidder asked and won at the own price, minutes signed, deposits
// settled, price paid, auction concluded.
func TestWinnerRefusesAdjacentAccepts(t *testing.T) {
	s := hold(t, saleAfter, contested)
	check(t, s.Deliver(background, s.result))
	if v := s.view(t); v.State != office.ProceedingConfirm || v.Winner != s.an.Name || len(v.Minutes) != 1 {
		t.Fatalf("%s, %q, %d minutes", v.State, v.Winner, len(v.Minutes))
	}
	first := s.latest(t)
	_, err := s.RefuseResult(background, s.an, s.lot, "M-1", "")
	wantsFields(t, err, office.Field{Field: "typed", Code: "not_the_code"})
	_, err = s.RefuseResult(background, s.binh, s.lot, string(s.code[s.binh.ID]), "")
	wants(t, err, office.ErrForbidden)
	my, err := s.RefuseResult(background, s.an, s.lot, string(s.code[s.an.ID]), "Không đủ tiền")
	check(t, err)
	if my.Part != office.PartFallen || my.Forfeit != office.ForfeitRefused {
		t.Fatalf("%+v", my)
	}
	if got := s.mine(t, s.binh); got.Part != office.PartOther {
		t.Fatalf("before the offer nobody is the adjacent bidder: %+v", got)
	}
	_, err = s.OfferAdjacent(background, s.clerk, s.lot)
	wants(t, err, office.ErrForbidden)
	_, err = s.OfferAdjacent(background, s.auctioneer, s.lot)
	check(t, err)
	if got := s.mine(t, s.binh); got.Part != office.PartAdjacent || got.Offer != contested[1] {
		t.Fatalf("%+v", got)
	}
	_, err = s.AnswerOffer(background, s.binh, s.lot, true, "sai mật khẩu")
	wantsFields(t, err, office.Field{Field: "proof", Code: "wrong"})
	my, err = s.AnswerOffer(background, s.binh, s.lot, true, password)
	check(t, err)
	if my.Part != office.PartWinner || my.Price != contested[1] || my.Minutes == nil || my.Minutes.Number != 4 {
		t.Fatalf("%+v", my)
	}
	_, err = s.ConfirmResult(background, s.binh, s.lot, first)
	wants(t, err, office.ErrEditedMeanwhile)
	my, err = s.ConfirmResult(background, s.binh, s.lot, s.latest(t))
	check(t, err)
	if my.State != office.ProceedingSold || my.Balance != contested[1]-saleDeposit {
		t.Fatalf("%+v", my)
	}
	s.wantsDeposits(t, map[string]office.PaymentState{
		s.an.ID: office.PaymentReceived, s.binh.ID: office.PaymentConverted, s.cuc.ID: office.PaymentRefundDue, s.dung.ID: office.PaymentReceived,
	})
	for who, ground := range map[string]office.ForfeitGround{s.an.ID: office.ForfeitRefused, s.dung.ID: office.ForfeitAbsent} {
		r, err := s.store.Registration(background, s.reg[who])
		check(t, err)
		if r.Deposit.Forfeit == nil || r.Deposit.Forfeit.Ground != ground || r.Deposit.Forfeit.ProposedBy != "" {
			t.Errorf("%s: %+v", ground, r.Deposit.Forfeit)
		}
	}
	a, err := s.Auction(background, s.auction.ID)
	check(t, err)
	if a.Status != office.StatusConcluded || a.ConcludedAt == 0 {
		t.Errorf("the auction is %s", a.Status)
	}
	out, err := s.Outcomes(background, s.auction.ID)
	check(t, err)
	want := office.LotOutcome{
		AuctionID: a.ID, LotID: s.lot, Number: 1, Title: a.Lots[0].Title, Session: s.session, State: office.ProceedingSold, Currency: "VND",
		Code: s.code[s.binh.ID], Price: contested[1], BidAt: s.result.Bids[1].At, Adjacent: true, EndedAt: s.result.EndedAt, ChangedAt: engine.InstantOf(s.Now()),
	}
	if len(out) != 1 || !reflect.DeepEqual(out[0], want) {
		t.Errorf("the public reads\n%+v, want\n%+v", out, want)
	}
}

func (s *sale) wantsDeposits(t *testing.T, want map[string]office.PaymentState) {
	t.Helper()
	for who, state := range want {
		r, err := s.store.Registration(background, s.reg[who])
		check(t, err)
		if r.Deposit.State != state {
			t.Errorf("the deposit of %s is %s, want %s", r.Name, r.Deposit.State, state)
		}
	}
}

// TestAResultThatArrivesAgainChangesNothing: delivery, crash and reconciling in
// any order leave one proceeding, one version of the minutes, one letter each.
func TestAResultThatArrivesAgainChangesNothing(t *testing.T) {
	s := hold(t, saleAfter, contested)
	check(t, s.store.InsertResult(background, s.result, engine.InstantOf(s.Now()))) // and the process died
	check(t, s.again(t).FollowUp(background))
	check(t, s.Deliver(background, s.result))
	check(t, s.FollowUp(background))
	check(t, s.Deliver(background, s.result))
	v := s.view(t)
	if len(v.Steps) != 1 || len(v.Minutes) != 1 || v.Version != 1 {
		t.Fatalf("%d steps, %d minutes, version %d", len(v.Steps), len(v.Minutes), v.Version)
	}
	acts, err := s.store.Acts(background, office.ActQuery{Name: "proceeding.begin", Limit: 9})
	if err != nil || len(acts) != 1 {
		t.Fatalf("%d beginnings, %v", len(acts), err)
	}
	// The winner's silence, noticed twice.
	s.pass(2 * time.Hour)
	check(t, s.FollowUp(background))
	check(t, s.FollowUp(background))
	if v = s.view(t); v.State != office.ProceedingOffer || len(v.Fallen) != 1 || len(v.Minutes) != 2 {
		t.Fatalf("%s, fallen %v, %d minutes", v.State, v.Fallen, len(v.Minutes))
	}
	s.pass(time.Hour)
	check(t, s.FollowUp(background)) // the program asks where the auctioneer did not
	s.pass(time.Hour)
	check(t, s.FollowUp(background))
	if v = s.view(t); v.State != office.ProceedingFailed || v.Ground != office.FailNotSigned || !v.DepositsDone {
		t.Fatalf("%s %s", v.State, v.Ground)
	}
	s.wantsDeposits(t, map[string]office.PaymentState{s.binh.ID: office.PaymentRefundDue, s.an.ID: office.PaymentReceived})
}

func TestMinutesAreDeterministicAndNothingIsOverwritten(t *testing.T) {
	s := hold(t, saleAfter, contested)
	check(t, s.Deliver(background, s.result))
	m, err := s.MinutesFile(background, s.observer, s.lot, 1)
	check(t, err)
	if m.Hash != sha256.Sum256(m.PDF) || !bytes.HasPrefix(m.PDF, []byte("%PDF")) {
		t.Fatal("the hash is not that of the file")
	}
	_, err = s.RecordRefusal(background, s.auctioneer, s.lot, true, office.Word{Reason: "Không ký vào biên bản"})
	check(t, err)
	again, err := s.MinutesFile(background, s.observer, s.lot, 1)
	if err != nil || !bytes.Equal(m.PDF, again.PDF) {
		t.Fatalf("version 1 has changed: %v", err)
	}
	v := s.view(t)
	if len(v.Minutes) != 2 || v.Minutes[1].Hash == m.Hash {
		t.Fatalf("%+v", v.Minutes)
	}
	// Another process writes the same minutes from the same facts.
	other := hold(t, saleAfter, contested)
	check(t, other.Deliver(background, other.result))
	one, err := other.MinutesFile(background, other.observer, other.lot, 1)
	check(t, err)
	check(t, other.again(t).FollowUp(background))
	two, err := other.MinutesFile(background, other.observer, other.lot, 1)
	if err != nil || !bytes.Equal(one.PDF, two.PDF) || len(other.view(t).Minutes) != 1 {
		t.Fatalf("written twice: %v", err)
	}
}

func TestASignatureHoldsForTheFileThatWasRead(t *testing.T) {
	s := hold(t, saleAfter, contested)
	check(t, s.Deliver(background, s.result))
	good := s.latest(t)
	other := good
	other.Hash[0] ^= 1
	_, err := s.SignMinutes(background, s.auctioneer, s.lot, other)
	wants(t, err, office.ErrEditedMeanwhile)
	wrong := good
	wrong.Proof = "sai"
	_, err = s.SignMinutes(background, s.auctioneer, s.lot, wrong)
	wantsFields(t, err, office.Field{Field: "proof", Code: "wrong"})
	_, err = s.SignMinutes(background, s.registrar, s.lot, good)
	wants(t, err, office.ErrForbidden)
	for _, by := range []office.Account{s.auctioneer, s.clerk} {
		_, err = s.SignMinutes(background, by, s.lot, good)
		check(t, err)
	}
	_, err = s.SignMinutes(background, s.auctioneer, s.lot, good)
	wants(t, err, office.ErrWrongState) // twice
	_, err = s.RefuseToSign(background, s.observer, s.lot, good, "")
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	_, err = s.RefuseToSign(background, s.observer, s.lot, good, "Chưa đọc kịp")
	check(t, err)
	_, err = s.ConfirmResult(background, s.an, s.lot, good)
	check(t, err)
	m := s.view(t).Minutes
	var got []string
	for _, x := range m[len(m)-1].Signatures {
		got = append(got, fmt.Sprint(x.Slot, " ", x.Method, " ", x.Refused, " ", x.Name, " ", x.Code == s.code[s.an.ID], " ", x.Hash == good.Hash))
	}
	slices.Sort(got)
	want := []string{
		"auctioneer password  Trần Thị Minh false true", "clerk password  Trịnh Thư Ký false true",
		"observer  Chưa đọc kịp Giám Sát false true", "winner password   true true",
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got  %q\nwant %q", got, want)
	}
}

func TestASingleBidderNeedsTheOwnersPaper(t *testing.T) {
	for _, given := range []bool{true, false} {
		s := hold(t, saleAfter, [3]engine.Dong{1_200_000_000, 0, 0})
		check(t, s.Deliver(background, s.result))
		_, err := s.OwnerConsents(background, s.clerk, s.lot, given, office.Word{})
		if given {
			wantsFields(t, err, office.Field{Field: "document", Code: "missing"})
		} else {
			wantsFields(t, err, office.Field{Field: "document", Code: "missing"}, office.Field{Field: "reason", Code: "missing"})
		}
		_, err = s.OwnerConsents(background, s.clerk, s.lot, given, office.Word{Document: "12/CV-STC ngày 23/11/2026", Reason: "Ý kiến của chủ tài sản"})
		check(t, err)
		want := office.ProceedingFailed
		if given {
			want = office.ProceedingConfirm
		}
		if v := s.view(t); v.State != want || len(v.Minutes) != 2 {
			t.Fatalf("%s, %d minutes", v.State, len(v.Minutes))
		}
	}
}

// TestLettersAfterTheSession: everybody reads code and price, the winner also
// property, beginning, end and recorded time (Nghị định 62, Điều 11), and no
// letter or event names anybody.
func TestLettersAfterTheSession(t *testing.T) {
	s := hold(t, saleAfter, contested)
	check(t, s.Deliver(background, s.result))
	trails := s.spy.mails
	var winner string
	for _, m := range trails {
		if m.Kind == "result_winner" {
			winner = m.Body
		}
		for _, who := range []office.Account{s.an, s.binh, s.cuc, s.dung} {
			if strings.Contains(m.Body+m.Subject, who.Name) {
				t.Errorf("a letter names %s: %s", who.Name, m.Body)
			}
		}
	}
	if len(trails) != 5 {
		t.Errorf("%d letters, want one to each of four and one to the winner", len(trails))
	}
	for _, want := range []string{
		s.auction.Lots[0].Title, "1.500.000.000", "Bắt đầu trả giá: 16 giờ 00 phút 00 giây ngày 23/11/2026",
		"Kết thúc trả giá: 16 giờ 29 phút 00 giây ngày 23/11/2026", "ghi nhận giá trúng lúc 16 giờ 06 phút 00 giây ngày 23/11/2026",
	} {
		if !strings.Contains(winner, want) {
			t.Errorf("%q is missing in the winner's letter:\n%s", want, winner)
		}
	}
}

func TestThePublicReadsTheNameOnlyWhereTheSheetSaysSo(t *testing.T) {
	for _, named := range []bool{true, false} {
		after := saleAfter
		after.NameWinner = named
		s := hold(t, after, contested)
		check(t, s.Deliver(background, s.result))
		out, err := s.Outcomes(background, s.auction.ID)
		if err != nil || out[0].Winner != "" {
			t.Fatalf("before the winner has confirmed: %+v, %v", out, err)
		}
		_, err = s.ConfirmResult(background, s.an, s.lot, s.latest(t))
		check(t, err)
		out, err = s.Outcomes(background, s.auction.ID)
		check(t, err)
		if (out[0].Winner == s.an.Name) != named {
			t.Errorf("named %v: %+v", named, out[0])
		}
		raw, err := json.Marshal(out)
		check(t, err)
		if !named && bytes.Contains(raw, []byte(s.an.Name)) {
			t.Errorf("a name is public: %s", raw)
		}
	}
}

func TestALotWithNobodyHasFailedAndTheAuctionEnds(t *testing.T) {
	h := open(t)
	d := h.draft(t)
	err := h.FailUnregistered(background, h.auctioneer, d, d.Lots[0].ID)
	check(t, err)
	check(t, h.FailUnregistered(background, h.auctioneer, d, d.Lots[0].ID)) // again
	list, err := h.Proceedings(background, h.auctioneer, d.ID)
	check(t, err)
	if len(list) != 1 || list[0].Ground != office.FailNobodyRegistered || len(list[0].Minutes) != 0 || !list[0].DepositsDone {
		t.Fatalf("%+v", list)
	}
	wants(t, h.FailUnregistered(background, h.auctioneer, d, uuid.NewString()), office.ErrNotFound)
}

func TestStaffOfAnotherCentreFindNoProceeding(t *testing.T) {
	s := hold(t, saleAfter, contested)
	check(t, s.Deliver(background, s.result))
	other := office.Centre{ID: uuid.NewString(), Version: 1, Name: "Trung tâm khác", CreatedAt: 1}
	check(t, s.store.InsertCentre(background, other, office.Trail{}))
	stranger := s.staffOf(t, other.ID, "nguoi.khac", engine.RoleAuctioneer)
	_, err := s.Proceedings(background, stranger, s.auction.ID)
	wants(t, err, office.ErrNotFound)
	_, err = s.OfferAdjacent(background, stranger, s.lot)
	wants(t, err, office.ErrNotFound)
	_, err = s.MinutesFile(background, stranger, s.lot, 1)
	wants(t, err, office.ErrNotFound)
	_, err = s.RefundFile(background, stranger, s.auction.ID, table.CSV)
	wants(t, err, office.ErrNotFound)
	_, err = s.MyMinutes(background, s.binh, s.lot, 1)
	wants(t, err, office.ErrForbidden)
}

// TestDisqualifiedAfterTheSession: the award falls, the adjacent bidder is
// asked, and the deposits of the one and of who was out in the session are
// proposed as lost on their own grounds.
func TestDisqualifiedAfterTheSession(t *testing.T) {
	s := hold(t, saleAfter, contested)
	s.result.Outs = []office.ResultOut{{At: s.result.OpenedAt + 1, Code: s.code[s.cuc.ID], Withdrew: true}}
	check(t, s.Deliver(background, s.result))
	word := office.Word{Reason: "Hồ sơ giả", Document: "03/BB ngày 23/11/2026"}
	_, err := s.DisqualifyAfter(background, s.clerk, s.lot, s.code[s.an.ID], word)
	wants(t, err, office.ErrForbidden)
	_, err = s.DisqualifyAfter(background, s.auctioneer, s.lot, "M-1", word)
	wants(t, err, office.ErrNotFound)
	_, err = s.DisqualifyAfter(background, s.auctioneer, s.lot, s.code[s.an.ID], office.Word{})
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	p, err := s.DisqualifyAfter(background, s.auctioneer, s.lot, s.code[s.an.ID], word)
	check(t, err)
	if p.State != office.ProceedingOffer || p.Offer.Code != s.code[s.binh.ID] {
		t.Fatalf("%s %+v", p.State, p.Offer)
	}
	_, err = s.OfferAdjacent(background, s.auctioneer, s.lot)
	check(t, err)
	_, err = s.AnswerOffer(background, s.binh, s.lot, false, "")
	check(t, err)
	for who, ground := range map[string]office.ForfeitGround{
		s.an.ID: office.ForfeitDisqualified, s.cuc.ID: office.ForfeitWithdrew, s.dung.ID: office.ForfeitAbsent,
	} {
		r, err := s.store.Registration(background, s.reg[who])
		check(t, err)
		if r.Deposit.Forfeit == nil || r.Deposit.Forfeit.Ground != ground {
			t.Errorf("want %s, got %+v", ground, r.Deposit.Forfeit)
		}
	}
	if d := s.deposit(t, s.binh); d.State != office.PaymentRefundDue {
		t.Errorf("who declined an offer loses nothing: %+v", d)
	}
	_, err = s.DisqualifyAfter(background, s.auctioneer, s.lot, s.code[s.binh.ID], word)
	wants(t, err, office.ErrWrongState) // the lot is final
}

// TestNobodyIsNamedUnlessSingledOut: who keeps the money reads codes.
func TestNobodyIsNamedUnlessSingledOut(t *testing.T) {
	s := hold(t, saleAfter, contested)
	check(t, s.Deliver(background, s.result))
	view, err := s.Proceedings(background, s.admin, s.auction.ID)
	check(t, err)
	if view[0].Winner != "" {
		t.Errorf("an administrator reads %s", view[0].Winner)
	}
	// The minutes need the winner by law, and nobody has to ask for it.
	view, err = s.Proceedings(background, s.clerk, s.auction.ID)
	check(t, err)
	if view[0].Winner == "" {
		t.Error("who writes the minutes does not read the winner")
	}
}

// TestACancelledSessionGivesEverythingBack: nobody is to blame.
func TestACancelledSessionGivesEverythingBack(t *testing.T) {
	s := hold(t, saleAfter, contested)
	s.result.Phase, s.result.Result, s.result.Reason = engine.PhaseCancelled, nil, "Người có tài sản yêu cầu"
	check(t, s.Deliver(background, s.result))
	v := s.view(t)
	if v.State != office.ProceedingCancelled || len(v.Minutes) != 0 {
		t.Fatalf("%s, %d minutes", v.State, len(v.Minutes))
	}
	s.wantsDeposits(t, map[string]office.PaymentState{
		s.an.ID: office.PaymentRefundDue, s.binh.ID: office.PaymentRefundDue, s.cuc.ID: office.PaymentRefundDue, s.dung.ID: office.PaymentRefundDue,
	})
}
