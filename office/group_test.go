package office

import (
	"slices"
	"testing"

	"gobua/engine"
)

// TestGroupsInThePaper is rules SC4 and SC5, and the limit across lots, as the printed Quy chế says
// them: once for all lots that share them.
func TestGroupsInThePaper(t *testing.T) {
	const limit = "Mỗi người chỉ được cùng lúc dẫn giá hoặc trúng nhiều nhất 2 tài sản của cuộc đấu giá; bị trả giá cao hơn thì được trả giá tài sản khác ngay."
	const rest = "kéo dài cùng nhau: giá trả làm một tài sản kéo dài thì mọi tài sản cùng nhóm còn đang trả giá " +
		"không kết thúc sớm hơn thời điểm mới đó; số lần kéo dài được tính chung cho cả nhóm."
	for name, c := range map[string]struct {
		group *engine.Group
		want  []string
	}{
		"none":  {nil, nil},
		"SC4":   {&engine.Group{Extends: true}, []string{"Các tài sản của cuộc đấu giá " + rest}},
		"SC5":   {&engine.Group{Name: "Máy kéo", Extends: true, AtOnce: 2}, []string{"Các tài sản thuộc nhóm “Máy kéo” " + rest, limit}},
		"limit": {&engine.Group{AtOnce: 2}, []string{limit}},
	} {
		if got := groupTexts(c.group); !slices.Equal(got, c.want) {
			t.Errorf("%s: the paper says\n%q\nwant\n%q", name, got, c.want)
		}
	}
	lots := []PublicLot{{Number: 1}, {Number: 2}}
	for i := range lots {
		lots[i].Rules = engine.Rules{Closing: engine.Closing{Kind: engine.ClosingFixed}, Group: &engine.Group{AtOnce: 2}}
	}
	n := 0
	for _, text := range biddingText(lots) {
		if text == limit {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the limit of two lots is said %d times", n)
	}
	lots[1].Rules.Group = nil
	if got := biddingText(lots); !slices.Contains(got, "Lô 1: "+limit) {
		t.Errorf("whose limit? %q", got)
	}
}

// TestAnOfferOverTheLimitInThePaper: who offers under seal reads before that an
// offer may not count.
func TestAnOfferOverTheLimitInThePaper(t *testing.T) {
	const text = "Phiếu của người mà lúc mở phiếu đã dẫn giá hoặc trúng đủ số tài sản đó ở các tài sản khác thì không được tính."
	sealed := engine.Rules{Method: "sealed", Sealed: &engine.Sealed{Pricing: engine.PricingFirst, Rounds: 1}, Group: &engine.Group{AtOnce: 2}}
	open := engine.Rules{Method: "ascending", Group: &engine.Group{AtOnce: 2}}
	unlimited := sealed
	unlimited.Group = &engine.Group{}
	lots := make([]PublicLot, 3)
	for i, r := range []engine.Rules{sealed, open, unlimited} {
		lots[i].Number, lots[i].Rules = i+1, r
	}
	lines := biddingText(lots)
	if !slices.Contains(lines, "Lô 1: "+text) {
		t.Errorf("the paper says %q", lines)
	}
}

// TestALimitAcrossLotsIsTheSameInAll: else it would count a lot in some rooms and not in
// others.
func TestALimitAcrossLotsIsTheSameInAll(t *testing.T) {
	lots := make([]LotDraft, 3)
	lots[0].Rules.Group = &engine.Group{AtOnce: 2}
	lots[1].Rules.Group = &engine.Group{Name: "A", AtOnce: 2}
	var f faults
	checkGroups(&f, lots[:2])
	if len(f) != 0 {
		t.Errorf("two alike: %v", f)
	}
	checkGroups(&f, lots)
	if want := (Field{"lots.2.rules.group.atOnce", "differs"}); len(f) != 1 || f[0] != want {
		t.Errorf("%v, want %v", f, want)
	}
}
