package bank

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"gobua/engine"
)

// Limits of a statement file. A day of a busy account has some thousand lines
// of some hundred bytes.
const (
	MaxStatementBytes = 8 << 20
	MaxStatementRows  = 20_000
	maxCellBytes      = 2_000
	maxColumns        = 64
	maxHeadLines      = 60 // lines of letterhead a bank puts before the table
	maxLinesOfRecord  = 10 // lines one record may have, by a quoted cell
	maxProblems       = 1_000
)

// Row is one payment that came in.
type Row struct {
	Line        int            `json:"line"` // of the file, from 1
	At          engine.Instant `json:"at"`
	DayOnly     bool           `json:"dayOnly"` // the bank told no time: At is the day's beginning
	Amount      engine.Dong    `json:"amount"`
	Description string         `json:"description"`
	Reference   string         `json:"reference,omitempty"`
	Payer       string         `json:"payer,omitempty"`       // account the money came from
	DuplicateOf int            `json:"duplicateOf,omitempty"` // line of this file that tells the same payment
	// Imported is set by the office: Key was imported before.
	Imported bool `json:"imported,omitempty"`
}

// Key names the payment behind a row: its reference if the bank gave one, else
// day or moment, amount and description. The office keeps it to know a row
// that comes a second time, in another file.
func (r Row) Key() string {
	if r.Reference != "" {
		return "ref:" + compact(r.Reference)
	}
	return r.content()
}

func (r Row) content() string {
	return fmt.Sprintf("row:%d:%d:%s", r.At, r.Amount, compact(r.Description))
}

// Problem is what is wrong with a line of a statement, or with all of it when
// Line is 0. Field is "date", "amount", "description" or empty. Code is a key
// for the page. Of the file: "empty", "too_large", "too_many_rows",
// "legacy_encoding", "broken_encoding", "header_missing", "too_many_problems".
// Of a line: "nul_byte", "half_line", "column_count", "unclosed_quote",
// "bad_quote", "cell_too_long", "missing", "bad_date", "bad_amount",
// "duplicate_reference", "duplicate_row".
type Problem struct {
	Line  int    `json:"line,omitempty"`
	Field string `json:"field,omitempty"`
	Code  string `json:"code"`
	Text  string `json:"text,omitempty"` // beginning of the cell or line it is about
}

// Statement is what was read of a file. Rows and Problems are in the order of
// the file; a line has a row or a problem, a duplicate has both.
type Statement struct {
	Rows     []Row     `json:"rows"`
	Problems []Problem `json:"problems"`
	Debits   int       `json:"debits"` // lines of money that went out, passed over
}

// legalTime is Asia/Ho_Chi_Minh, in which banks write their dates.
var legalTime = time.FixedZone("+07:00", 7*60*60)

// ReadStatement reads a bank statement as CSV, as banks of Viet Nam give it:
// UTF-8 or UTF-16; comma, semicolon or tab; lines of letterhead before the
// table; columns known by their names in Vietnamese or English. Nothing in the
// file makes it fail: what cannot be read is a Problem, and the rest is read.
// The error is that of r.
func ReadStatement(r io.Reader) (Statement, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxStatementBytes+1))
	if err != nil {
		return Statement{}, fmt.Errorf("bank: reading a statement: %w", err)
	}
	s := Statement{Rows: []Row{}, Problems: []Problem{}}
	if len(data) > MaxStatementBytes {
		s.problem(0, "", "too_large", "")
		return s, nil
	}
	text, code := decode(data)
	if code == "" && len(bytes.TrimSpace([]byte(text))) == 0 {
		code = "empty"
	}
	if code != "" {
		s.problem(0, "", code, "")
		return s, nil
	}
	s.read(splitLines(text))
	return s, nil
}

// read finds the table in the lines and reads it.
func (s *Statement) read(lines []line) {
	h, ok := findHeader(lines)
	if !ok {
		code := "header_missing"
		if looksLikeTCVN3(lines) {
			code = "legacy_encoding"
		}
		s.problem(0, "", code, "")
		return
	}
	for at := h.next; at < len(lines); {
		if len(s.Rows) >= MaxStatementRows {
			s.problem(0, "", "too_many_rows", "")
			break
		}
		record, next, code := readRecord(lines, at, h.separator)
		first := lines[at]
		at = next
		switch {
		case code != "":
			s.problem(first.number, "", code, first.text)
		case isBlank(record):
		default:
			s.record(h, first, record, next >= len(lines))
		}
	}
	if len(s.Rows)+len(s.Problems)+s.Debits == 0 {
		s.problem(0, "", "empty", "") // a head with nothing under it
	}
	s.markDuplicates()
	slices.SortStableFunc(s.Problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
}

// record reads one record under a header.
func (s *Statement) record(h header, first line, record []string, last bool) {
	for len(record) > h.width && record[len(record)-1] == "" {
		record = record[:len(record)-1] // a separator at the end of the line
	}
	if len(record) != h.width {
		code := "column_count"
		if last && len(record) < h.width && !first.ended {
			code = "half_line" // the file was cut
		}
		s.problem(first.number, "", code, first.text)
		return
	}
	for _, cell := range record {
		if len(cell) > maxCellBytes {
			s.problem(first.number, "", "cell_too_long", cell)
			return
		}
	}
	amount, debit, problem := h.amount(record)
	if debit {
		s.Debits++
		return
	}
	if problem != "" {
		s.problem(first.number, "amount", problem, h.amountText(record))
		return
	}
	date := h.cell(record, colDate)
	at, dayOnly, ok := parseDate(date)
	if !ok {
		code := "bad_date"
		if date == "" {
			code = "missing"
		}
		s.problem(first.number, "date", code, date)
		return
	}
	s.Rows = append(s.Rows, Row{
		Line: first.number, At: engine.InstantOf(at), DayOnly: dayOnly, Amount: amount,
		Description: h.cell(record, colDescription), Reference: h.cell(record, colReference), Payer: h.cell(record, colPayer),
	})
}

// markDuplicates flags every row that tells a payment a second time.
func (s *Statement) markDuplicates() {
	byReference, byContent := map[string]int{}, map[string]int{}
	for i := range s.Rows {
		r := &s.Rows[i]
		line, code := 0, ""
		if r.Reference != "" {
			line, code = byReference[r.Key()], "duplicate_reference"
		}
		if line == 0 {
			line, code = byContent[r.content()], "duplicate_row"
		}
		if line > 0 {
			r.DuplicateOf = line
			s.problem(r.Line, "", code, r.Description)
			continue
		}
		if r.Reference != "" {
			byReference[r.Key()] = r.Line
		}
		byContent[r.content()] = r.Line
	}
}

const problemTextRunes = 80

// problem notes a problem, the first thousand of them.
func (s *Statement) problem(line int, field, code, text string) {
	if len(s.Problems) > maxProblems {
		return
	}
	if len(s.Problems) == maxProblems {
		line, field, code, text = 0, "", "too_many_problems", ""
	}
	if runes := []rune(tidy(text)); len(runes) > problemTextRunes {
		text = string(runes[:problemTextRunes]) + "…"
	} else {
		text = string(runes)
	}
	s.Problems = append(s.Problems, Problem{Line: line, Field: field, Code: code, Text: text})
}

func isBlank(record []string) bool {
	for _, cell := range record {
		if cell != "" {
			return false
		}
	}
	return true
}
