package command

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/store"
)

// change is an event on its way into the ledger.
type change struct {
	ctx    context.Context
	before *internalv1.KeptIntent
	event  event
	at     time.Time
	say    func(*commandv1.Intent)

	kept *internalv1.KeptIntent
	err  error
	// written says that kept and err are what came of it.
	written bool
}

// move makes an event happen to an intent; say, which may be nil, says what else is said
// of it from then on. The intent that was given is not changed. Those that come while
// another is being written share the next sync.
func (l *ledger) move(ctx context.Context, before *internalv1.KeptIntent, e event, at time.Time, say func(*commandv1.Intent)) (*internalv1.KeptIntent, error) {
	c := &change{ctx: ctx, before: before, event: e, at: at, say: say}
	l.waiting.Lock()
	l.queued = append(l.queued, c)
	l.waiting.Unlock()
	l.one.Lock()
	defer l.one.Unlock()
	for !c.written {
		l.writeQueued()
	}
	return c.kept, c.err
}

// writeQueued writes the changes that wait, as many as one write takes. Whoever calls it
// has the turn.
func (l *ledger) writeQueued() {
	l.waiting.Lock()
	queued := l.queued
	l.waiting.Unlock()
	head, taken, bytes := l.journal.Head(), 0, 0
	var group []*change
	var drafts []store.Draft
	var facts []store.Fact
	for _, c := range queued {
		entry, own, err := c.encode(head + 1 + uint64(len(drafts)))
		size := sizeOf(own)
		if err == nil && len(group) > 0 && (len(facts)+len(own) > store.MaxFacts || bytes+size > store.MaxFactBytes) {
			break
		}
		taken++
		if err != nil {
			c.kept, c.err, c.written = nil, err, true
			continue
		}
		group, bytes = append(group, c), bytes+size
		drafts, facts = append(drafts, store.Drafts(collection, entry)...), append(facts, own...)
	}
	l.waiting.Lock()
	l.queued = l.queued[taken:]
	l.waiting.Unlock()
	if len(group) == 0 {
		return
	}
	// One who goes away takes back nothing of the others.
	_, err := l.journal.RecordAfter(context.WithoutCancel(group[0].ctx), head, group[0].at, drafts, facts)
	for _, c := range group {
		if err != nil {
			c.kept, c.err = nil, fmt.Errorf("writing %s into the ledger: %w", c.before.GetIntent().GetName(), err)
		}
		c.written = true
	}
}

// encode makes what is written of a change at a position.
func (c *change) encode(position uint64) (entry []byte, facts []store.Fact, err error) {
	if err := c.ctx.Err(); err != nil {
		return nil, nil, err
	}
	state, err := next(c.before.GetIntent().GetState(), c.event)
	if err != nil {
		return nil, nil, err
	}
	kept := proto.CloneOf(c.before)
	kept.Intent.State, kept.Intent.UpdateTime = state, timestamppb.New(c.at)
	if c.say != nil {
		c.say(kept.Intent)
	}
	called(c.ctx, kept, position)
	id := []byte(idIn(kept.GetIntent().GetName()))
	if c.before.GetIntent().GetState() == stateNone {
		kept.Accepted = position
		facts = append(facts, store.Fact{Key: newestKey(position), Value: id})
	}
	// Its place is kept while it is carried out: what comes behind it waits.
	switch {
	case state == stateDeferred && kept.GetPlace() == 0:
		kept.Place = position
		facts = append(facts, store.Fact{Key: queueKey(position), Value: id})
	case state != stateDeferred && !open(state) && kept.GetPlace() != 0:
		facts = append(facts, store.Fact{Key: queueKey(kept.GetPlace())})
		kept.Place, kept.Apart = 0, nil
	}
	mark := store.Fact{Key: append([]byte{openTag}, id...)}
	if open(state) {
		mark.Value = []byte{1}
	}
	whole, err := proto.Marshal(kept)
	if err != nil {
		return nil, nil, err
	}
	if done, came := doneBy(kept.GetIntent()); came {
		facts = append(facts, done)
	}
	if row, known := made(kept.GetIntent()); known {
		facts = append(facts, row)
	}
	facts = append(facts, mark, store.Fact{Key: append([]byte{intentTag}, id...), Value: whole})
	entry, err = proto.Marshal(kept.GetIntent())
	c.kept = kept
	return entry, facts, err
}

// sizeOf is what facts count as, where a write is bounded.
func sizeOf(facts []store.Fact) (size int) {
	for _, f := range facts {
		size += 1 + len(f.Key) + len(f.Value)
	}
	return size
}

func queueKey(place uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{queueTag}, place)
}
