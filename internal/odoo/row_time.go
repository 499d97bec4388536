package odoo

import (
	"time"

	"odoomesh/internal/odoo/xmlrpc"
)

// earliestYear that a time or day can have: 26 is a mistyped 2026, which Odoo
// takes, and the year 0 is none.
const earliestYear = 1000

// Time is a datetime field in UTC, zero if empty. Odoo answers whole seconds,
// and microseconds in what it sends by webhook.
func (r Row) Time(field string) (time.Time, error) {
	v, empty, _ := r.get(field)
	switch t := v.(type) {
	case time.Time:
		if t.Year() >= earliestYear {
			return t.UTC(), nil
		}
	case string:
		// Parsing takes a fraction of a second though the layout has none.
		if parsed, err := time.Parse(xmlrpc.DateTime, t); err == nil && parsed.Year() >= earliestYear {
			return parsed, nil
		}
	}
	if empty {
		return time.Time{}, nil
	}
	return time.Time{}, r.shape(field, "a UTC time")
}

// Date is a calendar day without a zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// IsZero tells whether there is no day.
func (d Date) IsZero() bool { return d == Date{} }

// Date is a date field, zero if empty.
func (r Row) Date(field string) (Date, error) {
	v, empty, _ := r.get(field)
	if s, isString := v.(string); isString {
		if t, err := time.Parse(time.DateOnly, s); err == nil && t.Year() >= earliestYear {
			return Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}, nil
		}
	}
	if empty {
		return Date{}, nil
	}
	return Date{}, r.shape(field, "a date")
}
