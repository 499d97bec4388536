package owned

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/store"
)

// maxText bounds an author and an intent, in bytes.
const maxText = 1024

// Config is what a Book needs.
type Config struct {
	// Journal keeps the fields. Nobody else appends to it, and nothing is dropped from it.
	Journal store.Journal
	// Records has the message of the records of each collection.
	Records map[string]protoreflect.MessageType
	Clock   clock.Clock
}

// Book keeps the fields that Odoo does not own. It is safe for concurrent use.
type Book struct {
	journal store.Journal
	clock   clock.Clock
	kept    map[string]*collection
	// turn is held by the one who writes.
	turn chan struct{}
}

// collection is what the book knows of the records of a collection.
type collection struct {
	*schema
	name string
	// odoo is what Odoo fills; nil while that is not known.
	odoo atomic.Pointer[fills]
	mu   sync.RWMutex
	// written has the keys of the records of which something is, or was, kept.
	written *set
}

func (c *collection) wrote(key []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written.add(key)
}

func (c *collection) has(key []byte) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.written.has(key)
}

// New opens the book of some collections. It reads which records it has, and starts
// nothing.
func New(c Config) (*Book, error) {
	b := &Book{journal: c.Journal, clock: c.Clock, kept: map[string]*collection{}, turn: make(chan struct{}, 1)}
	for name, message := range c.Records {
		s, err := newSchema(message)
		if err != nil {
			return nil, fmt.Errorf("the owners of the fields of %s: %w", name, err)
		}
		if !s.owns() {
			continue
		}
		col := &collection{schema: s, name: name, written: newSet()}
		b.kept[name] = col
		if err := b.readFills(col); err != nil {
			return nil, err
		}
		for key, err := range b.Keys(name) {
			if err != nil {
				return nil, err
			}
			col.written.add(key)
		}
	}
	return b, nil
}

// Write is one write to the owned fields of a record.
type Write struct {
	Collection string
	Key        []byte
	// Owner is as whom it is written: all fields have to be this owner's.
	Owner optionsv1.Owner
	// Author is the principal who writes.
	Author string
	// Intent says what it is written for: of two writes to a record with one intent the
	// second changes nothing.
	Intent string
	// Seen is the revision that the writer has seen; nil is any.
	Seen   *uint64
	Fields []Field
}

// Set writes fields, all or none. It returns after that is durable, with the revision
// that it has made; with an intent that has written the record before, with that
// revision. What it refuses is a *UnknownFieldError, *OwnerError, *ValueError or
// *RevisionError, ErrNotFitted, or a *store.TooLargeError, and changes nothing.
func (b *Book) Set(ctx context.Context, w Write) (uint64, error) {
	c, err := b.check(w)
	if err != nil {
		return 0, err
	}
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	defer func() { <-b.turn }()
	facts := b.journal.Facts()
	defer facts.Close()
	intent := intentKey(w.Collection, w.Key, w.Intent)
	if made, err := facts.Get(intent); err != nil || made != nil {
		revision, _ := binary.Uvarint(made)
		return revision, err
	}
	u, err := newUpdate(c, w, facts)
	if err != nil {
		return 0, err
	}
	entry, changed, err := u.result(b.clock.Now(), b.journal.Head()+1)
	if err != nil {
		return 0, err
	}
	kept := u.kept.record
	revision := kept.GetRevision()
	changed = append(changed, store.Fact{Key: intent, Value: binary.AppendUvarint(nil, revision)})
	first, err := b.journal.Record(ctx, b.clock.Now(), store.Drafts(w.Collection, entry), changed)
	if err != nil {
		return 0, fmt.Errorf("keeping what Odoo does not own: %w", err)
	}
	if first != kept.GetPosition() {
		return 0, fmt.Errorf("somebody else writes the book of owned fields: an entry is at %d, and was to be at %d", first, kept.GetPosition())
	}
	c.wrote(w.Key)
	return revision, nil
}

// check refuses what needs no look at what is kept.
func (b *Book) check(w Write) (*collection, error) {
	for _, text := range []struct{ field, text string }{{"author", w.Author}, {"intent", w.Intent}} {
		if text.text == "" || len(text.text) > maxText {
			return nil, &ValueError{Field: text.field, Problem: fmt.Sprintf("it has %d bytes, and needs 1 to %d", len(text.text), maxText)}
		}
	}
	if len(w.Key) == 0 || len(w.Fields) == 0 {
		return nil, &ValueError{Field: "fields", Problem: "a write names a record and its fields"}
	}
	c := b.kept[w.Collection]
	if c == nil {
		return nil, &UnknownFieldError{Collection: w.Collection, Field: w.Fields[0].Path, Why: "Odoo owns all that the collection has"}
	}
	if c.odoo.Load() == nil {
		return nil, ErrNotFitted
	}
	return c, nil
}

// update is a write on its way.
type update struct {
	*collection
	write Write
	facts store.Facts
	kept  *kept
	// lines are the lines that it writes.
	lines  map[line]protoreflect.Message
	values []*internalv1.OwnedValue
}

// newUpdate makes a write ready, or refuses it.
func newUpdate(c *collection, w Write, facts store.Facts) (*update, error) {
	kept, err := read(facts, c, w.Key)
	if err != nil {
		return nil, err
	}
	if w.Seen != nil && *w.Seen != kept.record.GetRevision() {
		return nil, &RevisionError{Collection: w.Collection, Key: w.Key, Seen: *w.Seen, Current: kept.record.GetRevision()}
	}
	u := &update{collection: c, write: w, facts: facts, kept: kept, lines: map[line]protoreflect.Message{}}
	for _, f := range w.Fields {
		if err := u.field(f); err != nil {
			return nil, err
		}
	}
	return u, nil
}

// field lets one field have its value.
func (u *update) field(f Field) error {
	t, err := u.find(u.name, f.Path)
	if err != nil {
		return err
	}
	refuse := func(path string, owner optionsv1.Owner) error {
		return &OwnerError{Collection: u.name, Field: path, Owner: owner, As: u.write.Owner}
	}
	if len(t.fields) == 0 {
		return refuse(f.Path, optionsv1.Owner_OWNER_ODOO)
	}
	given := t.place.message.New()
	if err := put(given, t.chain, f); err != nil {
		return err
	}
	at, err := u.at(t)
	if err != nil {
		return err
	}
	touched := false
	for _, one := range t.fields {
		switch owner := u.owner(one); {
		case owner == u.write.Owner && one.has(given):
			touched = true
			one.copy(given, at)
		case owner == u.write.Owner:
			touched = true
			one.clear(at)
		case one.has(given):
			return refuse(t.path(one), owner)
		}
	}
	if !touched {
		return refuse(t.path(t.fields[0]), u.owner(t.fields[0]))
	}
	value := &internalv1.OwnedValue{Path: f.Path}
	if value.Value, err = (proto.MarshalOptions{Deterministic: true}).Marshal(given.Interface()); err != nil {
		return &ValueError{Field: f.Path, Problem: err.Error()}
	}
	u.values = append(u.values, value)
	return nil
}

// owner is whose a field is here: what Odoo fills is Odoo's.
func (c *collection) owner(f *field) optionsv1.Owner {
	if c.odoo.Load().has(f) {
		return optionsv1.Owner_OWNER_ODOO
	}
	return f.owner
}

// at is what is kept of where a path leads to.
func (u *update) at(t *target) (protoreflect.Message, error) {
	if t.line.list == "" {
		return u.kept.own, nil
	}
	if known := u.lines[t.line]; known != nil {
		return known, nil
	}
	raw, err := u.facts.Get(lineKey(u.name, u.write.Key, t.line))
	if err != nil {
		return nil, err
	}
	m, err := open(t.place, raw)
	u.lines[t.line] = m
	return m, err
}

// put lets a message have a value, which has to be of the field's type.
func put(m protoreflect.Message, chain []protoreflect.FieldDescriptor, f Field) (err error) {
	if !f.Value.IsValid() {
		return nil
	}
	last := len(chain) - 1
	defer func() {
		if wrong := recover(); wrong != nil {
			err = &ValueError{Field: f.Path, Problem: fmt.Sprintf("the value does not fit: %v", wrong)}
		}
	}()
	if inside, is := f.Value.Interface().(protoreflect.Message); is && !inside.IsValid() {
		return &ValueError{Field: f.Path, Problem: "the message is nil"}
	}
	for _, fd := range chain[:last] {
		m = m.Mutable(fd).Message()
	}
	m.Set(chain[last], f.Value)
	return nil
}

// result is the entry and the facts of the write, which will stand at a position.
func (u *update) result(now time.Time, position uint64) ([]byte, []store.Fact, error) {
	r := u.kept.record
	before := r.GetPosition()
	r.Revision, r.Position = r.GetRevision()+1, position
	by := &internalv1.OwnedWrite{
		Owner: u.write.Owner, Revision: r.GetRevision(), Author: u.write.Author, Intent: u.write.Intent, WriteTime: timestamppb.New(now),
	}
	entry, err := proto.Marshal(&internalv1.OwnedChange{Key: u.write.Key, Write: by, Before: before, Fields: u.values})
	if err != nil {
		return nil, nil, &ValueError{Field: "author, intent", Problem: err.Error()}
	}
	r.Writes = append(slices.DeleteFunc(r.GetWrites(), func(w *internalv1.OwnedWrite) bool { return w.GetOwner() == by.GetOwner() }), by)
	slices.SortFunc(r.GetWrites(), func(a, b *internalv1.OwnedWrite) int { return int(a.GetOwner()) - int(b.GetOwner()) })
	var facts []store.Fact
	for at, m := range u.lines {
		r.HasLines = true
		fact := store.Fact{Key: lineKey(u.name, u.write.Key, at)}
		if !empty(m) {
			if fact.Value, err = proto.Marshal(m.Interface()); err != nil {
				return nil, nil, err
			}
		}
		facts = append(facts, fact)
	}
	if r.Fields, err = proto.Marshal(u.kept.own.Interface()); err != nil {
		return nil, nil, err
	}
	raw, err := proto.Marshal(r)
	return entry, append(facts, store.Fact{Key: recordKey(factRecord, u.name, u.write.Key), Value: raw}), err
}
