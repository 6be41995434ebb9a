package office

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"gobua/office/workday"
)

func TestNationalIDs(t *testing.T) {
	born := func(year int) time.Time { return time.Date(year, 5, 17, 0, 0, 0, 0, workday.Zone) }
	for _, c := range []struct {
		number string
		born   time.Time
		want   string
	}{
		{"001190000001", born(1990), ""}, // a woman of the twentieth century
		{"001090000001", born(1990), ""},
		{"079205012345", born(2005), ""},
		{"096304012345", born(2004), ""},
		{"101090000001", born(1990), ""}, // born abroad
		{"001190000001", born(1991), "other_birth_year"},
		{"001190000001", born(2090), "other_birth_year"},
		{"079205012345", born(1905), "other_birth_year"},
		{"001190000001", time.Time{}, ""}, // of a representative, whose birthday is nobody's business
		{"000190000001", born(1990), "not_an_id"},
		{"003190000001", born(1990), "not_an_id"}, // no such province
		{"00119000000", born(1990), "not_an_id"},
		{"0011900000011", born(1990), "not_an_id"},
		{"00119000000x", born(1990), "not_an_id"},
		{"٠٠١١٩٠٠٠٠٠٠١", born(1990), "not_an_id"},
		{"", born(1990), "not_an_id"},
	} {
		if got := nationalIDCode(c.number, c.born); got != c.want {
			t.Errorf("%q of %d: %q, want %q", c.number, c.born.Year(), got, c.want)
		}
	}
}

// Codes of large companies, which print them on every
// invoice.
func TestTaxCodes(t *testing.T) {
	for number, want := range map[string]string{
		"0100109106": "", "0100112437": "", "0100686174": "", "0301464830": "", "0100109106001": "",
		"0100109107": "not_a_tax_code", "0100109016": "not_a_tax_code", // one wrong, two exchanged
		"0100109106000": "not_a_tax_code", // no such branch
		"010010910600":  "not_a_tax_code", "": "not_a_tax_code", "010010910x": "not_a_tax_code", "0100000000": "not_a_tax_code",
	} {
		if got := taxCodeCode(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}

// A single wrong digit is always noticed.
func TestTheCheckDigitNoticesAWrongDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := []byte("0100109106")
		at := rapid.IntRange(0, 9).Draw(t, "at")
		by := rapid.IntRange(1, 9).Draw(t, "by")
		digits[at] = '0' + (digits[at]-'0'+byte(by))%10
		if taxCodeCode(string(digits)) == "" {
			t.Fatalf("%s passes", digits)
		}
	})
}

func TestABranchIsTheOrganisationItBelongsTo(t *testing.T) {
	if legalPerson(Organisation, "0100109106001") != legalPerson(Organisation, "0100109106") {
		t.Error("a branch may have an account of its own")
	}
}

func TestMaskedNumbersTellFourDigits(t *testing.T) {
	for number, want := range map[string]string{"001190005678": "••••5678", "0100109106": "••••9106", "1234": "••••", "": "••••"} {
		if got := masked(number); got != want {
			t.Errorf("%q: %q", number, got)
		}
	}
}

func TestWholeYears(t *testing.T) {
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, workday.Zone) }
	for _, c := range []struct {
		from, to time.Time
		want     int
	}{
		{day(2008, 11, 24), day(2026, 11, 23), 17}, {day(2008, 11, 23), day(2026, 11, 23), 18},
		{day(2008, 2, 29), day(2026, 2, 28), 17}, {day(2008, 2, 29), day(2026, 3, 1), 18},
	} {
		if got := yearsBetween(c.from, c.to); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.from, c.to, got, c.want)
		}
	}
}
