package office_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gobua/office"
)

// published makes an auction public among named participants and moves the
// clock on, so that each has a moment of its own.
func (h *house) published(t *testing.T, title string, change func(*office.AuctionDraft)) office.Auction {
	t.Helper()
	d := sheet(h)
	d.Title = title
	if change != nil {
		change(&d)
	}
	a, err := h.CreateAuction(background, h.auctioneer, d, "")
	check(t, err)
	a, err = h.Publish(background, h.auctioneer, a.ID, a.Version)
	check(t, err)
	h.pass(time.Second)
	return a
}

func (h *house) found(t *testing.T, q office.PublicQuery) office.PublicPage {
	t.Helper()
	page, err := h.PublicAuctions(background, q)
	check(t, err)
	return page
}

func titles(p office.PublicPage) string {
	var all []string
	for _, n := range p.Notices {
		all = append(all, n.Title)
	}
	return strings.Join(all, " | ")
}

// What a citizen types is found with and without marks, in any order, from its
// beginning, and with or without the signs of a number plate.
func TestPublicSearch(t *testing.T) {
	h := open(t)
	lot := func(kind, title, place string) func(*office.AuctionDraft) {
		return func(d *office.AuctionDraft) {
			d.Lots = d.Lots[:1]
			d.Lots[0].Kind, d.Lots[0].Title, d.Lots[0].Place = kind, title, place
			d.Owner, d.Place, d.Centre = "Chi cục Thi hành án", "Hội trường Sở Tư pháp", "Trung tâm"
		}
	}
	h.published(t, "Đấu giá biển số xe đợt 3", lot("plate", "30K-999.99", "Hà Nội"))
	h.published(t, "Quyền sử dụng đất An Khánh", lot("land", "Thửa đất số 12", "Xã An Khánh, huyện Hoài Đức"))
	h.published(t, "Xe ô tô thanh lý", lot("car", "Toyota Vios 2018", "Đà Nẵng"))
	for _, c := range []struct {
		q    office.PublicQuery
		want string
	}{
		{office.PublicQuery{Text: "bien so"}, "Đấu giá biển số xe đợt 3"},
		{office.PublicQuery{Text: "Biển số"}, "Đấu giá biển số xe đợt 3"},
		{office.PublicQuery{Text: "BIỂN  SỐ"}, "Đấu giá biển số xe đợt 3"},
		{office.PublicQuery{Text: "số biển"}, "Đấu giá biển số xe đợt 3"},
		{office.PublicQuery{Text: "đất An Khánh"}, "Quyền sử dụng đất An Khánh"},
		{office.PublicQuery{Text: "dat an khanh"}, "Quyền sử dụng đất An Khánh"},
		{office.PublicQuery{Text: "dat an kha"}, "Quyền sử dụng đất An Khánh"},
		{office.PublicQuery{Text: "30K99999"}, "Đấu giá biển số xe đợt 3"},
		{office.PublicQuery{Text: "30k-999.99"}, "Đấu giá biển số xe đợt 3"},
		{office.PublicQuery{Text: "99999"}, "Đấu giá biển số xe đợt 3"},
		{office.PublicQuery{Text: "da nang"}, "Xe ô tô thanh lý"},
		{office.PublicQuery{Text: "không có"}, ""},
		{office.PublicQuery{Text: `' | !* & ):* \ <->`}, "Xe ô tô thanh lý | Quyền sử dụng đất An Khánh | Đấu giá biển số xe đợt 3"},
		{office.PublicQuery{Place: "hoai duc"}, "Quyền sử dụng đất An Khánh"},
		{office.PublicQuery{Place: "quyen"}, ""},
		{office.PublicQuery{Kind: "car"}, "Xe ô tô thanh lý"},
		{office.PublicQuery{Kind: "land", Text: "bien so"}, ""},
		{office.PublicQuery{State: office.PublicUpcoming, Text: "vios"}, "Xe ô tô thanh lý"},
		{office.PublicQuery{State: office.PublicOver}, ""},
		{office.PublicQuery{State: office.PublicCancelled}, ""},
		{office.PublicQuery{State: office.PublicOpen}, ""},
		{office.PublicQuery{From: "2026-11-24", To: "2026-11-24"}, ""},
		{office.PublicQuery{From: "2026-11-23", To: "2026-11-23", Text: "vios"}, "Xe ô tô thanh lý"},
	} {
		page := h.found(t, c.q)
		if got := titles(page); got != c.want {
			t.Errorf("%+v finds %q, want %q", c.q, got, c.want)
		}
		if page.Count != len(page.Notices) || page.Next != "" {
			t.Errorf("%+v: count %d, next %q", c.q, page.Count, page.Next)
		}
	}
	h.pass(48 * time.Hour)
	if got := h.found(t, office.PublicQuery{State: office.PublicRunning}); len(got.Notices) != 3 || got.Notices[0].Stage != office.StageInSession {
		t.Errorf("running: %+v", got.Notices)
	}
}

func TestPublicListHidesWhatIsNotPublic(t *testing.T) {
	h := open(t)
	_, err := h.CreateAuction(background, h.auctioneer, sheet(h), "")
	check(t, err)
	a := h.published(t, "Công khai", nil)
	page := h.found(t, office.PublicQuery{})
	if titles(page) != "Công khai" || page.Notices[0].ID != a.ID || len(page.Centres) != 0 || page.Notices[0].Centre != nil {
		t.Fatalf("one centre: %+v", page)
	}
	n := page.Notices[0]
	if n.LotCount != len(a.Lots) || n.OpensAt != a.Lots[0].Rules.OpensAt || n.ListedAt != a.PublishedAt || n.Stage != office.StageReady {
		t.Errorf("card %+v", n)
	}
	second := office.Centre{ID: "0198c0de-0000-7000-8000-00000000000a", Version: 1, Name: "Trung tâm hai", CreatedAt: 1}
	check(t, h.store.InsertCentre(background, second, office.Trail{}))
	page = h.found(t, office.PublicQuery{Centre: office.HostCentre})
	if len(page.Centres) != 2 || page.Notices[0].Centre == nil || page.Notices[0].Centre.ID != office.HostCentre {
		t.Errorf("two centres: %+v", page)
	}
	if got := h.found(t, office.PublicQuery{Centre: second.ID}); len(got.Notices) != 0 {
		t.Errorf("the other centre has %+v", got.Notices)
	}
}

func TestPublicQueryThatCannotBeUnderstood(t *testing.T) {
	h := open(t)
	_, err := h.PublicAuctions(background, office.PublicQuery{
		Text: strings.Repeat("a", 201), Place: "một hai ba bốn năm sáu bảy tám chín", Kind: "boat", State: "x", Centre: "1",
		From: "23/11/2026", To: "9999-01-01", After: "1",
	})
	wantsFields(t, err,
		office.Field{Field: "q", Code: "too_long"}, office.Field{Field: "place", Code: "too_many"},
		office.Field{Field: "kind", Code: "unknown"}, office.Field{Field: "state", Code: "unknown"},
		office.Field{Field: "centre", Code: "unknown"}, office.Field{Field: "from", Code: "malformed"},
		office.Field{Field: "to", Code: "malformed"}, office.Field{Field: "after", Code: "malformed"})
}

// While somebody turns pages, auctions become public: nothing is shown twice,
// and nothing that was there is left out.
func TestPagesOfThePublicListAreStable(t *testing.T) {
	h := open(t)
	for i := range 45 {
		h.published(t, fmt.Sprintf("Cuộc %02d", i), nil)
	}
	var seen []string
	q := office.PublicQuery{}
	for pages := 0; ; pages++ {
		page := h.found(t, q)
		for _, n := range page.Notices {
			seen = append(seen, n.Title)
		}
		if page.Next == "" {
			break
		}
		q.After = page.Next
		h.published(t, fmt.Sprintf("Mới %d", pages), nil)
	}
	if len(seen) != 45 || !slices.IsSortedFunc(seen, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("%d seen: %v", len(seen), seen)
	}
	if n := h.found(t, office.PublicQuery{Text: "moi"}).Count; n != 2 {
		t.Errorf("%d became public meanwhile", n)
	}
}
