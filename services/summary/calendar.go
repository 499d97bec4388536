package summary

import (
	"cmp"
	"sync/atomic"
	"time"
)

// calendar knows when the days of a time zone begin, so that a million times are told by day
// without asking the zone for each.
type calendar struct {
	zone *time.Location
	// begins are when the days from 1990 to 2059 begin, in seconds since 1970.
	begins []int64
}

func newCalendar(zone *time.Location) *calendar {
	c := &calendar{zone: zone}
	for day := 0; ; day++ {
		// At noon there is no doubt which day it is.
		noon := time.Date(1990, 1, 1+day, 12, 0, 0, 0, zone)
		if noon.Year() >= 2060 {
			return c
		}
		begin := time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, zone)
		for begin.Day() != noon.Day() { // there is no midnight where clocks are put forward then
			begin = begin.Add(time.Hour)
		}
		c.begins = append(c.begins, begin.Unix())
	}
}

// calendars keeps the calendar of the zone in use.
type calendars struct{ last atomic.Pointer[calendar] }

func (c *calendars) of(zone *time.Location) *calendar {
	if last := c.last.Load(); last != nil && last.zone == zone {
		return last
	}
	made := newCalendar(zone)
	c.last.Store(made)
	return made
}

// later tells whether a time is on a later day than another one.
func (c *calendar) later(at, due int64) bool {
	const longestDay, day = 26 * 3600, 24 * 3600
	switch {
	case at <= due:
		return false
	case at-due > longestDay:
		return true
	case due < c.begins[0] || due >= c.begins[len(c.begins)-1]:
		year, month, date := time.Unix(at, 0).In(c.zone).Date()
		dueYear, dueMonth, dueDate := time.Unix(due, 0).In(c.zone).Date()
		return cmp.Or(cmp.Compare(year, dueYear), cmp.Compare(month, dueMonth), cmp.Compare(date, dueDate)) > 0
	}
	// The first day that begins after it was due: some are longer, and others shorter.
	next := min(int(due-c.begins[0])/day, len(c.begins)-1)
	for c.begins[next] <= due {
		next++
	}
	for next > 0 && c.begins[next-1] > due {
		next--
	}
	return c.begins[next] <= at
}
