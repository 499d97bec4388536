package read

import (
	"time"

	"google.golang.org/protobuf/proto"
)

// Compute fills the fields of a record that are worked out when it is answered, at a time
// in a time zone. Where there is nothing to fill in it answers the record itself, and
// otherwise another one: records are shared.
type Compute func(m proto.Message, now time.Time, zone *time.Location) proto.Message

// computed is a record with what is worked out when it is answered, from what the caller
// meets of it.
func (c *Collection[T]) computed(m proto.Message, now time.Time) proto.Message {
	if c.compute == nil || m == nil {
		return m
	}
	return c.compute(m, now, c.location())
}
