package office

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// IdentityKind says what sort of legal person an account is.
type IdentityKind string

// The kinds of legal person.
const (
	Person       IdentityKind = "person"       // cá nhân, by national id (số định danh, CCCD)
	Organisation IdentityKind = "organisation" // tổ chức, by tax code (mã số thuế)
)

// provinceCodes begin a national id: where the birth was registered. From 100
// on they name countries. They stay as they were given, whatever provinces are
// merged later.
var provinceCodes = []int{
	1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48,
	49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
}

// tidyNumber takes out what people write between the digits of a number.
func tidyNumber(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '.' || r == '–' {
			return -1
		}
		return r
	}, s)
}

func onlyDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// nationalIDCode tells what is wrong with a tidied national id, "" if nothing
// is. Twelve digits: three for the place of birth, one for century and sex, two
// for the year of birth, six drawn. There is no check digit; the year is
// compared with the date of birth, if there is one.
func nationalIDCode(number string, born time.Time) string {
	if !onlyDigits(number) || len(number) != 12 {
		return "not_an_id"
	}
	place, _ := strconv.Atoi(number[:3]) // digits
	if place == 0 || place < 100 && !slices.Contains(provinceCodes, place) {
		return "not_an_id"
	}
	century, _ := strconv.Atoi(number[3:4])
	year, _ := strconv.Atoi(number[4:6])
	if !born.IsZero() && born.Year() != 1900+century/2*100+year {
		return "other_birth_year"
	}
	return ""
}

// taxWeights are those of the first nine digits of a tax code.
var taxWeights = [9]int{31, 29, 23, 19, 17, 13, 7, 5, 3}

// taxCodeCode tells what is wrong with a tidied tax code, "" if nothing is: ten
// digits, the last of which checks the others, and three more for a branch.
func taxCodeCode(number string) string {
	if !onlyDigits(number) || len(number) != 10 && len(number) != 13 {
		return "not_a_tax_code"
	}
	sum := 0
	for i, w := range taxWeights {
		sum += w * int(number[i]-'0')
	}
	if 10-sum%11 != int(number[9]-'0') || number[2:9] == "0000000" || number[10:] == "000" {
		return "not_a_tax_code"
	}
	return ""
}

// legalPerson is what a number stands for in law: a branch is the organisation
// it belongs to, and has one account with it.
func legalPerson(kind IdentityKind, number string) string {
	if kind == Organisation {
		return number[:10]
	}
	return number
}

// masked shows of a number what recognises it and no more.
func masked(number string) string {
	if len(number) < 8 {
		return "••••"
	}
	return "••••" + number[len(number)-4:]
}
