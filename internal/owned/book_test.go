package owned_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/owned"
	"odoomesh/internal/store"
)

const (
	mesh    = optionsv1.Owner_OWNER_MESH
	portal  = optionsv1.Owner_OWNER_SUPPLIER_PORTAL
	carrier = optionsv1.Owner_OWNER_CARRIER
	odoo    = optionsv1.Owner_OWNER_ODOO
)

// written is a record of each kind with what others than Odoo own of it.
var written = map[string]struct {
	owner  optionsv1.Owner
	record proto.Message
	paths  []string
	kept   []string
}{
	"lots": {mesh, &inventoryv1.Lot{HoldState: inventoryv1.HoldState_HOLD_STATE_HELD, HoldReason: "torn", HoldTime: timestamppb.New(noon), HeldBy: "ward"},
		[]string{"hold_state", "hold_reason", "hold_time", "held_by"}, []string{"hold_state", "hold_reason", "hold_time", "held_by"}},
	"orders": {portal, &orderv1.Order{AcknowledgementStatus: orderv1.AcknowledgementStatus_ACKNOWLEDGEMENT_STATUS_CHANGED, Lines: []*orderv1.OrderLine{
		{Id: "12", PromisedTime: timestamppb.New(noon), Acknowledgement: &orderv1.Acknowledgement{Quantity: &decimal.Decimal{Value: "3"}, Comment: "late", Revision: 2}},
		{Id: "7", SupplierPartNumber: "X-1"},
	}}, []string{"acknowledgement_status", "lines[12].promised_time", "lines[12].acknowledgement", "lines[7].supplier_part_number"},
		[]string{"acknowledgement_status", "lines[12].promised_time", "lines[12].acknowledgement.quantity", "lines[12].acknowledgement.comment",
			"lines[12].acknowledgement.revision", "lines[7].supplier_part_number"}},
	"receipts": {carrier, &receiptv1.Receipt{Shipment: &receiptv1.Shipment{Carrier: "Blue", Milestones: []*receiptv1.ShipmentMilestone{{Id: "a"}, {Id: "b"}}}},
		[]string{"shipment"}, []string{"shipment.carrier", "shipment.milestones"}},
	"suppliers": {mesh, &supplierv1.Supplier{ApprovalStatus: supplierv1.ApprovalStatus_APPROVAL_STATUS_APPROVED,
		VendorApprovals: []*supplierv1.VendorApproval{{Id: "1", ValidFrom: &date.Date{Year: 2026}}}},
		[]string{"approval_status", "vendor_approvals"}, []string{"approval_status", "vendor_approvals"}},
	"invoices": {mesh, &invoicev1.Invoice{Match: &invoicev1.Match{MatchTime: timestamppb.New(noon), Lines: []*invoicev1.LineMatch{{LineId: "4"}}}},
		[]string{"match"}, []string{"match.match_time", "match.lines"}},
}

// What was set is what is kept, and what Merge puts into the record, by kind of record;
// Clear takes it out again.
func TestWhatIsSetIsKeptAndShown(t *testing.T) {
	journal := openJournal(t, t.TempDir())
	b := openBook(t, journal)
	for collection, w := range written {
		write := owned.Write{Collection: collection, Key: key(5), Owner: w.owner, Author: "ann", Intent: "first", Fields: fieldsOf(t, w.record, w.paths...)}
		if revision, err := b.Set(t.Context(), write); err != nil || revision != 1 {
			t.Fatalf("%s: revision %d, %v", collection, revision, err)
		}
		for _, b := range []*owned.Book{b, openBook(t, journal)} {
			s, err := b.Get(collection, key(5))
			if err != nil {
				t.Fatal(err)
			}
			if want := []owned.By{{Owner: w.owner, Revision: 1, Author: "ann", Intent: "first", Time: noon}}; s.Revision != 1 || !slices.Equal(s.Writes, want) {
				t.Errorf("%s: the state is %+v", collection, s)
			}
			if got := pathsOf(s.Fields); !slices.Equal(got, w.kept) {
				t.Errorf("%s: kept are %v, want %v", collection, got, w.kept)
			}
			// The record as Odoo has it: the lines, and nothing else of it.
			plain := proto.CloneOf(w.record)
			b.Clear(collection, plain)
			shown := proto.CloneOf(plain)
			hash, err := b.Merge(collection, key(5), shown, []byte("odoo"))
			if err != nil || string(hash) == "odoo" {
				t.Errorf("%s: the hash is %x, %v", collection, hash, err)
			}
			if diff := cmp.Diff(w.record, shown, protocmp.Transform()); diff != "" {
				t.Errorf("%s shows (-want +got):\n%s", collection, diff)
			}
			b.Clear(collection, shown)
			if diff := cmp.Diff(plain, shown, protocmp.Transform()); diff != "" {
				t.Errorf("%s cleared is (-want +got):\n%s", collection, diff)
			}
		}
	}
}

// What a write must not do is refused with an error of its own, and changes nothing.
func TestRefusals(t *testing.T) {
	b := newBook(t)
	if err := b.Fitted(t.Context(), "receipts", []string{"number", "shipment.carrier", "lines.quantity"}); err != nil {
		t.Fatal(err)
	}
	set := func(collection string, owner optionsv1.Owner, fields ...owned.Field) error {
		_, err := b.Set(t.Context(), owned.Write{Collection: collection, Key: key(1), Owner: owner, Author: "ann", Intent: "one", Fields: fields})
		return err
	}
	unknown := func(err error) bool { return errors.As(err, new(*owned.UnknownFieldError)) }
	value := func(err error) bool { return errors.As(err, new(*owned.ValueError)) }
	belongs := func(field string, owner optionsv1.Owner) func(error) bool {
		return func(err error) bool {
			var refused *owned.OwnerError
			return errors.As(err, &refused) && refused.Field == field && refused.Owner == owner
		}
	}
	shipment := &receiptv1.Receipt{Shipment: &receiptv1.Shipment{Carrier: "Blue", TrackingUrl: "https://blue.example"}}
	for name, tt := range map[string]struct {
		err error
		is  func(error) bool
	}{
		"no such field":                  {set("lots", mesh, text("colour", "red")), unknown},
		"no such field in a message":     {set("receipts", carrier, text("shipment.colour", "red")), unknown},
		"below a text":                   {set("lots", mesh, text("hold_reason.first", "red")), unknown},
		"below a time":                   {set("lots", mesh, owned.Field{Path: "hold_time.seconds", Value: protoreflect.ValueOfInt64(1)}), unknown},
		"into a list kept as a whole":    {set("suppliers", mesh, text("vendor_approvals.site", "north")), unknown},
		"a line of none":                 {set("orders", portal, text("lines.supplier_part_number", "X")), unknown},
		"a line without its id":          {set("orders", portal, text("lines[].supplier_part_number", "X")), unknown},
		"a whole line":                   {set("orders", portal, text("lines[4]", "X")), unknown},
		"a list that there is not":       {set("orders", portal, text("rows[4].supplier_part_number", "X")), unknown},
		"a collection of Odoo's":         {set("movements", mesh, text("note", "X")), unknown},
		"a collection that there is not": {set("wards", mesh, text("note", "X")), unknown},
		"Odoo's field":                   {set("lots", mesh, text("note", "X")), belongs("note", odoo)},
		"as Odoo":                        {set("lots", odoo, text("hold_reason", "X")), belongs("hold_reason", mesh)},
		"Odoo's field of a line":         {set("orders", portal, text("lines[4].description", "X")), belongs("lines[4].description", odoo)},
		"Odoo's lines":                   {set("orders", portal, owned.Field{Path: "lines"}), belongs("lines", odoo)},
		"lines that Odoo owns":           {set("receipts", carrier, text("lines[4].product", "X")), belongs("lines[4].product", odoo)},
		"another's field":                {set("orders", mesh, text("lines[4].supplier_part_number", "X")), belongs("lines[4].supplier_part_number", portal)},
		"clearing another's field":       {set("orders", mesh, owned.Field{Path: "lines[4].acknowledgement"}), belongs("lines[4].acknowledgement.status", portal)},
		"one of two":                     {set("orders", mesh, owned.Field{Path: "revision", Value: protoreflect.ValueOfInt32(1)}, text("acknowledgement_status", "X")), value},
		"what Odoo fills here":           {set("receipts", carrier, text("shipment.carrier", "Red")), belongs("shipment.carrier", odoo)},
		"clearing what Odoo fills here":  {set("receipts", carrier, owned.Field{Path: "shipment.carrier"}), belongs("shipment.carrier", odoo)},
		"a message with what Odoo fills": {set("receipts", carrier, fieldsOf(t, shipment, "shipment")...), belongs("shipment.carrier", odoo)},
		"a text for a time":              {set("lots", mesh, text("hold_time", "noon")), value},
		"another message":                {set("lots", mesh, owned.Field{Path: "hold_time", Value: protoreflect.ValueOfMessage(shipment.ProtoReflect())}), value},
		"a text for a list":              {set("suppliers", mesh, text("vendor_approvals", "all")), value},
		"a message that is nil":          {set("lots", mesh, owned.Field{Path: "hold_time", Value: protoreflect.ValueOfMessage((*timestamppb.Timestamp)(nil).ProtoReflect())}), value},
		"a text that is none":            {set("lots", mesh, text("hold_reason", "\xff")), value},
		"nothing":                        {set("lots", mesh), value},
	} {
		if !tt.is(tt.err) {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
	for _, w := range []owned.Write{{Intent: "x"}, {Author: "x"}, {Author: "x", Intent: strings.Repeat("x", 2000)}, {Author: "x", Intent: "\xff"}} {
		w.Collection, w.Key, w.Owner, w.Fields = "lots", key(1), mesh, []owned.Field{text("hold_reason", "X")}
		if _, err := b.Set(t.Context(), w); !value(err) {
			t.Errorf("author %q, intent %q: %v", w.Author, w.Intent, err)
		}
	}
	for collection := range messages() {
		if s, err := b.Get(collection, key(1)); err != nil || s.Revision != 0 || s.Fields != nil {
			t.Errorf("%s: a refused write left %+v, %v", collection, s, err)
		}
	}
	if err := set("receipts", carrier, fieldsOf(t, &receiptv1.Receipt{Shipment: &receiptv1.Shipment{TrackingUrl: "u"}}, "shipment")...); err != nil {
		t.Errorf("a message without what Odoo fills: %v", err)
	}
	if _, err := owned.FieldsOf(shipment, "shipment.colour"); !unknown(err) {
		t.Errorf("a field that the message does not have: %v", err)
	}
}

// A book that has never heard what Odoo fills takes no write: it could be Odoo's. What
// it has heard it knows at the next start.
func TestWhatOdooFillsIsRemembered(t *testing.T) {
	journal := openJournal(t, t.TempDir())
	open := func() *owned.Book {
		b, err := owned.New(owned.Config{Journal: journal, Records: messages(), Clock: clockAt(noon)})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	write := owned.Write{Collection: "products", Key: key(1), Owner: mesh, Author: "ann", Intent: "one", Fields: []owned.Field{text("storage_conditions", "dry")}}
	if _, err := open().Set(t.Context(), write); !errors.Is(err, owned.ErrNotFitted) {
		t.Errorf("before Odoo was reached: %v", err)
	}
	if err := open().Fitted(t.Context(), "products", []string{"sku"}); err != nil {
		t.Fatal(err)
	}
	if _, err := open().Set(t.Context(), write); err != nil {
		t.Error(err)
	}
	if err := open().Fitted(t.Context(), "products", []string{"sku", "storage_conditions"}); err != nil {
		t.Fatal(err)
	}
	b := open()
	write.Intent = "two"
	if _, err := b.Set(t.Context(), write); !errors.As(err, new(*owned.OwnerError)) {
		t.Errorf("what an overlay fills from now on: %v", err)
	}
	// The first intent has its answer, whoever owns the field now.
	write.Intent = "one"
	if revision, err := b.Set(t.Context(), write); err != nil || revision != 1 {
		t.Errorf("the first intent again: %d, %v", revision, err)
	}
	p := messages()["products"].New().Interface()
	if hash, err := b.Merge("products", key(1), p, []byte("odoo")); err != nil || string(hash) != "odoo" || proto.Size(p) > 0 {
		t.Errorf("what Odoo fills was overridden: %v, %s, %v", p, hash, err)
	}
	if s, err := b.Get("products", key(1)); err != nil || len(s.Fields) != 1 {
		t.Errorf("what is kept is %+v, %v", s, err)
	}
}

// A write that has seen an older revision is refused, whoever wrote meanwhile; an intent
// that comes twice is answered as it first was.
func TestRevisionsAndIntents(t *testing.T) {
	b := newBook(t)
	set := func(intent string, seen *uint64, owner optionsv1.Owner, f owned.Field) (uint64, error) {
		return b.Set(t.Context(), owned.Write{Collection: "orders", Key: key(3), Owner: owner, Author: "ann", Intent: intent, Seen: seen, Fields: []owned.Field{f}})
	}
	for i, tt := range []struct {
		intent string
		seen   *uint64
		want   uint64
		moved  bool
	}{
		{"a", new(uint64), 1, false}, {"a", new(uint64), 1, false}, {"b", new(uint64), 1, true}, {"b", nil, 2, false},
		{"c", seen(2), 3, false}, {"a", seen(9), 1, false}, {"d", seen(4), 3, true},
	} {
		got, err := set(tt.intent, tt.seen, portal, text(fmt.Sprintf("lines[%d].supplier_part_number", i), "X"))
		var moved *owned.RevisionError
		if tt.moved {
			if !errors.As(err, &moved) || moved.Current != tt.want {
				t.Errorf("%d: %v", i, err)
			}
		} else if err != nil || got != tt.want {
			t.Errorf("%d: revision %d, %v; want %d", i, got, err, tt.want)
		}
	}
	if got, err := set("e", seen(3), mesh, owned.Field{Path: "revision", Value: protoreflect.ValueOfInt32(4)}); err != nil || got != 4 {
		t.Fatal(got, err)
	}
	s, err := b.Get("orders", key(3))
	if err != nil {
		t.Fatal(err)
	}
	want := []owned.By{{Owner: mesh, Revision: 4, Author: "ann", Intent: "e", Time: noon}, {Owner: portal, Revision: 3, Author: "ann", Intent: "c", Time: noon}}
	if !slices.Equal(s.Writes, want) || s.Revision != 4 {
		t.Errorf("the state is %+v", s)
	}
	var told []string
	for c, err := range b.History(t.Context(), "orders", key(3)) {
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, fmt.Sprintf("%d %s %v %v %v", c.Revision, c.Intent, c.Owner, pathsOf(c.Fields), c.Fields[0].Value))
	}
	if diff := cmp.Diff([]string{
		"4 e OWNER_MESH [revision] 4", "3 c OWNER_SUPPLIER_PORTAL [lines[4].supplier_part_number] X",
		"2 b OWNER_SUPPLIER_PORTAL [lines[3].supplier_part_number] X", "1 a OWNER_SUPPLIER_PORTAL [lines[0].supplier_part_number] X",
	}, told); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

// A line that is gone keeps what is kept of it, and shows again when it is back. What is
// kept of it does not count meanwhile.
func TestALineThatIsGone(t *testing.T) {
	b := newBook(t)
	order := func(ids ...string) *orderv1.Order {
		o := &orderv1.Order{Name: "orders/3"}
		for _, id := range ids {
			o.Lines = append(o.Lines, &orderv1.OrderLine{Id: id})
		}
		return o
	}
	if _, err := b.Set(t.Context(), owned.Write{Collection: "orders", Key: key(3), Owner: portal, Author: "ann", Intent: "a", Fields: []owned.Field{
		text("lines[5].supplier_part_number", "X")}}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		order *orderv1.Order
		shows map[string]string
	}{
		{order("5", "6"), map[string]string{"5": "X"}}, {order("6"), nil}, {order(), nil}, {order("6", "5"), map[string]string{"5": "X"}},
	} {
		hash, err := b.Merge("orders", key(3), tt.order, []byte("odoo"))
		if err != nil || (string(hash) == "odoo") != (tt.shows == nil) {
			t.Errorf("the hash is %x, %v", hash, err)
		}
		for _, l := range tt.order.GetLines() {
			if l.GetSupplierPartNumber() != tt.shows[l.GetId()] {
				t.Errorf("line %s shows %q", l.GetId(), l.GetSupplierPartNumber())
			}
		}
	}
}

// Of many who write with the revision that they have seen, one at a time succeeds.
func TestWritersAtOnce(t *testing.T) {
	b := newBook(t)
	var all sync.WaitGroup
	for writer := range 8 {
		all.Go(func() {
			for made := 0; made < 5; {
				s, err := b.Get("lots", key(1))
				if err != nil {
					t.Error(err)
					return
				}
				_, err = b.Set(context.Background(), owned.Write{Collection: "lots", Key: key(1), Owner: mesh, Author: "ann", Seen: &s.Revision,
					Intent: fmt.Sprint(writer, " ", made), Fields: []owned.Field{text("hold_reason", fmt.Sprint(s.Revision+1))}})
				switch {
				case err == nil:
					made++
				case !errors.As(err, new(*owned.RevisionError)):
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	next := uint64(40)
	for c, err := range b.History(t.Context(), "lots", key(1)) {
		if err != nil || c.Revision != next || c.Fields[0].Value.String() != fmt.Sprint(next) {
			t.Fatalf("at revision %d there is %+v, %v", next, c, err)
		}
		next--
	}
	if next != 0 {
		t.Errorf("history ends behind revision %d", next)
	}
}

// A write that is greater than a journal takes at once is refused whole.
func TestAWriteThatIsTooGreat(t *testing.T) {
	b := newBook(t)
	var fields []owned.Field
	for i := range 5000 {
		fields = append(fields, text(fmt.Sprintf("lines[%d].supplier_part_number", i), "X"))
	}
	write := owned.Write{Collection: "orders", Key: key(1), Owner: portal, Author: "ann", Intent: "a", Fields: fields}
	if _, err := b.Set(t.Context(), write); !errors.As(err, new(*store.TooLargeError)) {
		t.Error(err)
	}
	for i, part := range slices.Collect(slices.Chunk(fields, 3000)) {
		write.Intent, write.Fields = fmt.Sprint("a", i), part
		if _, err := b.Set(t.Context(), write); err != nil {
			t.Error(err)
		}
	}
	if s, err := b.Get("orders", key(1)); err != nil || len(s.Fields) != 5000 || s.Revision != 2 {
		t.Errorf("%d fields at revision %d, %v", len(s.Fields), s.Revision, err)
	}
}

func seen(revision uint64) *uint64 { return &revision }
