package bank

import (
	"fmt"
	"io"

	"gobua/engine"
	"gobua/office/table"
)

// Refund is one transfer back to a payer.
type Refund struct {
	Name   string      `json:"name"` // holder of the account, in any spelling
	To     Account     `json:"to"`
	Amount engine.Dong `json:"amount"`
	Memo   string      `json:"memo"` // in any spelling
}

// Limits of one batch, which banks set no higher.
const (
	MaxRefunds       = 10_000
	maxNameLength    = 70
	maxRefundMemo    = 140
	maxAmountInBatch = engine.MaxDong
)

// RefundError lists what is wrong with a batch. Nothing was written.
type RefundError struct{ Problems []Problem } // Line is the number of the refund, from 1

func (e *RefundError) Error() string {
	return fmt.Sprintf("bank: %d problems in a list of refunds", len(e.Problems))
}

var refundColumns = []table.Column{
	{Title: "STT", WidthChars: 6},
	{Title: "Số tài khoản", WidthChars: 22},
	{Title: "Tên người thụ hưởng", WidthChars: 36},
	{Title: "Mã ngân hàng (BIN)", WidthChars: 12},
	{Title: "Ngân hàng", WidthChars: 24},
	{Title: "Số tiền", WidthChars: 18},
	{Title: "Nội dung", WidthChars: 48},
}

// RefundFile writes a batch of transfers in the form banks import: names and
// memos in upper case without diacritics, amounts as whole numbers. A
// *RefundError is returned before anything is written; any other error is that
// of w.
//
// The Code of a problem is "missing", "too_long", "unknown_bank",
// "bad_account", "bad_amount"; of the list "empty" or "too_many_rows".
func RefundFile(w io.Writer, format table.Format, list []Refund) error {
	if err := checkRefunds(list); err != nil {
		return err
	}
	out, err := table.NewWriter(w, format, "Hoàn tiền", refundColumns)
	if err != nil {
		return err
	}
	for i, r := range list {
		b, _ := BankByBIN(r.To.BIN)
		err := out.Row(table.Number(int64(i+1)), table.Text(r.To.Number), table.Text(Plain(r.Name)), table.Text(r.To.BIN),
			table.Text(b.Short), table.Money(r.Amount), table.Text(Plain(r.Memo)))
		if err != nil {
			return err
		}
	}
	return out.Close()
}

func checkRefunds(list []Refund) error {
	var problems []Problem
	add := func(i int, field, code string) {
		if code != "" {
			problems = append(problems, Problem{Line: i + 1, Field: field, Code: code})
		}
	}
	switch {
	case len(list) == 0:
		add(-1, "", "empty")
	case len(list) > MaxRefunds:
		add(-1, "", "too_many_rows")
		list = nil
	}
	left := maxAmountInBatch
	for i, r := range list {
		add(i, "name", checkPlain(r.Name, maxNameLength))
		add(i, "memo", checkPlain(r.Memo, maxRefundMemo))
		add(i, "to", r.To.Check())
		if r.Amount <= 0 || r.Amount > left {
			add(i, "amount", "bad_amount")
			continue
		}
		left -= r.Amount
	}
	if problems != nil {
		return &RefundError{problems}
	}
	return nil
}

func checkPlain(s string, maxLength int) string {
	switch n := len(Plain(s)); {
	case n == 0:
		return "missing"
	case n > maxLength:
		return "too_long"
	}
	return ""
}
