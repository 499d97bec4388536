package approved

import (
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
)

func day(year, month, d int32) *date.Date { return &date.Date{Year: year, Month: month, Day: d} }

// What begins later does not take the place of what holds today.
func TestARenewalLeavesNoGap(t *testing.T) {
	today := day(2026, 11, 30)
	for _, tt := range []struct {
		name               string
		later, from, until *date.Date
		refused            bool
	}{
		{"from January on, and it holds until then", day(2027, 1, 1), nil, day(2026, 12, 31), true},
		{"from January on, and it holds for ever", day(2027, 1, 1), day(2026, 1, 1), nil, true},
		{"from tomorrow on, and it ends today", day(2026, 12, 1), nil, today, true},
		{"from today on", today, nil, day(2026, 12, 31), false},
		{"from the approval on", nil, nil, day(2026, 12, 31), false},
		{"from January on, and it has ended", day(2027, 1, 1), nil, day(2026, 11, 29), false},
		{"from January on, and it has not begun", day(2027, 1, 1), day(2026, 12, 1), nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := Early("approvedVendors/1-2-0-0", tt.later, tt.from, tt.until, today)
			if refused := err != nil; refused != tt.refused || refused && !strings.Contains(err.Error(), "valid_from: approvedVendors/1-2-0-0 holds today") {
				t.Error(err)
			}
		})
	}
}
