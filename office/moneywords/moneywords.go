// Package moneywords writes amounts of đồng the way documents and the page do:
// in figures, "1.250.000.000 đồng", and in words. Its twin is
// frontend/js/text.js; both read frontend/test/money-words.json in their tests.
package moneywords

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gobua/engine"
)

const (
	million = 1_000_000
	billion = 1_000_000_000
)

// Figures groups an amount by three with dots: "1.250.000.000".
func Figures(amount engine.Dong) string {
	s := strconv.FormatInt(int64(amount), 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(c)
	}
	return sign + b.String()
}

// Money is Figures and the unit, kept together by a no-break space.
func Money(amount engine.Dong) string { return Figures(amount) + "\u00a0đồng" }

// Vietnamese reads an amount: "mười hai tỷ tám trăm năm mươi triệu đồng". A
// negative amount is none, and gives the empty string.
func Vietnamese(amount engine.Dong) string {
	if amount < 0 {
		return ""
	}
	return viNumber(int64(amount)) + " đồng"
}

// English reads an amount: "twelve billion eight hundred fifty million đồng".
func English(amount engine.Dong) string {
	if amount < 0 {
		return ""
	}
	return enNumber(int64(amount)) + " đồng"
}

// Capital makes the first letter a capital one.
func Capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

var vi = strings.Fields("không một hai ba bốn năm sáu bảy tám chín")

// viTriple reads 0 to 999. full names a zero in the hundreds, because something
// stands before.
func viTriple(n int64, full bool) []string {
	hundreds, tens, ones := n/100, n%100/10, n%10
	var out []string
	if hundreds > 0 || full {
		out = append(out, vi[hundreds], "trăm")
	}
	switch {
	case tens == 0 && ones == 0:
		return out
	case tens == 0:
		if hundreds > 0 || full {
			out = append(out, "linh")
		}
		return append(out, vi[ones])
	case tens == 1:
		out = append(out, "mười")
	default:
		out = append(out, vi[tens], "mươi")
	}
	switch {
	case ones == 1 && tens > 1:
		out = append(out, "mốt")
	case ones == 4 && tens > 1:
		out = append(out, "tư")
	case ones == 5:
		out = append(out, "lăm")
	case ones > 0:
		out = append(out, vi[ones])
	}
	return out
}

func viBelowBillion(n int64, full bool) []string {
	m, k, r := n/million, n%million/1000, n%1000
	var out []string
	if m > 0 {
		out = append(append(out, viTriple(m, full)...), "triệu")
	}
	if k > 0 {
		out = append(append(out, viTriple(k, full || m > 0)...), "nghìn")
	}
	if r > 0 {
		out = append(out, viTriple(r, full || m > 0 || k > 0)...)
	}
	return out
}

// viNumber reads n below 10^18, which is far above engine.MaxDong.
func viNumber(n int64) string {
	if n == 0 {
		return vi[0]
	}
	g, r := n/billion, n%billion
	var out []string
	if g > 0 {
		out = append(append(out, viBelowBillion(g, false)...), "tỷ")
	}
	if r > 0 {
		out = append(out, viBelowBillion(r, g > 0)...)
	}
	return strings.Join(out, " ")
}

var (
	enOnes = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen " +
		"fourteen fifteen sixteen seventeen eighteen nineteen")
	enTens   = strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
	enScales = []string{"", "thousand", "million", "billion", "trillion", "quadrillion"}
)

func enTriple(n int64) []string {
	var out []string
	if n >= 100 {
		out = append(out, enOnes[n/100], "hundred")
	}
	switch rest := n % 100; {
	case rest >= 20 && rest%10 > 0:
		out = append(out, enTens[rest/10]+"-"+enOnes[rest%10])
	case rest >= 20:
		out = append(out, enTens[rest/10])
	case rest > 0:
		out = append(out, enOnes[rest])
	}
	return out
}

func enNumber(n int64) string {
	if n == 0 {
		return enOnes[0]
	}
	var out []string
	for scale, power := 5, int64(1_000_000_000_000_000); scale >= 0; scale, power = scale-1, power/1000 {
		if part := n / power % 1000; part > 0 {
			out = append(append(out, enTriple(part)...), enScales[scale])
		}
	}
	return strings.TrimSpace(strings.Join(out, " "))
}
