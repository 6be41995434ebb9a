package office

import (
	"strings"
	"testing"

	"gobua/engine"
)

// soldUnits is a result of three winners of a hundred units (MU-03).
func soldUnits() SessionResult {
	r := sold(0, bid(3, "Z", 6), bid(4, "Y", 7), bid(5, "X", 8))
	for i, units := range []int{75, 20, 10} {
		r.Bids[i].Units = units
	}
	r.Result = &engine.Result{
		Outcome: engine.OutcomeSold, Winner: "X", Price: 6, BidAt: r.Bids[2].At, BidSeq: 5,
		Awards: []engine.Award{
			{Code: "X", Units: 10, Price: 6, BidAt: r.Bids[2].At, BidSeq: 5}, {Code: "Y", Units: 20, Price: 6, BidAt: r.Bids[1].At, BidSeq: 4},
			{Code: "Z", Units: 70, Wanted: 75, Price: 6, BidAt: r.Bids[0].At, BidSeq: 3},
		},
	}
	return r
}

// TestMU1SeveralWinners: the proceeding tells all of them, each what they pay,
// asks nobody to confirm in the place of others, and ends.
func TestMU1SeveralWinners(t *testing.T) {
	r := soldUnits()
	p := beginProceeding(r, agreed, 0)
	if p.State != ProceedingSold || p.Award != nil || len(p.Awards) != 3 || p.Settlement != nil || len(p.Runners) > 0 {
		t.Fatalf("the proceeding is %+v", p)
	}
	who := cast{everybody: []string{"x", "y", "z", "w"}, behind: map[engine.ParticipantCode]string{"X": "x", "Y": "y", "Z": "z", "W": "w"}}
	told, all := map[string]string{}, 0
	for _, m := range (&Office{}).stepLetters(&p, p.Steps, who, &r) {
		if m.Kind == "result_participant" {
			all++
			if !strings.Contains(m.Body, "3 người trúng đấu giá, tất cả 100 đơn vị, giá mỗi đơn vị 6\u00a0đồng") {
				t.Errorf("everybody is told %q", m.Body)
			}
		}
		if m.Kind == "result_winner" {
			told[m.AccountID] += m.Body
		}
	}
	for account, want := range map[string]string{"x": "tổng cộng 60\u00a0đồng", "y": "20 đơn vị, giá mỗi đơn vị 6\u00a0đồng", "z": "70 trong 75 đơn vị"} {
		if !strings.Contains(told[account], want) {
			t.Errorf("%s is not told %q but %q", account, want, told[account])
		}
	}
	if all != len(who.everybody) { // not once a winner
		t.Errorf("%d letters to %d people", all, len(who.everybody))
	}
	if len(told) != 3 {
		t.Errorf("%d are told that they have won", len(told))
	}
	for code, want := range map[engine.ParticipantCode]Part{"X": PartWinner, "Y": PartWinner, "Z": PartWinner, "W": PartOther} {
		if got := p.partOf(code); got != want || p.wins(code) != (want == PartWinner) {
			t.Errorf("%s is %s", code, got)
		}
	}
	if out := p.outcome(); len(out.Awards) != 3 {
		t.Errorf("the public is told %+v", out)
	}
	if got := winnersText(r.Result); got != "X (10), Y (20), Z (70)" {
		t.Errorf("the feed names %q", got)
	}
}

// TestMU1InThePaper: the printed Quy chế says the order, the price, and what a
// part is.
func TestMU1InThePaper(t *testing.T) {
	lot := PublicLot{Number: 1, Rules: engine.Rules{Method: "sealed", Sealed: &engine.Sealed{Pricing: engine.PricingUniform, Rounds: 1, Units: 100}}}
	said := strings.Join(biddingText([]PublicLot{lot}), "\n")
	for _, want := range []string{"Bán 100 đơn vị giống nhau", "giá khởi điểm và bước giá là của một đơn vị", "giá của phiếu trúng thấp nhất", "nhân với số đơn vị được mua", "nếu không thì giá khởi điểm", "được từ chối phần đó", "số đơn vị nhiều hơn"} {
		if !strings.Contains(said, want) {
			t.Errorf("the paper does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "giá được nhận trước") {
		t.Errorf("the paper decides equal prices in two ways:\n%s", said)
	}
	if got := methodText([]PublicLot{lot}); !strings.Contains(got, "nhiều đơn vị cùng một giá") {
		t.Errorf("the method is %q", got)
	}
	course := courseSentence(engine.Moment{Kind: engine.KindPartDeclined, Code: "Z", Text: "ít quá"}, &courseClock{}, "VND")
	if !strings.Contains(course, "mã số Z") || !strings.Contains(course, "ít quá") {
		t.Errorf("the minutes say %q", course)
	}
}

// TestMU1ASingleBidderNeedsTheOwner: whoever is alone with an offer for some of
// the units gets them by the word of the owner, as a lot sold as one (Điều 49).
func TestMU1ASingleBidderNeedsTheOwner(t *testing.T) {
	alone := soldUnits()
	alone.Bids, alone.Result.Awards = alone.Bids[2:], alone.Result.Awards[:1]
	who := cast{everybody: []string{"x", "y"}, behind: map[engine.ParticipantCode]string{"X": "x"}}
	p := beginProceeding(alone, agreed, 0)
	if p.State != ProceedingConsent || !p.Single || p.wins("X") || p.partOf("X") != PartWinner || p.asked() != 60 {
		t.Fatalf("the proceeding is %+v", p)
	}
	if out := p.outcome(); len(out.Awards) != 1 || out.State != ProceedingConsent {
		t.Errorf("the public is told %+v", out)
	}
	yes, no, out, never := p, p, p, agreed
	must(t, yes.consent(ended+5, "x", true, "12/CV", ""))
	if yes.State != ProceedingSold || !yes.wins("X") {
		t.Errorf("with the owner's word: %s", yes.State)
	}
	letters := (&Office{}).stepLetters(&yes, yes.Steps[len(p.Steps):], who, nil)
	if len(letters) != 1 || letters[0].AccountID != "x" || letters[0].Kind != "result_consent" || strings.Contains(letters[0].Body, "trước 0") {
		t.Errorf("told are %+v", letters)
	}
	must(t, no.consent(ended+5, "x", false, "12/CV", "không bán"))
	must(t, out.disqualify(ended+5, "X", "thông đồng", "auctioneer"))
	never.SingleBidder = SingleNever
	failed := beginProceeding(alone, never, 0)
	for want, p := range map[FailGround]*Proceeding{FailSingleBidder: &no, FailRefused: &out} {
		if p.State != ProceedingFailed || p.Ground != want || p.wins("X") || p.outcome().Awards != nil {
			t.Errorf("%s: %s %s", want, p.State, p.Ground)
		}
	}
	for _, m := range (&Office{}).stepLetters(&failed, failed.Steps, who, &alone) {
		if failed.State != ProceedingFailed || m.Kind == "result_winner" {
			t.Errorf("%s, and %s is sent", failed.State, m.Kind)
		}
	}
}
