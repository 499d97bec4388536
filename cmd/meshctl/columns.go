package main

import (
	"cmp"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// firstOwnField is the number from which on a record's own fields begin.
const firstOwnField = 10

// fallbackColumns is how many fields a table shows of records that nobody chose
// columns for.
const fallbackColumns = 5

// chosenColumns are the fields that a person looks for, by collection. Records
// that stand not here show their first plain fields.
func chosenColumns(collection string) []string {
	return map[string][]string{
		"products":        {"name", "sku", "display_name", "kind", "tracking", "gtin", "cost"},
		"suppliers":       {"name", "reference", "display_name", "tax_id", "currency_code", "active"},
		"approvedVendors": {"name", "product", "supplier", "site", "status", "valid_from", "valid_until"},
	}[collection]
}

// column is a field to show: the way to it through messages.
type column []protoreflect.FieldDescriptor

func columnsOf(of collection) []column {
	var all []column
	for _, path := range chosenColumns(of.name) {
		if c := columnAt(of.record, path); c != nil {
			all = append(all, c)
		}
	}
	if len(all) > 0 {
		return all
	}
	all = []column{{of.record.Fields().ByName("name")}}
	fields := slices.SortedFunc(plainFields(of.record), func(a, b protoreflect.FieldDescriptor) int { return cmp.Compare(a.Number(), b.Number()) })
	for _, fd := range fields[:min(len(fields), fallbackColumns)] {
		all = append(all, column{fd})
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

// columnAt finds a field by its dotted path; nil where there is none.
func columnAt(record protoreflect.MessageDescriptor, path string) column {
	var c column
	for name := range strings.SplitSeq(path, ".") {
		if record == nil {
			return nil
		}
		fd := record.Fields().ByName(protoreflect.Name(name))
		if fd == nil {
			return nil
		}
		c, record = append(c, fd), fd.Message()
	}
	return c
}

func headers(columns []column) []string {
	var names []string
	for _, c := range columns {
		names = append(names, strings.ToUpper(strings.ReplaceAll(string(c[len(c)-1].Name()), "_", " ")))
	}
	return names
}

// cells are a record's values in the columns.
func cells(m protoreflect.Message, columns []column) []string {
	var row []string
	for _, c := range columns {
		at := m
		for _, fd := range c[:len(c)-1] {
			at = at.Get(fd).Message()
		}
		row = append(row, cell(at, c[len(c)-1]))
	}
	return row
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
