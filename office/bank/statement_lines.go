package bank

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	utf16 "golang.org/x/text/encoding/unicode"
)

// line is one physical line of a file.
type line struct {
	number int
	text   string
	ended  bool // by a line break, not by the end of the file
}

// decode brings a file to UTF-8. The code is "" or why it cannot.
//
// A file of a byte per letter (Windows-1258, Windows-1252, TCVN3) is refused,
// not guessed at: the same bytes are different names in each of them.
func decode(data []byte) (text, code string) {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return decodeUTF16(data, utf16.LittleEndian)
	case zeros(data, 1) > zeroShare:
		return decodeUTF16(data, utf16.LittleEndian)
	case zeros(data, 0) > zeroShare:
		return decodeUTF16(data, utf16.BigEndian)
	}
	if !utf8.Valid(data) {
		return "", "legacy_encoding"
	}
	return string(data), ""
}

// decodeUTF16 follows a byte order mark, and without one the order given.
func decodeUTF16(data []byte, order utf16.Endianness) (text, code string) {
	decoded, err := utf16.UTF16(order, utf16.UseBOM).NewDecoder().Bytes(data)
	if err != nil || len(data)%2 != 0 || bytes.ContainsRune(decoded, utf8.RuneError) {
		return "", "broken_encoding"
	}
	return string(decoded), ""
}

// zeroShare is the percentage of zero bytes in every other place from which a
// file without a mark is UTF-16: digits and separators have one each, letters
// with two marks have none.
const zeroShare = 40

// zeros is the percentage of zeros among the bytes at even (0) or odd (1) places.
func zeros(data []byte, place int) int {
	n, all := 0, 0
	for i := place; i < len(data); i += 2 {
		all++
		if data[i] == 0 {
			n++
		}
	}
	if all == 0 {
		return 0
	}
	return n * 100 / all
}

// tcvn3 are letters that stand all over a TCVN3 text that was taken for
// Latin-1 ("Ngµy", "Sè tiÒn") and in no Vietnamese one.
const tcvn3 = "µ¸¶·¹®©ª«¬\u00ad¨Ò§"

// looksLikeTCVN3 tells whether the first lines are TCVN3 in the clothes of UTF-8.
func looksLikeTCVN3(lines []line) bool {
	n := 0
	for _, l := range lines[:min(len(lines), maxHeadLines)] {
		for _, r := range l.text {
			if strings.ContainsRune(tcvn3, r) {
				n++
			}
		}
	}
	return n >= 3
}

func splitLines(text string) []line {
	var lines []line
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	for text != "" {
		l, rest, ended := strings.Cut(text, "\n")
		lines = append(lines, line{number: len(lines) + 1, text: l, ended: ended})
		text = rest
	}
	return lines
}

// readRecord reads the record that begins at lines[at]: one line, or more when
// a quoted cell has line breaks. next is where the following record begins. An
// unclosed quote costs its own line, not the rest of the file.
func readRecord(lines []line, at int, separator rune) (record []string, next int, code string) {
	text := ""
	for next = at + 1; next <= min(at+maxLinesOfRecord, len(lines)); next++ {
		l := lines[next-1]
		if strings.ContainsRune(l.text, 0) {
			break
		}
		text += l.text + "\n"
		// An even number of quotes: none is open.
		if strings.Count(text, `"`)%2 == 0 {
			record, err := parseRecord(text, separator)
			switch {
			case errors.Is(err, errTooManyColumns):
				return nil, next, "column_count"
			case err != nil:
				return nil, at + 1, "bad_quote"
			}
			return record, next, ""
		}
	}
	switch {
	case strings.ContainsRune(lines[at].text, 0):
		return nil, at + 1, "nul_byte"
	case at == len(lines)-1 && !lines[at].ended:
		return nil, at + 1, "half_line"
	}
	return nil, at + 1, "unclosed_quote"
}

var errTooManyColumns = errors.New("bank: too many columns")

// parseRecord splits the text of one record into tidied cells.
func parseRecord(text string, separator rune) ([]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	r := csv.NewReader(strings.NewReader(unguard(text, separator)))
	r.Comma = separator
	record, err := r.Read()
	if err != nil {
		return nil, err
	}
	if len(record) > maxColumns {
		return nil, errTooManyColumns
	}
	for i, cell := range record {
		record[i] = tidy(cell)
	}
	return record, nil
}

// unguard takes the formula off a cell that was written ="0011001932418" to
// keep its zeros in a spreadsheet.
func unguard(text string, separator rune) string {
	text = strings.ReplaceAll(text, string(separator)+`="`, string(separator)+`"`)
	if strings.HasPrefix(text, `="`) {
		text = text[1:]
	}
	return text
}

// tidy makes one line of a text, with single spaces, without control characters
// and without marks that turn the direction of writing.
func tidy(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\uFEFF'
	}), " ")
}
