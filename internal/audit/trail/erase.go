package trail

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"odoomesh/internal/audit"
	"odoomesh/internal/store"
)

// eraseAtMost bounds how many payloads are erased at once.
const eraseAtMost = 2000

// Expire erases the payloads whose time is over and that nobody holds. Their leaves stay.
func (t *Trail) Expire(ctx context.Context) error {
	age := t.Retention()
	if age == 0 {
		return nil
	}
	t.one.Lock()
	defer t.one.Unlock()
	before := t.Clock.Now().Add(-age)
	facts := t.Journal.Facts()
	defer facts.Close()
	from := uint64(1)
	raw, err := facts.Get([]byte{expiredTag})
	if err != nil {
		return err
	}
	if len(raw) == 8 {
		from = binary.BigEndian.Uint64(raw)
	}
	var forgotten []store.Fact
	next := from
	for entry, err := range t.Journal.Read(ctx, from) {
		if err != nil {
			return err
		}
		if !entry.Time.Before(before) || len(forgotten) == eraseAtMost {
			break
		}
		leaf, err := audit.ReadLeaf(entry.Payload)
		if err != nil {
			return err
		}
		held, err := holds(facts, leaf)
		if err != nil {
			return err
		}
		payload, err := facts.Get(sequenceKey(payloadTag, entry.Position))
		if err != nil {
			return err
		}
		if !held && payload != nil {
			forgotten = append(forgotten, store.Fact{Key: sequenceKey(payloadTag, entry.Position)})
		}
		next = entry.Position + 1
	}
	if next == from {
		return nil
	}
	forgotten = append(forgotten, store.Fact{Key: []byte{expiredTag}, Value: binary.BigEndian.AppendUint64(nil, next)})
	if _, err := t.Journal.Record(ctx, t.Clock.Now(), nil, forgotten); err != nil {
		return fmt.Errorf("erasing payloads: %w", err)
	}
	return nil
}

func holds(facts store.Facts, leaf audit.Leaf) (bool, error) {
	if leaf.Intent == "" {
		return false, nil
	}
	value, err := facts.Get(intentKey(holdTag, leaf.Intent))
	return value != nil, err
}

// Hold keeps the payloads of an intent from being erased, or lets them go, and tells
// whether they were kept before. What was due while it was held is erased in the next
// minutes.
func (t *Trail) Hold(ctx context.Context, intent string, held bool) (before bool, err error) {
	if !strings.HasPrefix(intent, "intents/") {
		return false, fmt.Errorf("%s is no intent", intent)
	}
	var value []byte
	if held {
		value = []byte{1}
	}
	facts := []store.Fact{{Key: intentKey(holdTag, intent), Value: value}}
	if !held {
		facts = append(facts, store.Fact{Key: []byte{expiredTag}})
	}
	t.one.Lock()
	defer t.one.Unlock()
	was, err := t.fact(intentKey(holdTag, intent))
	if err == nil {
		_, err = t.Journal.Record(ctx, t.Clock.Now(), nil, facts)
	}
	if err != nil {
		return false, fmt.Errorf("holding payloads: %w", err)
	}
	return was != nil, nil
}
