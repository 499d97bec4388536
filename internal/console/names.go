package console

import (
	"context"
	"odoomesh/internal/record"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

// mostNamed is how many records of one collection a page asks the names of.
const mostNamed = 300

// names are what people call records, by their names.
type names map[string]string

// named finds out what people call records: one call for each collection. What the caller
// may not read, or is not there, keeps its name.
func (c *Console) named(ctx context.Context, wanted ...string) names {
	by := map[*collection][]string{}
	for _, name := range wanted {
		if of := c.of(name); of != nil && of.batch != nil && len(of.label) > 0 {
			by[of] = append(by[of], name)
		}
	}
	found := names{}
	for of, list := range by {
		slices.Sort(list)
		list = slices.Compact(list)
		if len(list) > mostNamed {
			list = list[:mostNamed]
		}
		mask := &fieldmaskpb.FieldMask{Paths: []string{"name"}}
		for _, f := range of.label {
			mask.Paths = append(mask.Paths, string(f))
		}
		answer, err := c.call(ctx, of.batch, map[protoreflect.Name]any{"names": list, "read_mask": mask})
		if err != nil {
			continue // a name less is no reason for a page less
		}
		records := answer.Get(recordsOf(of.batch.Output())).List()
		for i := range records.Len() {
			one := records.Get(i).Message()
			found[nameOf(one)], _ = record.Called(one)
		}
	}
	return found
}

func nameOf(record protoreflect.Message) string {
	if f := record.Descriptor().Fields().ByName("name"); f != nil {
		return record.Get(f).String()
	}
	return ""
}

// ref shows a record by what people call it, with its name beside.
func (c *Console) ref(name string, known names) value {
	if name == "" {
		return value{}
	}
	v := value{Text: cut(clean(name), longestCell), Link: c.link(name)}
	if label := known[name]; label != "" {
		v.Text = cut(clean(label), longestCell)
		v.Note = cut(clean(name), longestCell)
	}
	return v
}

// short is ref without the name beside it.
func (c *Console) short(name string, known names) value {
	v := c.ref(name, known)
	v.Note = ""
	return v
}
