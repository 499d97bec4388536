package filter

import (
	"strconv"
	"strings"
	"time"

	"go.einride.tech/aip/filtering"
	expr "google.golang.org/genproto/googleapis/api/expr/v1alpha1"
	"google.golang.org/protobuf/reflect/protoreflect"
)

const (
	nowFunction   = "now"
	todayFunction = "today"
)

// asked is what a filter means beyond its text: when and where it was asked, and what is
// known of values.
type asked struct {
	now  time.Time
	zone *time.Location
	// closed are the values that fields have, by their paths.
	closed map[string][]string
	// open are the fields whose values name records of any kind, by their paths.
	open map[string]bool
	// records are those that others name; nil where conditions go through no reference.
	records Records
	// clocked says that the filter asks about the time, goesThrough that it asks about records
	// that others name.
	clocked, goesThrough bool
}

// Option says what a filter means beyond its text.
type Option func(*asked)

// At says what now() is, and whose days today() and dates without a time mean; without a
// zone UTC's.
func At(now time.Time, zone *time.Location) Option {
	return func(a *asked) { a.now, a.zone = now, zone }
}

// Closed says that a text has one of some values, so that every other is a mistake.
func Closed(path string, values []string) Option {
	return func(a *asked) {
		if a.closed == nil {
			a.closed = map[string][]string{}
		}
		a.closed[path] = values
	}
}

// Open says that a text names records of any kind, or is another word: a name of no
// collection that is close to one is a mistake.
func Open(path string) Option {
	return func(a *asked) {
		if a.open == nil {
			a.open = map[string]bool{}
		}
		a.open[path] = true
	}
}

func (a *asked) location() *time.Location {
	if a.zone == nil {
		return time.UTC
	}
	return a.zone
}

// momentOf is a value that is a call of now() or today(), with the durations that it is
// moved by, as a text for a field of a time or a day.
func (c *compiler) momentOf(e *expr.Expr, path string, fd protoreflect.FieldDescriptor) (text string, is bool, err error) {
	call := e.GetCallExpr()
	if call == nil {
		return "", false, nil
	}
	name := call.GetFunction()
	switch name {
	case nowFunction, todayFunction:
	case "duration":
		return "", true, problem("%s: a duration stands behind now() or today(), such as now() + duration(\"60d\")", path)
	case filtering.FunctionNot:
		return "", false, nil
	default:
		return "", true, problem("%s: there is no function %s: the values are texts in quotes, numbers, names, and now() and today() with + duration(\"60d\")", path, name)
	}
	if c.now.IsZero() {
		return "", true, problem("%s: %s() cannot be asked here: write the time, such as \"2026-11-23T08:00:00Z\"", path, name)
	}
	at := c.now.In(c.location())
	if name == todayFunction {
		at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, at.Location())
	}
	for _, arg := range call.GetArgs() {
		text, _ := textOf(arg)
		if at, err = moved(at, text); err != nil {
			return "", true, problem("%s: %v", path, err)
		}
	}
	c.clocked = true
	if fd.Message() != nil {
		switch fd.Message().FullName() {
		case "google.protobuf.Timestamp":
			return at.Format(time.RFC3339Nano), true, nil
		case "google.type.Date":
			return at.Format(time.DateOnly), true, nil
		}
	}
	return "", true, problem("%s: %s() is a time, and %s is none", path, name, path)
}

// furthest bounds each part of a duration, in days.
const furthest = 365_000

// moved moves a time by a signed duration such as "+60d" or "-1d12h". Days and weeks are
// those of the calendar, also where a clock is changed on one of them.
func moved(at time.Time, text string) (time.Time, error) {
	wrong := func() error {
		return problem("duration(%q) is no duration: write weeks, days, hours, minutes and seconds, such as \"60d\", \"12h\", \"30m\" or \"1d12h\"", strings.TrimLeft(text, "+-"))
	}
	const day = 24 * 3600
	sign, rest := int64(1), strings.TrimPrefix(text, "+")
	if left, minus := strings.CutPrefix(text, "-"); minus {
		sign, rest = -1, left
	}
	if rest = strings.TrimSpace(rest); rest == "" {
		return at, wrong()
	}
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil || digits == len(rest) {
			return at, wrong()
		}
		unit := map[byte]int64{'w': 7 * day, 'd': day, 'h': 3600, 'm': 60, 's': 1}[rest[digits]]
		if unit == 0 {
			return at, wrong()
		}
		if n > furthest*day/unit {
			return at, problem("duration(%q) is longer than %d days", strings.TrimLeft(text, "+-"), furthest)
		}
		if seconds := n * unit * sign; unit >= day {
			at = at.AddDate(0, 0, int(seconds/day))
		} else {
			at = time.Unix(at.Unix()+seconds, int64(at.Nanosecond())).In(at.Location())
		}
		rest = rest[digits+1:]
	}
	if at.Year() < 1 || at.Year() > 9999 {
		return at, problem("duration(%q) leads out of the years from 1 to 9999", strings.TrimLeft(text, "+-"))
	}
	return at, nil
}

func (a *asked) parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, a.location()); err == nil {
		return t, nil
	}
	return time.Time{}, problem("it is a time such as \"2026-11-23T08:00:00Z\", a day such as \"2026-11-23\", or now() - duration(\"24h\")")
}
