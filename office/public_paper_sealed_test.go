package office

import (
	"strings"
	"testing"

	"gobua/engine"
)

// TestSealedOffersInThePaper is rules SE1 and VI1 as the printed Quy chế says
// them, with the sheet's own numbers.
func TestSealedOffersInThePaper(t *testing.T) {
	lot := func(n int, r engine.Sealed) PublicLot {
		return PublicLot{Number: n, Rules: engine.Rules{Method: "sealed", Sealed: &r}}
	}
	said := strings.Join(biddingText([]PublicLot{
		lot(1, engine.Sealed{Pricing: engine.PricingFirst, Rounds: 3, RunOffs: 2, RoundMs: 600_000}),
		lot(2, engine.Sealed{Pricing: engine.PricingSecond, Rounds: 1}),
	}), "\n")
	for _, want := range []string{
		"Lô 1: Bỏ phiếu gián tiếp", "theo giá trên phiếu của mình. Nhiều nhất 3 vòng, mỗi vòng sau 10 phút",
		"đấu tiếp giữa những người đó, nhiều nhất 2 vòng, mỗi vòng 10 phút.", "Lô 2: Bỏ phiếu gián tiếp", "theo giá của phiếu cao thứ hai",
		"Hai người giữ khóa cùng trình khóa", "người có lần đổi phiếu cuối sớm hơn trúng",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the paper does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "cao hơn giá cao nhất ít nhất một bước giá, được máy chủ") {
		t.Errorf("the paper speaks of a highest bid that nobody sees:\n%s", said)
	}
	if got := methodText([]PublicLot{lot(1, engine.Sealed{})}); got != "trả giá lên, bỏ phiếu gián tiếp" {
		t.Errorf("the method is %q", got)
	}
}
