package stream

import (
	"google.golang.org/protobuf/proto"

	"odoomesh/internal/names"
)

// roomFor is how many bytes events have of a message that has so many: names take the
// other half at most.
func (s *selection[T]) roomFor(limit int) int {
	if s.sight == nil {
		return limit
	}
	return limit / 2
}

// show leaves the fields of the events of a page that were asked for, and puts the names
// beside them, which take so many bytes: where they would take more, the last events have
// none.
func (s *selection[T]) show(events []T, room int) {
	for i, event := range events {
		events[i] = s.mask(event)
		if s.sight == nil || room < 0 {
			continue
		}
		named := names.Beside(s.sight, s.mask, event)
		if room -= proto.Size(named) - proto.Size(events[i]); room >= 0 {
			events[i] = named
		}
	}
}
