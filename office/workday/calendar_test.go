package workday

import (
	"errors"
	"testing"
	"time"

	"gobua/engine"
)

func day(t *testing.T, s string) Day {
	t.Helper()
	d, err := ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWorkingDays(t *testing.T) {
	c := Vietnam()
	for _, tt := range []struct {
		day, why string
		want     bool
	}{
		{"2026-02-13", "the Friday before Tết", true},
		{"2026-02-14", "a Saturday", false},
		{"2026-02-16", "the last day of the old lunar year", false},
		{"2026-02-17", "Tết", false},
		{"2026-02-20", "the fourth day of Tết", false},
		{"2026-02-23", "the first Monday after Tết", true},
		{"2027-02-03", "the Wednesday before Tết", true},
		{"2027-02-06", "Tết on a Saturday", false},
		{"2027-02-10", "off in lieu of Tết's Sunday", false},
		{"2027-02-11", "the first day after Tết", true},
		{"2026-04-26", "Giỗ Tổ on a Sunday", false},
		{"2026-04-27", "off in lieu of Giỗ Tổ", false},
		{"2026-08-22", "a Saturday worked for 31 August", true},
		{"2026-08-29", "an ordinary Saturday", false},
		{"2026-08-31", "a Monday taken off for 22 August", false},
		{"2026-09-01", "national day, first day", false},
		{"2026-09-02", "national day, second day", false},
		{"2026-09-03", "the day after", true},
		{"2024-05-04", "a Saturday worked for 29 April", true},
		{"2025-04-26", "a Saturday worked for 2 May", true},
		{"2028-02-29", "the leap day, a Tuesday", true},
		{"2027-12-31", "the last day of a year, a Friday", true},
		{"2028-01-01", "the first day of a year", false},
		{"2028-01-03", "off in lieu of it", false},
	} {
		got, err := c.IsWorkingDay(day(t, tt.day))
		if err != nil || got != tt.want {
			t.Errorf("%s (%s): working %v, %v; want %v", tt.day, tt.why, got, err, tt.want)
		}
	}
}

func TestAddWorkingDaysGoesForthAndBack(t *testing.T) {
	c := Vietnam()
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-02-12", 1, "2026-02-13"},
		{"2026-02-13", 1, "2026-02-23"},
		{"2026-02-13", 3, "2026-02-25"},
		{"2026-02-17", 1, "2026-02-23"},
		{"2026-02-17", 0, "2026-02-17"},
		{"2026-02-25", -3, "2026-02-13"},
		{"2026-02-17", -1, "2026-02-13"},
		{"2027-02-03", 1, "2027-02-11"},
		{"2027-02-12", -7, "2027-01-27"},
		{"2026-08-21", 1, "2026-08-22"},
		{"2026-08-21", 6, "2026-08-28"},
		{"2026-08-28", 1, "2026-09-03"},
		{"2028-02-28", 1, "2028-02-29"},
		{"2028-02-28", 2, "2028-03-01"},
		{"2028-03-01", -1, "2028-02-29"},
		{"2027-12-31", 1, "2028-01-04"},
		{"2028-01-04", -1, "2027-12-31"},
		{"2025-12-31", 1, "2026-01-05"},
	} {
		got, err := c.AddWorkingDays(day(t, tt.from), tt.n)
		if err != nil || got.String() != tt.want {
			t.Errorf("%s %+d working days: %s, %v; want %s", tt.from, tt.n, got, err, tt.want)
		}
	}
}

func TestCountingUndoesAdding(t *testing.T) {
	c := Vietnam()
	for from := day(t, "2024-02-01"); from < day(t, "2028-10-01"); from += 3 {
		for _, n := range []int{1, 2, 3, 7, 15} {
			to, err := c.AddWorkingDays(from, n)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := c.WorkingDaysBetween(from, to); err != nil || got != n {
				t.Fatalf("from %s to %s: %d working days, %v; want %d", from, to, got, err, n)
			}
			if got, err := c.WorkingDaysBetween(to, from); err != nil || got != -n {
				t.Fatalf("from %s back to %s: %d working days, %v; want %d", to, from, got, err, -n)
			}
		}
	}
}

func TestListingSevenWorkingDaysBeforeOpening(t *testing.T) {
	c := Vietnam()
	for _, tt := range []struct{ opening, latest string }{
		{"2026-11-23", "2026-11-12"},
		{"2026-11-30", "2026-11-18"}, // 24 November lies between
		{"2026-02-25", "2026-02-09"}, // Tết lies between
		{"2026-09-04", "2026-08-22"}, // counted back into the swapped Saturday
	} {
		got, err := c.LatestDayBefore(day(t, tt.opening), 7)
		if err != nil || got.String() != tt.latest {
			t.Errorf("opening %s: list by %s, %v; want %s", tt.opening, got, err, tt.latest)
		}
	}
}

func TestDeadlineIsTheEndOfTheDayInVietnam(t *testing.T) {
	c := Vietnam()
	at := func(s string) engine.Instant {
		moment, err := time.Parse("2006-01-02T15:04:05.000Z07:00", s)
		if err != nil {
			t.Fatal(err)
		}
		return engine.InstantOf(moment)
	}
	for _, tt := range []struct{ end, due string }{
		{"2026-11-23T10:00:00.000+07:00", "2026-11-27T23:59:59.999+07:00"},
		{"2026-02-12T23:59:59.999+07:00", "2026-02-24T23:59:59.999+07:00"},
		{"2026-02-13T00:00:00.000+07:00", "2026-02-25T23:59:59.999+07:00"}, // one millisecond later: a day later
		{"2026-02-12T17:00:00.000Z", "2026-02-25T23:59:59.999+07:00"},      // the same moment, written in UTC
		{"2026-12-30T12:00:00.000+07:00", "2027-01-05T23:59:59.999+07:00"},
		{"2028-02-28T12:00:00.000+07:00", "2028-03-02T23:59:59.999+07:00"},
	} {
		got, err := c.DeadlineAfter(at(tt.end), 3)
		if err != nil || got != at(tt.due) {
			t.Errorf("end %s: due %s, %v; want %s", tt.end, got.Time().In(Zone), err, tt.due)
		}
	}
}

func TestAYearWithoutDataIsAnError(t *testing.T) {
	c := Vietnam()
	for name, ask := range map[string]func() error{
		"a day before":       func() error { _, err := c.IsWorkingDay(day(t, "2023-12-29")); return err },
		"a day after":        func() error { _, err := c.IsWorkingDay(day(t, "2029-01-02")); return err },
		"a count over it":    func() error { _, err := c.AddWorkingDays(day(t, "2028-12-29"), 1); return err },
		"a count back":       func() error { _, err := c.AddWorkingDays(day(t, "2024-01-02"), -1); return err },
		"days between":       func() error { _, err := c.WorkingDaysBetween(day(t, "2028-12-29"), day(t, "2029-01-02")); return err },
		"a deadline":         func() error { _, err := c.DeadlineAfter(day(t, "2028-12-29").End(), 3); return err },
		"an empty calendar":  func() error { _, err := (&Calendar{}).IsWorkingDay(day(t, "2026-06-01")); return err },
		"a far count":        func() error { _, err := c.AddWorkingDays(day(t, "2026-06-01"), 1_000_000); return err },
		"a listing too soon": func() error { _, err := c.LatestDayBefore(day(t, "2024-01-03"), 7); return err },
	} {
		if err := ask(); !errors.Is(err, ErrUnknownYear) {
			t.Errorf("%s: %v, want ErrUnknownYear", name, err)
		}
	}
}

func TestTheOperatorAddsAndOverrides(t *testing.T) {
	c := Vietnam()
	more, err := c.With([]Year{
		{Year: 2029},
		{Year: 2026, Days: []Exception{
			{Day: day(t, "2026-11-24"), Working: true, Name: "Chưa có hiệu lực"},
			{Day: day(t, "2026-06-01"), Name: "Nghỉ bão"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[string]bool{"2026-11-24": true, "2026-06-01": false, "2029-01-02": true, "2026-02-17": false} {
		if got, err := more.IsWorkingDay(day(t, d)); err != nil || got != want {
			t.Errorf("%s: working %v, %v; want %v", d, got, err, want)
		}
	}
	if got, _ := c.IsWorkingDay(day(t, "2026-06-01")); !got {
		t.Error("With changed the calendar it was called on")
	}
	for name, years := range map[string][]Year{
		"a day of another year": {{Year: 2026, Days: []Exception{{Day: day(t, "2027-01-01")}}}},
		"a day twice":           {{Year: 2026, Days: []Exception{{Day: day(t, "2026-06-01")}, {Day: day(t, "2026-06-01"), Working: true}}}},
	} {
		if _, err := c.With(years); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestEveryEntryHasNameAndSource(t *testing.T) {
	c := Vietnam()
	all := c.Exceptions(day(t, "2024-01-01"), day(t, "2028-12-31"))
	if len(all) != len(c.days) {
		t.Fatalf("%d entries lie outside the years", len(c.days)-len(all))
	}
	for _, e := range all {
		if e.Name == "" || e.Source == "" || e.Mark != "" && e.Mark != MarkUnconfirmed {
			t.Errorf("%s: name, source or mark is wrong: %+v", e.Day, e)
		}
		weekend := e.Day.Weekday() == time.Saturday || e.Day.Weekday() == time.Sunday
		if e.Working != weekend && e.Working {
			t.Errorf("%s is marked as working and is no weekend", e.Day)
		}
	}
	if got := c.Unconfirmed(day(t, "2026-08-01"), day(t, "2026-08-31")); len(got) != 2 || got[0].Day.String() != "2026-08-22" {
		t.Errorf("unconfirmed in August 2026: %v", got)
	}
}

func TestDayEdges(t *testing.T) {
	d := day(t, "2028-02-29")
	if DayOf(d.Start()) != d || DayOf(d.End()) != d || DayOf(d.Start()-1) != d-1 || DayOf(d.End()+1) != d+1 {
		t.Error("a day does not reach from its first to its last millisecond")
	}
	if got := d.AddDays(1).Vietnamese(); got != "01/03/2028" {
		t.Errorf("the day after the leap day is %s", got)
	}
	if got := day(t, "1969-12-31"); got != -1 || DayOf(got.Start()) != got {
		t.Errorf("the day before 1970 is %d", got)
	}
	for _, bad := range []string{"2027-02-29", "2028-02-30", "29/02/2028", "2028-2-9", ""} {
		var d Day
		if err := d.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was read as %s", bad, d)
		}
	}
	if _, err := DateOf(2027, time.February, 29); err == nil {
		t.Error("29 February 2027 was taken")
	}
	if got, err := DateOf(2028, time.February, 29); err != nil || got != d {
		t.Errorf("29 February 2028 is %s, %v", got, err)
	}
}
