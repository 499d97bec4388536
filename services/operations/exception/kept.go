package exception

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/store"
)

const (
	// exceptionTag marks the facts of exceptions, by their numbers.
	exceptionTag = 'x'
	// keptAtOnce is how many exceptions become durable together.
	keptAtOnce = 500
)

// lastKey is the fact of the last number that was given.
var lastKey = []byte("X")

func keyOf(number uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{exceptionTag}, number)
}

// load reads what is kept.
func (b *Board) load() error {
	facts := b.Journal.Facts()
	defer facts.Close()
	last, err := facts.Get(lastKey)
	if err != nil {
		return fmt.Errorf("reading the exceptions: %w", err)
	}
	if len(last) == 8 {
		b.last = binary.BigEndian.Uint64(last)
	}
	for fact, err := range facts.Scan([]byte{exceptionTag}) {
		if err != nil {
			return fmt.Errorf("reading the exceptions: %w", err)
		}
		if len(fact.Key) != 9 {
			continue
		}
		kept, e := &internalv1.KeptException{}, &entry{number: binary.BigEndian.Uint64(fact.Key[1:]), shown: &operationsv1.Exception{}}
		if err := proto.Unmarshal(fact.Value, kept); err != nil {
			return fmt.Errorf("reading %s: %w", e.name(), err)
		}
		if err := proto.Unmarshal(kept.GetException(), e.shown); err != nil {
			return fmt.Errorf("reading %s: %w", e.name(), err)
		}
		e.escalated, e.revision = kept.GetEscalated(), kept.GetRevision()
		b.put(e)
	}
	return nil
}

// put takes an entry over in memory.
func (b *Board) put(e *entry) {
	b.all[e.number] = e
	b.last = max(b.last, e.number)
	if e.lasts() {
		b.lasting[e.about()] = e.number
	} else if b.lasting[e.about()] == e.number {
		delete(b.lasting, e.about())
	}
}

// keep makes entries durable, and then takes them over. It forgets what is closed for
// long.
func (b *Board) keep(ctx context.Context, changes []*entry) error {
	for some := range slices.Chunk(changes, keptAtOnce) {
		facts := []store.Fact{{Key: lastKey, Value: binary.BigEndian.AppendUint64(nil, b.last)}}
		for _, e := range some {
			shown, err := proto.Marshal(e.shown)
			if err != nil {
				return err
			}
			raw, err := proto.Marshal(&internalv1.KeptException{Exception: shown, Escalated: e.escalated, Revision: e.revision})
			if err != nil {
				return err
			}
			facts = append(facts, store.Fact{Key: keyOf(e.number), Value: raw})
		}
		old := b.old()
		for _, number := range old {
			facts = append(facts, store.Fact{Key: keyOf(number)})
		}
		if _, err := b.Journal.Record(ctx, b.Clock.Now(), nil, facts); err != nil {
			return fmt.Errorf("keeping %d exceptions: %w", len(some), err)
		}
		for _, number := range old {
			delete(b.all, number)
		}
		for _, e := range some {
			b.put(e)
		}
	}
	if len(changes) > 0 {
		b.measure()
		select {
		case b.opened <- struct{}{}:
		default:
		}
	}
	return nil
}

// old lists some closed exceptions that need not be kept any more.
func (b *Board) old() []uint64 {
	var closed []*entry
	for _, e := range b.all {
		if !e.lasts() {
			closed = append(closed, e)
		}
	}
	slices.SortFunc(closed, func(x, y *entry) int {
		return x.shown.GetCloseTime().AsTime().Compare(y.shown.GetCloseTime().AsTime())
	})
	before := b.Clock.Now().Add(-keepClosed)
	var numbers []uint64
	for i, e := range closed {
		if len(closed)-i <= closedAtMost && !e.shown.GetCloseTime().AsTime().Before(before) || len(numbers) == keptAtOnce {
			break
		}
		numbers = append(numbers, e.number)
	}
	return numbers
}

// untold lists the openings whose business event was not told yet, in their order.
func (b *Board) untold() []*entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []*entry
	for _, number := range b.lasting {
		if e := b.all[number]; !e.escalated {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(x, y *entry) int { return cmp.Compare(x.number, y.number) })
	return found
}

// told notes that the business event of an exception was told.
func (b *Board) told(ctx context.Context, number uint64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.all[number]
	if e == nil || e.escalated {
		return nil
	}
	next := *e
	next.escalated = true
	return b.keep(ctx, []*entry{&next})
}

// newest lists all exceptions, the newest first.
func (b *Board) newest() []*entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := slices.Collect(maps.Values(b.all))
	slices.SortFunc(all, func(x, y *entry) int { return cmp.Compare(y.number, x.number) })
	return all
}
