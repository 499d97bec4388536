package eventbook

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/journal"
	"odoomesh/services/event/rules"
)

// occurrenceTag marks the facts of what has happened how often, by the hashes of the
// conditions' keys.
const occurrenceTag = 'o'

// takenBackAtOnce is how many conditions that hold no more become durable together: a
// journal takes a few thousand facts at once.
const takenBackAtOnce = 2000

// look tells of a condition that has come to hold, and notes of one that holds no more
// that it may come to hold again. What it tells and that it was told become durable
// together.
func (a *author) look(ctx context.Context, w *journal.Writer, c rules.Condition, by journal.Cause) error {
	known, err := knownOf(w, c)
	if err != nil || known.GetState() == c.State {
		return err
	}
	known.State = c.State
	if c.State != "" {
		known.Count++
	}
	raw, err := proto.Marshal(known)
	if err != nil {
		return err
	}
	w.Put(occurrenceKey(c), raw)
	if c.State == "" {
		if a.takenBack++; a.takenBack >= takenBackAtOnce {
			return w.Flush(ctx)
		}
		return nil
	}
	event, err := c.Event(a.epoch, known.GetCount())
	if err != nil {
		return err
	}
	a.waiting = append(a.waiting, event.GetType())
	if c.Aside {
		return w.Keep(event, time.UnixMicro(0), by)
	}
	return w.Keep(event, c.At, by)
}

// knownOf is what is known of a condition; of a new one, that it never held.
func knownOf(w *journal.Writer, c rules.Condition) (*internalv1.KeptOccurrence, error) {
	known := &internalv1.KeptOccurrence{}
	raw, err := w.Get(occurrenceKey(c))
	if err != nil || raw == nil {
		return known, err
	}
	if err := proto.Unmarshal(raw, known); err != nil {
		return nil, fmt.Errorf("reading how often something happened: %w", err)
	}
	return known, nil
}

func occurrenceKey(c rules.Condition) []byte {
	sum := sha256.Sum256([]byte(c.Key))
	return append([]byte{occurrenceTag}, sum[:16]...)
}
