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
