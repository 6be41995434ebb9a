package office

import (
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold makes a text comparable the way people search for names: lower case,
// without marks, đ as d. It is done here and not in SQL, where Đ and Ấ depend
// on the locale of the database.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case !unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// searchWords cuts a text into folded words of letters and digits, each once.
func searchWords(s string) []string {
	words := strings.FieldsFunc(fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	slices.Sort(words)
	return slices.Compact(words)
}

// maxJoined is the most parts of a plate or a number that are also kept joined.
const maxJoined = 4

// indexWords are the words under which a text is found: those it has, and what
// stands between two spaces also without its signs, so that the plate
// "30K-999.99" is found as 30k99999, as 99999, and as 30k.
func indexWords(s string) []string {
	var all []string
	for _, chunk := range strings.Fields(fold(s)) {
		parts := strings.FieldsFunc(chunk, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		all = append(all, parts...)
		for from := range parts {
			for to := from + 2; to <= len(parts) && len(parts) <= maxJoined; to++ {
				all = append(all, strings.Join(parts[from:to], ""))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// tidyText brings a text into the one form it is kept in: without the marks that
// no reader sees, which come with copied text and make two names of one.
func tidyText(s string) string {
	if !utf8.ValidString(s) {
		return s // and textCode says so
	}
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.TrimSpace(s))
}

// textCode tells what is wrong with a tidied text, "" if nothing is.
func textCode(s string, maxRunes int, lines bool) string {
	if !utf8.ValidString(s) {
		return "malformed"
	}
	for _, r := range s {
		// What turns the direction of writing would make a name or a title
		// look like another one, and what ends a line would be a second one.
		if unicode.IsControl(r) && !(lines && (r == '\n' || r == '\t')) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
			return "malformed"
		}
	}
	if utf8.RuneCountInString(s) > maxRunes {
		return "too_long"
	}
	return ""
}

func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// faults collects what is wrong with an input.
type faults []Field

func (f *faults) add(field, code string) {
	if code != "" {
		*f = append(*f, Field{field, code})
	}
}

func (f *faults) when(bad bool, field, code string) {
	if bad {
		f.add(field, code)
	}
}

// text tidies a text in place and notes what is wrong with it.
func (f *faults) text(field string, s *string, maxRunes int, required bool) {
	*s = tidyText(*s)
	if required && !strings.ContainsFunc(*s, visible) {
		f.add(field, "missing")
		return
	}
	f.add(field, textCode(*s, maxRunes, false))
}

// lineEnds are the ways in which programs end a line.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\u2028", "\n", "\u2029", "\n")

// lines is text that may have more than one line.
func (f *faults) lines(field string, s *string, maxRunes int) {
	*s = tidyText(lineEnds.Replace(*s))
	f.add(field, textCode(*s, maxRunes, true))
}

// email tidies an address for letters in place and notes what is wrong with
// it; an empty one is none.
func (f *faults) email(field string, s *string) {
	*s = strings.ToLower(tidyText(*s))
	if *s == "" {
		return
	}
	a, err := mail.ParseAddress(*s)
	if err != nil || a.Address != *s || len(*s) > 254 || textCode(*s, 254, false) != "" {
		f.add(field, "malformed")
	}
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &Invalid{f}
}
