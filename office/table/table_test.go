package table

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"gobua/engine"
)

var columns = []Column{{"Tên", 20}, {"Số tiền", 15}, {"Lúc", 20}, {"Số lượng", 0}}

// openedAt is the last second of a leap day in Viet Nam, the day before in UTC.
var openedAt = engine.InstantOf(time.Date(2028, 2, 29, 16, 59, 59, 0, time.UTC))

func write(t *testing.T, format Format, rows ...[]Cell) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, format, "Báo cáo", columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sheet(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestCSVIsWhatASpreadsheetReads(t *testing.T) {
	got := string(write(t, CSV,
		[]Cell{Text("Đỗ Thị \"Ấm\", Hà"), Money(1_250_000), Instant(openedAt), Number(-3)},
		[]Cell{Text("ngắn")}))
	want := "\uFEFFTên,Số tiền,Lúc,Số lượng\r\n" +
		"\"Đỗ Thị \"\"Ấm\"\", Hà\",1250000,2028-02-29 23:59:59,-3\r\n" +
		"ngắn,,,\r\n"
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

var formulas = []string{
	"=1+1", "+84912345678", "-2+3", "@SUM(A1)", "\t=1+1", "\n=1", "\r=1", "  =1+1", "＝1+1", "＠x",
	"=HYPERLINK(\"http://example.com\",\"x\")", "\u202e=1", "\x00=1",
}

func TestNoTextBecomesAFormula(t *testing.T) {
	for _, text := range formulas {
		data := write(t, CSV, []Cell{Text(text)})
		records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte(byteOrderMark)))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if got := records[1][0]; got[0] != '\'' {
			t.Errorf("CSV: %q is written as %q", text, got)
		}
		f := sheet(t, write(t, XLSX, []Cell{Text(text)}))
		if formula, _ := f.GetCellFormula("Báo cáo", "A2"); formula != "" {
			t.Errorf("XLSX: %q became the formula %q", text, formula)
		}
		if kind, _ := f.GetCellType("Báo cáo", "A2"); kind != excelize.CellTypeInlineString {
			t.Errorf("XLSX: %q has the cell type %v", text, kind)
		}
	}
}

func TestXLSXKeepsTypes(t *testing.T) {
	f := sheet(t, write(t, XLSX,
		[]Cell{Text("0011001932418"), Money(engine.MaxDong / 10), Instant(openedAt), Number(7)},
		[]Cell{Text("hai"), {}, Instant(0)}))
	for at, want := range map[string]string{
		"A1": "Tên", "A2": "0011001932418", "B2": "900,000,000,000,000", "C2": "29/02/2028 23:59:59", "D2": "7", "B3": "", "C3": "",
	} {
		if got, err := f.GetCellValue("Báo cáo", at); err != nil || got != want {
			t.Errorf("%s shows %q, %v; want %q", at, got, err, want)
		}
	}
	if raw, _ := f.GetCellValue("Báo cáo", "B2", excelize.Options{RawCellValue: true}); raw != "900000000000000" {
		t.Errorf("the amount is kept as %q", raw)
	}
	if panes, err := f.GetPanes("Báo cáo"); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the head is not kept in sight: %+v, %v", panes, err)
	}
	if width, _ := f.GetColWidth("Báo cáo", "A"); width != 20 {
		t.Errorf("column A is %v wide", width)
	}
}

func TestHostileTextLeavesTheFileWhole(t *testing.T) {
	for _, text := range []string{"a\x00b\x1fc", "]]>&<>\"'", "\xff\xfe", "\uFFFF\uFFFE", "\u200f\u202eabc", "dòng 1\ndòng 2", strings.Repeat("Ấ", 40_000)} {
		f := sheet(t, write(t, XLSX, []Cell{Text(text)}))
		got, err := f.GetCellValue("Báo cáo", "A2")
		if err != nil || got != clean(text) {
			t.Errorf("%.20q came back as %.20q, %v", text, got, err)
		}
		write(t, CSV, []Cell{Text(text)})
	}
}

func TestTheSameReportHasTheSameContent(t *testing.T) {
	row := []Cell{Text("a"), Money(1), Instant(openedAt), Number(2)}
	if !bytes.Equal(write(t, CSV, row), write(t, CSV, row)) {
		t.Error("CSV differs from run to run")
	}
	if !maps.Equal(parts(t, write(t, XLSX, row)), parts(t, write(t, XLSX, row))) {
		t.Error("XLSX differs from run to run")
	}
}

// parts unpacks a workbook; the library packs its parts in any order.
func parts(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, file := range z.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[file.Name] = string(content)
	}
	return all
}

func TestWrongUseIsAnError(t *testing.T) {
	if _, err := NewWriter(&bytes.Buffer{}, "pdf", "", nil); !errors.Is(err, ErrFormat) {
		t.Errorf("pdf: %v", err)
	}
	for _, format := range []Format{CSV, XLSX} {
		if format.ContentType() == "" {
			t.Errorf("%s has no media type", format)
		}
		w, err := NewWriter(&bytes.Buffer{}, format, "", columns)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Row(make([]Cell, 5)...); err == nil {
			t.Errorf("%s takes a row longer than its head", format)
		}
	}
}

// What is held is the finished part of the file, never the rows.
func TestALongReportTakesLittleMemory(t *testing.T) {
	const rows, limit = 10_000, 8 << 20
	for _, format := range []Format{CSV, XLSX} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		var out bytes.Buffer
		w, err := NewWriter(&out, format, "", columns)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if err := w.Row(Text("Quyền sử dụng đất tại tổ dân phố số 5"), Money(engine.Dong(i)), Instant(openedAt), Number(int64(i))); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		held := int64(after.HeapAlloc) - int64(before.HeapAlloc)
		t.Logf("%s holds %d KiB after %d rows", format, held>>10, rows)
		if held > limit {
			t.Errorf("%s holds %d bytes after %d rows", format, held, rows)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkRows(b *testing.B) {
	for _, format := range []Format{CSV, XLSX} {
		b.Run(string(format), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w, err := NewWriter(&bytes.Buffer{}, format, "", columns)
				if err != nil {
					b.Fatal(err)
				}
				for i := range 10_000 {
					if err := w.Row(Text("Nguyễn Văn A"), Money(engine.Dong(i)), Instant(openedAt), Number(int64(i))); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
