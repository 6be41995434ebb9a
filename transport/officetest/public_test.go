package officetest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"

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
