package command

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/fault"
)

// Owner is who alone writes a field of a command's records: somebody else than its caller.
type Owner struct {
	// Field is one that the command writes, such as "gtin".
	Field string
	// Whose is a role of the access file, or "odoo".
	Whose   string
	Because string
}

// wrong is the refusal of a command that would write the field, at a place of its request.
func (o Owner) wrong(at string) error {
	problem := fmt.Sprintf("it belongs to %s here, as %s", o.Whose, o.Because)
	return fault.New(errorsv1.Reason_REASON_WRONG_OWNER, fmt.Sprintf("%s: %s.", at, problem),
		fault.Violation(at, problem), fault.With("field", at), fault.With("owner", o.Whose))
}

// OthersFields refuses values of fields that are somebody else's than the caller's.
func (w *Work) OthersFields(values []Value) error {
	for _, v := range values {
		_, path, _ := strings.Cut(v.At, ".")
		field := path
		if end := strings.IndexAny(path, ".["); end >= 0 {
			field = path[:end]
		}
		for _, o := range w.others {
			if o.Field == field {
				return o.wrong(v.At)
			}
		}
	}
	return nil
}

// othersFields refuses a request that says something for a field that is somebody else's.
// A command that compares tells itself what it would change.
func (w *wish) othersFields() error {
	if w.kind.Compares || len(w.others) == 0 {
		return nil
	}
	asked := w.kind.Request.ProtoReflect().New().Interface()
	if err := proto.Unmarshal(w.body, asked); err != nil {
		return err
	}
	name, record := recordIn(asked.ProtoReflect())
	for _, o := range w.others {
		switch {
		case record == nil:
			return o.wrong(o.Field)
		case record.Has(record.Descriptor().Fields().ByName(protoreflect.Name(o.Field))):
			return o.wrong(name + "." + o.Field)
		}
	}
	return nil
}

// recordIn is the record that a request holds: the field with the name of what it is about,
// such as product; nil where it holds none.
func recordIn(request protoreflect.Message) (name string, record protoreflect.Message) {
	fields := request.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if f.Kind() == protoreflect.MessageKind && !f.IsList() && !f.IsMap() && proto.HasExtension(f.Message().Options(), annotations.E_Resource) {
			return string(f.Name()), request.Get(f).Message()
		}
	}
	return "", nil
}

func keptOwners(all []Owner) (kept []*internalv1.KeptOwner) {
	for _, o := range all {
		kept = append(kept, &internalv1.KeptOwner{Field: o.Field, Whose: o.Whose, Because: o.Because})
	}
	return kept
}

func ownersOf(kept []*internalv1.KeptOwner) (all []Owner) {
	for _, o := range kept {
		all = append(all, Owner{Field: o.GetField(), Whose: o.GetWhose(), Because: o.GetBecause()})
	}
	return all
}

// othersOf are the fields that a kind of command writes and its caller does not.
func (d *Desk) othersOf(ctx context.Context, k Kind) []Owner {
	if d.Others == nil {
		return nil
	}
	return d.Others(ctx, k.Method)
}
