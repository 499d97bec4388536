package command

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/index"
)

// Meant are the fields of a record that the mask of an update names; without one those
// that are given. What names a record or changes by itself is not meant. Changeable says,
// for people, what can be meant.
func (g *Given) Meant(record proto.Message, paths []string, changeable string) (all []protoreflect.FieldDescriptor) {
	m := record.ProtoReflect()
	fields := m.Descriptor().Fields()
	if len(paths) == 0 {
		m.Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
			all = append(all, f)
			return true
		})
	}
	for _, path := range paths {
		top, below, nested := strings.Cut(path, ".")
		f := fields.ByName(protoreflect.Name(top))
		switch {
		case f == nil:
			g.Wrong("update_mask", "there is no field %q", path)
		case nested && f.IsList():
			g.Wrong("update_mask", "%q: give %s as a whole, without %q", path, top, below)
		case !slices.Contains(all, f):
			all = append(all, f)
		}
	}
	all = slices.DeleteFunc(all, func(f protoreflect.FieldDescriptor) bool {
		return f.Name() == "name" || f.Name() == "etag" || f.Name() == "provenance" || f.Name() == "update_time"
	})
	if len(all) == 0 && g.Err() == nil {
		g.Wrong("update_mask", "say what is to be changed: %s", changeable)
	}
	return all
}

// Code is a text of one line without white space around it, such as a code or a name,
// which people look for as it stands.
func (g *Given) Code(field, text string, most int) string {
	switch {
	case index.Trim(text) != text:
		g.Wrong(field, "there is white space, or something else that cannot be seen, around it: leave that out")
	case strings.ContainsAny(text, "\n\t"):
		g.Wrong(field, "it is one line, without tabs")
	default:
		return g.Text(field, text, most)
	}
	return text
}

// mostNamed bounds how many documents a sentence names.
const mostNamed = 5

// Listed names documents in a sentence; of many the first.
func Listed(names []string) string {
	if more := len(names) - mostNamed; more > 0 {
		return fmt.Sprintf("%s, and %d more", strings.Join(names[:mostNamed], ", "), more)
	}
	return strings.Join(names, ", ")
}

// Use is one way in which something is in use, such as "in stock", and how to find the names
// of what uses it so; none where nothing does.
type Use struct {
	What string
	Find func(ctx context.Context) ([]string, error)
}

// Unused refuses a record that is in use, with a sentence for each way.
func Unused(ctx context.Context, name string, uses ...Use) error {
	var found []string
	for _, u := range uses {
		names, err := u.Find(ctx)
		if err != nil {
			return err
		}
		if len(names) > 0 {
			found = append(found, u.What+": "+Listed(names))
		}
	}
	if len(found) > 0 {
		return Refused("%s is in use: %s.", name, strings.Join(found, "; "))
	}
	return nil
}
