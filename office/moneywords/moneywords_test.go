package moneywords

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gobua/engine"
)

func TestTheSameWordsAsOnThePage(t *testing.T) {
	b, err := os.ReadFile("../../frontend/test/money-words.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Amount  engine.Dong
		Figures string
		Words   string `json:"vi"`
		EnWords string `json:"en"`
	}
	if err := json.Unmarshal(b, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 50 {
		t.Fatalf("only %d vectors", len(rows))
	}
	for _, r := range rows {
		if got := Figures(r.Amount); got != r.Figures {
			t.Errorf("%d in figures: %q, want %q", r.Amount, got, r.Figures)
		}
		if got := Vietnamese(r.Amount); got != r.Words {
			t.Errorf("%d: %q, want %q", r.Amount, got, r.Words)
		}
		if got := English(r.Amount); got != r.EnWords {
			t.Errorf("%d: %q, want %q", r.Amount, got, r.EnWords)
		}
	}
}

func TestWhatIsNoAmountHasNoWords(t *testing.T) {
	if Vietnamese(-1) != "" || English(-1) != "" {
		t.Error("a negative amount was read")
	}
	if got := Money(-1_250_000); got != "-1.250.000\u00a0đồng" {
		t.Errorf("a difference is written %q", got)
	}
	if got := Capital("đồng"); got != "Đồng" {
		t.Errorf("Capital: %q", got)
	}
	if Capital("") != "" {
		t.Error("Capital of nothing is something")
	}
}

func TestNoTwoAmountsAreReadTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(0, int64(engine.MaxDong)).Draw(t, "a")
		b := rapid.Int64Range(0, int64(engine.MaxDong)).Draw(t, "b")
		wa, wb := Vietnamese(engine.Dong(a)), Vietnamese(engine.Dong(b))
		if (wa == wb) != (a == b) || strings.Contains(wa, "  ") || !strings.HasSuffix(wa, " đồng") {
			t.Fatalf("%d is %q, %d is %q", a, wa, b, wb)
		}
	})
}
