package owned

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/store"
)

// By is who wrote, as which owner, what for and when, and the revision that it made.
type By struct {
	Owner          optionsv1.Owner
	Revision       uint64
	Author, Intent string
	Time           time.Time
}

// State is what the book keeps of a record, whether or not the record shows it.
type State struct {
	// Revision counts the writes; 0 before the first.
	Revision uint64
	// Writes are the last ones of each owner.
	Writes []By
	// Fields are those that hold something: the record's own, then those of its lines.
	Fields []Field
}

// Change is one write as it was made.
type Change struct {
	By
	// Fields are those that it named. The value is none where it cleared the field, or
	// where the contract does not have the field any more.
	Fields []Field
}

// kept is what the book keeps of a record, its lines apart.
type kept struct {
	record *internalv1.OwnedRecord
	own    protoreflect.Message
}

// read reads what is kept of a record; a record of which nothing is has revision 0.
func read(facts store.Facts, c *collection, key []byte) (*kept, error) {
	raw, err := facts.Get(recordKey(factRecord, c.name, key))
	if err != nil {
		return nil, err
	}
	k := &kept{record: &internalv1.OwnedRecord{}}
	if err := proto.Unmarshal(raw, k.record); err != nil {
		return nil, fmt.Errorf("reading what is kept of a record of %s: %w", c.name, err)
	}
	k.own, err = open(c.places[0], k.record.GetFields())
	return k, err
}

// lines reads what is kept of a record's lines, ordered by list and id.
func (k *kept) lines(facts store.Facts, c *collection, key []byte) iter.Seq2[target, error] {
	return func(yield func(target, error) bool) {
		if !k.record.GetHasLines() {
			return
		}
		prefix := recordKey(factLine, c.name, key)
		for fact, err := range facts.Scan(prefix) {
			if err != nil {
				yield(target{}, err)
				return
			}
			at := lineIn(fact.Key[len(prefix):])
			i := slices.IndexFunc(c.places, func(p *place) bool { return p.list != nil && string(p.list.Name()) == at.list })
			if i < 0 {
				continue // the contract has no such list any more
			}
			m, err := open(c.places[i], fact.Value)
			if !yield(target{place: c.places[i], line: at, kept: m}, err) || err != nil {
				return
			}
		}
	}
}

func open(p *place, raw []byte) (protoreflect.Message, error) {
	m := p.message.New()
	if err := proto.Unmarshal(raw, m.Interface()); err != nil {
		return nil, fmt.Errorf("reading what is kept of %s: %w", m.Descriptor().FullName(), err)
	}
	return m, nil
}

// Get is what the book keeps of a record.
func (b *Book) Get(collection string, key []byte) (State, error) {
	c := b.kept[collection]
	if c == nil || !c.has(key) {
		return State{}, nil
	}
	facts := b.journal.Facts()
	defer facts.Close()
	k, err := read(facts, c, key)
	if err != nil {
		return State{}, err
	}
	s := State{Revision: k.record.GetRevision()}
	for _, w := range k.record.GetWrites() {
		s.Writes = append(s.Writes, byOf(w))
	}
	own := target{place: c.places[0], kept: k.own}
	s.Fields = own.fieldsIn(s.Fields)
	for at, err := range k.lines(facts, c, key) {
		if err != nil {
			return State{}, err
		}
		s.Fields = at.fieldsIn(s.Fields)
	}
	return s, nil
}

// fieldsIn adds the fields that are kept of a place.
func (t *target) fieldsIn(all []Field) []Field {
	for _, f := range t.place.fields {
		if m := t.kept; f.has(m) {
			last := len(f.chain) - 1
			for _, fd := range f.chain[:last] {
				m = m.Get(fd).Message()
			}
			all = append(all, Field{Path: t.path(f), Value: m.Get(f.chain[last])})
		}
	}
	return all
}

func byOf(w *internalv1.OwnedWrite) By {
	return By{Owner: w.GetOwner(), Revision: w.GetRevision(), Author: w.GetAuthor(), Intent: w.GetIntent(), Time: w.GetWriteTime().AsTime()}
}

// History yields the writes to a record, the newest first.
func (b *Book) History(ctx context.Context, collection string, key []byte) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		c := b.kept[collection]
		if c == nil || !c.has(key) {
			return
		}
		facts := b.journal.Facts()
		k, err := read(facts, c, key)
		facts.Close()
		for at := k.position(); err == nil && at > 0; {
			var change Change
			if change, at, err = b.change(ctx, c, at); err == nil && !yield(change, nil) {
				return
			}
		}
		if err != nil {
			yield(Change{}, err)
		}
	}
}

func (k *kept) position() uint64 {
	if k == nil {
		return 0
	}
	return k.record.GetPosition()
}

// change reads the write at a position, and the position of the one before it.
func (b *Book) change(ctx context.Context, c *collection, at uint64) (Change, uint64, error) {
	entry, err := store.At(ctx, b.journal, at)
	if err != nil {
		return Change{}, 0, err
	}
	raw := &internalv1.OwnedChange{}
	if err := proto.Unmarshal(entry.Payload, raw); err != nil {
		return Change{}, 0, fmt.Errorf("reading write %d of what Odoo does not own: %w", at, err)
	}
	change := Change{By: byOf(raw.GetWrite())}
	for _, v := range raw.GetFields() {
		change.Fields = append(change.Fields, c.valueOf(v))
	}
	return change, raw.GetBefore(), nil
}

// valueOf reads a field as it was written.
func (c *collection) valueOf(v *internalv1.OwnedValue) Field {
	f := Field{Path: v.GetPath()}
	t, err := c.find(c.name, f.Path)
	if err != nil || t.place == nil {
		return f
	}
	m, err := open(t.place, v.GetValue())
	if err != nil || !(&field{chain: t.chain}).has(m) {
		return f
	}
	for _, fd := range t.chain[:len(t.chain)-1] {
		m = m.Get(fd).Message()
	}
	f.Value = m.Get(t.chain[len(t.chain)-1])
	return f
}

// Keys yields the keys of a collection's records of which something is, or was, kept.
func (b *Book) Keys(collection string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		facts := b.journal.Facts()
		defer facts.Close()
		prefix := recordsKey(factRecord, collection)
		for fact, err := range facts.Scan(prefix) {
			if err != nil {
				yield(nil, err)
				return
			}
			if key, ok := keyIn(fact.Key[len(prefix):]); ok && !yield(key, nil) {
				return
			}
		}
	}
}

// KeysBelow yields, in order, the keys of a size that begin with a prefix, of a collection's
// records of which something is, or was, kept.
func (b *Book) KeysBelow(collection string, size int, prefix []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		facts := b.journal.Facts()
		defer facts.Close()
		all := len(recordsKey(factRecord, collection))
		below := append(binary.AppendUvarint(recordsKey(factRecord, collection), uint64(size)), prefix...)
		for fact, err := range facts.Scan(below) {
			if err != nil {
				yield(nil, err)
				return
			}
			if key, ok := keyIn(fact.Key[all:]); ok && !yield(key, nil) {
				return
			}
		}
	}
}

// Collections are those of whose records Odoo does not own all, sorted.
func (b *Book) Collections() []string { return slices.Sorted(maps.Keys(b.kept)) }
