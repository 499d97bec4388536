package owned_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/owned"
	"odoomesh/internal/resource"
	"odoomesh/internal/store/badgerstore"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/golang/glog.(*fileSink).flushDaemon"))
}

func clockAt(at time.Time) clock.Clock { return clock.Func(func() time.Time { return at }) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// messages are the records of the collections that the tests are about.
func messages() map[string]protoreflect.MessageType {
	all := map[string]protoreflect.MessageType{}
	for name, m := range map[string]proto.Message{
		"lots": &inventoryv1.Lot{}, "orders": &orderv1.Order{}, "receipts": &receiptv1.Receipt{}, "suppliers": &supplierv1.Supplier{},
		"products": &productv1.Product{}, "invoices": &invoicev1.Invoice{}, "movements": &inventoryv1.Movement{},
	} {
		all[name] = m.ProtoReflect().Type()
	}
	return all
}

func openJournal(t testing.TB, dir string) *badgerstore.Log {
	t.Helper()
	journal, err := badgerstore.OpenLog(dir, badgerstore.LogOptions{Name: "owned"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	return journal
}

// openBook opens a book over a journal, and tells it that Odoo fills nothing of what the
// contract gives to others.
func openBook(t testing.TB, journal *badgerstore.Log) *owned.Book {
	t.Helper()
	b, err := owned.New(owned.Config{Journal: journal, Records: messages(), Clock: clockAt(noon)})
	if err != nil {
		t.Fatal(err)
	}
	for name := range messages() {
		if err := b.Fitted(t.Context(), name, nil); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func newBook(t testing.TB) *owned.Book {
	t.Helper()
	return openBook(t, openJournal(t, t.TempDir()))
}

// fieldsOf takes fields out of a message.
func fieldsOf(t testing.TB, m proto.Message, paths ...string) []owned.Field {
	t.Helper()
	fields, err := owned.FieldsOf(m, paths...)
	if err != nil {
		t.Fatal(err)
	}
	return fields
}

// pathsOf are the paths of some fields.
func pathsOf(fields []owned.Field) (paths []string) {
	for _, f := range fields {
		paths = append(paths, f.Path)
	}
	return paths
}

func text(path, value string) owned.Field {
	return owned.Field{Path: path, Value: protoreflect.ValueOfString(value)}
}

func key(id int64) []byte { return resource.Key(id) }
