package officetest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os/exec"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"golang.org/x/text/unicode/norm"

	"gobua/engine"
	"gobua/office"
)

// hostile is a title that would break out of a feed that only joins strings.
const hostile = "</title><script>alert(1)</script>]]>\u202e BEGIN:VEVENT"

// Everybody reads the list, the feeds and the exports; what is hostile in a
// title stays text in each of them.
func TestThePublicReadsWithoutAnAccount(t *testing.T) {
	h := open(t)
	admin := h.signIn("admin")
	bidder := h.account(admin, "nguoi.mua", "Người Mua Bí Mật", engine.RoleBidder)
	d := draft(h.soon(10), bidder)
	d.Title = strings.ReplaceAll(hostile, "\u202e", "")
	var a office.Auction
	admin.ask("POST", "/auctions", d).into(201, &a)
	visitor := h.visitor()
	visitor.ask("GET", "/notices/"+a.ID+"/notice.ics", nil).refused(404, "not_found")
	admin.ask("POST", "/auctions/"+a.ID+"/publish", map[string]int{"version": a.Version}).into(200, nil)

	list := visitor.ask("GET", "/notices?q=script+alert", nil)
	var page office.PublicPage
	if list.into(200, &page); page.Count != 1 || page.Notices[0].ID != a.ID || page.Notices[0].Title != d.Title {
		t.Fatalf("the list has %+v", page)
	}
	tag := list.Header.Get("Etag")
	if again := visitor.ask("GET", "/notices?q=script+alert", nil, "If-None-Match", tag); again.StatusCode != 304 {
		t.Errorf("what the reader has is sent again: %d", again.StatusCode)
	}
	if got := visitor.ask("GET", "/notices?kind=boat&from=today", nil).refused(422, "invalid"); got != "kind unknown, from malformed" {
		t.Errorf("a query that cannot be understood: %s", got)
	}

	atom := visitor.ask("GET", "/feeds/notices.atom", nil)
	var doc struct {
		Entries []struct {
			ID    string `xml:"id"`
			Title string `xml:"title"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(atom.body, &doc); err != nil || len(doc.Entries) != 1 || !strings.Contains(doc.Entries[0].ID, a.ID) {
		t.Errorf("atom: %+v, %v", doc, err)
	}
	for _, path := range []string{"/feeds/notices.ics", "/notices/" + a.ID + "/notice.ics"} {
		cal, err := ics.ParseCalendar(bytes.NewReader(visitor.ask("GET", path, nil).body))
		if err != nil || len(cal.Events()) == 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{"/notices/" + a.ID + "/portal.json", "/notices/" + a.ID + "/ocds.json"} {
		first := visitor.ask("GET", path, nil)
		if first.into(200, nil); !json.Valid(first.body) {
			t.Errorf("%s is not JSON", path)
		}
		for _, secret := range []string{"Người Mua Bí Mật", "2345678901", "<script>"} {
			if bytes.Contains(first.body, []byte(secret)) {
				t.Errorf("%s tells %s", path, secret)
			}
		}
	}
}

// The papers are those of the newest version of the rules, the same bytes each
// time, and tell no hidden starting price. A sale among named participants has
// no rules that were listed, and so none to print.
func TestNoticeAndRulesAreReadyToPrint(t *testing.T) {
	h, registrar, d := listingSale(t)
	var a office.Auction
	registrar.ask("POST", "/auctions", d).into(201, &a)
	visitor := h.visitor()
	visitor.ask("GET", "/notices/"+a.ID+"/notice.pdf", nil).refused(404, "not_found")
	registrar.ask("POST", "/auctions/"+a.ID+"/list", map[string]any{"version": a.Version}).into(200, nil)
	for _, path := range []string{"/notices/" + a.ID + "/notice.pdf", "/notices/" + a.ID + "/rules.pdf"} {
		first := visitor.ask("GET", path, nil)
		if first.into(200, nil); !bytes.HasPrefix(first.body, []byte("%PDF-")) || len(first.body) > 300_000 {
			t.Errorf("%s: %d bytes", path, len(first.body))
		}
		h.forward(2 * time.Minute) // made anew
		if again := visitor.ask("GET", path, nil, "If-None-Match", first.Header.Get("Etag")); again.StatusCode != 304 {
			t.Errorf("%s differs from itself", path)
		}
		text := pdfText(t, first.body)
		for want, there := range map[string]bool{"không công khai": true, d.Lots[0].Title: true, "2.345.678.901": false} {
			if strings.Contains(text, want) != there {
				t.Errorf("%s: %q is there: %v", path, want, !there)
			}
		}
	}
	var page office.PublicPage
	visitor.ask("GET", "/notices?state=upcoming", nil).into(200, &page)
	if page.Count != 1 || page.Notices[0].Stage != office.StageListed && page.Notices[0].Stage != office.StageRegistrationOpen {
		t.Errorf("listed: %+v", page)
	}
}

// pdfText reads the words of a PDF.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	cmd := exec.Command("pdftotext", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext of poppler: %v", err)
	}
	return norm.NFC.String(strings.Join(strings.Fields(string(out)), " "))
}
