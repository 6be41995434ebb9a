package feed

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
)

func calendar(t *testing.T, notices ...Notice) *ics.Calendar {
	t.Helper()
	data := render(t, "ICalendar", notices...)
	checkLines(t, data)
	c, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// checkLines holds a calendar to section 3.1 of RFC 5545.
func checkLines(t *testing.T, data []byte) {
	t.Helper()
	if !bytes.HasSuffix(data, []byte("END:VCALENDAR\r\n")) || bytes.Contains(bytes.ReplaceAll(data, []byte("\r\n"), nil), []byte("\n")) {
		t.Error("lines do not end with CRLF")
	}
	for _, l := range strings.Split(strings.TrimSuffix(string(data), "\r\n"), "\r\n") {
		if len(l) > 75 {
			t.Errorf("a line of %d octets: %q", len(l), l)
		}
		if !utf8.ValidString(l) {
			t.Errorf("a letter is cut in two: %q", l)
		}
		if l == "" || strings.TrimSpace(l) == "" {
			t.Errorf("an empty line")
		}
	}
}

func value(e *ics.VEvent, p ics.ComponentProperty) string {
	if got := e.GetProperty(p); got != nil {
		return got.Value
	}
	return ""
}

func events(c *ics.Calendar) map[string]*ics.VEvent {
	all := map[string]*ics.VEvent{}
	for _, e := range c.Events() {
		all[e.Id()] = e
	}
	return all
}

func TestCalendarHasEveryDate(t *testing.T) {
	n := plain()
	all := events(calendar(t, n))
	for uid, want := range map[string][3]string{
		"viewing-1-" + n.ID + "@gobua": {"20261110T080000", "20261111T170000", "Xem tài sản: " + n.Title},
		"register-" + n.ID + "@gobua":  {"20261128T170000", "", "Hết hạn đăng ký: " + n.Title},
		"deposit-" + n.ID + "@gobua":   {"20261129T170000", "", "Hết hạn nộp tiền đặt trước: " + n.Title},
		"session-lot-a@gobua":          {"20261201T000000", "20261201T001500", "Đấu giá lô 1: Thửa đất số 12"},
		"session-lot-b@gobua":          {"20261201T090000", "20261201T091500", "Đấu giá lô 2: Ô tô Toyota Vios"},
	} {
		e := all[uid]
		if e == nil {
			t.Errorf("no event %s among %d", uid, len(all))
			continue
		}
		got := [3]string{value(e, ics.ComponentPropertyDtStart), value(e, ics.ComponentPropertyDtEnd), value(e, ics.ComponentPropertySummary)}
		if got != want {
			t.Errorf("%s: %q, want %q", uid, got, want)
		}
		if zone := e.GetProperty(ics.ComponentPropertyDtStart).ICalParameters["TZID"]; len(zone) != 1 || zone[0] != tzid {
			t.Errorf("%s begins in the zone %v", uid, zone)
		}
		if value(e, ics.ComponentPropertySequence) != "2" || value(e, ics.ComponentPropertyDtstamp) != "20261120T084500Z" || value(e, ics.ComponentPropertyUrl) != n.URL {
			t.Errorf("%s: %+v", uid, e.Properties)
		}
		if value(e, ics.ComponentPropertyStatus) != "CONFIRMED" {
			t.Errorf("%s is %s", uid, value(e, ics.ComponentPropertyStatus))
		}
	}
	if len(all) != 5 {
		t.Errorf("%d events", len(all))
	}
}

func TestCalendarBringsItsTimeZone(t *testing.T) {
	for _, notices := range [][]Notice{nil, {plain()}} {
		c := calendar(t, notices...)
		if zones := c.Timezones(); len(zones) != 1 || len(zones[0].Components) != 1 {
			t.Errorf("%d time zones", len(zones))
		}
		text := string(render(t, "ICalendar", notices...))
		for _, want := range []string{"BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh\r\n", "TZOFFSETTO:+0700\r\n", "VERSION:2.0\r\n", "PRODID:", "METHOD:PUBLISH\r\n",
			"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q", want)
			}
		}
	}
}

func TestACancelledAuctionKeepsItsEvents(t *testing.T) {
	before, after := events(calendar(t, plain())), events(calendar(t, cancelled()))
	if len(before) != len(after) {
		t.Errorf("%d events, then %d", len(before), len(after))
	}
	for uid := range before {
		if after[uid] == nil || value(after[uid], ics.ComponentPropertyStatus) != "CANCELLED" {
			t.Errorf("%s is not cancelled", uid)
		}
	}
}

func TestCalendarComesThroughARoundTrip(t *testing.T) {
	for _, n := range allNotices() {
		for _, e := range calendar(t, n).Events() {
			if strings.Contains(e.Id(), "forged") {
				t.Error("a title made an event of its own")
			}
			if strings.HasPrefix(e.Id(), "register-") {
				if got, want := value(e, ics.ComponentPropertySummary), title("Hết hạn đăng ký: "+title(n.Title)); got != want {
					t.Errorf("summary %q, want %q", got, want)
				}
				if got, want := value(e, ics.ComponentPropertyDescription), describe(n); got != want {
					t.Errorf("description %q, want %q", got, want)
				}
			}
		}
	}
}
