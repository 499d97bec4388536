package reconcile

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/index"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// Collection is one domain's records as the stores know them. It needs no Odoo:
// with it alone the cache can follow the log.
type Collection struct {
	// Name is the first part of the resource names, such as "products".
	Name    string
	message protoreflect.MessageType
	fields  []*index.Field
	// searched is nil where its records are not searched.
	searched *index.Searched
}

// NewCollection describes the records of a domain by their message.
func NewCollection(name string, message protoreflect.MessageType) (*Collection, error) {
	fields, err := index.Fields(message.Descriptor())
	if err != nil {
		return nil, fmt.Errorf("indexes of %s: %w", name, err)
	}
	searched, err := index.SearchedFields(message.Descriptor())
	if err != nil {
		return nil, fmt.Errorf("what is searched of %s: %w", name, err)
	}
	return &Collection{Name: name, message: message, fields: fields, searched: searched}, nil
}

// RowsIndex finds the records that show a row of another model as their own.
func RowsIndex(model string) string { return "rows:" + model }

// TextFields lists the indexed fields whose values are texts, resource names among
// them.
func (c *Collection) TextFields() []*index.Field {
	return slices.DeleteFunc(slices.Clone(c.fields), func(f *index.Field) bool { return !f.IsText() })
}

// mutation is what the cache has to do to show a record.
func (c *Collection) mutation(key []byte, record *internalv1.CacheRecord, msg proto.Message) (store.Mutation, error) {
	m := store.Mutation{Collection: c.Name, Key: key}
	if record == nil {
		return m, nil
	}
	var err error
	if m.Value, err = proto.Marshal(record); err != nil {
		return m, fmt.Errorf("encoding %s: %w", resource.NameOf(c.Name, key), err)
	}
	if msg == nil {
		msg = c.message.New().Interface()
		if err := proto.Unmarshal(record.GetBody(), msg); err != nil {
			return m, fmt.Errorf("decoding %s: %w", resource.NameOf(c.Name, key), err)
		}
	}
	for _, f := range c.fields {
		values := f.Values(msg.ProtoReflect())
		carried, err := f.Carry(msg.ProtoReflect())
		if err != nil {
			return m, fmt.Errorf("encoding what the index of %s carries of %s: %w", f.Path, resource.NameOf(c.Name, key), err)
		}
		slices.SortFunc(values, slices.Compare)
		for _, v := range slices.CompactFunc(values, slices.Equal) {
			m.Indexes = append(m.Indexes, store.IndexEntry{Index: f.Path, Value: v, Carried: carried})
		}
	}
	codes, words, carried := c.searched.Entries(msg.ProtoReflect(), record.GetCompanyId())
	for _, v := range codes {
		m.Indexes = append(m.Indexes, store.IndexEntry{Index: index.Search, Value: v, Carried: index.CodeCarried(carried)})
	}
	for _, v := range words {
		m.Indexes = append(m.Indexes, store.IndexEntry{Index: index.Search, Value: v, Carried: carried})
	}
	if len(record.GetFaults()) > 0 {
		m.Indexes = append(m.Indexes, store.IndexEntry{Index: index.Faulty, Value: index.FaultyValue})
	}
	if record.GetOdooHash() != nil {
		m.Indexes = append(m.Indexes, store.IndexEntry{Index: index.Owned, Value: index.OwnedValue})
	}
	for _, rows := range record.GetRows() {
		for _, row := range rows.GetIds() {
			m.Indexes = append(m.Indexes, store.IndexEntry{Index: RowsIndex(rows.GetModel()), Value: resource.Key(row)})
		}
	}
	return m, nil
}
