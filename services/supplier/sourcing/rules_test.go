package sourcing

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/owned"
	"odoomesh/internal/resource"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/services/supplier/approved"
)

// rulesOf makes rules over a book of their own, and no copy.
func rulesOf(t *testing.T) *Rules {
	t.Helper()
	journal, err := badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{Name: "owned"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	records := map[string]protoreflect.MessageType{
		"suppliers": (&supplierv1.Supplier{}).ProtoReflect().Type(), approved.Collection: (&supplierv1.ApprovedVendor{}).ProtoReflect().Type(),
	}
	book, err := owned.New(owned.Config{Journal: journal, Records: records, Clock: clock.Func(time.Now)})
	if err != nil {
		t.Fatal(err)
	}
	for name := range records {
		if err := book.Fitted(t.Context(), name, nil); err != nil {
			t.Fatal(err)
		}
	}
	w := owned.NewWriter(book, nil, func(context.Context, string, [][]byte) (int, error) { return 0, nil })
	return &Rules{book: w, vendors: approved.NewRegister(w)}
}

func (r *Rules) keep(t *testing.T, id int64, s *supplierv1.Supplier) {
	t.Helper()
	fields, err := owned.FieldsOf(s, "approval_status", "vendor_approvals")
	if err == nil {
		_, err = r.book.Set(t.Context(), owned.Write{
			Collection: "suppliers", Key: resource.Key(id), Owner: optionsv1.Owner_OWNER_MESH, Author: "quinn", Intent: t.Name() + resource.Name("suppliers", id), Fields: fields,
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Who is suspended is not got round by a contact of theirs, or by what the copy does not
// have.
func TestASuspensionHoldsForWhatTheCopyDoesNotHave(t *testing.T) {
	r := rulesOf(t)
	r.keep(t, 50, &supplierv1.Supplier{ApprovalStatus: supplierv1.ApprovalStatus_APPROVAL_STATUS_SUSPENDED, VendorApprovals: []*supplierv1.VendorApproval{
		{Id: "supplier", Status: supplierv1.ApprovalStatus_APPROVAL_STATUS_SUSPENDED, DecidedBy: "quinn", Comment: "particles"},
	}})
	for _, tt := range []struct {
		name            string
		supplier, legal int64
		refused         bool
	}{
		{"itself", 50, 50, true},
		{"a contact", 51, 50, true},
		{"a contact that is suspended", 50, 52, true},
		{"another", 53, 53, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := r.Check(t.Context(), Order{At: "supplier", Supplier: tt.supplier, Legal: tt.legal, Lines: []Line{{At: "lines[0]", Product: 1, Quantity: rat("1"), Price: rat("1")}}}, today)
			if refused := err != nil; refused != tt.refused || refused && !strings.Contains(err.Error(), "suppliers/50 is suspended, by quinn: particles") {
				t.Error(err)
			}
		})
	}
}
