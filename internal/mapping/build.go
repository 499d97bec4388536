package mapping

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/odoo"
	"odoomesh/internal/resource"
)

// Record is one canonical record as it was made from Odoo's rows.
type Record struct {
	// Key is the record's key in the stores; its name says the same.
	Key     []byte
	Message proto.Message
	// Hash covers the content and its faults, and nothing that moves when Odoo
	// writes the same values again.
	Hash []byte
	// SourceTime is the latest write_date among the rows, in whole seconds.
	SourceTime time.Time
	// Rows names, by model, the rows that are the record's own beside its root:
	// its lines, its prices. One of them can go without a trace on the root.
	Rows   map[string][]int64
	Faults []*typesv1.MappingFault
	// CompanyID is Odoo's id of the company that alone uses the record, Company
	// its name; 0 and empty when all companies share it.
	CompanyID int64
	Company   string
}

// tables holds rows by model and id.
type tables map[string]map[int64]odoo.Row

// build makes one record.
type build struct {
	model string
	id    int64
	// rows are the root rows: one, or those of a group, by ascending id.
	rows   []odoo.Row
	tables tables
	record *Record
	// zone is the time zone whose days are shown.
	zone *time.Location
	// units are names of units of measure in the language read in, with the source's.
	units map[string]string
	// untrimmed says that a text has white space around it.
	untrimmed bool
}

// build makes the record of its root rows out of the tables.
func (p *Plan) build(key []byte, rows []odoo.Row, t tables) (*Record, error) {
	row := rows[0]
	b := &build{model: p.root.model, id: row.ID(), rows: rows, tables: t, zone: p.zone, units: p.units, record: &Record{Key: key, Rows: map[string][]int64{}}}
	msg := p.message.New()
	for _, r := range rows {
		b.visit(r)
		if p.Grouped() {
			b.record.Rows[b.model] = append(b.record.Rows[b.model], r.ID())
		}
	}
	for _, s := range p.steps {
		s(b, row, msg)
	}
	r := b.record
	r.Message = msg.Interface()
	for model, ids := range r.Rows {
		slices.Sort(ids)
		r.Rows[model] = slices.Compact(ids)
	}
	slices.SortFunc(r.Faults, func(a, b *typesv1.MappingFault) int {
		return slices.Compare([]string{a.GetField(), a.GetProblem()}, []string{b.GetField(), b.GetProblem()})
	})
	hash, err := contentHash(r, b.untrimmed)
	if err != nil {
		// Such as a text that is no UTF-8: the record is shown, empty, with its fault.
		msg = p.message.New()
		r.Message = msg.Interface()
		b.fault("", row, "", fmt.Errorf("the record cannot be encoded: %w", err))
		if hash, err = contentHash(r, b.untrimmed); err != nil {
			return nil, fmt.Errorf("hashing %s: %w", resource.NameOf(p.Collection, r.Key), err)
		}
	}
	r.Hash = hash
	fields := msg.Descriptor().Fields()
	msg.Set(fields.ByName("name"), protoreflect.ValueOfString(resource.NameOf(p.Collection, r.Key)))
	if fd := fields.ByName("update_time"); fd != nil && !r.SourceTime.IsZero() {
		msg.Set(fd, message(timestamppb.New(r.SourceTime)))
	}
	if ref, ok, err := row.Many2One("company_id"); err == nil && ok {
		r.CompanyID = ref.ID
		if fd := fields.ByName("company"); fd != nil {
			r.Company = msg.Get(fd).String()
		}
	}
	return r, nil
}

// contentHash marks a record with white space around a text: an index that was
// written when white space counted there is to be written anew.
func contentHash(r *Record, untrimmed bool) ([]byte, error) {
	h := sha256.New()
	if untrimmed {
		h.Write([]byte("indexed without white space"))
	}
	options := proto.MarshalOptions{Deterministic: true}
	raw, err := options.Marshal(r.Message)
	if err != nil {
		return nil, err
	}
	h.Write(raw)
	for _, f := range r.Faults {
		if raw, err = options.MarshalAppend(raw[:0], f); err != nil {
			return nil, err
		}
		h.Write(raw)
	}
	return h.Sum(nil)[:16], nil
}

// visit notes when a row that the record shows was written.
func (b *build) visit(row odoo.Row) {
	if at, err := row.Time("write_date"); err == nil && at.After(b.record.SourceTime) {
		b.record.SourceTime = at
	}
}

// follow goes over a many2one; false where it is empty or leads nowhere.
func (b *build) follow(h *hop, row odoo.Row, path string) (odoo.Row, bool) {
	ref, ok, err := row.Many2One(h.field)
	if err != nil {
		b.fault(path, row, h.field, err)
	}
	if err != nil || !ok {
		return odoo.Row{}, false
	}
	next, found := b.tables[h.to.model][ref.ID]
	if !found {
		b.fault(path, row, h.field, fmt.Errorf("%s %d cannot be read: it is gone, or the mesh's user may not see it", h.to.model, ref.ID))
		return odoo.Row{}, false
	}
	b.visit(next)
	b.own(h, ref.ID)
	return next, true
}

// each goes over a one2many or many2many, in Odoo's order. Rows that are not
// there any more were deleted after their parent was read: the next look at the
// parent leaves them out as well.
func (b *build) each(h *hop, row odoo.Row, path string) []odoo.Row {
	ids, err := row.IDs(h.field)
	if err != nil {
		b.fault(path, row, h.field, err)
		return nil
	}
	rows := make([]odoo.Row, 0, len(ids))
	for _, id := range ids {
		if next, ok := b.tables[h.to.model][id]; ok {
			b.visit(next)
			b.own(h, id)
			rows = append(rows, next)
		}
	}
	return rows
}

// own notes a row that the record is made of and that no other record shares.
func (b *build) own(h *hop, id int64) {
	if !h.to.shared {
		b.record.Rows[h.to.model] = append(b.record.Rows[h.to.model], id)
	}
}

// fault notes what could not be mapped.
func (b *build) fault(path string, row odoo.Row, field string, err error) {
	b.record.Faults = append(b.record.Faults, &typesv1.MappingFault{
		Field: path, OdooModel: row.Model(), OdooId: row.ID(), OdooField: field, Problem: err.Error(),
	})
}
