package stream

import (
	"context"
	"errors"
	"slices"
	"sort"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/record"
	"odoomesh/internal/store"
)

// pageBytes is how many bytes of changes a watch takes at once: a page ends behind the
// change with which there are as many. The tail keeps about as many for all.
const pageBytes = 1 << 20

// change is an entry of the log, taken apart. All who watch its collection share it,
// and nobody changes it.
type change struct {
	position uint64
	recorded time.Time
	// before and after are nil where there was or is no record.
	before, after proto.Message
	// size is how many bytes the entry has.
	size int
}

// changes are the changes of one collection. Its newest are read and decoded once for
// all watches that are near the end of the log; whoever lags reads for itself.
type changes struct {
	log        store.Log
	collection string
	decode     func(store.Entry) (*change, error)
	mu         sync.Mutex
	// tail has all changes from the position begin to the position end; what the log
	// has there besides is of other collections. The slice only grows until it is
	// replaced, so that parts of it can be given away.
	tail       []*change
	begin, end uint64
	size       int
}

func changesOf(log store.Log, kind *record.Kind) *changes {
	return &changes{log: log, collection: kind.Collection, decode: func(e store.Entry) (*change, error) { return decoded(kind, e) }}
}

// page answers changes from a position of the log on, and the last position that was
// looked at for them. At the end of the log that is the position before.
func (c *changes) page(ctx context.Context, from uint64) ([]*change, uint64, error) {
	head := c.log.Head()
	if from > head {
		return nil, from - 1, nil
	}
	if from+tailLength > head {
		if page, reached, ok := c.shared(ctx, from, head); ok {
			return page, reached, nil
		}
	}
	return c.read(ctx, from)
}

// shared answers the tail from a position on. It is not ok where the tail does not reach
// back so far, or cannot be read: whoever asked reads for itself then, and meets the error.
func (c *changes) shared(ctx context.Context, from, head uint64) (page []*change, reached uint64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if next := c.end + 1; next <= from && (next+tailLength <= head || next < c.log.Oldest()) {
		c.tail, c.begin, c.end, c.size = nil, from, from-1, 0 // nobody has watched for a while
	}
	for c.end < from {
		page, reached, err := c.read(ctx, c.end+1)
		if err != nil {
			return nil, 0, false
		}
		c.extend(page, reached)
	}
	if from < c.begin {
		return nil, 0, false
	}
	i := sort.Search(len(c.tail), func(i int) bool { return c.tail[i].position >= from })
	return c.tail[i:len(c.tail):len(c.tail)], c.end, true
}

// extend puts a page behind the tail, and drops the oldest where there are too many.
// Whoever calls it holds the tail.
func (c *changes) extend(page []*change, reached uint64) {
	c.tail, c.end = append(c.tail, page...), reached
	for _, one := range page {
		c.size += one.size
	}
	if len(c.tail) <= 2*tailLength && c.size <= 2*pageBytes {
		return
	}
	n := 0
	for ; len(c.tail)-n > tailLength || c.size > pageBytes; n++ {
		c.size -= c.tail[n].size
		c.begin = c.tail[n].position + 1
	}
	c.tail = slices.Clone(c.tail[n:])
}

// read reads a page from a position on. An entry that cannot be read is passed over:
// capture tells of it.
func (c *changes) read(ctx context.Context, from uint64) ([]*change, uint64, error) {
	var page []*change
	size, reached := 0, from-1
	for entry, err := range c.log.Read(ctx, from) {
		if err != nil {
			return nil, 0, err
		}
		reached = entry.Position
		if entry.Collection == c.collection {
			one, err := c.decode(entry)
			if err != nil && !errors.Is(err, proto.Error) {
				return nil, 0, err
			}
			if err == nil {
				page, size = append(page, one), size+one.size
			}
		}
		if reached+1-from == pageLength || size >= pageBytes {
			break
		}
	}
	return page, reached, nil
}

// decoded takes an entry apart.
func decoded(kind *record.Kind, entry store.Entry) (*change, error) {
	var c internalv1.ChangeRecord
	if err := proto.Unmarshal(entry.Payload, &c); err != nil {
		return nil, err
	}
	one := &change{position: entry.Position, recorded: entry.Time, size: len(entry.Payload)}
	var err error
	if one.before, err = side(kind, c.GetBefore(), 0); err != nil {
		return nil, err
	}
	one.after, err = side(kind, c.GetAfter(), entry.Position)
	return one, err
}

// side is one side of a change; nil where there was or is no record.
func side(kind *record.Kind, raw []byte, revision uint64) (proto.Message, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	kept, err := kind.Open(raw)
	if err != nil {
		return nil, err
	}
	if revision > 0 {
		kept.Revision = revision
	}
	return kind.Show(kept, time.Time{})
}
