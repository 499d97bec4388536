package stream

import (
	"google.golang.org/protobuf/proto"

	"odoomesh/internal/names"
)

// named leaves the fields of a message that were asked for, and puts beside them what
// people call the records that are named in what is left. The message may be shared.
func named[T proto.Message](sight *names.Sight, mask func(T) T, m T) T {
	m = mask(m)
	if sight == nil {
		return m
	}
	// The mask may want some of the names alone.
	return mask(sight.Find(m.ProtoReflect(), nil).Beside(m).(T))
}

// roomFor is how many bytes events have of a message that has so many: names take the
// other half at most.
func (s *selection[T]) roomFor(limit int) int {
	if s.sight == nil {
		return limit
	}
	return limit / 2
}

// name gives events their names, which take so many bytes: where they would take more, the
// last events have none.
func (s *selection[T]) name(events []T, room int) {
	if s.sight == nil {
		return
	}
	for i, event := range events {
		found := s.sight.Find(event.ProtoReflect(), nil)
		if room -= found.Size(); room < 0 {
			return
		}
		events[i] = s.mask(found.Beside(event).(T))
	}
}
