package feed

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"gobua/engine"
)

// readAtom parses a feed the strict way and returns it.
func readAtom(t *testing.T, data []byte) atomFeed {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(data)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
	var f atomFeed
	if err := xml.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// RFC 4287: what a feed and an entry must have, and how often.
func TestAtomHasWhatRFC4287Requires(t *testing.T) {
	for _, notices := range [][]Notice{nil, {plain()}, allNotices()} {
		f := readAtom(t, render(t, "Atom", notices...))
		if f.XMLName.Space != "http://www.w3.org/2005/Atom" || f.ID == "" || f.Title == "" || f.Author.Name == "" || len(f.Links) != 2 ||
			f.Links[0].Rel != "self" || len(f.Entries) != len(notices) {
			t.Errorf("feed %+v", f)
		}
		if _, err := time.Parse(time.RFC3339, f.Updated); err != nil {
			t.Error(err)
		}
		for _, e := range f.Entries {
			if !strings.Contains(e.ID, ":") || e.Content.Type != "text" || len(e.Links) == 0 || e.Links[0].Rel != "alternate" {
				t.Errorf("entry %+v", e)
			}
			if _, err := time.Parse(time.RFC3339, e.Updated); err != nil {
				t.Error(err)
			}
			for _, l := range e.Links {
				if !strings.HasPrefix(l.Href, "http") {
					t.Errorf("link to %q", l.Href)
				}
			}
		}
	}
}

func TestAtomTellsTheAuction(t *testing.T) {
	f := readAtom(t, render(t, "Atom", sold()))
	e := f.Entries[0]
	if e.ID != "urn:uuid:0190a3c4-7b1e-7c3a-9d55-0b8f6a1c2d3e" || e.Title != plain().Title || e.Updated != "2026-11-20T15:45:00+07:00" ||
		e.Published != "2026-11-01T09:30:00+07:00" || e.Author.Name != plain().Centre.Name || e.Links[0].Href != plain().URL {
		t.Errorf("%+v", e)
	}
	if f.Updated != "2026-11-26T08:00:00+07:00" {
		t.Errorf("the feed was updated %s", f.Updated)
	}
	for _, want := range []string{
		"Lô 1: Thửa đất số 12; giá khởi điểm 1.250.000.000 đồng; tiền đặt trước 250.000.000 đồng; giá trúng 1.500.000.000 đồng",
		"đấu giá không thành: Không có người trả giá", "Hạn đăng ký: 17:00 28/11/2026", "Bắt đầu trả giá: 00:00 01/12/2026",
	} {
		if !strings.Contains(e.Content.Text, want) {
			t.Errorf("no %q in %q", want, e.Content.Text)
		}
	}
	if !strings.Contains(readAtom(t, render(t, "Atom", cancelled())).Entries[0].Content.Text, "hủy") {
		t.Error("a cancelled auction does not say so")
	}
}

// TestUnitsInTheFeeds: prices are those of a unit in words and in the portal's
// data, and in OCDS, where a value is that of the lot, of all of them.
func TestUnitsInTheFeeds(t *testing.T) {
	n := sold()
	n.Lots = n.Lots[:1]
	lot := &n.Lots[0]
	lot.Way, lot.Units, lot.Quantity = "bỏ phiếu, nhiều đơn vị cùng một giá", 100, "100 đơn vị giống nhau"
	lot.BuyNow, lot.Result.Units = 2_000_000_000, 90
	const want = "Lô 1: Thửa đất số 12; bỏ phiếu, nhiều đơn vị cùng một giá; 100 đơn vị giống nhau; giá khởi điểm 1.250.000.000 đồng một đơn vị; " +
		"giá mua ngay 2.000.000.000 đồng; tiền đặt trước 250.000.000 đồng; giá trúng 1.500.000.000 đồng một đơn vị"
	if got := readAtom(t, render(t, "Atom", n)).Entries[0].Content.Text; !strings.Contains(got, want) {
		t.Errorf("no %q in %q", want, got)
	}
	r := release("ocds-abc123", n)
	if start, won := r.Tender.Lots[0].MinValue, r.Awards[0].Value; start.Amount != 125_000_000_000 || r.Tender.MinValue.Amount != start.Amount || won.Amount != 135_000_000_000 {
		t.Errorf("the open data: from %+v, sold for %+v", start, won)
	}
	lot.Units = 100_000 // more than a number of đồng can be
	*lot.Start = engine.MaxDong / 99_999
	if r := release("ocds-abc123", n); r.Tender.Lots[0].MinValue != nil || r.Tender.MinValue != nil {
		t.Errorf("what cannot be said is said: %+v", r.Tender.MinValue)
	}
}

func TestAtomKeepsHarmlessSigns(t *testing.T) {
	n := plain()
	n.Title = `A ]]> <b> & "c" 'd'`
	if got := readAtom(t, render(t, "Atom", n)).Entries[0].Title; got != n.Title {
		t.Errorf("%q", got)
	}
}
