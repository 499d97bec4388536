package console

import (
	"context"
	"fmt"
	"net/url"
	"odoomesh/internal/record"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// collection is one kind of record, as the contract describes it.
type collection struct {
	// name is the first part of its records' names, "products".
	name   string
	record protoreflect.MessageDescriptor
	// get, list and batch are methods; batch is nil where there is none.
	get, list, batch protoreflect.MethodDescriptor
	// label is the fields that people call a record by, the best first.
	label []protoreflect.Name
	// columns are shown in lists.
	columns []protoreflect.FieldDescriptor
}

// listed are the fields that lists show, as far as a record has them, in this order.
var listed = []protoreflect.Name{
	"complete_name", "display_name", "number", "sku", "lot_number", "type", "product", "location", "lot", "supplier", "usage", "state", "hold_state", "quantity", "reserved_quantity",
	"order_time", "expected_date", "move_time", "source_time", "source_location", "destination_location", "done_time", "invoice_date", "due_date", "total_amount", "expiration_date", "active", "company",
}

const mostColumns = 8

func labelOf(m protoreflect.MessageDescriptor) []protoreflect.Name {
	c, err := record.CallingOf(m)
	if err != nil {
		return nil // No mesh starts with such a contract.
	}
	return c.Fields()
}

// collectionsOfContract finds what can be got and listed by name.
func collectionsOfContract() map[string]*collection {
	byRecord := map[protoreflect.FullName]*collection{}
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Messages().Len() {
			m := file.Messages().Get(i)
			resource, _ := proto.GetExtension(m.Options(), annotations.E_Resource).(*annotations.ResourceDescriptor)
			if resource.GetPlural() == "" || len(resource.GetPattern()) == 0 || !strings.HasPrefix(resource.GetType(), "mesh/") {
				continue
			}
			name, _, _ := strings.Cut(resource.GetPattern()[0], "/")
			c := &collection{name: name, record: m, label: labelOf(m)}
			for _, field := range listed {
				if f := m.Fields().ByName(field); f != nil && len(c.columns) < mostColumns {
					c.columns = append(c.columns, f)
				}
			}
			byRecord[m.FullName()] = c
		}
		return true
	})
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				m := methods.Get(j)
				if m.IsStreamingClient() || m.IsStreamingServer() {
					continue
				}
				if c := byRecord[m.Output().FullName()]; c != nil && m.Name() == "Get"+c.record.Name() {
					c.get = m
				}
				if field := recordsOf(m.Output()); field != nil {
					switch c := byRecord[field.Message().FullName()]; {
					case c == nil:
					case strings.HasPrefix(string(m.Name()), "List"):
						c.list = m
					case strings.HasPrefix(string(m.Name()), "BatchGet"):
						c.batch = m
					}
				}
			}
		}
		return true
	})
	found := map[string]*collection{}
	for _, c := range byRecord {
		if c.get != nil && c.list != nil {
			found[c.name] = c
		}
	}
	return found
}

// recordsOf is the field of an answer that has its records: the first list of messages.
func recordsOf(m protoreflect.MessageDescriptor) protoreflect.FieldDescriptor {
	if f := m.Fields().ByNumber(1); f != nil && f.IsList() && f.Message() != nil {
		return f
	}
	return nil
}

// call makes a call of the contract by its description. fill sets what it asks for.
func (c *Console) call(ctx context.Context, m protoreflect.MethodDescriptor, fill map[protoreflect.Name]any) (protoreflect.Message, error) {
	in, err := protoregistry.GlobalTypes.FindMessageByName(m.Input().FullName())
	if err != nil {
		return nil, fmt.Errorf("finding what %s is asked: %w", m.FullName(), err)
	}
	out, err := protoregistry.GlobalTypes.FindMessageByName(m.Output().FullName())
	if err != nil {
		return nil, fmt.Errorf("finding what %s answers: %w", m.FullName(), err)
	}
	request, answer := in.New(), out.New()
	for name, v := range fill {
		f := m.Input().Fields().ByName(name)
		if f == nil {
			continue
		}
		switch v := v.(type) {
		case []string:
			list := request.Mutable(f).List()
			for _, one := range v {
				list.Append(protoreflect.ValueOfString(one))
			}
		case proto.Message:
			request.Set(f, protoreflect.ValueOfMessage(v.ProtoReflect()))
		default:
			request.Set(f, protoreflect.ValueOf(v))
		}
	}
	method := fmt.Sprintf("/%s/%s", m.Parent().FullName(), m.Name())
	if err := c.Conn.Invoke(ctx, method, request.Interface(), answer.Interface()); err != nil {
		return nil, err
	}
	return answer, nil
}

// of is the collection of a record's name; nil where it is none of the contract's.
func (c *Console) of(name string) *collection {
	collection, id, found := strings.Cut(name, "/")
	if !found || id == "" || strings.ContainsAny(id, "/ \n") {
		return nil
	}
	return c.collections[collection]
}

// link is where a record is shown; empty where it is none of the contract's.
func (c *Console) link(name string) string {
	if c.of(name) == nil {
		return ""
	}
	collection, id, _ := strings.Cut(name, "/")
	return Path + "/" + collection + "/" + url.PathEscape(id)
}

// sorted are the collections by name.
func (c *Console) sorted() []*collection {
	var all []*collection
	for _, one := range c.collections {
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b *collection) int { return strings.Compare(a.name, b.name) })
	return all
}
