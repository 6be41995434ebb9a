package office

import (
	"strings"
	"testing"

	"gobua/engine"
)

// TestHybridInThePaper: the notice says the three stages with their lengths,
// and nothing of what only a plain falling price or plain sealed offers have.
func TestHybridInThePaper(t *testing.T) {
	rules := engine.Rules{
		Method: "hybrid", Descent: &engine.Descent{BasisPoints: 500, EveryMs: 60_000, Floor: 1},
		Sealed: &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1}, Hybrid: &engine.Hybrid{OffersMs: 600_000, AnswerMs: 180_000},
	}
	said := strings.Join(biddingText([]PublicLot{{Number: 1, Rules: rules}}), " ")
	for _, want := range []string{"Đặt giá xuống rồi bỏ phiếu kín", "bỏ phiếu kín trong 10 phút", "trả lời cuối cùng trong 3 phút"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %q", want, said)
		}
	}
	for _, other := range []string{"phiên kết thúc ngay", "Bỏ phiếu gián tiếp"} {
		if strings.Contains(said, other) {
			t.Errorf("%q is in %q", other, said)
		}
	}
	if name := methodName(&rules); name != "đặt giá xuống, sau đó bỏ phiếu kín trả cao hơn" {
		t.Error(name)
	}
}
