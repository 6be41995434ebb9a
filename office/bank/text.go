package bank

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Plain writes a text the way banks write names and memos: upper case, no
// diacritics, words of A–Z and 0–9 with single spaces. Nothing else is left, so
// no plain text is a formula.
func Plain(s string) string {
	return strings.Join(strings.FieldsFunc(unmarked(s), func(r rune) bool { return !plainRune(r) }), " ")
}

func plainRune(r rune) bool { return r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' }

// unmarked is s in upper case, without marks, đ as D, wide letters as plain ones.
func unmarked(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'Đ' || r == 'đ':
			return 'D'
		case unicode.Is(unicode.Mn, r):
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKD.String(s))
}

// compact is what is left of s when a bank has stripped everything: A–Z and
// 0–9 alone.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if plainRune(r) {
			return r
		}
		return -1
	}, unmarked(s))
}
