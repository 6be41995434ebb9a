package feed

import (
	"io"
	"strconv"

	ics "github.com/arran4/golang-ical"

	"gobua/engine"
)

// ICalendarType is the media type of ICalendar's rendering.
const ICalendarType = "text/calendar; charset=utf-8"

// tzid names the one time zone of the calendar, which brings its definition.
const tzid = "Asia/Ho_Chi_Minh"

const icalLocal = "20060102T150405"

// ICalendar writes the dates of notices as a calendar to subscribe to: every
// session, every viewing, the last moment to register and to pay the deposit.
// An event keeps its UID for ever; its SEQUENCE is the version of the notice,
// so a calendar follows every change. ErrTooMany, or the error of w.
func ICalendar(w io.Writer, c Channel, notices []Notice) error {
	if err := checkNumber(notices); err != nil {
		return err
	}
	cal := ics.NewCalendarFor("gobua")
	cal.SetProductId("-//Gobua//Property auctions//VI")
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(title(c.Title))    // with its older name X-WR-CALNAME
	cal.SetRefreshInterval("PT1H") // the name of the property in the library brings its type
	if page := link(c.URL); page != "" {
		cal.SetUrl(page)
	}
	addZone(cal)
	for _, n := range notices {
		addEvents(cal, n)
	}
	return cal.SerializeTo(w, ics.WithNewLine("\r\n"), ics.WithLineLength(75))
}

// addZone defines the time zone: +07:00 without summer time since 13 June 1975.
func addZone(cal *ics.Calendar) {
	standard := cal.AddTimezone(tzid).AddStandard()
	standard.SetProperty(ics.ComponentPropertyDtStart, "19750613T000000")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), "+0800")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), "+0700")
	standard.SetProperty(ics.ComponentProperty(ics.PropertyTzname), "+07")
}

// occasion is what becomes an event.
type occasion struct {
	uid       string
	summary   string
	place     string
	when      Window
	cancelled bool
}

func addEvents(cal *ics.Calendar, n Notice) {
	name := title(n.Title)
	list := []occasion{}
	for i, v := range n.Viewings {
		list = append(list, occasion{"viewing-" + strconv.Itoa(i+1) + "-" + n.ID, "Xem tài sản: " + name, v.Place, v, false})
	}
	register, deposits := n.Register.ClosesAt, n.Deposits.ClosesAt
	list = append(list,
		occasion{"register-" + n.ID, "Hết hạn đăng ký: " + name, n.Register.Place, Window{OpensAt: register, ClosesAt: register}, false},
		occasion{"deposit-" + n.ID, "Hết hạn nộp tiền đặt trước: " + name, n.Deposits.Place, Window{OpensAt: deposits, ClosesAt: deposits}, false})
	for _, l := range n.Lots {
		what, which := name, ""
		if t := title(l.Title); t != "" {
			what = t
		}
		if len(n.Lots) > 1 && l.Number > 0 { // the day of a sale of many lots is read by their numbers
			which = " lô " + strconv.Itoa(l.Number)
		}
		summary := "Đấu giá" + which + ": " + what
		list = append(list, occasion{"session-" + l.ID, summary, n.Place, n.session(l), false})
	}
	for _, o := range list {
		o.cancelled = n.Status == Cancelled
		o.add(cal, n)
	}
}

// add makes the event; an occasion without a beginning is none.
func (o occasion) add(cal *ics.Calendar, n Notice) {
	if o.when.OpensAt == 0 {
		return
	}
	e := cal.AddEvent(title(o.uid) + "@gobua")
	e.SetDtStampTime(n.UpdatedAt.Time())
	e.SetModifiedAt(n.UpdatedAt.Time())
	if n.PublishedAt != 0 {
		e.SetCreatedTime(n.PublishedAt.Time())
	}
	e.SetSequence(n.Version)
	setLocal(e, ics.ComponentPropertyDtStart, o.when.OpensAt)
	if o.when.ClosesAt > o.when.OpensAt {
		setLocal(e, ics.ComponentPropertyDtEnd, o.when.ClosesAt)
	}
	e.SetSummary(title(o.summary))
	e.SetDescription(describe(n))
	if place := title(o.place); place != "" {
		e.SetLocation(place)
	}
	if page := link(n.URL); page != "" {
		e.SetURL(page)
	}
	if o.cancelled {
		e.SetStatus(ics.ObjectStatusCancelled)
	} else {
		e.SetStatus(ics.ObjectStatusConfirmed)
	}
	e.SetTimeTransparency(ics.TransparencyTransparent) // who subscribes is not busy with every auction
}

func setLocal(e *ics.VEvent, property ics.ComponentProperty, at engine.Instant) {
	e.SetProperty(property, local(at).Format(icalLocal), ics.WithTZID(tzid))
}
