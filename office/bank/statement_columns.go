package bank

import (
	"strings"

	"gobua/engine"
)

// column is what a column of a statement tells.
type column int

const (
	colDate column = iota
	colCredit
	colDebit
	colAmount // credit and debit in one, told apart by sign or colDirection
	colDirection
	colDescription
	colReference
	colPayer
	columnKinds
)

// columnNames are the names banks give their columns, without diacritics, in
// one word. The first of a list that is there is taken.
var columnNames = [columnKinds][]string{
	colDate: {
		"NGAYGIAODICH", "NGAYGD", "THOIGIANGIAODICH", "THOIGIANGD", "NGAYGIOGIAODICH", "NGAYGIO", "TRANSACTIONDATE", "TRANSDATE",
		"TRANDATE", "TXNDATE", "DATETIME", "NGAY", "THOIGIAN", "DATE", "NGAYHIEULUC", "NGAYHACHTOAN", "NGAYGHISO", "POSTINGDATE",
		"POSTDATE", "BOOKINGDATE", "VALUEDATE", "EFFECTIVEDATE",
	},
	colCredit: {
		"SOTIENGHICO", "GHICO", "PHATSINHCO", "PSCO", "TIENVAO", "SOTIENVAO", "CO", "CREDITAMOUNT", "CREDIT", "CREDITVND",
		"SOTIENGHICOVND", "PAIDIN", "MONEYIN", "DEPOSIT",
	},
	colDebit: {
		"SOTIENGHINO", "GHINO", "PHATSINHNO", "PSNO", "TIENRA", "SOTIENRA", "NO", "DEBITAMOUNT", "DEBIT", "DEBITVND", "SOTIENGHINOVND",
		"PAIDOUT", "MONEYOUT", "WITHDRAWAL",
	},
	colAmount: {"SOTIEN", "SOTIENGD", "SOTIENGIAODICH", "SOTIENVND", "AMOUNT", "TRANSACTIONAMOUNT", "TXNAMOUNT", "AMOUNTVND", "GIATRI"},
	colDirection: {
		"LOAI", "LOAIGIAODICH", "LOAIGD", "NOCO", "TYPE", "DRCR", "CRDR", "DC", "CD", "TRANSACTIONTYPE", "CHIEUGIAODICH",
		"THAYDOI",
	},
	colDescription: {
		"NOIDUNGGIAODICH", "NOIDUNGCHUYENKHOAN", "NOIDUNGCHITIET", "NOIDUNG", "MOTAGIAODICH", "MOTA", "DIENGIAI", "CHITIETGIAODICH",
		"TRANSACTIONDETAILS", "TRANSACTIONDETAIL", "TRANSACTIONDESCRIPTION", "DESCRIPTION", "DETAILS", "DETAIL", "REMARKS", "REMARK",
		"NARRATIVE", "CONTENT", "MEMO",
	},
	colReference: {
		"SOTHAMCHIEU", "MATHAMCHIEU", "THAMCHIEU", "MAGIAODICH", "MAGD", "SOGIAODICH", "SOGD", "SOBUTTOAN", "BUTTOAN", "SOCHUNGTU", "SOCT",
		"REFERENCENUMBER", "REFERENCENO", "REFERENCE", "REFNO", "REF", "TRANSACTIONID", "TRANSACTIONNO", "TRANSACTIONNUMBER", "TXNID",
		"DOCNO", "SEQNO",
	},
	colPayer: {
		"TAIKHOANDOIUNG", "SOTAIKHOANDOIUNG", "TKDOIUNG", "SOTKDOIUNG", "TAIKHOANCHUYEN", "TAIKHOANNGUOICHUYEN", "TAIKHOANNGUOIGUI",
		"PAYERACCOUNT", "COUNTERACCOUNT", "COUNTERPARTYACCOUNT", "CORRESPONDENTACCOUNT", "CONTRAACCOUNT", "SENDERACCOUNT", "FROMACCOUNT",
		"REMITTERACCOUNT", "OFFSETACCOUNT",
	},
}

// header knows which column is where.
type header struct {
	separator rune
	next      int // index of the first line after it
	width     int
	at        [columnKinds]int // index of the column, -1 if there is none
}

// findHeader looks for the line that names a date, an amount and a description,
// with each separator; the highest line wins.
func findHeader(lines []line) (header, bool) {
	for at := range min(len(lines), maxHeadLines) {
		for _, separator := range []rune{',', ';', '\t'} {
			record, next, code := readRecord(lines, at, separator)
			if code != "" {
				continue
			}
			if h := readHeader(record); h.complete() {
				h.separator, h.next = separator, next
				return h, true
			}
		}
	}
	return header{}, false
}

func readHeader(record []string) header {
	for len(record) > 0 && record[len(record)-1] == "" {
		record = record[:len(record)-1]
	}
	h := header{width: len(record)}
	rank := [columnKinds]int{}
	for kind := range h.at {
		h.at[kind] = -1
	}
	for i, title := range record {
		kind, place, ok := columnOf(title)
		if ok && (h.at[kind] < 0 || place < rank[kind]) {
			h.at[kind], rank[kind] = i, place
		}
	}
	return h
}

// columnOf finds what a title names, also when it stands in two languages, as
// in "Số tiền ghi có / Credit (VND)".
func columnOf(title string) (kind column, rank int, ok bool) {
	if len(title) > maxCellBytes {
		return 0, 0, false
	}
	parts := append([]string{title}, strings.FieldsFunc(title, func(r rune) bool { return strings.ContainsRune("/|()[]-–\n", r) })...)
	for _, part := range parts {
		name := compact(part)
		for kind := range columnKinds {
			for rank, known := range columnNames[kind] {
				if name == known {
					return kind, rank, true
				}
			}
		}
	}
	return 0, 0, false
}

func (h header) complete() bool {
	return h.at[colDate] >= 0 && h.at[colDescription] >= 0 && (h.at[colCredit] >= 0 || h.at[colAmount] >= 0)
}

func (h header) cell(record []string, c column) string {
	if h.at[c] < 0 {
		return ""
	}
	return record[h.at[c]]
}

// amountText is the cell an amount is read from, for a Problem.
func (h header) amountText(record []string) string {
	if h.at[colCredit] >= 0 {
		return h.cell(record, colCredit)
	}
	return h.cell(record, colAmount)
}

// amount reads what came in by a record. debit: money went out. The problem is
// "missing" or "bad_amount".
func (h header) amount(record []string) (came engine.Dong, debit bool, problem string) {
	if h.at[colCredit] >= 0 {
		return h.creditOrDebit(record)
	}
	text := h.cell(record, colAmount)
	if text == "" {
		return 0, false, "missing"
	}
	amount, ok := parseAmount(text)
	if !ok {
		return 0, false, "bad_amount"
	}
	if amount < 0 || isDebit(h.cell(record, colDirection)) {
		return 0, true, ""
	}
	if amount == 0 {
		return 0, false, "bad_amount"
	}
	return amount, false, ""
}

func (h header) creditOrDebit(record []string) (came engine.Dong, debit bool, problem string) {
	credit, debited := h.cell(record, colCredit), h.cell(record, colDebit)
	in, inOK := parseAmount(credit)
	out, outOK := parseAmount(debited)
	noCredit, noDebit := isNothing(credit) || inOK && in == 0, isNothing(debited) || outOK && out == 0
	switch {
	case noCredit && noDebit:
		return 0, false, "missing"
	case noCredit && outOK:
		return 0, true, ""
	case !inOK || in < 0 || !noDebit: // or money that came and went on one line
		return 0, false, "bad_amount"
	}
	return in, false, ""
}

func isNothing(cell string) bool { return cell == "" || cell == "-" }

func isDebit(direction string) bool {
	switch compact(direction) {
	case "D", "DR", "DEBIT", "N", "NO", "GHINO", "OUT", "RA", "TIENRA":
		return true
	}
	return direction == "-"
}
