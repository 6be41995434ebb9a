package bank

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"gobua/engine"
	"gobua/office/table"
)

var refunds = []Refund{
	{"Đỗ Thị Ấm", Account{"970436", "0011001932418"}, 1_250_000, "Hoàn tiền đặt trước GB7K2MQ94TX"},
	{"=cmd|' /C calc'!A0", Account{"970415", "113366668888"}, engine.MaxDong / 2, "@SUM(A1)"},
}

func TestRefundFileIsWhatABankImports(t *testing.T) {
	var out bytes.Buffer
	if err := RefundFile(&out, table.CSV, refunds); err != nil {
		t.Fatal(err)
	}
	want := "\uFEFFSTT,Số tài khoản,Tên người thụ hưởng,Mã ngân hàng (BIN),Ngân hàng,Số tiền,Nội dung\r\n" +
		"1,0011001932418,DO THI AM,970436,Vietcombank,1250000,HOAN TIEN DAT TRUOC GB7K2MQ94TX\r\n" +
		"2,113366668888,CMD C CALC A0,970415,VietinBank,4500000000000000,SUM A1\r\n"
	if out.String() != want {
		t.Errorf("%s\nwant %s", out.String(), want)
	}
}

func TestRefundWorkbookKeepsZerosAndAmounts(t *testing.T) {
	var out bytes.Buffer
	if err := RefundFile(&out, table.XLSX, refunds); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Hoàn tiền", excelize.Options{RawCellValue: true})
	want := []string{"1", "0011001932418", "DO THI AM", "970436", "Vietcombank", "1250000", "HOAN TIEN DAT TRUOC GB7K2MQ94TX"}
	if err != nil || len(rows) != 3 || !slices.Equal(rows[1], want) {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestWrongRefundsWriteNothing(t *testing.T) {
	good := refunds[0]
	with := func(change func(*Refund)) []Refund {
		r := good
		change(&r)
		return []Refund{good, r}
	}
	for name, c := range map[string]struct {
		list []Refund
		want Problem
	}{
		"empty":            {nil, Problem{Line: 0, Code: "empty"}},
		"too many":         {make([]Refund, MaxRefunds+1), Problem{Line: 0, Code: "too_many_rows"}},
		"no name":          {with(func(r *Refund) { r.Name = "。" }), Problem{Line: 2, Field: "name", Code: "missing"}},
		"name too long":    {with(func(r *Refund) { r.Name = strings.Repeat("a", 71) }), Problem{Line: 2, Field: "name", Code: "too_long"}},
		"no memo":          {with(func(r *Refund) { r.Memo = "" }), Problem{Line: 2, Field: "memo", Code: "missing"}},
		"unknown bank":     {with(func(r *Refund) { r.To.BIN = "000000" }), Problem{Line: 2, Field: "to", Code: "unknown_bank"}},
		"account of words": {with(func(r *Refund) { r.To.Number = "=1+1" }), Problem{Line: 2, Field: "to", Code: "bad_account"}},
		"nothing":          {with(func(r *Refund) { r.Amount = 0 }), Problem{Line: 2, Field: "amount", Code: "bad_amount"}},
		"negative":         {with(func(r *Refund) { r.Amount = -1 }), Problem{Line: 2, Field: "amount", Code: "bad_amount"}},
		"beyond all money": {with(func(r *Refund) { r.Amount = engine.MaxDong }), Problem{Line: 2, Field: "amount", Code: "bad_amount"}},
	} {
		var out bytes.Buffer
		var refused *RefundError
		err := RefundFile(&out, table.CSV, c.list)
		if !errors.As(err, &refused) || !slices.Equal(refused.Problems, []Problem{c.want}) || out.Len() > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := RefundFile(&bytes.Buffer{}, "pdf", refunds); !errors.Is(err, table.ErrFormat) {
		t.Error(err)
	}
}
