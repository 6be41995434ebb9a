package bank

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gobua/engine"
)

const deadline = engine.Instant(1_000_000)

// payments are two that are waited for, one that is half paid and one settled.
func payments(t interface{ Fatal(...any) }) (list []Expected, memo func(string) string) {
	for i, id := range []string{"first", "second", "half", "settled"} {
		list = append(list, Expected{ID: id, Memo: drawMemo(t, byte(100+i)), Amount: 100, Deadline: deadline})
	}
	list[2].Received, list[3].Paid = 40, true
	return list, func(id string) string {
		for _, p := range list {
			if p.ID == id {
				return "nop tien " + string(p.Memo)
			}
		}
		return id
	}
}

func TestVerdicts(t *testing.T) {
	list, memo := payments(t)
	row := func(at engine.Instant, amount engine.Dong, about string) Row {
		return Row{At: at, Amount: amount, Description: memo(about)}
	}
	imported, repeated := row(1, 100, "first"), row(1, 100, "first")
	imported.Imported, repeated.DuplicateOf = true, 7
	for name, c := range map[string]struct {
		rows []Row
		want []Verdict
		diff engine.Dong // of the first row
	}{
		"the whole amount":          {[]Row{row(1, 100, "first")}, []Verdict{Matched}, 0},
		"too little":                {[]Row{row(1, 99, "first")}, []Verdict{Underpaid}, -1},
		"too much":                  {[]Row{row(1, 101, "first")}, []Verdict{Overpaid}, 1},
		"no memo":                   {[]Row{row(1, 100, "NGUYEN VAN A chuyen tien")}, []Verdict{NoMemo}, 0},
		"somebody else's memo":      {[]Row{row(1, 100, string(drawMemo(t, 200)))}, []Verdict{UnknownMemo}, 0},
		"two payments in one":       {[]Row{row(1, 200, memo("first")+" "+memo("second"))}, []Verdict{SeveralMemos}, 0},
		"a known and an old memo":   {[]Row{row(1, 100, string(drawMemo(t, 200))+" "+memo("first"))}, []Verdict{Matched}, 0},
		"settled before":            {[]Row{row(1, 100, "settled")}, []Verdict{AlreadyPaid}, 0},
		"the same line again":       {[]Row{repeated}, []Verdict{Duplicate}, 0},
		"the same file again":       {[]Row{imported}, []Verdict{Duplicate}, 0},
		"in the last moment":        {[]Row{row(deadline-1, 100, "first")}, []Verdict{Matched}, 0},
		"at the deadline":           {[]Row{row(deadline, 100, "first")}, []Verdict{Late}, 0},
		"in two parts":              {[]Row{row(1, 60, "first"), row(2, 40, "first")}, []Verdict{Split, Split}, 0},
		"the second part is late":   {[]Row{row(1, 60, "first"), row(deadline, 40, "first")}, []Verdict{Underpaid, Late}, -40},
		"in two files":              {[]Row{row(1, 60, "half")}, []Verdict{Split}, 0},
		"all again after a half":    {[]Row{row(1, 100, "half")}, []Verdict{Overpaid}, 40},
		"still not enough":          {[]Row{row(1, 20, "half")}, []Verdict{Underpaid}, -40},
		"twice":                     {[]Row{row(2, 100, "first"), row(1, 100, "first")}, []Verdict{AlreadyPaid, Matched}, 0},
		"a try and the whole":       {[]Row{row(1, 1, "first"), row(2, 100, "first")}, []Verdict{AlreadyPaid, Matched}, 0},
		"parts, then more":          {[]Row{row(3, 5, "first"), row(1, 60, "first"), row(2, 40, "first")}, []Verdict{AlreadyPaid, Split, Split}, 0},
		"parts that are too much":   {[]Row{row(1, 60, "first"), row(2, 50, "first")}, []Verdict{Overpaid, Overpaid}, 10},
		"each payment has its rows": {[]Row{row(1, 100, "first"), row(1, 100, "second")}, []Verdict{Matched, Matched}, 0},
	} {
		var got []Verdict
		matches := Reconcile(c.rows, list)
		for _, m := range matches {
			got = append(got, m.Verdict)
		}
		if !slices.Equal(got, c.want) || matches[0].Difference != c.diff {
			t.Errorf("%s: %v by %d, want %v by %d", name, got, matches[0].Difference, c.want, c.diff)
		}
	}
}

func TestReconcileKeepsItsPromises(t *testing.T) {
	list, memo := payments(t)
	known := []Verdict{Matched, Split, Underpaid, Overpaid, NoMemo, UnknownMemo, SeveralMemos, AlreadyPaid, Duplicate, Late}
	about := []string{"first", "second", "half", "settled", "words", string(drawMemo(t, 201)), memo("first") + memo("half")}
	rapid.Check(t, func(t *rapid.T) {
		var rows []Row
		for i := range rapid.IntRange(0, 12).Draw(t, "rows") {
			r := Row{
				Line: i + 1, At: engine.Instant(rapid.Int64Range(int64(deadline)-5, int64(deadline)+1).Draw(t, "at")),
				Amount:      engine.Dong(rapid.SampledFrom([]int64{20, 40, 50, 60, 100, 120}).Draw(t, "amount")),
				Description: memo(rapid.SampledFrom(about).Draw(t, "about")),
				Imported:    rapid.IntRange(0, 9).Draw(t, "imported") == 0,
			}
			rows = append(rows, r)
		}
		matches := Reconcile(rows, list)
		if len(matches) != len(rows) {
			t.Fatalf("%d verdicts on %d rows", len(matches), len(rows))
		}
		settled, whole := map[string]engine.Dong{}, map[string]int{}
		for i, m := range matches {
			if m.Row != rows[i] || !slices.Contains(known, m.Verdict) {
				t.Fatalf("row %d: %+v", i, m)
			}
			if (m.Verdict == Underpaid) != (m.Difference < 0) || (m.Verdict == Overpaid) != (m.Difference > 0) {
				t.Fatalf("row %d: %+v", i, m)
			}
			if m.Verdict.Settles() {
				settled[m.Payment] += m.Row.Amount
			}
			if m.Verdict == Matched {
				whole[m.Payment]++
			}
			if m.Verdict.Settles() && (m.Row.Imported || m.Row.At >= deadline) {
				t.Fatalf("row %d settles a payment: %+v", i, m)
			}
		}
		for _, p := range list {
			if sum, ok := settled[p.ID]; ok && (p.Paid || p.Received+sum != p.Amount || whole[p.ID] > 1) {
				t.Fatalf("%s is settled with %d of %d", p.ID, p.Received+sum, p.Amount)
			}
		}
		// The order of the file decides nothing.
		shuffled := rapid.Permutation(rows).Draw(t, "order")
		byLine := map[int]Verdict{}
		for _, m := range Reconcile(shuffled, list) {
			byLine[m.Row.Line] = m.Verdict
		}
		for _, m := range matches {
			if byLine[m.Row.Line] != m.Verdict {
				t.Fatalf("line %d is %s, in another order %s", m.Row.Line, m.Verdict, byLine[m.Row.Line])
			}
		}
	})
}

func TestAStatementReconcilesEndToEnd(t *testing.T) {
	m := drawMemo(t, 1)
	s := read(t, "Ngày giao dịch;Ghi có;Nội dung\n26/11/2026;1.250.000;MBVCB.123."+string(m)+".CT tu 0011 NGUYEN VAN A\n")
	// A row without a time on the day of the deadline is in time.
	got := Reconcile(s.Rows, []Expected{{ID: "p", Memo: m, Amount: 1_250_000, Deadline: at(26, 11, 2026, 17, 0, 0)}})
	if len(got) != 1 || got[0].Verdict != Matched || got[0].Payment != "p" || got[0].Memo != m {
		t.Errorf("%+v", got)
	}
	got = Reconcile(s.Rows, []Expected{{ID: "p", Memo: m, Amount: 1_250_000, Deadline: at(26, 11, 2026, 0, 0, 0)}})
	if got[0].Verdict != Late {
		t.Errorf("%+v", got)
	}
}
