package office

import (
	_ "embed"
	"strings"
	"sync"
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

// passwordCode tells what is wrong with a new password.
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
