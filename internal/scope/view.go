package scope

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/index"
)

// View is what one principal meets of one collection. A nil View meets everything.
type View struct {
	desc      protoreflect.MessageDescriptor
	refused   bool
	companies []int64
	unshared  bool
	// named are the fields of which one has to be called, where there are any.
	named  [][]protoreflect.FieldDescriptor
	called string
	// hidden is nil where no field is.
	hidden *hidden
	// own and shared are lists that are met in part.
	own, shared []protoreflect.FieldDescriptor
	etag        protoreflect.FieldDescriptor
	volatile    []protoreflect.FieldDescriptor
}

// hidden are the fields of a message that are hidden, whole or in part.
type hidden map[protoreflect.FieldDescriptor]*hidden

func newView(s *Scope, collection string, desc protoreflect.MessageDescriptor) (*View, error) {
	row, known := rowOf(collection)
	if !known {
		return &View{desc: desc, refused: true}, nil
	}
	v := &View{desc: desc, companies: s.Companies, unshared: row.Unshared, etag: desc.Fields().ByName("etag")}
	var hide, named, own, shared []string
	if len(s.Companies) > 0 {
		hide, shared = append(hide, row.CompanyHides...), row.Shared
	}
	if s.HidePrices {
		hide = append(hide, row.Prices...)
	}
	switch s.Kind() {
	case Supplier:
		named, v.called, own = row.Supplier, s.Supplier, row.Own
		hide, v.refused = append(hide, row.SupplierHides...), len(named) == 0
	case Carrier:
		named, v.called = row.Carrier, s.Carrier
		hide, v.refused = append(hide, row.CarrierHides...), len(named) == 0
	case Finance:
		v.refused = !row.Finance
	}
	// The place of a record's last change in the log tells how much there is that is not met.
	// What the mesh alone keeps has none.
	if fromOdoo := desc.Fields().ByName("provenance") != nil; fromOdoo && (len(hide)+len(own)+len(shared) > 0 || s.Kind() != Hospital) {
		hide = append(hide, alwaysHidden...)
	}
	for _, path := range hide {
		steps, err := stepsOf(desc, path)
		if err != nil {
			return nil, err
		}
		v.hide(steps)
	}
	for _, path := range named {
		steps, err := stepsOf(desc, path)
		if err != nil {
			return nil, err
		}
		v.named = append(v.named, steps)
	}
	for _, lists := range []struct {
		paths []string
		to    *[]protoreflect.FieldDescriptor
	}{{own, &v.own}, {shared, &v.shared}} {
		for _, path := range lists.paths {
			steps, err := stepsOf(desc, path)
			if err != nil {
				return nil, err
			}
			*lists.to = append(*lists.to, steps[0])
		}
	}
	for i := range desc.Fields().Len() {
		f := desc.Fields().Get(i)
		if rule, _ := proto.GetExtension(f.Options(), optionsv1.E_Field).(*optionsv1.FieldRule); rule.GetVolatile() {
			v.volatile = append(v.volatile, f)
		}
	}
	return v, nil
}

// stepsOf finds the fields on a path.
func stepsOf(desc protoreflect.MessageDescriptor, path string) ([]protoreflect.FieldDescriptor, error) {
	var steps []protoreflect.FieldDescriptor
	at := desc
	for name := range strings.SplitSeq(path, ".") {
		if at == nil || at.Fields().ByName(protoreflect.Name(name)) == nil {
			return nil, fmt.Errorf("the table of what callers meet names %s, which %s does not have", path, desc.FullName())
		}
		field := at.Fields().ByName(protoreflect.Name(name))
		steps = append(steps, field)
		at = field.Message()
	}
	return steps, nil
}

func (v *View) hide(steps []protoreflect.FieldDescriptor) {
	if v.hidden == nil {
		v.hidden = &hidden{}
	}
	at := v.hidden
	for i, step := range steps {
		inside, known := (*at)[step]
		switch {
		case known && inside == nil:
			return // all of it is hidden already
		case i == len(steps)-1:
			(*at)[step] = nil
			return
		case !known:
			inside = &hidden{}
			(*at)[step] = inside
		}
		at = inside
	}
}

// Refused says that the principal meets no record of the collection.
func (v *View) Refused() bool { return v != nil && v.refused }

// Hides says that the principal does not meet records as a whole.
func (v *View) Hides() bool { return v != nil && v.hidden != nil }

// Sees tells whether the principal meets a record, which belongs to a company of
// Odoo's; 0 stands for one that all companies share.
func (v *View) Sees(company int64, m protoreflect.Message) bool {
	switch {
	case v == nil:
		return true
	case v.refused, len(v.companies) > 0 && (company != 0 || v.unshared) && !slices.Contains(v.companies, company):
		return false
	case v.named == nil:
		return true
	}
	return slices.ContainsFunc(v.named, func(steps []protoreflect.FieldDescriptor) bool { return hasText(m, steps, v.called) })
}

// Names are the fields by which alone it is decided whether the principal meets a record;
// none where there are others.
func (v *View) Names() []protoreflect.Name {
	if v == nil || v.refused || len(v.companies) > 0 {
		return nil
	}
	var names []protoreflect.Name
	for _, steps := range v.named {
		names = append(names, steps[0].Name())
	}
	return names
}

// Own are the paths of which one has to be called so where the principal meets a record;
// none where it is not narrowed in that way.
func (v *View) Own() (paths []string, called string) {
	if v == nil || v.refused {
		return nil, ""
	}
	for _, steps := range v.named {
		var names []string
		for _, step := range steps {
			names = append(names, string(step.Name()))
		}
		paths = append(paths, strings.Join(names, "."))
	}
	return paths, v.called
}

// HasCompany tells whether a company's records can be met at all, before anything else of
// them is known; 0 stands for those that all companies share.
func (v *View) HasCompany(company int64) bool {
	return v == nil || !v.refused && (len(v.companies) == 0 || company == 0 && !v.unshared || slices.Contains(v.companies, company))
}

// hasText tells whether one of the values on a path is a text.
func hasText(m protoreflect.Message, steps []protoreflect.FieldDescriptor, text string) bool {
	field := steps[0]
	if len(steps) == 1 {
		return m.Get(field).String() == text
	}
	if !field.IsList() {
		return hasText(m.Get(field).Message(), steps[1:], text)
	}
	list := m.Get(field).List()
	for i := range list.Len() {
		if hasText(list.Get(i).Message(), steps[1:], text) {
			return true
		}
	}
	return false
}

// Show is what the principal meets of a record: the record itself or, where something
// of it is hidden, a copy whose etag tells of the rest alone.
func (v *View) Show(m proto.Message) proto.Message {
	if !v.Hides() {
		return m
	}
	shown := proto.Clone(m)
	r := shown.ProtoReflect()
	v.hidden.clear(r)
	for _, list := range v.own {
		keep(r, list, func(e protoreflect.Message) bool {
			return textIn(e, "supplier") == v.called || textIn(e, "legal_supplier") == v.called
		})
	}
	for _, list := range v.shared {
		keep(r, list, func(e protoreflect.Message) bool { return textIn(e, "company") == "" })
	}
	if v.etag != nil {
		r.Set(v.etag, protoreflect.ValueOfString(v.tag(shown)))
	}
	return shown
}

// Equal tells whether two records that were shown differ in nothing but what is no
// content.
func (v *View) Equal(a, b proto.Message) bool { return v.tag(a) == v.tag(b) }

// tag is an etag of what is shown of a record.
func (v *View) tag(m proto.Message) string {
	content := m.ProtoReflect().New()
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if !slices.Contains(v.volatile, f) {
			content.Set(f, value)
		}
		return true
	})
	wire, err := proto.MarshalOptions{Deterministic: true}.Marshal(content.Interface())
	if err != nil {
		return "" // a text that is not UTF-8: such a record cannot be sent either
	}
	sum := sha256.Sum256(wire)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

func textIn(m protoreflect.Message, field protoreflect.Name) string {
	return m.Get(m.Descriptor().Fields().ByName(field)).String()
}

// keep leaves the elements of a list that pass.
func keep(m protoreflect.Message, field protoreflect.FieldDescriptor, passes func(protoreflect.Message) bool) {
	if !m.Has(field) {
		return
	}
	list, kept := m.Mutable(field).List(), 0
	for i := range list.Len() {
		if e := list.Get(i); passes(e.Message()) {
			list.Set(kept, e)
			kept++
		}
	}
	list.Truncate(kept)
}

// clear empties the hidden fields of a message.
func (h *hidden) clear(m protoreflect.Message) {
	for field, inside := range *h {
		switch {
		case !m.Has(field):
		case inside == nil:
			m.Clear(field)
		case field.IsList():
			list := m.Mutable(field).List()
			for i := range list.Len() {
				inside.clear(list.Get(i).Message())
			}
		default:
			inside.clear(m.Mutable(field).Message())
		}
	}
}

// HidesPath tells whether a path, as a read mask or an index names it, leads to
// nothing but what is hidden.
func (v *View) HidesPath(path string) bool {
	if !v.Hides() {
		return false
	}
	at := v.hidden
	for name := range strings.SplitSeq(path, ".") {
		field, inside := at.named(protoreflect.Name(name))
		switch {
		case field == nil:
			return false
		case inside == nil:
			return true
		}
		at = inside
	}
	return false
}

// CheckMask refuses a read mask that asks for what is hidden.
func (v *View) CheckMask(mask *fieldmaskpb.FieldMask) error {
	if !v.Hides() {
		return nil
	}
	for _, path := range mask.GetPaths() {
		if v.HidesPath(index.Spelling(v.desc, path)) {
			return fmt.Errorf("there is no field %q for this caller", path)
		}
	}
	return nil
}

// Indexes are the indexed fields that the principal meets.
func (v *View) Indexes(all []*index.Field) []*index.Field {
	if !v.Hides() {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(f *index.Field) bool { return v.HidesPath(f.Path) })
}

func (h *hidden) named(name protoreflect.Name) (protoreflect.FieldDescriptor, *hidden) {
	for field, inside := range *h {
		if field.Name() == name {
			return field, inside
		}
	}
	return nil, nil
}
