package journal

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/store"
)

// Open reads the event of an entry into a message.
func Open(entry store.Entry, event proto.Message) error {
	kept, err := opened(entry)
	if err != nil {
		return err
	}
	if err := proto.Unmarshal(kept.GetEvent(), event); err != nil {
		return fmt.Errorf("reading event %d: %w", entry.Position, err)
	}
	return nil
}

// Latest is the latest time of the events up to an entry.
func Latest(entry store.Entry) (time.Time, error) {
	kept, err := opened(entry)
	return time.UnixMicro(kept.GetLatestMicros()).UTC(), err
}

func opened(entry store.Entry) (*internalv1.KeptEvent, error) {
	kept := &internalv1.KeptEvent{}
	if err := proto.Unmarshal(entry.Payload, kept); err != nil {
		return nil, fmt.Errorf("reading event %d: %w", entry.Position, err)
	}
	return kept, nil
}

// Kept is the event of an entry as it stands there, which is not to be changed.
func Kept(entry store.Entry) ([]byte, error) {
	for rest := entry.Payload; len(rest) > 0; {
		number, kind, n := protowire.ConsumeTag(rest)
		if n < 0 {
			return nil, fmt.Errorf("reading event %d: %w", entry.Position, protowire.ParseError(n))
		}
		size := protowire.ConsumeFieldValue(number, kind, rest[n:])
		if size < 0 {
			return nil, fmt.Errorf("reading event %d: %w", entry.Position, protowire.ParseError(size))
		}
		if number == 1 && kind == protowire.BytesType {
			event, _ := protowire.ConsumeBytes(rest[n:])
			return event, nil
		}
		rest = rest[n+size:]
	}
	return nil, fmt.Errorf("entry %d holds no event", entry.Position)
}

// Change is the place in the change log of what made the event of an entry; 0 for what
// happened before the mesh came.
func Change(entry store.Entry) (uint64, error) {
	kept, err := opened(entry)
	return kept.GetChange(), err
}
