package workday

import (
	"fmt"
	"time"

	"gobua/engine"
)

// Zone is the law's, Asia/Ho_Chi_Minh: Viet Nam has had no summer time since 1975,
// and a fixed offset needs no time zone data on the machine.
var Zone = time.FixedZone("+07:00", 7*60*60)

const dayMs = 24 * 60 * 60 * 1000

// Day is a date in Viet Nam without a time: the days since 1 January 1970. Days
// compare with < and ==. In JSON it is "2026-02-17".
type Day int

// DayOf returns the day on which a moment falls in Viet Nam.
func DayOf(at engine.Instant) Day {
	local := int64(at) + 7*60*60*1000
	d := local / dayMs
	if local%dayMs < 0 { // before 1970
		d--
	}
	return Day(d)
}

// DateOf returns the day of a date. A date that does not exist, such as
// 30 February, is an error.
func DateOf(year int, month time.Month, day int) (Day, error) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || t.Month() != month || t.Day() != day {
		return 0, fmt.Errorf("workday: there is no %02d/%02d/%04d", day, int(month), year)
	}
	return Day(t.Unix() / (dayMs / 1000)), nil
}

// ParseDay reads "2026-02-17".
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("workday: %q is no date like 2026-02-17", s)
	}
	return Day(t.Unix() / (dayMs / 1000)), nil
}

// Start is the first millisecond of the day, 00:00 +07:00.
func (d Day) Start() engine.Instant { return engine.Instant(int64(d)*dayMs - 7*60*60*1000) }

// End is the last millisecond of the day, 23:59:59.999 +07:00.
func (d Day) End() engine.Instant { return (d + 1).Start() - 1 }

// AddDays moves the day by calendar days. n may be negative.
func (d Day) AddDays(n int) Day { return d + Day(n) }

// Year is the year the day is in.
func (d Day) Year() int { return d.time().Year() }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.time().Weekday() }

// String writes the day as "2026-02-17".
func (d Day) String() string { return d.time().Format(time.DateOnly) }

// Vietnamese writes the day the way documents do: "17/02/2026".
func (d Day) Vietnamese() string { return d.time().Format("02/01/2006") }

// MarshalText writes the day as "2026-02-17".
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "2026-02-17".
func (d *Day) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDay(string(text))
	return err
}

func (d Day) time() time.Time { return d.Start().Time().In(Zone) }
