package journal

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/follow"
	"odoomesh/internal/store"
)

// entriesAtOnce is how many entries become durable together: each brings some facts,
// and a journal takes a few thousand at once.
const entriesAtOnce = 500

// Writer gathers entries and the facts that go with them, and records both together.
type Writer struct {
	keeper *Keeper
	// mark is recorded with the entries; nil where they are no whole step.
	mark  *internalv1.BookMark
	tail  *internalv1.BookTail
	facts store.Facts
	set   map[string][]byte
	// base is the head that the entries will stand behind.
	base    uint64
	entries []*internalv1.KeptEvent
}

var _ follow.Applier = (*Writer)(nil)

// writer begins to write behind a mark, which may be nil.
func (k *Keeper) writer(mark *internalv1.BookMark) *Writer {
	w := &Writer{keeper: k, mark: mark}
	w.begin()
	return w
}

func (w *Writer) begin() {
	w.facts = w.keeper.Journal.Facts()
	w.base, w.set, w.entries = w.facts.Position(), map[string][]byte{}, nil
	w.keeper.author.Begin()
}

func (w *Writer) close() { w.facts.Close() }

// Get is a fact as it will be; nil where there is none.
func (w *Writer) Get(key []byte) ([]byte, error) {
	if value, ok := w.set[string(key)]; ok {
		return value, nil
	}
	return w.facts.Get(key)
}

// Put sets a fact; a nil value forgets it. The keeper's own are "mark" and "tail".
func (w *Writer) Put(key, value []byte) { w.set[string(key)] = value }

// Base is the position behind which the entries that are gathered will stand.
func (w *Writer) Base() uint64 { return w.base }

// Next is the position that the next entry will have: nobody else appends.
func (w *Writer) Next() uint64 { return w.base + uint64(len(w.entries)) + 1 }

// tailKey is the fact that holds what the next entry goes on from.
var tailKey = []byte("tail")

func (w *Writer) readTail() error {
	if w.tail != nil {
		return nil
	}
	raw, err := w.Get(tailKey)
	if err != nil {
		return err
	}
	w.tail = &internalv1.BookTail{}
	return proto.Unmarshal(raw, w.tail)
}

// Keep puts an event behind those that wait to be recorded. at is when it happened.
func (w *Writer) Keep(event proto.Message, at time.Time, by Cause) error {
	if err := w.readTail(); err != nil {
		return err
	}
	raw, err := proto.Marshal(event)
	if err != nil {
		return err
	}
	w.tail.LatestMicros = max(w.tail.GetLatestMicros(), at.UnixMicro())
	w.entries = append(w.entries, &internalv1.KeptEvent{
		Event: raw, Change: by.Change, LatestMicros: w.tail.GetLatestMicros(), BytesBefore: w.tail.GetBytes(),
	})
	w.tail.Bytes += uint64(len(raw))
	return nil
}

// Take implements follow.Applier: the author is told of a change that it follows.
func (w *Writer) Take(ctx context.Context, entry store.Entry) (string, error) {
	if !slices.Contains(w.keeper.Follows, entry.Collection) {
		return "", nil
	}
	var c internalv1.ChangeRecord
	err := proto.Unmarshal(entry.Payload, &c)
	if err == nil {
		err = w.keeper.author.Change(ctx, w, &c, Cause{entry.Position, entry.Time})
	}
	return c.GetName(), err
}

// Full implements follow.Applier.
func (w *Writer) Full() bool { return len(w.entries) >= entriesAtOnce }

// Commit implements follow.Applier. Where changes had no effect, the keeper notes its
// place later: see note.
func (w *Writer) Commit(ctx context.Context, position uint64) error {
	w.mark.Position = position
	if len(w.entries) == 0 && len(w.set) == 0 {
		w.keeper.followed.Store(position)
		return ctx.Err()
	}
	return w.Flush(ctx)
}

// Step counts a record that was taken over, makes durable what has gathered, and
// says how far the keeper is. With the error of a record that cannot be read it steps
// over that; any other it returns.
func (w *Writer) Step(ctx context.Context, name string, err error) error {
	if err != nil && !w.Skips(ctx, name, err) {
		return fmt.Errorf("taking %s over: %w", name, err)
	}
	w.keeper.step(ctx)
	return w.Gathered(ctx)
}

// Skips tells whether an error is of a record that cannot be read, and says so.
func (w *Writer) Skips(ctx context.Context, name string, err error) bool {
	return w.keeper.follower.StepsOver(ctx, 0, name, err)
}

// Gathered makes durable what has gathered, if it is enough.
func (w *Writer) Gathered(ctx context.Context) error {
	if !w.Full() {
		return ctx.Err()
	}
	return w.Flush(ctx)
}

// Flush makes the entries durable together with the facts.
func (w *Writer) Flush(ctx context.Context) error {
	defer func() {
		w.close()
		w.begin()
	}()
	payloads := make([][]byte, len(w.entries))
	for i, e := range w.entries {
		raw, err := proto.Marshal(e)
		if err != nil {
			return err
		}
		payloads[i] = raw
	}
	if err := w.putMessage(tailKey, w.tail); err != nil {
		return err
	}
	if err := w.putMessage(markKey, w.mark); err != nil {
		return err
	}
	if len(payloads) == 0 && len(w.set) == 0 {
		return nil
	}
	facts := make([]store.Fact, 0, len(w.set))
	for key, value := range w.set {
		facts = append(facts, store.Fact{Key: []byte(key), Value: value})
	}
	first, err := w.keeper.Journal.Record(ctx, w.keeper.Clock.Now(), store.Drafts(w.keeper.Collection, payloads...), facts)
	if err != nil {
		return fmt.Errorf("recording %d entries of %s: %w", len(payloads), w.keeper.What, err)
	}
	if len(payloads) > 0 && first != w.base+1 {
		return fmt.Errorf("entries of %s stand at %d, not at %d: somebody else appends to its journal", w.keeper.What, first, w.base+1)
	}
	w.keeper.author.Recorded()
	if w.mark != nil {
		w.keeper.reached(proto.CloneOf(w.mark))
	}
	return nil
}

// putMessage sets a fact; a nil message leaves it as it is.
func (w *Writer) putMessage(key []byte, m proto.Message) error {
	if !m.ProtoReflect().IsValid() {
		return nil
	}
	raw, err := proto.Marshal(m)
	if err == nil {
		w.Put(key, raw)
	}
	return err
}
