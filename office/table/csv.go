package table

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// byteOrderMark tells a spreadsheet that the file is UTF-8; without it the
// letters of Vietnamese come out wrong.
const byteOrderMark = "\uFEFF"

type csvWriter struct {
	out    *csv.Writer
	record []string
}

func newCSV(w io.Writer, columns []Column) (*csvWriter, error) {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return nil, err
	}
	c := &csvWriter{out: csv.NewWriter(w), record: make([]string, len(columns))}
	c.out.UseCRLF = true
	head := make([]Cell, len(columns))
	for i, column := range columns {
		head[i] = Text(column.Title)
	}
	return c, c.Row(head...)
}

func (c *csvWriter) Row(cells ...Cell) error {
	if err := checkLength(len(cells), len(c.record)); err != nil {
		return err
	}
	clear(c.record)
	for i, cell := range cells {
		switch cell.kind {
		case kindText:
			c.record[i] = harmless(cell.text)
		case kindNumber, kindMoney:
			c.record[i] = strconv.FormatInt(cell.number, 10)
		case kindInstant:
			c.record[i] = cell.time().Format("2006-01-02 15:04:05")
		}
	}
	return c.out.Write(c.record)
}

func (c *csvWriter) Close() error {
	c.out.Flush()
	return c.out.Error()
}

// harmless puts an apostrophe before a text that a spreadsheet would take for
// a formula: a CSV file has no other way to say "this is text". The wide forms
// of the signs are folded to the plain ones by some spreadsheets.
func harmless(s string) string {
	first := strings.TrimLeftFunc(s, unicode.IsSpace)
	if first == "" {
		return s
	}
	if strings.ContainsRune("=+-@＝＋－＠", []rune(first)[0]) || s[0] == '\t' || s[0] == '\n' {
		return "'" + s
	}
	return s
}
