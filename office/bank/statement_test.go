package bank

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"gobua/engine"
)

func at(day, month, year, hour, minute, second int) engine.Instant {
	return engine.InstantOf(time.Date(year, time.Month(month), day, hour, minute, second, 0, legalTime))
}

func read(t *testing.T, text string) Statement {
	t.Helper()
	s, err := ReadStatement(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// vietnamese is a statement as a bank gives it, letterhead and footer included.
const vietnamese = `NGÂN HÀNG TMCP NGOẠI THƯƠNG VIỆT NAM;;;;;;
Sao kê tài khoản: 0011001932418;;;;;;
;;;;;;
STT;Ngày giao dịch;Số tham chiếu;Số tiền ghi nợ;Số tiền ghi có;Nội dung;Tài khoản đối ứng
1;26/11/2026 08:15:30;FT26330001;;1.250.000;"NGUYEN VAN A; GB7K2MQ94TX dat truoc";0123456789
2;26/11/2026 09:00;FT26330002;55.000;;Phi dich vu;
3;27/11/2026;FT26330003;0;2.500.000,00;Đỗ Thị Ấm nộp tiền;'9876
`

func TestVietnameseStatement(t *testing.T) {
	s := read(t, vietnamese)
	want := []Row{
		{Line: 5, At: at(26, 11, 2026, 8, 15, 30), Amount: 1_250_000, Description: "NGUYEN VAN A; GB7K2MQ94TX dat truoc",
			Reference: "FT26330001", Payer: "0123456789"},
		{Line: 7, At: at(27, 11, 2026, 0, 0, 0), DayOnly: true, Amount: 2_500_000, Description: "Đỗ Thị Ấm nộp tiền",
			Reference: "FT26330003", Payer: "'9876"},
	}
	if !slices.Equal(s.Rows, want) || s.Debits != 1 || len(s.Problems) != 0 {
		t.Errorf("%+v", s)
	}
}

func TestStatementsOfManyForms(t *testing.T) {
	want := Row{At: at(29, 2, 2028, 23, 59, 59), Amount: 1_250_000, Description: "GB7K2MQ94TX", Reference: "R1"}
	for name, text := range map[string]string{
		"English":            "Date,Reference,Amount,Description\n29/02/2028 23:59:59,R1,\"1,250,000\",GB7K2MQ94TX\n",
		"ISO date":           "Transaction Date,Ref No,Credit,Debit,Remarks\n2028-02-29 23:59:59,R1,1250000.00,,GB7K2MQ94TX\n",
		"without diacritics": "Ngay GD\tSo but toan\tGhi co\tGhi no\tDien giai\n29/02/2028 23:59:59\tR1\t1250000\t\tGB7K2MQ94TX\n",
		"two languages":      "Ngày giao dịch/ Transaction date;Số tham chiếu/ Ref;Ghi có/ Credit;Ghi nợ/ Debit;Diễn giải/ Description\n29-02-2028 23:59:59;R1;1 250 000 VND;;GB7K2MQ94TX\n",
		"sign":               "Ngày,Mã GD,Số tiền,Nội dung\n23:59:59 29/02/2028,R1,\"+1,250,000 đ\",GB7K2MQ94TX\n",
		"direction":          "Ngày,Mã GD,Số tiền,Nợ/Có,Nội dung\n29/02/2028 23:59:59,R1,1250000,C,GB7K2MQ94TX\n",
		"broken lines":       "Ngày,Mã GD,Số tiền,Nội dung\r\n29/02/2028 23:59:59,R1,1250000,\"GB7K2MQ\r\n94TX\"\r\n",
		"zeros kept by =":    "Ngày,Mã GD,Số tiền,Nội dung\n=\"29/02/2028 23:59:59\",=\"R1\",=\"1250000\",=\"GB7K2MQ94TX\"\n",
		"old Mac":            "Ngày,Mã GD,Số tiền,Nội dung\r29/02/2028 23:59:59,R1,1250000,GB7K2MQ94TX\r",
		"trailing separator": "Ngày,Mã GD,Số tiền,Nội dung,\n29/02/2028 23:59:59,R1,1250000,GB7K2MQ94TX,\n",
		"no final newline":   "Ngày,Mã GD,Số tiền,Nội dung\n29/02/2028 23:59:59,R1,1250000,GB7K2MQ94TX",
		"decomposed header":  "Nga\u0300y,Mã GD,Sô\u0301 tiê\u0300n,Nội dung\n29/02/2028 23:59:59,R1,1250000,GB7K2MQ94TX\n",
	} {
		s := read(t, text)
		if len(s.Rows) != 1 || len(s.Problems) != 0 {
			t.Errorf("%s: %+v", name, s)
			continue
		}
		got := s.Rows[0]
		got.Line = 0
		if got.Description = strings.ReplaceAll(got.Description, " ", ""); got != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func encode(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	out, err := encoding.ReplaceUnsupported(e.NewEncoder()).String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEncodings(t *testing.T) {
	want := read(t, vietnamese)
	for name, text := range map[string]string{
		"UTF-8 with mark":           "\uFEFF" + vietnamese,
		"UTF-16LE with mark":        encode(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), vietnamese),
		"UTF-16BE with mark":        encode(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), vietnamese),
		"UTF-16LE without":          encode(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), vietnamese),
		"UTF-16BE without":          encode(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), vietnamese),
		"UTF-8 with mark and CR LF": "\uFEFF" + strings.ReplaceAll(vietnamese, "\n", "\r\n"),
	} {
		if got := read(t, text); !slices.Equal(got.Rows, want.Rows) || len(got.Problems) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestEncodingsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, code string }{
		"Windows-1258":         {encode(t, charmap.Windows1258, "Ngày,Số tiền,Nội dung\n26/11/2026,1,Đặt\n"), "legacy_encoding"},
		"Windows-1252":         {encode(t, charmap.Windows1252, "Ngày,Amount,Description\n26/11/2026,1,à\n"), "legacy_encoding"},
		"TCVN3":                {"Ng\xb5y,S\xe8 ti\xd2n,N\xe9i dung\n26/11/2026,1,\xae\xc6t\n", "legacy_encoding"},
		"TCVN3 taken as UTF-8": {"Ngµy,Sè tiÒn,Néi dung\n26/11/2026,1,§Æt tr\u00adíc\n", "legacy_encoding"},
		"half a UTF-16 letter": {"\xff\xfeN\x00g\x00a", "broken_encoding"},
		"lone surrogate":       {"\xff\xfeN\x00\x00\xd8", "broken_encoding"},
		"zeros":                {strings.Repeat("\x00", 2001), "broken_encoding"},
	} {
		s := read(t, c.text)
		if len(s.Rows) != 0 || len(s.Problems) != 1 || s.Problems[0].Code != c.code || s.Problems[0].Line != 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestFilesThatAreNoStatement(t *testing.T) {
	for name, c := range map[string]struct{ text, code string }{
		"empty":              {"", "empty"},
		"mark only":          {"\uFEFF", "empty"},
		"blank":              {" \r\n\t\n", "empty"},
		"a head alone":       {"Ngày,Số tiền,Nội dung\n\n,,\n", "empty"},
		"no table":           {"hello\nworld\n", "header_missing"},
		"no description":     {"Ngày,Số tiền\n26/11/2026,1\n", "header_missing"},
		"a workbook":         {"PK\x03\x04\x14\x00\x08", "header_missing"},
		"too large":          {strings.Repeat("a", MaxStatementBytes+1), "too_large"},
		"header far below":   {strings.Repeat("x\n", 100) + "Ngày,Số tiền,Nội dung\n", "header_missing"},
		"one line, no break": {strings.Repeat("\"", 100_001), "header_missing"},
	} {
		s := read(t, c.text)
		if len(s.Rows) != 0 || len(s.Problems) != 1 || s.Problems[0].Code != c.code {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

const short = "Ngày,Số tham chiếu,Số tiền,Nội dung\n26/11/2026,A,1000,một\n"

func TestProblemsAreToldRowByRow(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want Problem
	}{
		"missing column":    {"26/11/2026,B,1000\n", Problem{3, "", "column_count", "26/11/2026,B,1000"}},
		"column too many":   {"26/11/2026,B,1000,hai,ba\n", Problem{3, "", "column_count", "26/11/2026,B,1000,hai,ba"}},
		"NUL byte":          {"26/11/2026,B,1000,h\x00ai\n", Problem{3, "", "nul_byte", "26/11/2026,B,1000,h ai"}},
		"open quote":        {"26/11/2026,B,1000,\"hai\n", Problem{3, "", "unclosed_quote", "26/11/2026,B,1000,\"hai"}},
		"quote in the cell": {"26/11/2026,B,1000,h\"a\"i\n", Problem{3, "", "bad_quote", "26/11/2026,B,1000,h\"a\"i"}},
		"amount of letters": {"26/11/2026,B,1000x,hai\n", Problem{3, "amount", "bad_amount", "1000x"}},
		"amount of Excel":   {"26/11/2026,B,1.25E+06,hai\n", Problem{3, "amount", "bad_amount", "1.25E+06"}},
		"hào":               {"26/11/2026,B,1000.50,hai\n", Problem{3, "amount", "bad_amount", "1000.50"}},
		"zero":              {"26/11/2026,B,0,hai\n", Problem{3, "amount", "bad_amount", "0"}},
		"beyond all money":  {"26/11/2026,B,9999999999999999,hai\n", Problem{3, "amount", "bad_amount", "9999999999999999"}},
		"no amount":         {"26/11/2026,B,,hai\n", Problem{3, "amount", "missing", ""}},
		"no date":           {",B,1000,hai\n", Problem{3, "date", "missing", ""}},
		"30 February":       {"30/02/2028,B,1000,hai\n", Problem{3, "date", "bad_date", "30/02/2028"}},
		"29 February 2027":  {"29/02/2027,B,1000,hai\n", Problem{3, "date", "bad_date", "29/02/2027"}},
		"month first":       {"11/26/2026,B,1000,hai\n", Problem{3, "date", "bad_date", "11/26/2026"}},
		"hour 24":           {"26/11/2026 24:00:00,B,1000,hai\n", Problem{3, "date", "bad_date", "26/11/2026 24:00:00"}},
		"year 26":           {"26/11/0026,B,1000,hai\n", Problem{3, "date", "bad_date", "26/11/0026"}},
		"cell too long": {"26/11/2026,B,1000," + strings.Repeat("a", maxCellBytes+1) + "\n",
			Problem{3, "", "cell_too_long", strings.Repeat("a", problemTextRunes) + "…"}},
	} {
		s := read(t, short+c.line+"27/11/2026,C,3000,ba\n")
		if !slices.Equal(s.Problems, []Problem{c.want}) {
			t.Errorf("%s: %+v", name, s.Problems)
		}
		if len(s.Rows) != 2 || s.Rows[0].Reference != "A" || s.Rows[1].Reference != "C" || s.Rows[1].Line != 4 {
			t.Errorf("%s: the rows beside it are %+v", name, s.Rows)
		}
	}
}

func TestHalfALineAtTheEnd(t *testing.T) {
	for _, half := range []string{"27/11/2026,C", "27/11/2026,C,3000,\"ba"} {
		s := read(t, short+half)
		if len(s.Rows) != 1 || len(s.Problems) != 1 || s.Problems[0].Code != "half_line" || s.Problems[0].Line != 3 {
			t.Errorf("%q: %+v", half, s)
		}
	}
}

func TestRowsToldTwiceAreFlagged(t *testing.T) {
	s := read(t, short+"26/11/2026,a,1000,một\n27/11/2026,A,9,khác\n26/11/2026,,500,hai\n26/11/2026,,500,Hai\n26/11/2026,,501,hai\n26/11/2026,B,1000,một\n")
	var got []int
	for _, r := range s.Rows {
		got = append(got, r.DuplicateOf)
	}
	if want := []int{0, 2, 2, 0, 5, 0, 2}; !slices.Equal(got, want) {
		t.Errorf("duplicates of %v, want %v", got, want)
	}
	var codes []string
	for _, p := range s.Problems {
		codes = append(codes, p.Code)
	}
	if want := []string{"duplicate_reference", "duplicate_reference", "duplicate_row", "duplicate_row"}; !slices.Equal(codes, want) {
		t.Errorf("%v, want %v", codes, want)
	}
}

func TestMoneyThatWentOutIsCounted(t *testing.T) {
	s := read(t, "Ngày,Số tiền,Loại,Nội dung\n26/11/2026,-1000,,a\n26/11/2026,1000,D,b\n26/11/2026,(1.000),,c\n26/11/2026,1000,Nợ,d\n26/11/2026,1000,C,e\n")
	if s.Debits != 4 || len(s.Rows) != 1 || len(s.Problems) != 0 {
		t.Errorf("%+v", s)
	}
	s = read(t, "Ngày,Ghi nợ,Ghi có,Nội dung\n26/11/2026,1000,0,a\n26/11/2026,1000,1000,b\n26/11/2026,,,c\n26/11/2026,x,,d\n26/11/2026,-,1000,e\n")
	if s.Debits != 1 || len(s.Rows) != 1 || len(s.Problems) != 3 {
		t.Errorf("%+v", s)
	}
}

func TestLimitsOfAStatement(t *testing.T) {
	s := read(t, "Ngày,Số tiền,Nội dung\n"+strings.Repeat("26/11/2026,x,y\n", 3*maxProblems))
	if len(s.Problems) != maxProblems+1 || s.Problems[0].Code != "too_many_problems" {
		t.Errorf("%d problems, first %+v", len(s.Problems), s.Problems[0])
	}
	s = read(t, "Ngày,Số tiền,Nội dung\n"+strings.Repeat("26/11/2026,1,y\n", MaxStatementRows+5))
	if len(s.Rows) != MaxStatementRows || s.Rows[MaxStatementRows-1].DuplicateOf != 2 || s.Problems[0].Code != "too_many_rows" {
		t.Errorf("%d rows, first problem %+v", len(s.Rows), s.Problems[0])
	}
	s = read(t, "Ngày,Số tiền,Nội dung\n26/11/2026,1,y"+strings.Repeat(",", 500)+"z\n")
	if len(s.Rows) != 0 || len(s.Problems) != 1 || s.Problems[0].Code != "column_count" {
		t.Errorf("%+v", s)
	}
}

func TestAReaderThatFailsIsAnError(t *testing.T) {
	broken := errors.New("line is dead")
	if _, err := ReadStatement(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestAmounts(t *testing.T) {
	for in, want := range map[string]engine.Dong{
		"1.250.000": 1_250_000, "1,250,000": 1_250_000, "1250000.00": 1_250_000, "1250000": 1_250_000, "1,250,000.00": 1_250_000,
		"1.250": 1_250, "1,250": 1_250, "1 250 000": 1_250_000, "-5": -5, "(5)": -5, "5 đ": 5, "5đồng": 5, "+5 VND": 5, "5,0": 5, "0": 0,
		"9.000.000.000.000.000": engine.MaxDong,
	} {
		if got, ok := parseAmount(in); !ok || got != want {
			t.Errorf("%q: %d, %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "-", "1.25", "1,2,3", "1.250,000", "1250.000", "12.50.000", "1..000", "--5", "٣", "0x10", "1e6", "9000000000000001", "99999999999999999999"} {
		if got, ok := parseAmount(in); ok {
			t.Errorf("%q is read as %d", in, got)
		}
	}
}

func FuzzReadStatement(f *testing.F) {
	f.Add([]byte(vietnamese))
	f.Add([]byte(short + "26/11/2026,\"B\n,1000"))
	f.Add([]byte("\xff\xfeN\x00g\x00a\x00"))
	f.Add([]byte("Date\tCredit\tRemarks\n2026-11-26\t1\t\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadStatement(strings.NewReader(string(data)))
		if err != nil {
			t.Fatal(err)
		}
		lines := map[int]bool{}
		for _, r := range s.Rows {
			if r.Amount <= 0 || r.Amount > engine.MaxDong || r.Line < 1 || lines[r.Line] || !utf8.ValidString(r.Description) ||
				strings.ContainsAny(r.Description+r.Reference+r.Payer, "\x00\n\r") || r.DuplicateOf >= r.Line {
				t.Errorf("%+v", r)
			}
			lines[r.Line] = true
		}
		for _, p := range s.Problems {
			if p.Code == "" || lines[p.Line] && !strings.HasPrefix(p.Code, "duplicate") {
				t.Errorf("%+v", p)
			}
		}
		if len(s.Rows)+len(s.Problems)+s.Debits == 0 {
			t.Errorf("nothing is said of %q", data)
		}
		Reconcile(s.Rows, nil)
	})
}
