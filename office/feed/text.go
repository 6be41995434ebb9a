package feed

import (
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"gobua/engine"
)

// How long texts may become.
const (
	maxTitleRunes  = 300
	maxDetailRunes = 10_000
)

// title makes one line of a text, detail keeps its lines. Both leave out what
// a reader cannot show, or what would make it show something else.
func title(s string) string { return cut(strings.Join(strings.Fields(clean(s)), " "), maxTitleRunes) }

func detail(s string) string { return cut(strings.TrimSpace(clean(s)), maxDetailRunes) }

func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r&0xFFFE == 0xFFFE: // the last: no characters at all
			return -1
		}
		return r
	}, s))
}

func cut(s string, maxRunes int) string {
	runes := []rune(s)
	if len(runes) <= maxRunes {
		return s
	}
	return string(runes[:maxRunes-1]) + "…"
}

// link is an address that may be followed, or nothing.
func link(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// legalTime is Asia/Ho_Chi_Minh, which has kept this offset since 1975.
var legalTime = time.FixedZone("+07:00", 7*60*60)

func local(i engine.Instant) time.Time { return i.Time().In(legalTime) }

// stamp is a moment as RFC 3339, to the second, in the legal time.
func stamp(i engine.Instant) string {
	if i == 0 {
		return ""
	}
	return local(i).Format(time.RFC3339)
}

// spoken is a moment for people.
func spoken(i engine.Instant) string { return local(i).Format("15:04 02/01/2006") }

// dong is an amount for people: 1.250.000 đồng.
func dong(d engine.Dong) string {
	digits := strconv.FormatInt(int64(d), 10)
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b.WriteByte('.')
		}
		b.WriteRune(r)
	}
	return b.String() + " đồng"
}

// writeJSON writes a document the same way each time.
func writeJSON(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(document)
}

// describe tells an auction in a few lines of Vietnamese, for readers that show
// text only.
func describe(n Notice) string {
	var lines []string
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, label+": "+text)
		}
	}
	add("Tổ chức đấu giá", title(n.Centre.Name))
	add("Người có tài sản", title(n.Owner.Name))
	add("Địa điểm", title(n.Place))
	for _, l := range n.Lots {
		add("Lô "+strconv.Itoa(l.Number), describeLot(l))
	}
	if n.Register.ClosesAt != 0 {
		add("Hạn đăng ký", spoken(n.Register.ClosesAt))
	}
	if n.OpensAt != 0 {
		add("Bắt đầu trả giá", spoken(n.OpensAt))
	}
	if n.Status == Cancelled {
		lines = append(lines, "Cuộc đấu giá đã bị hủy.")
	}
	return cut(strings.Join(lines, "\n"), maxDetailRunes)
}

func describeLot(l Lot) string {
	parts := []string{title(l.Title)}
	if way := title(l.Way); way != "" {
		parts = append(parts, way)
	}
	each := ""
	if l.Units > 0 {
		parts = append(parts, title(l.Quantity))
		each = " một đơn vị"
	}
	if l.Start != nil {
		parts = append(parts, "giá khởi điểm "+dong(*l.Start)+each)
	} else {
		parts = append(parts, "giá khởi điểm không công khai")
	}
	if l.BuyNow > 0 {
		parts = append(parts, "giá mua ngay "+dong(l.BuyNow))
	}
	if l.Deposit > 0 {
		parts = append(parts, "tiền đặt trước "+dong(l.Deposit))
	}
	switch {
	case l.Result == nil:
	case l.Result.Sold:
		parts = append(parts, "giá trúng "+dong(l.Result.Price)+each)
	case l.Result.Reason != "":
		parts = append(parts, "đấu giá không thành: "+title(l.Result.Reason))
	default:
		parts = append(parts, "đấu giá không thành")
	}
	return strings.Join(parts, "; ")
}
