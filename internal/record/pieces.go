package record

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Pieces is a message on the wire, in pieces that must not be changed.
type Pieces [][]byte

// Wire is the pieces themselves.
func (p Pieces) Wire() ([][]byte, error) { return p, nil }

// Pieces is an answer on the wire where it is a page of records that are all rendered: what
// the cache keeps of them is sent as it is. ok is false where it is none.
func (r *Reply) Pieces(answer proto.Message) (pieces Pieces, ok bool, err error) {
	if r == nil || len(r.shown) == 0 {
		return nil, false, nil
	}
	m := answer.ProtoReflect()
	field, all := r.page(m)
	if field == nil {
		return nil, false, nil
	}
	rest := m.New().Interface()
	Share(rest, answer)
	rest.ProtoReflect().Clear(field)
	around, err := proto.Marshal(rest)
	if err != nil {
		return nil, false, fmt.Errorf("writing what is around the records of a page: %w", err)
	}
	pieces = make(Pieces, 0, 3*len(all)+1)
	heads := make([]byte, 0, len(all)*(protowire.SizeTag(field.Number())+protowire.SizeVarint(1<<31)))
	for _, shown := range all {
		start := len(heads)
		heads = protowire.AppendVarint(protowire.AppendTag(heads, field.Number(), protowire.BytesType), uint64(shown.Size()))
		wire, err := shown.Wire()
		if err != nil {
			return nil, false, err
		}
		pieces = append(append(pieces, heads[start:len(heads):len(heads)]), wire...)
	}
	return append(pieces, around), true, nil
}

// page finds the field of an answer that holds its records, where they are all rendered.
func (r *Reply) page(m protoreflect.Message) (field protoreflect.FieldDescriptor, all []*Shown) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if !f.IsList() || f.Message() == nil {
			continue
		}
		list := m.Get(f).List()
		if list.Len() == 0 {
			continue
		}
		all := make([]*Shown, list.Len())
		for n := range all {
			if all[n] = r.Rendered(list.Get(n).Message().Interface()); all[n] == nil {
				return nil, nil
			}
		}
		return f, all
	}
	return nil, nil
}
