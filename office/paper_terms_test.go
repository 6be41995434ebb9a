package office

import (
	"slices"
	"strings"
	"testing"

	"gobua/engine"
	"gobua/office/document"
)

// TestOverridesInThePaper: the printed Quy chế names in words what departs from
// the law, and has words for whatever may.
func TestOverridesInThePaper(t *testing.T) {
	for field, want := range map[string]string{
		"lots.0.rules.method not_in_law":             "Lô 1: phương thức đấu giá không có trong Luật Đấu giá tài sản. Lý do: Vì thế.",
		"lots.11.deposit above_legal_maximum":        "Lô 12: tiền đặt trước cao hơn mức tối đa theo quy định. Lý do: Vì thế.",
		"sheet.windows.listedOn listing_too_short":   "Thời gian niêm yết ngắn hơn thời gian niêm yết theo quy định. Lý do: Vì thế.",
		"sheet.viewing.2 viewing_outside":            "Thời gian xem tài sản không nằm giữa ngày niêm yết và ngày mở phiên. Lý do: Vì thế.",
		"sheet.windows.deposit.from opens_early":     "Thời gian nộp tiền đặt trước bắt đầu sớm hơn quy định. Lý do: Vì thế.",
		"sheet.money.dossierFee above_legal_maximum": "Tiền mua hồ sơ cao hơn mức tối đa theo quy định. Lý do: Vì thế.",
	} {
		at, code, _ := strings.Cut(field, " ")
		if got := overrideText([]Override{{Field: at, Code: code, Reason: "Vì thế."}}); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	for _, code := range Overridable {
		if departures[code] == "" {
			t.Errorf("%s has no words", code)
		}
	}
}

// TestTermsFollowTheWayToSell: a sheet speaks of the adjacent price only where
// there can be one, and of maxima and a hidden reserve where it has them.
func TestTermsFollowTheWayToSell(t *testing.T) {
	after := SheetAfter{AdjacentBidder: true}
	falling := PublicLot{Number: 1, Rules: engine.Rules{Descent: &engine.Descent{Amount: 1, EveryMs: 90_000, Floor: 1}}}
	rising := PublicLot{Number: 2, Rules: engine.Rules{Proxy: true, Reserve: &engine.Hash{}, Closing: engine.Closing{Kind: engine.ClosingFixed}}}
	if got := strings.Join(withdrawalText([]PublicLot{falling}, after), " "); strings.Contains(got, "liền kề") || !strings.Contains(got, "giá đã chấp nhận") {
		t.Errorf("of a falling price: %q", got)
	}
	if got := strings.Join(withdrawalText([]PublicLot{rising}, after), " "); !strings.Contains(got, "liền kề") || strings.Contains(got, "giá đã chấp nhận") {
		t.Errorf("of a rising price: %q", got)
	}
	if got := len(withdrawalText([]PublicLot{falling, rising}, after)); got != 3 {
		t.Errorf("of both: %d sentences", got)
	}
	said := strings.Join(biddingText([]PublicLot{falling, rising}), "\n")
	for _, want := range []string{"mỗi 1 phút 30 giây", "Lô 2: Giá trả là mức tối đa", "Lô 2: Có giá tối thiểu không công khai"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
}

// TestWhatTheBiddingTimeIs: a time that only bounds the session is not printed
// as its length.
func TestWhatTheBiddingTimeIs(t *testing.T) {
	for want, r := range map[document.BiddingTime]engine.Rules{
		document.TimeWhole: {}, document.TimeOfFall: {Hybrid: &engine.Hybrid{}}, document.TimeAtMost: {Called: &engine.Called{}},
	} {
		if got := timeOf(&r); got != want {
			t.Errorf("%+v: %v, want %v", r, got, want)
		}
	}
	if timeOf(&engine.Rules{Gong: &engine.Gong{}}) != document.TimeAtMost {
		t.Error("the gong ends no sooner than its latest end")
	}
}
