package office

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// What a password may be. The upper limit keeps hashing cheap; a passphrase
// fits.
const (
	minPasswordRunes = 8
	maxPasswordRunes = 128
)

// commonList has the passwords that are guessed first, in lower case: the 3,000
// most frequent of at least eight characters in the lists of zxcvbn (MIT, Daniel
// Wheeler and Dropbox), and some of this country.
//
//go:embed common_passwords.txt
var commonList string

var commonPasswords = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for word := range strings.Lines(commonList) {
		known[strings.TrimSuffix(word, "\n")] = true
	}
	return known
})

// tradeWords are what everybody knows who guesses at a house like this one.
var tradeWords = []string{"gobua", "đấu giá", "tài sản", "trung tâm", "quản trị", "admin"}

// minOwnLetters is how much of a password must be more than a known name.
const minOwnLetters = 4

// ownPasswordCode tells what is wrong with a new password of an account, of which
// only what is known need be filled.
func (o *Office) ownPasswordCode(password string, a Account) string {
	code := passwordCode(password)
	if code == "" && onlyNames(password, append([]string{o.site, a.Login, a.Name, a.Email}, tradeWords...)) {
		code = "only_names"
	}
	return code
}

// onlyNames tells whether a password is made of names that are known, with digits
// and signs, and next to nothing else. Case, marks and spaces do not matter.
func onlyNames(password string, known []string) bool {
	var names []string
	for _, text := range known {
		names = append(names, lettersOf(text))
		for _, word := range searchWords(text) {
			names = append(names, lettersOf(word))
		}
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	letters := lettersOf(password)
	rest := letters
	for _, name := range names {
		if len(name) >= 3 {
			rest = strings.ReplaceAll(rest, name, "")
		}
	}
	return rest != letters && utf8.RuneCountInString(rest) < minOwnLetters
}

// lettersOf are the letters of a text, without their marks.
func lettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, fold(text))
}

// passwordCode tells what is wrong with a new password, whosever it is.
func passwordCode(password string) string {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return "malformed"
	case n < minPasswordRunes:
		return "too_short"
	case n > maxPasswordRunes:
		return "too_long"
	case commonPasswords()[strings.ToLower(password)], oneOver(password):
		return "too_common"
	}
	return ""
}

// oneOver tells whether a password is one character again and again.
func oneOver(password string) bool {
	first, _ := utf8.DecodeRuneInString(password)
	return strings.Trim(password, string(first)) == ""
}
