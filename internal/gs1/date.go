package gs1

import (
	"strconv"
	"time"
)

// Date is a day; the zero Date is none.
type Date struct{ Year, Month, Day int }

// IsZero says that there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// isDay tells whether month and day can be one of some year. Where the day can be left
// out, it is 00.
func isDay(month, day string, without bool) bool {
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	const leap = 2000
	return m >= 1 && m <= 12 && (d >= 1 || without && d == 0) && d <= lastOf(leap, m)
}

// lastOf is the last day of a month.
func lastOf(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// dateOf is the day that six digits stand for in some year: the century is the one that
// brings it closest to the present, from 49 years ago to 50 years ahead (General
// Specifications, section 7.12), and the day 00 is the last one of the month. It is no
// date where the year has no such day.
func dateOf(yymmdd string, now time.Time) Date {
	yy, err := strconv.Atoi(yymmdd[:2])
	if err != nil {
		return Date{}
	}
	month, _ := strconv.Atoi(yymmdd[2:4])
	day, _ := strconv.Atoi(yymmdd[4:6])
	year := now.Year() - now.Year()%100 + yy
	switch ahead := yy - now.Year()%100; {
	case ahead >= 51:
		year -= 100
	case ahead <= -50:
		year += 100
	}
	last := lastOf(year, month)
	if day == 0 {
		day = last
	}
	if day > last {
		return Date{}
	}
	return Date{year, month, day}
}
