package document

import (
	"fmt"
	"time"

	"gobua/engine"
	"gobua/office/moneywords"
)

// zone is the law's: Viet Nam has no summer time.
var zone = time.FixedZone("+07:00", 7*60*60)

func local(at engine.Instant) time.Time { return at.Time().In(zone) }

// toSecond writes "09 giờ 30 phút 05 giây ngày 23/11/2026".
func toSecond(at engine.Instant) string {
	return local(at).Format("15 giờ 04 phút 05 giây ngày 02/01/2006")
}

// TimeOfDay writes "09 giờ 30 phút 05 giây", for a sentence about a day that is
// known.
func TimeOfDay(at engine.Instant) string { return local(at).Format("15 giờ 04 phút 05 giây") }

// toMinute writes "09 giờ 30 phút ngày 23/11/2026".
func toMinute(at engine.Instant) string {
	return local(at).Format("15 giờ 04 phút ngày 02/01/2006")
}

// toMilli writes "09:30:05,120".
func toMilli(at engine.Instant) string {
	l := local(at)
	return fmt.Sprintf("%s,%03d", l.Format("15:04:05"), l.Nanosecond()/int(time.Millisecond))
}

// dated writes "ngày 23 tháng 11 năm 2026"; months one and two have a zero in
// front, as the decree has it.
func dated(at engine.Instant) string {
	l := local(at)
	month := fmt.Sprint(int(l.Month()))
	if l.Month() <= time.February {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", l.Day(), month, l.Year())
}

// Lasting writes "15 phút" or "1 giờ 30 phút 05 giây".
func Lasting(d engine.Millis) string {
	s := int64(d) / 1000
	out := ""
	for _, part := range []struct {
		n    int64
		unit string
	}{{s / 3600, "giờ"}, {s % 3600 / 60, "phút"}, {s % 60, "giây"}} {
		if part.n == 0 {
			continue
		}
		if out != "" {
			out += " "
		}
		out += fmt.Sprint(part.n) + " " + part.unit
	}
	if out == "" {
		return "0 giây"
	}
	return out
}

// Window is a stretch of time in which something may be done, and where.
type Window struct {
	From, To engine.Instant // zero: not said
	Place    string
	Note     string // for example "trong giờ hành chính"
}

func (w Window) text() string {
	out := ""
	switch {
	case w.From != 0 && w.To != 0:
		out = "từ " + toMinute(w.From) + " đến " + toMinute(w.To)
	case w.From != 0:
		out = "từ " + toMinute(w.From)
	case w.To != 0:
		out = "đến " + toMinute(w.To)
	}
	for _, more := range []string{w.Note, w.Place} {
		if more == "" {
			continue
		}
		if out != "" {
			out += ", "
		}
		out += more
	}
	if out == "" {
		return "không quy định"
	}
	return out
}

func capitalised(s string) string { return moneywords.Capital(s) }
