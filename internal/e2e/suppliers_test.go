package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// newcomer is a supplier that is made through the mesh.
func newcomer(mark string) *supplierv1.Supplier {
	return &supplierv1.Supplier{
		DisplayName: "Medica " + mark, Reference: "REF-" + mark, TaxId: "NL" + mark, Email: "orders@" + mark + ".example", Phone: "+31 20 555 12 34",
		IsCompany: true, Language: "en_US", Note: "By <fax>.\nOn Mondays.", CompanyRegistry: "KVK-" + mark,
		Addresses: []*supplierv1.Address{{Street: "Kade 1", City: "Delft", PostalCode: "2611 AA", CountryCode: "NL"}},
	}
}

// keepsSuppliers is the life of a supplier through the mesh, each call sent twice.
func keepsSuppliers(t *testing.T, s *stage) {
	mark := s.mark + "-n"
	var is *supplierv1.Supplier
	for range 2 {
		r, err := s.suppliers.CreateSupplier(t.Context(), &supplierv1.CreateSupplierRequest{RequestId: mark + "-c", Supplier: newcomer(mark)})
		withoutRemarks(t, r.GetIntent(), err)
		is = r.GetSupplier()
	}
	id := idOf(t, is.GetName())
	if a := is.GetAddresses(); len(a) != 1 || a[0].GetCity() != "Delft" || a[0].GetCountryCode() != "NL" || is.GetTaxId() != "NL"+mark || !is.GetIsCompany() || is.GetNote() != newcomer(mark).GetNote() {
		t.Errorf("%v", is)
	}
	// Whoever makes it once more learns who it is.
	for what, change := range map[string]func(*supplierv1.Supplier){
		"supplier.tax_id":       func(n *supplierv1.Supplier) { n.DisplayName, n.TaxId = "Else "+mark, "nl "+mark },
		"supplier.display_name": func(n *supplierv1.Supplier) { n.DisplayName, n.TaxId = "MEDICA, "+mark, "" },
	} {
		twin := newcomer(mark)
		change(twin)
		_, err := s.suppliers.CreateSupplier(t.Context(), &supplierv1.CreateSupplierRequest{RequestId: mark + what, Supplier: twin})
		if r := refusalOf(err); r.reason != "ALREADY_EXISTS" || !strings.Contains(err.Error(), is.GetName()+" ") || !slices.Contains(r.fields, what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	namesake := newcomer(mark)
	namesake.TaxId = "DE" + mark
	other, err := s.suppliers.CreateSupplier(t.Context(), &supplierv1.CreateSupplierRequest{RequestId: mark + "-d", Supplier: namesake})
	if err != nil || len(other.GetIntent().GetWarnings()) != 1 || !strings.Contains(other.GetIntent().GetWarnings()[0], is.GetName()) {
		t.Errorf("one of the same name with another tax number: %v, %v", other, err)
	}

	changed := proto.CloneOf(is)
	changed.Email, changed.Addresses[0].City, changed.Addresses[0].Street2 = "sales@"+mark+".example", "Leiden", "Back door"
	for range 2 {
		r, err := s.suppliers.UpdateSupplier(t.Context(), &supplierv1.UpdateSupplierRequest{RequestId: mark + "-u", Supplier: changed})
		withoutRemarks(t, r.GetIntent(), err)
		if got := r.GetSupplier(); got.GetEmail() != changed.GetEmail() || got.GetAddresses()[0].GetCity() != "Leiden" || got.GetReference() != is.GetReference() {
			t.Errorf("%v", got)
		}
	}
	if _, err := s.suppliers.UpdateSupplier(t.Context(), &supplierv1.UpdateSupplierRequest{RequestId: mark + "-u2", Supplier: is}); refusalOf(err).reason != "STALE_ETAG" {
		t.Errorf("a supplier that was read before: %v", err)
	}
	emptied, err := s.suppliers.UpdateSupplier(t.Context(), &supplierv1.UpdateSupplierRequest{RequestId: mark + "-u3", Supplier: &supplierv1.Supplier{Name: is.GetName()}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"reference"}}})
	withoutRemarks(t, emptied.GetIntent(), err)
	if got := emptied.GetSupplier(); got.GetReference() != "" || got.GetEmail() != changed.GetEmail() {
		t.Errorf("%v", got)
	}

	draft := s.create(t, "purchase.order", map[string]any{"partner_id": id})
	archive := &supplierv1.ArchiveSupplierRequest{RequestId: mark + "-a", Name: is.GetName()}
	if _, err := s.suppliers.ArchiveSupplier(t.Context(), archive); refusalOf(err).reason != "BUSINESS_RULE" || !strings.Contains(err.Error(), fmt.Sprintf("orders/%d", draft)) {
		t.Errorf("a supplier with an open order: %v", err)
	}
	s.call(t, "purchase.order", "write", []any{[]any{draft}, map[string]any{"state": "cancel"}}, nil)
	for range 2 {
		r, err := s.suppliers.ArchiveSupplier(t.Context(), archive)
		withoutRemarks(t, r.GetIntent(), err)
		if r.GetSupplier().GetActive() {
			t.Errorf("%v", r)
		}
	}
	back, err := s.suppliers.RestoreSupplier(t.Context(), &supplierv1.RestoreSupplierRequest{RequestId: mark + "-r", Name: is.GetName()})
	if err != nil || !back.GetSupplier().GetActive() {
		t.Errorf("%v, %v", back, err)
	}
	for command, want := range map[string]int{"suppliers.create": 1, "suppliers.update": 2, "suppliers.archive": 1, "suppliers.restore": 1} {
		if got := s.notesOf(t, "res.partner", id, command); got != want {
			t.Errorf("%s is noted %d times", command, got)
		}
	}
}

// takesBillsBack reverses a bill in parts, and cancels a draft.
func takesBillsBack(t *testing.T, s *stage) {
	on := shelfOf(t, s.person)
	mark := s.mark + "-b"
	b, err := purchased(s.mesh, on, mark, plainly(t))
	if err != nil {
		t.Fatal(err)
	}
	bill, err := s.invoices.GetInvoice(t.Context(), &invoicev1.GetInvoiceRequest{Name: b.invoice, ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.invoices.CancelInvoice(t.Context(), &invoicev1.CancelInvoiceRequest{RequestId: mark + "-no", Name: b.invoice}); refusalOf(err).reason != "BUSINESS_RULE" || !strings.Contains(err.Error(), "invoices.reverse") {
		t.Errorf("a posted bill is cancelled: %v", err)
	}
	day := &date.Date{Year: 2026, Month: 11, Day: 29}
	reverse := func(id string, lines ...*invoicev1.ReversedLine) (*invoicev1.ReverseInvoiceResponse, error) {
		return s.invoices.ReverseInvoice(t.Context(), &invoicev1.ReverseInvoiceRequest{RequestId: mark + id, Name: b.invoice, Lines: lines, InvoiceDate: day, SupplierReference: "CN-" + mark + id, Reason: "Broken & sent back"})
	}
	of := func(quantity string) *invoicev1.ReversedLine {
		return &invoicev1.ReversedLine{LineId: bill.GetLines()[0].GetId(), Quantity: &decimal.Decimal{Value: quantity}}
	}
	for range 2 {
		r, err := reverse("-1", of("2"))
		s.takenBack(t, r, err, b, "-1", 5.5)
	}
	if _, err := reverse("-2", of("4.5")); !slices.Contains(refusalOf(err).fields, "lines[0].quantity") {
		t.Errorf("more than is left: %v", err)
	}
	for range 2 {
		r, err := reverse("-3")
		s.takenBack(t, r, err, b, "-3", 11)
	}
	if _, err := reverse("-4"); refusalOf(err).reason != "BUSINESS_RULE" {
		t.Errorf("what is taken back already: %v", err)
	}
	line := s.rows(t, "purchase.order.line", []any{[]any{"order_id", "=", idOf(t, b.order)}}, []any{"qty_invoiced"})[0]
	if line["qty_invoiced"] != 0.0 {
		t.Errorf("the order's line is %v", line)
	}

	draft := s.create(t, "account.move", map[string]any{"move_type": "in_invoice", "partner_id": on.supplier, "invoice_date": "2026-11-28"})
	for range 2 {
		r, err := s.invoices.CancelInvoice(t.Context(), &invoicev1.CancelInvoiceRequest{RequestId: mark + "-x", Name: fmt.Sprint("invoices/", draft)})
		withoutRemarks(t, r.GetIntent(), err)
		if r.GetInvoice().GetState() != invoicev1.State_STATE_CANCELLED {
			t.Errorf("%v", r)
		}
	}
	if n := s.notesOf(t, "account.move", draft, "invoices.cancel"); n != 1 {
		t.Errorf("it is noted %d times", n)
	}
}

// takenBack checks a refund: it is there once, for so much, and set off but on 16.
func (s *stage) takenBack(t *testing.T, r *invoicev1.ReverseInvoiceResponse, err error, of *purchase, id string, net float64) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	i, refund := r.GetIntent(), r.GetInvoice()
	warned := strings.Contains(fmt.Sprint(i.GetWarnings()), "has not set it off")
	if i.GetState() != commandv1.State_STATE_DONE || len(i.GetDeviations()) > 0 || warned != (s.major < 17) {
		t.Errorf("%v", i)
	}
	if refund.GetType() != invoicev1.InvoiceType_INVOICE_TYPE_REFUND || refund.GetState() != invoicev1.State_STATE_POSTED || refund.GetReversalOf() != of.invoice || !sameMoney(refund.GetUntaxedAmount(), net) {
		t.Errorf("%v", refund)
	}
	if rows := s.rows(t, "account.move", []any{[]any{"ref", "=", "CN-" + s.mark + "-b" + id}}, []any{"narration"}); len(rows) != 1 || !strings.Contains(fmt.Sprint(rows[0]["narration"]), "Broken &amp; sent back") {
		t.Errorf("refunds are %v", rows)
	}
}

func sameMoney(m *money.Money, want float64) bool {
	return nanos(m) == int64(want*1e9)
}
