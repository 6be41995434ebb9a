package feed

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gobua/engine"
)

func at(day, month, year, hour, minute int) engine.Instant {
	return engine.InstantOf(time.Date(year, time.Month(month), day, hour, minute, 0, 0, legalTime))
}

func amount(d engine.Dong) *engine.Dong { return &d }

var now = at(26, 11, 2026, 8, 0)

// plain is a notice with everything a notice has.
func plain() Notice {
	return Notice{
		ID: "0190a3c4-7b1e-7c3a-9d55-0b8f6a1c2d3e", Version: 2, Title: "Đấu giá quyền sử dụng đất tại phường Trần Hưng Đạo",
		Centre: Party{ID: "centre-1", Name: "Trung tâm dịch vụ đấu giá tài sản tỉnh Hà Nam", Address: "Số 1, đường Lê Hoàn",
			Phone: "0226 3 850 000", Email: "ttdg@example.vn", URL: "https://example.vn"},
		Owner: Party{Name: "Chi cục Thi hành án dân sự", Address: "Phủ Lý"},
		Place: "Trực tuyến", Conditions: "Cá nhân, tổ chức có đủ điều kiện;\nnộp hồ sơ trước hạn.", Status: Upcoming,
		URL: "https://example.vn/a/0190a3c4?x=1&y=2", PublishedAt: at(1, 11, 2026, 9, 30), UpdatedAt: at(20, 11, 2026, 15, 45),
		Viewings: []Window{{at(10, 11, 2026, 8, 0), at(11, 11, 2026, 17, 0), "Tại nơi có tài sản"}},
		Dossiers: Window{OpensAt: at(1, 11, 2026, 8, 0), ClosesAt: at(28, 11, 2026, 17, 0)},
		Register: Window{OpensAt: at(1, 11, 2026, 8, 0), ClosesAt: at(28, 11, 2026, 17, 0)},
		Deposits: Window{OpensAt: at(27, 11, 2026, 8, 0), ClosesAt: at(29, 11, 2026, 17, 0)},
		OpensAt:  at(1, 12, 2026, 0, 0), ClosesAt: at(1, 12, 2026, 0, 15),
		Lots: []Lot{
			{ID: "lot-a", Number: 1, Kind: "land", Title: "Thửa đất số 12", Detail: "Giấy chứng nhận số BA 1", Quantity: "120 m²", Quality: "Đã có hạ tầng",
				Place: "Phường Trần Hưng Đạo", Method: Ascending, Start: amount(1_250_000_000), Step: 25_000_000, Deposit: 250_000_000, DossierFee: 200_000},
			{ID: "lot-b", Number: 2, Kind: "car", Title: "Ô tô Toyota Vios", Deposit: 20_000_000, OpensAt: at(1, 12, 2026, 9, 0), ClosesAt: at(1, 12, 2026, 9, 15)},
		},
		Documents: []Document{{ID: "d1", Title: "Quy chế cuộc đấu giá", URL: "https://example.vn/d/1.pdf", ContentType: "application/pdf",
			SHA256: strings.Repeat("0a", 32), PublishedAt: at(1, 11, 2026, 9, 30)}},
	}
}

// sold is the notice after the day: one lot sold, one not.
func sold() Notice {
	n := plain()
	n.Status, n.Version = Concluded, 3
	n.Lots[0].Result = &Result{Sold: true, Price: 1_500_000_000, Winner: "GB-07", AnnouncedAt: at(1, 12, 2026, 0, 20)}
	n.Lots[1].Result = &Result{Reason: "Không có người trả giá", AnnouncedAt: at(1, 12, 2026, 9, 16)}
	return n
}

func cancelled() Notice {
	n := plain()
	n.Status = Cancelled
	return n
}

// bare has what is required and nothing else.
func bare() Notice {
	return Notice{ID: "b", Title: "x", Centre: Party{ID: "c", Name: "C"}, Status: Upcoming, URL: "http://e.vn/b", UpdatedAt: now}
}

var hostileTexts = []string{
	"a\x00b\x01c\x1fd\x7fe\u0085f",
	"]]> <script>alert('1')</script> & \"quoted\" &amp; <!-- --",
	"dòng 1\r\nBEGIN:VEVENT\r\nUID:forged\ndòng 3\rdòng 4\u2028dòng 5",
	"\\, \\n ; , : \" ' \\",
	"\u202etxet thgir-ot-thgir\u202c \u200f\u200e\u2066x\u2069 \ufeff",
	strings.Repeat("Đất nền Ấ ", 3_000),
	strings.Repeat("Ấ", 5_000),
	"\xff\xfe\xc3\x28 \ufffe\uffff\U0001fffe", "   ", "😀 e\u0301", "",
}

// hostile puts a text everywhere a notice has one.
func hostile(s string) Notice {
	n := sold()
	n.Title, n.Place, n.Conditions = s, s, s
	n.Centre = Party{ID: "c", Name: s, Address: s, Phone: s, Email: s, URL: "javascript:" + s}
	n.Owner = Party{ID: "o", Name: s, Address: s, URL: s}
	n.Viewings[0].Place, n.Register.Place = s, s
	for i := range n.Lots {
		l := &n.Lots[i]
		l.Title, l.Detail, l.Quantity, l.Quality, l.Place, l.Kind = s, s, s, s, s, s
		l.Result.Winner, l.Result.Reason = s, s
	}
	n.Documents[0].Title, n.Documents[0].ContentType, n.Documents[0].SHA256 = s, s, s
	n.Documents = append(n.Documents, Document{Title: s, URL: s}, Document{Title: s, URL: "file:///etc/passwd"})
	return n
}

func allNotices() []Notice {
	list := []Notice{plain(), sold(), cancelled(), bare()}
	for _, s := range hostileTexts {
		list = append(list, hostile(s))
	}
	return list
}

var channel = Channel{Title: "Thông báo đấu giá", Publisher: "Trung tâm", URL: "https://example.vn/", SelfURL: "https://example.vn/feed.atom", UpdatedAt: now}

var publisher = Publisher{Name: "Trung tâm", URL: "https://example.vn", Prefix: "ocds-abc123", PackageURL: "https://example.vn/ocds.json",
	LicenceURL: "https://creativecommons.org/licenses/by/4.0/"}

// renderers are all renderings, for what must hold for each of them.
var renderers = map[string]func(io.Writer, []Notice) error{
	"Atom":      func(w io.Writer, n []Notice) error { return Atom(w, channel, n) },
	"ICalendar": func(w io.Writer, n []Notice) error { return ICalendar(w, channel, n) },
	"Portal":    func(w io.Writer, n []Notice) error { return Portal(w, now, n) },
	"OCDS":      func(w io.Writer, n []Notice) error { return OCDS(w, publisher, now, n) },
}

func render(t testing.TB, name string, notices ...Notice) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := renderers[name](&out, notices); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheSameNoticeHasTheSameBytes(t *testing.T) {
	for name := range renderers {
		if !bytes.Equal(render(t, name, allNotices()...), render(t, name, allNotices()...)) {
			t.Errorf("%s differs from run to run", name)
		}
	}
}

func TestNothingHostileLeaves(t *testing.T) {
	for name := range renderers {
		out := render(t, name, allNotices()...)
		if !utf8.Valid(out) {
			t.Errorf("%s is not UTF-8", name)
		}
		if name != "ICalendar" && bytes.Contains(out, []byte("<script>")) { // a calendar is plain text
			t.Errorf("%s contains a script", name)
		}
		for _, bad := range []string{"\x00", "\x01", "\x1f", "\x7f", "\u0085", "\u202e", "\u200f", "\u2066", "\ufffe", "\uffff", "javascript:", "file:///",
			"\nUID:forged", `\u0000`, `\u202e`} {
			if bytes.Contains(out, []byte(bad)) {
				t.Errorf("%s contains %q", name, bad)
			}
		}
	}
}

func TestAHiddenStartingPriceIsNowhere(t *testing.T) {
	n := plain()
	n.Lots = n.Lots[1:] // its price is not public
	for name := range renderers {
		out := string(render(t, name, n))
		for _, word := range []string{"startPrice\":", "minValue"} {
			if strings.Contains(out, word) {
				t.Errorf("%s tells %s", name, word)
			}
		}
	}
	if !strings.Contains(string(render(t, "Atom", n)), "giá khởi điểm không công khai") {
		t.Error("Atom does not say that the price is hidden")
	}
}

func TestAFeedHasALimit(t *testing.T) {
	for name, r := range renderers {
		if err := r(io.Discard, make([]Notice, MaxNotices+1)); !errors.Is(err, ErrTooMany) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestALineThatBreaksIsAnError(t *testing.T) {
	for name, r := range renderers {
		if err := r(broken{}, []Notice{plain()}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAmountsForPeople(t *testing.T) {
	for d, want := range map[engine.Dong]string{0: "0 đồng", 999: "999 đồng", 1_000: "1.000 đồng", 1_250_000_000: "1.250.000.000 đồng", -1_000: "-1.000 đồng", -100: "-100 đồng"} {
		if got := dong(d); got != want {
			t.Errorf("%d: %s", d, got)
		}
	}
}
