package owned_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/owned"
)

// ids are those of lines, and a few more than an order has.
var ids = []string{"1", "2", "30"}

// fieldsOfOrder are the fields that a random write picks from, with whose they are.
func fieldsOfOrder() map[string]optionsv1.Owner {
	all := map[string]optionsv1.Owner{"revision": mesh, "acknowledgement_status": portal}
	for _, id := range ids {
		for _, name := range []string{"supplier_part_number", "promised_time", "acknowledgement", "acknowledgement.comment", "acknowledgement.revision"} {
			all[fmt.Sprintf("lines[%s].%s", id, name)] = portal
		}
	}
	return all
}

// orderDrawn is an order with random values in what Odoo does not own.
func orderDrawn(t *rapid.T) *orderv1.Order {
	n := rapid.IntRange(0, 2)
	o := &orderv1.Order{Revision: int32(n.Draw(t, "revision")), AcknowledgementStatus: orderv1.AcknowledgementStatus(n.Draw(t, "status"))}
	for _, id := range ids {
		l := &orderv1.OrderLine{Id: id, SupplierPartNumber: rapid.SampledFrom([]string{"", "X", "Y"}).Draw(t, "part")}
		if rapid.Bool().Draw(t, "promised") {
			l.PromisedTime = timestamppb.New(noon)
		}
		if rapid.Bool().Draw(t, "acknowledged") {
			l.Acknowledgement = &orderv1.Acknowledgement{Comment: rapid.SampledFrom([]string{"", "late"}).Draw(t, "comment"), Revision: int32(n.Draw(t, "answered"))}
		}
		o.Lines = append(o.Lines, l)
	}
	return o
}

// put is what a write of some fields makes of an order that shows all of them.
func put(o *orderv1.Order, fields []owned.Field) {
	for _, f := range fields {
		var id, name string
		m := o.ProtoReflect()
		if _, err := fmt.Sscanf(f.Path, "lines[%s", &id); err == nil {
			id, name, _ = bytesCut(id)
			m = o.GetLines()[slices.Index(ids, id)].ProtoReflect()
		} else {
			name = f.Path
		}
		field := func(m protoreflect.Message, name string) protoreflect.FieldDescriptor {
			return m.Descriptor().Fields().ByName(protoreflect.Name(name))
		}
		if below, ok := bytes.CutPrefix([]byte(name), []byte("acknowledgement.")); ok {
			m, name = m.Mutable(field(m, "acknowledgement")).Message(), string(below)
		}
		if f.Value.IsValid() {
			m.Set(field(m, name), f.Value)
		} else {
			m.Clear(field(m, name))
		}
	}
	for _, l := range o.GetLines() {
		if l.Acknowledgement = proto.CloneOf(l.GetAcknowledgement()); proto.Size(l.GetAcknowledgement()) == 0 {
			l.Acknowledgement = nil // a message that holds nothing is not shown
		}
	}
}

func bytesCut(text string) (string, string, bool) {
	id, name, ok := bytes.Cut([]byte(text), []byte("]."))
	return string(id), string(name), ok
}

// Whatever is written by whom, with whatever seen, the book keeps and shows what a model
// of it does, also when it is opened anew; and two records of one content have one hash.
func TestTheBookIsLikeItsModel(t *testing.T) {
	journal := openJournal(t, t.TempDir())
	b := openBook(t, journal)
	owners := fieldsOfOrder()
	var orders atomic.Int64
	rapid.Check(t, func(t *rapid.T) {
		at := key(orders.Add(1))
		model := &orderv1.Order{Lines: []*orderv1.OrderLine{{Id: "1"}, {Id: "2"}, {Id: "30"}}}
		hashes := map[string][]byte{}
		made := map[string]uint64{}
		revision := uint64(0)
		for range rapid.IntRange(1, 6).Draw(t, "writes") {
			owner := rapid.SampledFrom([]optionsv1.Owner{mesh, portal, portal}).Draw(t, "owner")
			paths := rapid.SliceOfN(rapid.SampledFrom(slices.Sorted(maps.Keys(owners))), 1, 4).Draw(t, "paths")
			fields, err := owned.FieldsOf(orderDrawn(t), paths...)
			if err != nil {
				t.Fatal(err)
			}
			w := owned.Write{Collection: "orders", Key: at, Owner: owner, Author: "ann", Fields: fields,
				Intent: rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}).Draw(t, "intent")}
			if rapid.Bool().Draw(t, "has seen") {
				w.Seen = seen(rapid.Uint64Range(0, 4).Draw(t, "seen"))
			}
			got, err := b.Set(t.Context(), w)
			before, again := made[w.Intent]
			switch {
			case again:
				if err != nil || got != before {
					t.Fatalf("the intent %s again: %d, %v; want %d", w.Intent, got, err, before)
				}
			case w.Seen != nil && *w.Seen != revision:
				if !errors.As(err, new(*owned.RevisionError)) {
					t.Fatalf("seen %d at %d: %v", *w.Seen, revision, err)
				}
			case slices.ContainsFunc(paths, func(path string) bool { return owners[path] != owner }):
				if !errors.As(err, new(*owned.OwnerError)) {
					t.Fatalf("%v as %v: %v", paths, owner, err)
				}
			default:
				if revision++; err != nil || got != revision {
					t.Fatalf("revision %d, %v; want %d", got, err, revision)
				}
				made[w.Intent] = got
				put(model, fields)
			}
			shown := &orderv1.Order{Lines: []*orderv1.OrderLine{{Id: "1"}, {Id: "2"}, {Id: "30"}}}
			hash, err := b.Merge("orders", at, shown, []byte("odoo"))
			if err != nil || !proto.Equal(model, shown) {
				t.Fatalf("it shows\n%v\nwant\n%v\n%v", shown, model, err)
			}
			text := shown.String()
			if was, known := hashes[text]; known && !bytes.Equal(was, hash) {
				t.Fatalf("one content has two hashes: %v", shown)
			}
			for other, was := range hashes {
				if other != text && bytes.Equal(was, hash) {
					t.Fatalf("two contents have one hash:\n%s\n%s", other, text)
				}
			}
			hashes[text] = hash
			b.Clear("orders", shown)
			if plain := (&orderv1.Order{Lines: []*orderv1.OrderLine{{Id: "1"}, {Id: "2"}, {Id: "30"}}}); !proto.Equal(plain, shown) {
				t.Fatalf("cleared, it shows %v", shown)
			}
		}
		if s, err := b.Get("orders", at); err != nil || s.Revision != revision {
			t.Fatalf("revision %d, %v; want %d", s.Revision, err, revision)
		}
		history := 0
		for c, err := range b.History(t.Context(), "orders", at) {
			if history++; err != nil || c.Revision != made[c.Intent] {
				t.Fatalf("%+v, %v", c, err)
			}
		}
		if history != int(revision) {
			t.Fatalf("history has %d writes, want %d", history, revision)
		}
	})
	// A book that is opened anew is the same.
	again := openBook(t, journal)
	for id := range orders.Load() {
		var shown [2]*orderv1.Order
		for i, one := range []*owned.Book{b, again} {
			shown[i] = &orderv1.Order{Lines: []*orderv1.OrderLine{{Id: "1"}, {Id: "2"}, {Id: "30"}}}
			if _, err := one.Merge("orders", key(id+1), shown[i], nil); err != nil {
				t.Fatal(err)
			}
		}
		if !proto.Equal(shown[0], shown[1]) {
			t.Fatalf("opened anew it shows %v, before %v", shown[1], shown[0])
		}
	}
}
