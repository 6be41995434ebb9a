package bank

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"gobua/engine"
)

// Amounts as banks write them: thousands by dots, commas or spaces, or none;
// two decimals that are zero, or none. A lone separator before three digits
// parts thousands: đồng have no thousandth.
var amounts = regexp.MustCompile(`^(?:(\d{1,3}(?:\.\d{3})+)(?:,0{1,2})?|(\d{1,3}(?:,\d{3})+)(?:\.0{1,2})?|(\d{1,3}(?: \d{3})+)(?:[.,]0{1,2})?|(\d{1,16})(?:[.,]0{1,2})?)$`)

var currencyMark = regexp.MustCompile(`(?i)\s*(?:vnd|vnđ|đồng|đ|₫)$`)

// parseAmount reads an amount; a sign before it or parentheses around it make it
// negative.
func parseAmount(cell string) (engine.Dong, bool) {
	cell = strings.TrimSpace(currencyMark.ReplaceAllString(strings.TrimSpace(cell), ""))
	negative := false
	switch {
	case strings.HasPrefix(cell, "(") && strings.HasSuffix(cell, ")"):
		cell, negative = cell[1:len(cell)-1], true
	case strings.HasPrefix(cell, "-"):
		cell, negative = cell[1:], true
	case strings.HasPrefix(cell, "+"):
		cell = cell[1:]
	}
	match := amounts.FindStringSubmatch(strings.TrimSpace(cell))
	if match == nil {
		return 0, false
	}
	digits := strings.NewReplacer(".", "", ",", "", " ", "").Replace(match[1] + match[2] + match[3] + match[4])
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || engine.Dong(n) > engine.MaxDong {
		return 0, false
	}
	if negative {
		n = -n
	}
	return engine.Dong(n), true
}

// The ways banks write a moment; the day always comes before the month.
var dateLayouts = []struct {
	layout  string
	dayOnly bool
}{
	{"2/1/2006 15:04:05", false}, {"2/1/2006", true}, {"2/1/2006 15:04", false},
	{"2-1-2006 15:04:05", false}, {"2-1-2006", true}, {"2-1-2006 15:04", false},
	{"2006-01-02 15:04:05", false}, {"2006-01-02", true}, {"2006-01-02 15:04", false}, {"2006-01-02T15:04:05", false},
	{"15:04:05 2/1/2006", false}, {"15:04 2/1/2006", false},
}

// firstYear and lastYear bound what can be a statement's year.
const firstYear, lastYear = 2000, 2099

// parseDate reads a moment in the legal time of Viet Nam. dayOnly: no time was
// given, at is the beginning of the day.
func parseDate(cell string) (at time.Time, dayOnly, ok bool) {
	for _, known := range dateLayouts {
		t, err := time.ParseInLocation(known.layout, cell, legalTime)
		if err == nil && t.Year() >= firstYear && t.Year() <= lastYear {
			return t, known.dayOnly, true
		}
	}
	return time.Time{}, false, false
}
