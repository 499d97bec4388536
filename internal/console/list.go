package console

import (
	"net/http"
	"net/url"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// pageSize is how many records a page of a list has.
const pageSize = int32(50)

// records names all collections.
func (c *Console) records(*http.Request) (*page, error) {
	s := section{Table: &table{Caption: "Collections", Head: []column{{Name: "Collection"}, {Name: "What one is called"}}}}
	for _, of := range c.sorted() {
		s.Table.Rows = append(s.Table.Rows, []value{{Text: of.name, Link: Path + "/" + of.name}, {Text: string(of.record.Name())}})
	}
	return &page{Title: "Records", Sections: []section{s}}, nil
}

// list shows a page of a collection, with a filter as the API takes it.
func (c *Console) list(r *http.Request) (*page, error) {
	of := c.collections[r.PathValue("collection")]
	if of == nil {
		return c.nowhere(), nil
	}
	query := r.URL.Query()
	p := &page{Title: title(protoreflect.Name(of.name)), Form: &form{Action: Path + "/" + of.name, Button: "Filter", Fields: []field{
		{Name: "filter", Label: "Filter, as the API takes it", Value: query.Get("filter"), Type: "text"},
	}}}
	answer, err := c.call(r.Context(), of.list, map[protoreflect.Name]any{
		"page_size": pageSize, "filter": query.Get("filter"), "order_by": query.Get("order_by"), "page_token": query.Get("page_token"),
	})
	if err != nil {
		return p.refuse(err)
	}
	records := answer.Get(recordsOf(of.list.Output())).List()
	var wanted []string
	for i := range records.Len() {
		wanted = append(wanted, gather(records.Get(i).Message())...)
	}
	known := c.named(r.Context(), wanted...)
	t := &table{Caption: title(protoreflect.Name(of.name)), None: "Nothing was found.", Head: []column{{Name: "Name"}}}
	for i := range records.Len() {
		record := records.Get(i).Message()
		row := []value{c.ref(nameOf(record), nil)}
		for _, f := range of.columns {
			v, _ := c.cell(f, record, known)
			if i == 0 {
				t.Head = append(t.Head, headOf(f.Name(), isNumber(f)))
			}
			v.Number = isNumber(f)
			row = append(row, v)
		}
		t.Rows = append(t.Rows, row)
	}
	s := section{Table: t}
	if f := of.list.Output().Fields().ByName("next_page_token"); f != nil && answer.Get(f).String() != "" {
		query.Set("page_token", answer.Get(f).String())
		s.More = &value{Text: "Next page", Link: Path + "/" + of.name + "?" + query.Encode()}
	}
	p.Sections = []section{s}
	return p, nil
}

func isNumber(f protoreflect.FieldDescriptor) bool {
	if f.IsList() {
		return false
	}
	if f.Message() != nil {
		name := f.Message().FullName()
		return name == "google.type.Decimal" || name == "google.type.Money"
	}
	switch f.Kind() {
	case protoreflect.Int32Kind, protoreflect.Int64Kind, protoreflect.DoubleKind, protoreflect.FloatKind:
		return true
	}
	return false
}

// refuse shows what is wrong with what was asked above the form that asked it.
func (p *page) refuse(err error) (*page, error) {
	code, w := refused(err)
	if code != http.StatusBadRequest {
		return nil, err
	}
	p.code, p.Problem, p.Advice = code, w.Problem, w.Advice
	return p, nil
}

// with is an address of the console with a query.
func with(path string, pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return Path + path + "?" + values.Encode()
}
