// Package workday is the calendar of working days of State offices in Viet
// Nam, as the deadlines of the Law on Property Auction count them.
//
// Monday to Friday are working days. What differs, public holidays, days off
// in lieu and swapped days, is data: vn_2024_2028.json, one entry a day with
// its source. A mark "M" there means that the day was taken from memory or
// from precedent and must be confirmed by the Centre's lawyer; the operator
// adds and overrides days with With. A year without data is an error, never a
// guess.
//
// Everything here is pure and may be called from any goroutine.
package workday

import (
	_ "embed" // the calendar
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"time"

	"gobua/engine"
)

// ErrUnknownYear: the calendar has no data for a year that was asked about.
// It is found with errors.Is.
var ErrUnknownYear = errors.New("workday: no calendar for this year")

// MarkUnconfirmed on an Exception asks a lawyer to confirm it.
const MarkUnconfirmed = "M"

// Exception is a day that is not what its weekday says: a holiday, or a
// Saturday worked in exchange for another day.
type Exception struct {
	Day     Day    `json:"day"`
	Working bool   `json:"working"`
	Name    string `json:"name"`             // in Vietnamese, for people
	Source  string `json:"source,omitempty"` // the text it comes from
	Mark    string `json:"mark,omitempty"`   // MarkUnconfirmed or empty
}

// Year is what is known of one year.
type Year struct {
	Year int         `json:"year"`
	Days []Exception `json:"days"`
}

// Calendar knows which days are working days. It is never changed.
type Calendar struct {
	years map[int]bool
	days  map[Day]Exception
}

//go:embed vn_2024_2028.json
var embedded []byte

// Vietnam returns the calendar that comes with the program.
func Vietnam() *Calendar {
	var years []Year
	if err := json.Unmarshal(embedded, &years); err != nil {
		panic("workday: the embedded calendar cannot be read: " + err.Error()) // a test reads it
	}
	c, err := (&Calendar{}).With(years)
	if err != nil {
		panic(err.Error())
	}
	return c
}

// With returns a calendar that also knows the given years. A day already known
// is replaced: Working true takes a holiday back, Working false a swapped
// Saturday. A day outside its year, or twice in one year, is an error.
func (c *Calendar) With(years []Year) (*Calendar, error) {
	more := &Calendar{years: map[int]bool{}, days: map[Day]Exception{}}
	for y := range c.years {
		more.years[y] = true
	}
	for d, e := range c.days {
		more.days[d] = e
	}
	for _, y := range years {
		seen := map[Day]bool{}
		more.years[y.Year] = true
		for _, e := range y.Days {
			if e.Day.Year() != y.Year {
				return nil, fmt.Errorf("workday: %s does not belong to %d", e.Day, y.Year)
			}
			if seen[e.Day] {
				return nil, fmt.Errorf("workday: %s is there twice", e.Day)
			}
			seen[e.Day] = true
			more.days[e.Day] = e
		}
	}
	return more, nil
}

// IsWorkingDay tells whether offices work on a day.
func (c *Calendar) IsWorkingDay(d Day) (bool, error) {
	if !c.years[d.Year()] {
		return false, fmt.Errorf("%w: %d", ErrUnknownYear, d.Year())
	}
	if e, ok := c.days[d]; ok {
		return e.Working, nil
	}
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday, nil
}

// AddWorkingDays returns the n-th working day after d, or before it when n is
// negative. d itself is not counted, and 0 gives d whatever day it is.
func (c *Calendar) AddWorkingDays(d Day, n int) (Day, error) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.AddDays(step)
		working, err := c.IsWorkingDay(d)
		if err != nil {
			return 0, err
		}
		if working {
			n--
		}
	}
	return d, nil
}

// WorkingDaysBetween counts the working days after a up to and including b:
// from a Friday to the next Monday it is 1. With b before a the count is that
// from b to a, negative.
func (c *Calendar) WorkingDaysBetween(a, b Day) (int, error) {
	if b < a {
		n, err := c.WorkingDaysBetween(b, a)
		return -n, err
	}
	n := 0
	for d := a.AddDays(1); d <= b; d = d.AddDays(1) {
		working, err := c.IsWorkingDay(d)
		if err != nil {
			return 0, err
		}
		if working {
			n++
		}
	}
	return n, nil
}

// LatestDayBefore returns the last day on which something may be done that
// must be done at least n working days before an event, for example listing
// before the opening day. The day of the event is not counted (Civil Code,
// Điều 147: a period does not count the day it is reckoned from).
func (c *Calendar) LatestDayBefore(event Day, n int) (Day, error) {
	return c.AddWorkingDays(event, -n)
}

// DeadlineAfter returns the last moment to do something that is due within n
// working days from a moment, for example refunds after the end of an auction:
// the end of the n-th working day, 23:59:59.999 +07:00. The day of the moment
// is not counted.
func (c *Calendar) DeadlineAfter(from engine.Instant, n int) (engine.Instant, error) {
	d, err := c.AddWorkingDays(DayOf(from), n)
	if err != nil {
		return 0, err
	}
	return d.End(), nil
}

// Exceptions lists the days from a to b, both included, that differ from their
// weekday, in order.
func (c *Calendar) Exceptions(a, b Day) []Exception {
	var out []Exception
	for d, e := range c.days {
		if a <= d && d <= b {
			out = append(out, e)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Day < out[j].Day })
	return out
}

// Unconfirmed lists the exceptions from a to b that a lawyer has yet to
// confirm; a deadline that was counted across them should say so.
func (c *Calendar) Unconfirmed(a, b Day) []Exception {
	var out []Exception
	for _, e := range c.Exceptions(a, b) {
		if e.Mark == MarkUnconfirmed {
			out = append(out, e)
		}
	}
	return out
}
