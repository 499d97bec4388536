package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/odoo"
)

// Plan is a Spec bound to one Odoo release and to the record's message. It is
// immutable and safe for concurrent use.
type Plan struct {
	Domain string
	// Collection is the first part of the resource names, such as "products".
	Collection string
	Version    int
	Major      int

	fingerprint string
	message     protoreflect.MessageType
	root        *level
	steps       []step
	// reads holds, for each Odoo model, the fields that some level wants of it:
	// one bulk read per model serves them all.
	reads map[string][]string
	// uses tells which canonical fields are made from an Odoo field.
	uses map[FieldName][]string
	// optional names fields that may be missing in Odoo.
	optional map[FieldName]bool
	watches  []WatchedModel
	// fills lists the canonical fields that have a source in this Odoo.
	fills []string
	// ownValues says that the root rows have values of which each company has its own.
	ownValues bool
	members   []Member
	// above is the many2one of the root model by which a member makes what it points
	// at a member too; empty for none.
	above string
	// missing says that this Odoo does not have the root model, and need not.
	missing bool
	// groupBy holds the fields in which the rows of one record agree.
	groupBy []string
	// zone is the time zone whose days are shown; reading names it and the language.
	zone    *time.Location
	reading string
	// units are the names of units of measure in the language, and what they are called
	// in the source's.
	units map[string]string
}

// WatchedModel is a model whose changed rows make records stale.
type WatchedModel struct {
	Model string
	// Path leads from the root model to this one; empty for the root itself.
	Path string
	// Operator compares Path with the changed ids: "in" or "child_of".
	Operator string
	// Through is set where rows of the model make others members of the domain:
	// the many2one that points at the record.
	Through string
	// Reference marks data that many records share, such as units and currencies.
	Reference bool
	// Seldom marks what may be looked at less often: reference data, and rows
	// whose mapping says so.
	Seldom bool
	// Unread says that no field of the rows is read: what records show follows from
	// them in some way that Odoo alone knows.
	Unread bool
	// Everywhere says that no search leads from a row to the records that show it:
	// a change may show in all of them.
	Everywhere bool
}

// level is a place in the tree of rows behind a record: rows of one model,
// and the ways that lead on from them.
type level struct {
	model string
	// shared marks rows that are not the record's own: reference data, and
	// whatever is reached over it.
	shared bool
	hops   []*hop
}

// hop leads from a row to rows of another level.
type hop struct {
	field string
	// many marks a relation to rows of the record's own, such as lines: they can
	// be deleted or moved without the record being written.
	many bool
	to   *level
}

// step fills a part of a message from a row.
type step func(b *build, row odoo.Row, msg protoreflect.Message)

// Model is the root model of the domain.
func (p *Plan) Model() string { return p.root.model }

// Missing says that this Odoo does not have the model, whose module need not be
// installed: there are no records, and Nothing stands for their source.
func (p *Plan) Missing() bool { return p.missing }

// Fingerprint changes whenever the same rows would map to other records: with
// the mapping, its overlays, Odoo's release, the fields that Odoo has, the language
// and the time zone.
func (p *Plan) Fingerprint() string {
	if p.reading == "" {
		return p.fingerprint
	}
	digest := sha256.Sum256([]byte(p.fingerprint + " " + p.reading))
	return hex.EncodeToString(digest[:8])
}

// Watches lists the models to look at, the root model first.
func (p *Plan) Watches() []WatchedModel { return p.watches }

// Reads lists, for each Odoo model, the fields that the plan reads, sorted.
func (p *Plan) Reads() map[string][]string { return p.reads }

// Fills lists the canonical fields that this Odoo fills, sorted, such as "number" and
// "lines.quantity". A field whose optional source this Odoo lacks is not among them.
func (p *Plan) Fills() []string { return p.fills }

func (p *Plan) fill(canonical string) { p.fills = append(p.fills, canonical) }

// target is a field of a message that may lie inside nested messages.
type target struct {
	path    string
	parents []protoreflect.FieldDescriptor
	field   protoreflect.FieldDescriptor
}

// holder returns the message that holds the field, making the ones on the way.
func (t *target) holder(msg protoreflect.Message) protoreflect.Message {
	for _, p := range t.parents {
		msg = msg.Mutable(p).Message()
	}
	return msg
}

// set puts a value into the field; into a list, unless it is in there already.
func (t *target) set(msg protoreflect.Message, v protoreflect.Value) {
	holder := t.holder(msg)
	if _, whole := v.Interface().(protoreflect.List); whole || !t.field.IsList() {
		holder.Set(t.field, v)
		return
	}
	list := holder.Mutable(t.field).List()
	for i := range list.Len() {
		if list.Get(i).Equal(v) {
			return
		}
	}
	list.Append(v)
}

// has tells whether the field has a value.
func (t *target) has(msg protoreflect.Message) bool {
	for _, p := range t.parents {
		msg = msg.Get(p).Message()
	}
	return msg.Has(t.field)
}

// want notes that a canonical field is made from fields of a model.
func (p *Plan) want(canonical, model string, fields ...string) {
	for _, f := range fields {
		if f == "id" {
			continue
		}
		if !slices.Contains(p.reads[model], f) {
			p.reads[model] = append(p.reads[model], f)
		}
		name := FieldName{model, f}
		if !slices.Contains(p.uses[name], canonical) {
			p.uses[name] = append(p.uses[name], canonical)
		}
	}
}

// sourceTime is the canonical field that every model's stamp goes into.
const sourceTime = "provenance.source_time"

// FieldName names a field of an Odoo model.
type FieldName struct{ Model, Field string }
