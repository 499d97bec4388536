package read

import (
	"bytes"
	"container/heap"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"go.einride.tech/aip/ordering"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/index"
	"odoomesh/internal/nearest"
	"odoomesh/internal/scope"
	"odoomesh/internal/store"
)

// maxOrderFields bounds an order: a longer one is more likely a mistake.
const maxOrderFields = 5

// order sorts records by fields of which each has one value; records that are
// equal in all of them sort by id, so that every order is total.
type order struct{ fields []orderField }

type orderField struct {
	*index.Field
	descending bool
	// indexed says that an index has the order.
	indexed bool
}

func parseOrder(text string, desc protoreflect.MessageDescriptor, fields []*index.Field, view *scope.View) (*order, error) {
	var parsed ordering.OrderBy
	// Odd case and blanks are as clear.
	text = directions(text)
	if err := parsed.UnmarshalString(text); err != nil {
		return nil, fmt.Errorf("the order is not well formed: it is a list of fields with commas, such as \"sku\" or \"display_name desc, sku\"")
	}
	if len(parsed.Fields) > maxOrderFields {
		return nil, fmt.Errorf("the order names %d fields, and at most %d are possible", len(parsed.Fields), maxOrderFields)
	}
	o := &order{}
	for _, f := range parsed.Fields {
		f.Path = index.Spelling(desc, f.Path)
		field, err := orderBy(f.Path, desc, fields, view)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(o.fields, func(x orderField) bool { return x.Path == f.Path }) {
			return nil, fmt.Errorf("the order names %q twice", f.Path)
		}
		field.descending = f.Desc
		o.fields = append(o.fields, *field)
	}
	return o, nil
}

// orderBy is a field to order by: from its index, or else by looking at every record.
func orderBy(path string, desc protoreflect.MessageDescriptor, fields []*index.Field, view *scope.View) (*orderField, error) {
	if i := slices.IndexFunc(fields, func(x *index.Field) bool { return x.Path == path && !x.Many }); i >= 0 {
		return &orderField{Field: fields[i], indexed: true}, nil
	}
	field := index.FieldAt(desc, path)
	switch {
	case field == nil || view.HidesPath(path):
	case field.Many:
		return nil, fmt.Errorf("records cannot be ordered by %q, of which one has several", path)
	default:
		return &orderField{Field: field}, nil
	}
	quickly := orderable(fields)
	meant := ""
	if close := nearest.Word(path, quickly); close != "" {
		meant = fmt.Sprintf("did you mean %s? ", close)
	}
	return nil, fmt.Errorf("records cannot be ordered by %q: %sThey can by every text, number, time and amount, from an index by %s", path, meant, strings.Join(quickly, ", "))
}

// orderable are the fields of which an index has the order.
func orderable(fields []*index.Field) []string {
	var paths []string
	for _, f := range fields {
		if !f.Many {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

// directions writes asc and desc as the grammar has them.
func directions(text string) string {
	parts := strings.Split(text, ",")
	for i, part := range parts {
		words := strings.Fields(part)
		if len(words) != 2 {
			continue
		}
		if way := strings.ToLower(words[1]); way == "asc" || way == "desc" {
			if words[1] = " " + way; way == "asc" {
				words[1] = ""
			}
			parts[i] = words[0] + words[1]
		}
	}
	return strings.Join(parts, ",")
}

// values is a record's place in the order.
func (o *order) values(m protoreflect.Message) [][]byte {
	var values [][]byte
	for _, f := range o.fields {
		values = append(values, f.Values(m)[0])
	}
	return values
}

// compare sorts hits; a descending first field takes the ids along, as a
// descending scan of its index does.
func (o *order) compare(a, b hit) int {
	for i, f := range o.fields {
		if c := bytes.Compare(a.values[i], b.values[i]); c != 0 {
			if f.descending {
				return -c
			}
			return c
		}
	}
	if len(o.fields) > 0 && o.fields[0].descending {
		return bytes.Compare(b.key, a.key)
	}
	return bytes.Compare(a.key, b.key)
}

// inOrder takes the first records that pass from a scan that has the order.
func (c *Collection[T]) inOrder(ctx context.Context, scan iter.Seq2[store.Hit, error], q *query) ([]hit, error) {
	var hits []hit
	size := 0
	for h, err := range scan {
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		shown, err := c.show(h, q)
		if err != nil {
			return nil, err
		}
		if !q.passes(shown) {
			continue
		}
		shown = q.keep(shown)
		size += shown.size
		if hits = append(hits, shown); len(hits) > q.size || len(hits) > 1 && size > q.limit {
			break
		}
	}
	return hits, nil
}

// sorted takes the first records after the page's place from a scan in any
// order: it meets every record and keeps no more than a page.
func (c *Collection[T]) sorted(ctx context.Context, scan iter.Seq2[store.Hit, error], q *query) ([]hit, error) {
	page := &latest{order: q.order}
	size := 0
	for h, err := range scan {
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		shown, err := c.show(h, q)
		if err != nil {
			return nil, err
		}
		if !q.passes(shown) {
			continue
		}
		if q.after != nil && q.order.compare(shown, hit{key: q.after.GetAfterKey(), values: q.after.GetOrderValues()}) <= 0 {
			continue
		}
		shown = q.keep(shown)
		size += shown.size
		heap.Push(page, shown)
		// The last one goes where the page is full without it.
		for len(page.hits) > q.size+1 || len(page.hits) > 2 && size-page.hits[0].size > q.limit {
			size -= heap.Pop(page).(hit).size
		}
	}
	slices.SortFunc(page.hits, q.order.compare)
	return page.hits, nil
}

// latest is a heap with the last hit of the order on top.
type latest struct {
	order *order
	hits  []hit
}

func (l *latest) Len() int           { return len(l.hits) }
func (l *latest) Less(i, j int) bool { return l.order.compare(l.hits[i], l.hits[j]) > 0 }
func (l *latest) Swap(i, j int)      { l.hits[i], l.hits[j] = l.hits[j], l.hits[i] }
func (l *latest) Push(x any)         { l.hits = append(l.hits, x.(hit)) }
func (l *latest) Pop() any {
	last := l.hits[len(l.hits)-1]
	l.hits = l.hits[:len(l.hits)-1]
	return last
}
