package bank

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Memo is what a payer writes into a transfer so that it finds its payment: GB,
// eight random characters, one check character, as in GB7K2MQ94TX. A memo
// belongs to one payment for ever.
//
// The characters are those of Crockford's base32, which has no I, L, O or U:
// whoever types an O or an I means 0 or 1. Two characters of the eight at least
// are digits from 2 to 9, which words are not, so that a memo is not found in a
// sentence by accident.
type Memo string

const (
	memoPrefix   = "GB"
	memoBody     = 8
	memoLength   = len(memoPrefix) + memoBody + 1
	memoDigits   = 2
	memoAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	// maxMemos is how many memos a text is searched for: a transfer pays for one.
	maxMemos = 8
)

// NewMemo draws a memo. random is a source nobody can foretell; 39 of its bits
// are in the memo, so the caller makes sure that it is new by a unique column.
// It fails only when random fails.
func NewMemo(random io.Reader) (Memo, error) {
	var body [memoBody]byte
	for {
		if _, err := io.ReadFull(random, body[:]); err != nil {
			return "", fmt.Errorf("bank: drawing a memo: %w", err)
		}
		for i, b := range body {
			body[i] = memoAlphabet[b%32] // 256 is a multiple of 32: every character is as likely
		}
		if hasDigits(string(body[:])) {
			return Memo(memoPrefix + string(body[:]) + string(checkCharacter(string(body[:])))), nil
		}
	}
}

// Valid tells whether m has the form of a memo, exactly as NewMemo writes it.
func (m Memo) Valid() bool {
	found, ok := memoAt(string(m))
	return ok && found == m
}

// FindMemos finds the memos in the description of a bank: in any case, with
// spaces, dots or dashes put in, with words before and after, also without a
// space between. It returns them in their order, each once, and only those
// whose check character fits.
func FindMemos(text string) []Memo {
	var found []Memo
	text = compact(text)
	for i := 0; i+memoLength <= len(text) && len(found) < maxMemos; i++ {
		m, ok := memoAt(text[i : i+memoLength])
		if ok && !slices.Contains(found, m) {
			found = append(found, m)
		}
	}
	return found
}

// memoAt reads a memo of upper-case letters and digits, with the look-alikes
// corrected.
func memoAt(s string) (Memo, bool) {
	if len(s) != memoLength || !strings.HasPrefix(s, memoPrefix) {
		return "", false
	}
	read := strings.Map(func(r rune) rune {
		switch {
		case r == 'O':
			return '0'
		case r == 'I' || r == 'L':
			return '1'
		case strings.ContainsRune(memoAlphabet, r):
			return r
		}
		return -1
	}, s[len(memoPrefix):])
	if len(read) != memoBody+1 || !hasDigits(read[:memoBody]) || read[memoBody] != checkCharacter(read[:memoBody]) {
		return "", false
	}
	return Memo(memoPrefix + read), true
}

func hasDigits(body string) bool {
	n := 0
	for i := range len(body) {
		if body[i] >= '2' && body[i] <= '9' {
			n++
		}
	}
	return n >= memoDigits
}

// checkCharacter is a weighted sum in the field of 32 elements: character i
// counts 2^i times. Every single wrong character changes it, and every two
// characters that have changed places.
func checkCharacter(body string) byte {
	sum := 0
	for i := range len(body) {
		sum = double(sum) ^ strings.IndexByte(memoAlphabet, body[i])
	}
	return memoAlphabet[double(sum)]
}

// double multiplies by 2 in GF(32) with the polynomial x⁵ + x² + 1, in which 2
// has the full order of 31.
func double(x int) int {
	x <<= 1
	if x >= 32 {
		x ^= 0b100101
	}
	return x
}
