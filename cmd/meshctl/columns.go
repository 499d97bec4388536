package main

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/nearest"
)

// firstOwnField is the number from which on a record's own fields begin.
const firstOwnField = 10

// fallbackColumns is how many fields a table shows of records that nobody chose
// columns for.
const fallbackColumns = 5

// chosenColumns are the fields that a person looks for, by collection. Records that
// stand not here show their first plain fields.
var chosenColumns = map[string][]string{
	"products":        {"name", "sku", "display_name", "kind", "tracking", "gtin", "cost"},
	"suppliers":       {"name", "reference", "display_name", "tax_id", "currency_code", "active"},
	"orders":          {"name", "number", "supplier", "state", "receipt_status", "expected_date", "days_late", "total_amount"},
	"requisitions":    {"name", "number", "supplier", "state", "ordering_date", "end_date", "origin"},
	"receipts":        {"name", "number", "direction", "supplier", "state", "scheduled_date", "origin"},
	"invoices":        {"name", "number", "supplier", "type", "state", "payment_state", "due_date", "total_amount"},
	"lots":            {"name", "lot_number", "product", "expiration_date", "hold_state", "hold_reason"},
	"locations":       {"name", "complete_name", "usage", "warehouse", "active"},
	"stockPositions":  {"name", "product", "location", "lot_number", "expiration_date", "quantity", "available_quantity", "unit.display_name"},
	"movements":       {"name", "move_time", "type", "product", "lot_number", "quantity", "source_location", "destination_location", "transfer_number"},
	"approvedVendors": {"name", "product", "supplier", "site", "status", "valid_from", "valid_until"},
}

// column is a field to show: the way to it through messages.
type column []protoreflect.FieldDescriptor

func (c column) path() string {
	var names []string
	for _, fd := range c {
		names = append(names, string(fd.Name()))
	}
	return strings.Join(names, ".")
}

// columnsOf are the usual columns of a collection.
func columnsOf(of collection) []column {
	var all []column
	for _, path := range chosenColumns[of.name] {
		if c, err := columnNamed(of.record, path); err == nil {
			all = append(all, c)
		}
	}
	if len(all) > 0 {
		return all
	}
	all = []column{{of.record.Fields().ByName("name")}}
	for fd := range plainFields(of.record) {
		if len(all) <= fallbackColumns {
			all = append(all, column{fd})
		}
	}
	return all
}

// wideColumns are the usual columns, and behind them whatever else fits into a cell.
func wideColumns(of collection) []column {
	all := columnsOf(of)
	for fd := range plainFields(of.record) {
		if !slices.ContainsFunc(all, func(c column) bool { return len(c) == 1 && c[0] == fd }) {
			all = append(all, column{fd})
		}
	}
	return all
}

// plainFields yields a record's own fields that fit into a cell.
func plainFields(record protoreflect.MessageDescriptor) func(func(protoreflect.FieldDescriptor) bool) {
	return func(yield func(protoreflect.FieldDescriptor) bool) {
		for i := range record.Fields().Len() {
			fd := record.Fields().Get(i)
			plain := fd.Number() >= firstOwnField && !fd.IsList() && !fd.IsMap() && !isRecordPart(fd) && !strings.HasPrefix(string(fd.Name()), "source_")
			if plain && !yield(fd) {
				return
			}
		}
	}
}

// columnNamed finds a field by its path, as the contract or JSON writes it.
func columnNamed(record protoreflect.MessageDescriptor, path string) (column, error) {
	var c column
	for name := range strings.SplitSeq(path, ".") {
		if record == nil || len(c) > 0 && c[len(c)-1].IsMap() {
			return nil, wrong("--columns: %s has no fields of its own", c.path())
		}
		fd := record.Fields().ByName(protoreflect.Name(name))
		if fd == nil {
			fd = record.Fields().ByJSONName(name)
		}
		if fd == nil {
			return nil, wrong("--columns: there is no field %q in %s%s", name, record.Name(), meant(name, record))
		}
		c, record = append(c, fd), fd.Message()
	}
	return c, nil
}

// meant says which field somebody probably meant.
func meant(name string, record protoreflect.MessageDescriptor) string {
	var known []string
	for i := range record.Fields().Len() {
		known = append(known, string(record.Fields().Get(i).Name()))
	}
	if word := nearest.Word(name, known); word != "" {
		return "; did you mean " + word + "?"
	}
	return "; there are " + strings.Join(known, ", ")
}

func headers(columns []column) []string {
	var names []string
	for _, c := range columns {
		fd := c[len(c)-1]
		if len(c) > 1 && fd.Name() == "display_name" { // the unit's, say: people call it unit
			fd = c[len(c)-2]
		}
		names = append(names, strings.ToUpper(strings.ReplaceAll(string(fd.Name()), "_", " ")))
	}
	return names
}

// cells are a record's values in the columns.
func cells(m protoreflect.Message, columns []column) []string {
	var row []string
	for _, c := range columns {
		row = append(row, strings.Join(values(m, c), ", "))
	}
	return row
}

// values are what a column has in a message: one, or one for each element of a list.
func values(m protoreflect.Message, c column) []string {
	fd := c[0]
	switch {
	case fd.IsMap():
		var all []string
		for _, e := range sortedEntries(m.Get(fd).Map()) {
			all = append(all, e.key+"="+text(fd.MapValue(), e.value))
		}
		return all
	case fd.IsList():
		var all []string
		list := m.Get(fd).List()
		for i := range list.Len() {
			if len(c) > 1 {
				all = append(all, values(list.Get(i).Message(), c[1:])...)
			} else {
				all = append(all, text(fd, list.Get(i)))
			}
		}
		return all
	case len(c) > 1:
		return values(m.Get(fd).Message(), c[1:])
	}
	return []string{cell(m, fd)}
}

// cell is a value in a table. An enumeration without a canonical value shows
// Odoo's own, which stands beside it.
func cell(m protoreflect.Message, fd protoreflect.FieldDescriptor) string {
	if fd.Enum() != nil && m.Get(fd).Enum() == 0 {
		if source := m.Descriptor().Fields().ByName("source_" + fd.Name()); source != nil {
			return m.Get(source).String()
		}
	}
	if fd.Kind() != protoreflect.BoolKind && !m.Has(fd) {
		return ""
	}
	return text(fd, m.Get(fd))
}
