package summary

import (
	"strconv"
	"strings"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// spans are the units in which people say how long, by their sign.
var spans = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// longest bounds a span: a hundred years.
const longest = 100 * 366 * 24 * time.Hour

// span reads how long something is to be, such as 60d.
func span(field, text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	bad := func(why string) error {
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, field, why+": write a whole number and s, m, h, d or w, such as 60d")
	}
	if text == "" {
		return 0, bad("is empty")
	}
	unit, known := spans[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 32)
	switch {
	case !known || err != nil:
		return 0, bad(strconv.Quote(text) + " is no length of time")
	case n > uint64(longest/unit):
		return 0, bad(strconv.Quote(text) + " is more than a hundred years")
	}
	return time.Duration(n) * unit, nil
}
