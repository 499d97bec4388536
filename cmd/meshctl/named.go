package main

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// names puts what people call the records that others name in the place of their names,
// where an answer says it. A record's own name stays.
func names(row []string, m protoreflect.Message, columns []column) []string {
	answered := m.Descriptor().Fields().ByName("references")
	if answered == nil {
		return row
	}
	known := m.Get(answered).Map()
	for i, cell := range row {
		if columns[i].path() == "name" {
			continue
		}
		if found := known.Get(protoreflect.ValueOfString(cell).MapKey()); found.IsValid() {
			if r, ok := found.Message().Interface().(*typesv1.Reference); ok && r.GetDisplayName() != "" {
				row[i] = r.GetDisplayName()
			}
		}
	}
	return row
}

// called is what people call a record that an event names.
func called(e *inventoryv1.InventoryEvent, name string) string {
	if shown := e.GetReferences()[name].GetDisplayName(); shown != "" {
		return shown
	}
	return name
}

// withNames gives events of a stream the names that their message has for all of them.
func withNames(m *inventoryv1.StreamInventoryEventsResponse) []*inventoryv1.InventoryEvent {
	for _, e := range m.GetInventoryEvents() {
		for _, name := range []string{e.GetProduct(), e.GetLot(), e.GetSourceLot(), e.GetSourceLocation(), e.GetDestinationLocation(), e.GetPartner()} {
			if r := m.GetReferences()[name]; r != nil {
				if e.References == nil {
					e.References = map[string]*typesv1.Reference{}
				}
				e.References[name] = r
			}
		}
	}
	return m.GetInventoryEvents()
}
