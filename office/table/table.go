// Package table writes reports: columns and rows, as CSV or as XLSX. Rows go
// out as they come in, so a report of any length takes little memory.
//
// A report is opened in a spreadsheet by people who did not write what stands
// in it. No text of a cell becomes a formula, control characters and marks
// that turn the direction of writing are left out, and a number stays a number.
package table

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gobua/engine"
)

// Format is how a report is written.
type Format string

// The formats. Both open in every spreadsheet.
const (
	CSV  Format = "csv"  // UTF-8 with a byte order mark, commas, CRLF (RFC 4180)
	XLSX Format = "xlsx" // Office Open XML, numbers and instants with their types
)

// ContentType is the media type to send a report with, "" for an unknown format.
func (f Format) ContentType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return ""
}

// ErrFormat answers a format that is none of the above.
var ErrFormat = errors.New("table: unknown format")

// Column is the head of a column. WidthChars is about how many characters it
// shows in a spreadsheet, zero for the spreadsheet's own choice, 255 at most.
type Column struct {
	Title      string
	WidthChars float64
}

// What a cell holds.
const (
	kindEmpty = iota
	kindText
	kindNumber
	kindMoney
	kindInstant
)

// Cell is one value of a row. The zero value is an empty cell.
type Cell struct {
	kind   uint8
	text   string
	number int64
}

// Text is a cell of words. What is longer than a spreadsheet's cell, 32,767
// characters, is cut there.
func Text(s string) Cell { return Cell{kind: kindText, text: clean(s)} }

// Number is a cell with a whole number.
func Number(n int64) Cell { return Cell{kind: kindNumber, number: n} }

// Money is a cell with an amount: digits alone in CSV, grouped in XLSX. A
// spreadsheet keeps fifteen digits, which is more than any amount of a sale.
func Money(d engine.Dong) Cell { return Cell{kind: kindMoney, number: int64(d)} }

// Instant is a cell with a moment, shown to the second in the legal time of
// Viet Nam. The zero instant is an empty cell.
func Instant(i engine.Instant) Cell {
	if i == 0 {
		return Cell{}
	}
	return Cell{kind: kindInstant, number: int64(i)}
}

// legalTime is Asia/Ho_Chi_Minh, which has kept this offset since 1975.
var legalTime = time.FixedZone("+07:00", 7*60*60)

func (c Cell) time() time.Time {
	return engine.Instant(c.number).Time().In(legalTime).Truncate(time.Second)
}

// Writer writes one report. It is used by one goroutine; Row may block on what
// is written to. After an error the report is lost.
type Writer interface {
	// Row adds a row. A row shorter than the head leaves its last cells empty;
	// a longer one is an error.
	Row(cells ...Cell) error
	// Close writes what is left. It does not close what is written to.
	Close() error
}

// NewWriter begins a report: sheet is its name in XLSX. The head is written at
// once. ErrFormat: there is no such format.
func NewWriter(w io.Writer, format Format, sheet string, columns []Column) (Writer, error) {
	switch format {
	case CSV:
		return newCSV(w, columns)
	case XLSX:
		return newXLSX(w, sheet, columns)
	}
	return nil, ErrFormat
}

func checkLength(cells, columns int) error {
	if cells > columns {
		return fmt.Errorf("table: a row of %d cells under %d columns", cells, columns)
	}
	return nil
}

const maxCellRunes = 32_767 // what a spreadsheet takes in one cell

// clean leaves out of a text what a spreadsheet refuses, or what would make it
// look like another text.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\uFFFE', r == '\uFFFF':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if utf8.RuneCountInString(s) > maxCellRunes {
		s = string([]rune(s)[:maxCellRunes])
	}
	return s
}
