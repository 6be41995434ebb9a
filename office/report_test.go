package office_test

import (
	"bytes"
	comma "encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"gobua/engine"
	"gobua/office"
	"gobua/office/table"
)

// rows writes a report as CSV and reads it again.
func (c *concluded) rows(t *testing.T, by office.Account, q office.ReportQuery) [][]string {
	t.Helper()
	q.Format = table.CSV
	r, err := c.Report(background, by, q)
	check(t, err)
	var b bytes.Buffer
	check(t, r.Write(background, &b))
	read := comma.NewReader(bytes.NewReader(bytes.TrimPrefix(b.Bytes(), []byte("\ufeff"))))
	all, err := read.ReadAll()
	check(t, err)
	return all
}

// today is the period of a day around now.
func (c *concluded) today(kind office.ReportKind) office.ReportQuery {
	return office.ReportQuery{Kind: kind, From: engine.InstantOf(c.Now().Add(-24 * time.Hour)), To: engine.InstantOf(c.Now().Add(24 * time.Hour))}
}

func TestTheReportOfAPeriodTellsEachLot(t *testing.T) {
	c := conclude(t)
	all := c.rows(t, c.observer, c.today(office.ReportLots))
	if len(all) != 2 || len(all[0]) != len(all[1]) {
		t.Fatalf("%q", all)
	}
	line := all[1]
	for i, want := range map[int]string{1: c.auction.Title, 3: "1", 6: "1000000000", 10: "4", 11: "3", 12: "3"} {
		if line[i] != want {
			t.Errorf("%s: %q, want %q", all[0][i], line[i], want)
		}
	}
	q := c.today(office.ReportLots)
	q.From, q.To = q.To, q.To+1
	if all := c.rows(t, c.clerk, q); len(all) != 1 {
		t.Fatalf("outside the period: %q", all)
	}
}

// TestThePriceOverStartOfASoldLot, once the proceeding says that it is sold.
func TestThePriceOverStartOfASoldLot(t *testing.T) {
	c := conclude(t)
	_, err := c.store.ChangeProceeding(background, c.lot, func(p *office.Proceeding) (office.Trail, error) {
		p.State, p.DeadlineAt = office.ProceedingSold, 0
		return office.Trail{At: engine.InstantOf(c.Now())}, nil
	})
	check(t, err)
	line := c.rows(t, c.clerk, c.today(office.ReportLots))[1]
	if line[5] != "Đấu giá thành" || line[7] != "1500000000" || line[8] != "500000000" || line[9] != "50,00" {
		t.Fatalf("%q", line)
	}
}

// TestReportsHoldNoFormula: what people typed is text in every format.
func TestReportsHoldNoFormula(t *testing.T) {
	c := conclude(t)
	_, err := c.store.ChangeAuction(background, c.auction.ID, func(a *office.Auction) (office.Trail, error) {
		a.Title, a.Owner = `=HYPERLINK("http://x","y")`, "@SUM(1)"
		return office.Trail{}, nil
	})
	check(t, err)
	line := c.rows(t, c.clerk, c.today(office.ReportLots))[1]
	if line[1] != `'=HYPERLINK("http://x","y")` || line[2] != "'@SUM(1)" {
		t.Fatalf("%q", line)
	}
	q := c.today(office.ReportLots)
	q.Format = table.XLSX
	r, err := c.Report(background, c.clerk, q)
	check(t, err)
	var b bytes.Buffer
	check(t, r.Write(background, &b))
	book, err := excelize.OpenReader(&b)
	check(t, err)
	formula, err := book.GetCellFormula("Kết quả", "B2")
	if err != nil || formula != "" {
		t.Fatalf("%q, %v", formula, err)
	}
	text, err := book.GetCellValue("Kết quả", "B2")
	if err != nil || text != `=HYPERLINK("http://x","y")` {
		t.Fatalf("%q, %v", text, err)
	}
}

// TestNamesAreOpenedByARecordedAct and stand in no report otherwise.
func TestNamesAreOpenedByARecordedAct(t *testing.T) {
	c := conclude(t)
	q := office.ReportQuery{Kind: office.ReportDeposits, AuctionID: c.auction.ID}
	for _, by := range []office.Account{c.observer, c.admin, c.clerk} {
		for _, line := range c.rows(t, by, q) {
			if strings.Contains(strings.Join(line, "|"), c.an.Name) {
				t.Fatalf("%q", line)
			}
		}
	}
	q.Names, q.Format = true, table.CSV
	_, err := c.Report(background, c.clerk, q)
	wantsFields(t, err, office.Field{Field: "reason", Code: "missing"})
	q.Reason = "Đối chiếu hoàn trả"
	for _, by := range []office.Account{c.observer, c.admin} {
		_, err = c.Report(background, by, q)
		wants(t, err, office.ErrForbidden)
	}
	all := c.rows(t, c.clerk, q)
	if len(all) != 5 || !slices.ContainsFunc(all, func(line []string) bool { return line[12] == c.an.Name && line[5] == "200000000" }) {
		t.Fatalf("%q", all)
	}
	acts, err := c.Acts(background, c.admin, office.ActQuery{AuctionID: c.auction.ID, Name: "identity.open"})
	if err != nil || !slices.ContainsFunc(acts, func(a office.Act) bool { return a.Reason == q.Reason && a.AccountID == c.clerk.ID }) {
		t.Fatalf("%+v, %v", acts, err)
	}
}

func TestBidsAndActsAsReports(t *testing.T) {
	c := conclude(t)
	all := c.rows(t, c.observer, office.ReportQuery{Kind: office.ReportBids, Session: c.session})
	if len(all) != 4 || all[3][0] != "6" || all[3][3] != "1500000000" || !strings.HasSuffix(all[3][1], "+07:00") {
		t.Fatalf("%q", all)
	}
	if all := c.rows(t, c.clerk, office.ReportQuery{Kind: office.ReportPresence, Session: c.session}); len(all) != 1 {
		t.Fatalf("%q", all)
	}
	if all := c.rows(t, c.admin, c.today(office.ReportActs)); len(all) < 3 {
		t.Fatalf("%q", all)
	}
	q := c.today(office.ReportActs)
	q.Format = table.CSV
	_, err := c.Report(background, c.clerk, q)
	wants(t, err, office.ErrForbidden)
	_, err = c.Report(background, c.an, q)
	wants(t, err, office.ErrForbidden)
	_, err = c.Report(background, c.clerk, office.ReportQuery{Kind: "x", Format: "pdf"})
	wantsFields(t, err, office.Field{Field: "kind", Code: "unknown"}, office.Field{Field: "format", Code: "unknown"})
	_, err = c.Report(background, c.clerk, office.ReportQuery{Kind: office.ReportLots, Format: table.CSV, From: 2, To: 1})
	wantsFields(t, err, office.Field{Field: "to", Code: "out_of_range"})
	_, err = c.Report(background, c.clerk, office.ReportQuery{Kind: office.ReportBids, Format: table.CSV, Session: "000000000009"})
	wants(t, err, office.ErrNotFound)
}

func TestThePortalsStateIsKept(t *testing.T) {
	c := conclude(t)
	_, err := c.NotePortal(background, c.observer, c.auction.ID, office.PortalUploaded, "")
	wants(t, err, office.ErrForbidden)
	_, err = c.NotePortal(background, c.admin, c.auction.ID, office.PortalPublished, "")
	wantsFields(t, err, office.Field{Field: "link", Code: "missing"})
	_, err = c.NotePortal(background, c.admin, c.auction.ID, "x", "javascript:alert(1)")
	wantsFields(t, err, office.Field{Field: "status", Code: "unknown"}, office.Field{Field: "link", Code: "malformed"})
	_, err = c.NotePortal(background, c.admin, c.auction.ID, office.PortalUploaded, "")
	check(t, err)
	_, err = c.NotePortal(background, c.registrar, c.auction.ID, office.PortalPublished, "https://dgts.moj.gov.vn/thong-bao/1")
	check(t, err)
	all, err := c.PortalUploads(background, c.observer, c.auction.ID)
	if err != nil || len(all) != 2 || all[0].Status != office.PortalPublished || all[0].ByName != c.registrar.Name {
		t.Fatalf("%+v, %v", all, err)
	}
}
