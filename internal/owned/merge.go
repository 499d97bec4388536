package owned

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Merge puts what is kept of a record into it, lines by their ids, but for what Odoo
// fills. It gives the hash of the record's content, made of that of what Odoo holds and
// of what it has put in; the same hash where that is nothing.
func (b *Book) Merge(collection string, key []byte, record proto.Message, odoo []byte) ([]byte, error) {
	c := b.kept[collection]
	if c == nil || !c.has(key) {
		return odoo, nil
	}
	return b.merge(c, key, record, odoo)
}

// merge is Merge for a record of which something is, or was, kept.
func (b *Book) merge(c *collection, key []byte, record proto.Message, odoo []byte) ([]byte, error) {
	facts := b.journal.Facts()
	defer facts.Close()
	k, err := read(facts, c, key)
	if err != nil {
		return nil, err
	}
	m := merging{fills: c.odoo.Load(), odoo: odoo}
	message := record.ProtoReflect()
	if err := m.show(target{place: c.places[0], kept: k.own}, message); err != nil {
		return nil, err
	}
	var there map[line]protoreflect.Message
	for at, err := range k.lines(facts, c, key) {
		if err != nil {
			return nil, err
		}
		if there == nil {
			there = linesOf(c.schema, message)
		}
		if to := there[at.line]; to != nil {
			if err := m.show(at, to); err != nil {
				return nil, err
			}
		}
	}
	return m.sum(), nil
}

// linesOf finds the lines of a record that can have owned fields.
func linesOf(s *schema, record protoreflect.Message) map[line]protoreflect.Message {
	all := map[line]protoreflect.Message{}
	for _, p := range s.places[1:] {
		list := record.Get(p.list).List()
		for i := range list.Len() {
			one := list.Get(i).Message()
			all[line{string(p.list.Name()), one.Get(p.id).String()}] = one
		}
	}
	return all
}

// Clear takes out of a record what the contract gives to others than Odoo, but for what
// Odoo fills.
func (b *Book) Clear(collection string, record proto.Message) {
	c := b.kept[collection]
	if c == nil {
		return
	}
	filled := c.odoo.Load()
	clear := func(p *place, m protoreflect.Message) {
		for _, f := range p.fields {
			if !filled.has(f) {
				f.clear(m)
			}
		}
	}
	clear(c.places[0], record.ProtoReflect())
	for _, p := range c.places[1:] {
		list := record.ProtoReflect().Get(p.list).List()
		for i := range list.Len() {
			clear(p, list.Get(i).Message())
		}
	}
}

// merging puts fields into a record, and hashes them.
type merging struct {
	fills *fills
	odoo  []byte
	// digest is nil while nothing was put in.
	digest hash.Hash
}

// show puts what is kept of a place into it.
func (m *merging) show(from target, to protoreflect.Message) error {
	shown := from.place.message.New()
	for _, f := range from.place.fields {
		if f.has(from.kept) && !m.fills.has(f) {
			f.copy(from.kept, to)
			f.copy(from.kept, shown)
		}
	}
	if empty(shown) {
		return nil
	}
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(shown.Interface())
	if err != nil {
		return err
	}
	if m.digest == nil {
		m.digest = sha256.New()
		m.write(m.odoo)
	}
	m.write([]byte(from.line.list))
	m.write([]byte(from.line.id))
	m.write(raw)
	return nil
}

func (m *merging) write(part []byte) {
	m.digest.Write(binary.AppendUvarint(nil, uint64(len(part))))
	m.digest.Write(part)
}

func (m *merging) sum() []byte {
	if m.digest == nil {
		return m.odoo
	}
	return m.digest.Sum(nil)[:16]
}
