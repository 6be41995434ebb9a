package table

import (
	"io"

	"github.com/xuri/excelize/v2"
)

// defaultSheet is the name of the sheet a new workbook comes with.
const defaultSheet = "Sheet1"

type xlsxWriter struct {
	to      io.Writer
	file    *excelize.File
	stream  *excelize.StreamWriter
	columns int
	rows    int
	values  []any
	styles  [kindInstant + 1]int
}

// newXLSX begins a workbook of one sheet. The stream writer keeps a sheet of up
// to 16 MiB in memory and a longer one in a temporary file.
func newXLSX(w io.Writer, sheet string, columns []Column) (x *xlsxWriter, err error) {
	x = &xlsxWriter{to: w, file: excelize.NewFile(), columns: len(columns), values: make([]any, len(columns))}
	defer func() {
		if err != nil {
			x.file.Close()
		}
	}()
	if sheet != "" {
		if err = x.file.SetSheetName(defaultSheet, sheet); err != nil {
			return nil, err
		}
	} else {
		sheet = defaultSheet
	}
	if x.stream, err = x.file.NewStreamWriter(sheet); err != nil {
		return nil, err
	}
	if err = x.makeStyles(); err != nil {
		return nil, err
	}
	return x, x.head(columns)
}

func (x *xlsxWriter) makeStyles() error {
	for _, style := range []struct {
		kind   int
		format string
	}{
		{kindText, "@"}, // also what is typed over it stays text
		{kindNumber, "0"},
		{kindMoney, "#,##0"},
		{kindInstant, "dd/mm/yyyy hh:mm:ss"},
	} {
		id, err := x.file.NewStyle(&excelize.Style{CustomNumFmt: &style.format})
		if err != nil {
			return err
		}
		x.styles[style.kind] = id
	}
	return nil
}

// head writes the titles in bold and keeps them in sight.
func (x *xlsxWriter) head(columns []Column) error {
	for i, column := range columns {
		if column.WidthChars > 0 {
			if err := x.stream.SetColWidth(i+1, i+1, column.WidthChars); err != nil {
				return err
			}
		}
	}
	err := x.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	if err != nil {
		return err
	}
	bold, err := x.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	titles := make([]any, len(columns))
	for i, column := range columns {
		titles[i] = excelize.Cell{StyleID: bold, Value: clean(column.Title)}
	}
	x.rows = 1
	return x.stream.SetRow("A1", titles)
}

func (x *xlsxWriter) Row(cells ...Cell) error {
	if err := checkLength(len(cells), x.columns); err != nil {
		return err
	}
	for i, cell := range cells {
		style := x.styles[cell.kind]
		switch cell.kind {
		case kindEmpty:
			x.values[i] = nil
		case kindText:
			x.values[i] = excelize.Cell{StyleID: style, Value: cell.text}
		case kindInstant:
			// A spreadsheet knows no zones: the clock of the legal time is written.
			x.values[i] = excelize.Cell{StyleID: style, Value: cell.time()}
		default:
			x.values[i] = excelize.Cell{StyleID: style, Value: cell.number}
		}
	}
	x.rows++
	at, err := excelize.CoordinatesToCellName(1, x.rows)
	if err != nil {
		return err
	}
	return x.stream.SetRow(at, x.values[:len(cells)])
}

func (x *xlsxWriter) Close() error {
	defer x.file.Close()
	if err := x.stream.Flush(); err != nil {
		return err
	}
	_, err := x.file.WriteTo(x.to)
	return err
}
