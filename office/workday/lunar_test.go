package workday

import (
	"math"
	"testing"
)

// The lunar calendar is only checked here: the days are data. The algorithm is
// Hồ Ngọc Đức's, after Meeus: a month begins on the day of the new moon in
// Viet Nam, and the winter solstice lies in the eleventh.

const julianOf1970 = 2440588

// newMoon is the day of the k-th new moon since 1900, in Viet Nam.
func newMoon(k float64) Day {
	t := k / 1236.85
	rad := math.Pi / 180
	sin := func(degrees float64) float64 { return math.Sin(degrees * rad) }
	m := 359.2242 + 29.10535608*k - 0.0000333*t*t - 0.00000347*t*t*t
	moon := 306.0253 + 385.81691806*k + 0.0107306*t*t + 0.00001236*t*t*t
	f := 21.2964 + 390.67050646*k - 0.0016528*t*t - 0.00000239*t*t*t
	jd := 2415020.75933 + 29.53058868*k + 0.0001178*t*t - 0.000000155*t*t*t +
		0.00033*sin(166.56+132.87*t-0.009173*t*t) +
		(0.1734-0.000393*t)*sin(m) + 0.0021*sin(2*m) - 0.4068*sin(moon) + 0.0161*sin(2*moon) -
		0.0004*sin(3*moon) + 0.0104*sin(2*f) - 0.0051*sin(m+moon) - 0.0074*sin(m-moon) + 0.0004*sin(2*f+m) -
		0.0004*sin(2*f-m) - 0.0006*sin(2*f+moon) + 0.0010*sin(2*f-moon) + 0.0005*sin(2*moon+m) -
		(-0.000278 + 0.000265*t + 0.000262*t*t)
	return Day(math.Floor(jd+0.5+7.0/24)) - julianOf1970
}

// sunSector is the twelfth of the ecliptic the sun is in when a day begins in
// Viet Nam: 9 from the winter solstice on.
func sunSector(d Day) int {
	t := (float64(d+julianOf1970) - 2451545.5 - 7.0/24) / 36525
	rad := math.Pi / 180
	m := (357.52910 + 35999.05030*t - 0.0001559*t*t) * rad
	l := 280.46645 + 36000.76983*t + 0.0003032*t*t +
		(1.914600-0.004817*t)*math.Sin(m) + 0.019993*math.Sin(2*m) + 0.000290*math.Sin(3*m)
	return int(math.Mod(l, 360) / 30)
}

// lunarNewYear finds the first day of the year and of its third month. A month
// in which the sun enters no new sector is a leap month and has no number.
func lunarNewYear(t *testing.T, year int) (tet, thirdMonth Day) {
	t.Helper()
	end := day(t, "1999-12-31").AddDays(365*(year-2000) + (year-1997)/4) // 31 December of the year before
	k := math.Floor((float64(end+julianOf1970) - 2415021) / 29.530588853)
	eleventh := newMoon(k)
	if sunSector(eleventh) >= 9 {
		k--
	}
	month := 11
	for i := 1.0; ; i++ {
		start, next := newMoon(k+i), newMoon(k+i+1)
		if sunSector(start) == sunSector(next) {
			continue // leap month
		}
		if month++; month == 13 {
			tet = start
		}
		if month == 15 {
			return tet, start
		}
	}
}

func TestTetAndGioToFollowTheMoon(t *testing.T) {
	c := Vietnam()
	for year := 2024; year <= 2028; year++ {
		tet, third := lunarNewYear(t, year)
		for offset, name := range map[int]string{-1: "Tết Nguyên đán", 0: "Tết Nguyên đán", 1: "Tết Nguyên đán", 2: "Tết Nguyên đán"} {
			if e := c.days[tet.AddDays(offset)]; e.Name != name || e.Working {
				t.Errorf("%d: %s is %+v, want %s", year, tet.AddDays(offset), e, name)
			}
		}
		if e := c.days[third.AddDays(9)]; e.Name != "Giỗ Tổ Hùng Vương" || e.Working {
			t.Errorf("%d: Giỗ Tổ is on %s, the data has %+v", year, third.AddDays(9), e)
		}
		days := 0
		for _, e := range c.days {
			if e.Day.Year() == year && e.Name == "Tết Nguyên đán" {
				days++
			}
		}
		if days != 5 {
			t.Errorf("%d: %d days of Tết, want 5", year, days)
		}
	}
}
