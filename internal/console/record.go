package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/record"
)

const (
	// mostRows is how many rows of a table within a record are shown.
	mostRows = 200
	// deepest is how deep records are taken apart.
	deepest = 3
)

// record shows one record of any collection, as the contract describes it.
func (c *Console) record(r *http.Request) (*page, error) {
	of := c.collections[r.PathValue("collection")]
	if of == nil {
		return c.nowhere(), nil
	}
	name := of.name + "/" + r.PathValue("id")
	answer, err := c.call(r.Context(), of.get, map[protoreflect.Name]any{"name": name})
	switch codeOf(err) {
	case codes.OK:
	case codes.InvalidArgument, codes.NotFound:
		return &page{code: http.StatusNotFound, Title: cut(clean(name), longestCell), Problem: "There is no such record, or it is not for you."}, nil
	default:
		return nil, err
	}
	known := c.named(r.Context(), gather(answer)...)
	p := &page{Title: clean(name)}
	if label, _ := record.Called(answer); label != "" {
		p.Title = cut(clean(label), longestCell)
	}
	p.Lead = append(p.Lead, value{Text: strings.ToUpper(string(of.record.Name()[:1])) + string(of.record.Name()[1:]) + " " + name})
	p.Lead = append(p.Lead, c.elsewhere(of, name, answer)...)
	p.Sections = c.message("What is known", answer, known, name, 0)
	if f := of.record.Fields().ByName("provenance"); f != nil && answer.Has(f) {
		provenance, _ := answer.Get(f).Message().Interface().(*typesv1.Provenance)
		p.Sections = append(p.Sections, c.provenance(provenance)...)
	}
	return p, nil
}

// elsewhere leads to pages about a record.
func (c *Console) elsewhere(of *collection, name string, record protoreflect.Message) (links []value) {
	query := func(text, path, key, is string) {
		links = append(links, value{Text: text, Link: Path + path + "?" + url.Values{key: {is}}.Encode()})
	}
	id := strings.TrimPrefix(name, of.name+"/")
	switch of.name {
	case "products":
		query("Stock of it", "/stock", "product", name)
	case "locations":
		query("What lies here", "/stock", "location", name)
	case "lots":
		links = append(links, value{Text: "Where it came from and went", Link: Path + "/lots/" + url.PathEscape(id) + "/trace"})
		query("Where it lies", "/stock", "lot", name)
	case "orders", "receipts", "invoices":
		if f := of.record.Fields().ByName("number"); f != nil && record.Get(f).String() != "" {
			query("Its journey", "/journeys", "number", record.Get(f).String())
		}
	}
	return append(links, value{Text: "As JSON", Link: "/v1/" + of.name + "/" + url.PathEscape(id)})
}

// apart are fields of a record that are shown otherwise.
var apart = map[protoreflect.Name]bool{"name": true, "etag": true, "provenance": true}

// message shows the fields of a message that say something: plain ones in one list, and
// lists of messages as tables of their own.
func (c *Console) message(heading string, m protoreflect.Message, known names, name string, depth int) []section {
	one := section{Title: heading}
	var more []section
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if depth == 0 && apart[f.Name()] || !m.Has(f) && (f.Kind() != protoreflect.BoolKind || f.IsList()) {
			continue
		}
		v := m.Get(f)
		switch {
		case f.IsMap():
			v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				text, _ := c.scalar(f.MapValue(), v, known)
				one.Pairs = append(one.Pairs, pair{clean(k.String()), []value{whole(text, name)}})
				return true
			})
		case f.IsList() && f.Message() != nil:
			if _, single := c.wellKnown(v.List().NewElement().Message().Interface()); !single {
				more = append(more, c.rows(title(f.Name()), f, v.List(), known, name))
				continue
			}
			fallthrough
		case f.IsList():
			p := pair{Label: title(f.Name())}
			for j := range min(v.List().Len(), mostRows) {
				if text, ok := c.scalar(f, v.List().Get(j), known); ok {
					p.Values = append(p.Values, whole(text, name))
				}
			}
			one.Pairs = append(one.Pairs, p)
		default:
			text, single := c.scalar(f, v, known)
			switch {
			case single && text.Text != "":
				one.Pairs = append(one.Pairs, pair{title(f.Name()), []value{whole(text, name)}})
			case !single && depth < deepest:
				more = append(more, c.message(title(f.Name()), v.Message(), known, name, depth+1)...)
			}
		}
	}
	if len(one.Pairs) == 0 {
		return more
	}
	return append([]section{one}, more...)
}

// whole is a value as a record shows it: cut where it is very long, with the way to all.
func whole(v value, name string) value {
	if short := cut(v.Text, longestText); short != v.Text {
		v.Text, v.Note = short, fmt.Sprintf("%d characters: the whole is in /v1/%s", len([]rune(v.Text)), name)
	}
	v.Number = false
	return v
}

// rows shows a list of messages as a table: a column for each field that one of them has.
func (c *Console) rows(heading string, f protoreflect.FieldDescriptor, list protoreflect.List, known names, name string) section {
	t := &table{Caption: fmt.Sprintf("%s: %d", heading, list.Len())}
	fields := f.Message().Fields()
	var shown []protoreflect.FieldDescriptor
	for i := range fields.Len() {
		column := fields.Get(i)
		if column.IsMap() || column.IsList() && column.Message() != nil {
			continue
		}
		for j := range min(list.Len(), mostRows) {
			m := list.Get(j).Message()
			if !m.Has(column) {
				continue
			}
			if text, ok := c.cell(column, m, known); ok && text.Text != "" {
				shown = append(shown, column)
				t.Head = append(t.Head, headOf(column.Name(), text.Number))
				break
			}
		}
	}
	for j := range min(list.Len(), mostRows) {
		var row []value
		for _, column := range shown {
			text, _ := c.cell(column, list.Get(j).Message(), known)
			row = append(row, text)
		}
		t.Rows = append(t.Rows, row)
	}
	s := section{Title: heading, Table: t}
	if list.Len() > mostRows {
		s.More = &value{Text: fmt.Sprintf("The first %d are shown; all are in the record as JSON.", mostRows), Link: "/v1/" + name}
	}
	return s
}

func headOf(field protoreflect.Name, number bool) column { return column{title(field), number} }

// cell is a field of a record as a table shows it; a list of values is one text.
func (c *Console) cell(f protoreflect.FieldDescriptor, m protoreflect.Message, known names) (value, bool) {
	if !m.Has(f) && f.Kind() != protoreflect.BoolKind {
		return value{}, true
	}
	if !f.IsList() {
		v, ok := c.scalar(f, m.Get(f), known)
		v.Text = cut(v.Text, longestCell)
		if isReference(f) && v.Note != "" {
			v.Note = ""
		}
		return v, ok
	}
	var all []string
	list := m.Get(f).List()
	for i := range min(list.Len(), mostRows) {
		v, _ := c.scalar(f, list.Get(i), known)
		if list.Len() == 1 {
			v.Note = ""
			return v, true
		}
		all = append(all, v.Text)
	}
	return value{Text: cut(strings.Join(all, ", "), longestCell)}, true
}

// provenance shows where a record comes from, and what of it could not be read.
func (c *Console) provenance(p *typesv1.Provenance) []section {
	s := section{Title: "Where it comes from", Pairs: []pair{
		{"Odoo", []value{words(p.GetOdooInstance())}},
		{"Equal to Odoo's at", []value{c.when(p.GetVerifiedTime())}},
		{"Read at", []value{c.when(p.GetObservedTime())}},
		{"Written in Odoo at", []value{c.when(p.GetSourceTime())}},
	}}
	if p.GetVerifiedTime() == nil {
		s.Pairs = append(s.Pairs[:1], s.Pairs[2:]...)
	}
	all := []section{s}
	if len(p.GetFaults()) > 0 {
		t := &table{Caption: "What could not be read", Head: []column{{Name: "Field"}, {Name: "In Odoo"}, {Name: "Problem"}}}
		for _, f := range p.GetFaults() {
			t.Rows = append(t.Rows, []value{words(f.GetField()), words(fmt.Sprintf("%s %d, %s", f.GetOdooModel(), f.GetOdooId(), f.GetOdooField())), {Text: cut(clean(f.GetProblem()), longestText), Mark: "bad"}})
		}
		all = append(all, section{Title: "Faults", Table: t})
	}
	return all
}

func (c *Console) nowhere() *page {
	return &page{code: http.StatusNotFound, Title: "Not found", Problem: "There is no such page."}
}
