package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"odoomesh/internal/config"
)

// Every command of the contract has the name that its intents have.
func TestEveryCommandHasItsName(t *testing.T) {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name+"="+string(c.method.Name()))
	}
	got := strings.Join(names, " ")
	for _, want := range []string{"orders.create=CreateOrder", "orders.update=UpdateOrder", "orders.release=ReleaseOrder", "orders.submit=SubmitOrder", "orders.approve=ApproveOrder", "orders.amend=AmendOrder", "orders.acceptAcknowledgement=AcceptAcknowledgement", "orders.cancel=CancelOrder", "orders.acknowledge=AcknowledgeOrder", "receipts.receive=ReceiveReceipt", "receipts.announce=AnnounceReceipt", "receipts.reportMilestone=ReportMilestone", "invoices.create=CreateInvoice", "invoices.post=PostInvoice", "invoices.cancel=CancelInvoice", "invoices.reverse=ReverseInvoice",
		"products.create=CreateProduct", "products.update=UpdateProduct", "products.archive=ArchiveProduct", "products.restore=RestoreProduct", "products.setSupplierPrice=SetSupplierPrice", "products.withdrawSupplierPrice=WithdrawSupplierPrice",
		"suppliers.create=CreateSupplier", "suppliers.update=UpdateSupplier", "suppliers.archive=ArchiveSupplier", "suppliers.restore=RestoreSupplier"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

// An order is made, shown and cancelled from the shell, and what is wrong is told.
func TestCommandsFromTheShell(t *testing.T) {
	t.Parallel()
	s := newSite(t, 10, 0, func(c *config.Config) { c.LocalWrites = true }).settled()
	listed := s.run("list", "suppliers", "--limit", "1", "-o", "json")
	var supplier struct{ Name string }
	if err := json.Unmarshal([]byte(listed.out), &supplier); err != nil {
		t.Fatalf("%+v: %v", listed, err)
	}
	body := filepath.Join(t.TempDir(), "order.json")
	text := `{"supplier": "` + supplier.Name + `", "lines": [{"product": "products/1", "quantity": {"value": "3"}, "unitPrice": {"units": "2"}}]}`
	if err := os.WriteFile(body, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := s.run("do", "orders.create", "--body", "@"+body, "--validate-only"); r.code != 0 || !strings.Contains(r.out, "purchase.order.load") || !strings.Contains(r.out, "validated") {
		t.Errorf("%+v", r)
	}
	made := s.run("do", "orders.create", "--body", "@"+body, "--request-id", "po-1", "-o", "json")
	var created struct {
		Intent struct{ Name, Document, State string }
	}
	if err := json.Unmarshal([]byte(made.out), &created); err != nil || created.Intent.State != "STATE_DONE" {
		t.Fatalf("%+v: %v", made, err)
	}
	if again := s.run("do", "orders.create", "--body", text, "--request-id", "po-1"); again.code != 0 || !strings.Contains(again.out, created.Intent.Document) {
		t.Errorf("sent again: %+v", again)
	}
	if r := s.run("do", "orders.update", created.Intent.Document, "--body", `{"supplierReference": "Q-9"}`); r.code != 0 || !strings.Contains(r.out, "done") {
		t.Errorf("%+v", r)
	}
	for args, want := range map[string]struct {
		code int
		says string
	}{
		"do orders.make":                           {codeUsage, "orders.create"},
		"do orders.release orders/999999":          {codeNotFound, "orders/999999"},
		"do orders.release products/1":             {codeUsage, "name"},
		"do orders.create orders/1":                {codeUsage, "takes no name"},
		"do orders.create --body {":                {codeUsage, "--body"},
		"do orders.release orders/1 --body @/none": {codeUsage, "no such file"},
		"intents":                               {codeUsage, "list, get, watch, retry, cancel"},
		"intents get intents/1":                 {codeUsage, "intents/"},
		"intents cancel " + created.Intent.Name: {codeUsage, "--explanation"},
		"intents cancel " + created.Intent.Name + " --explanation late": {codeError, "cannot be given up"},
	} {
		if r := s.run(strings.Fields(args)...); r.code != want.code || !strings.Contains(r.errs, want.says) {
			t.Errorf("%s: %+v", args, r)
		}
	}
	if r := s.run("do", "orders.cancel", created.Intent.Document); r.code != 0 || !strings.Contains(r.errs, "request id ") || !strings.Contains(r.out, "done") {
		t.Errorf("%+v", r)
	}
	if r := s.run("intents", "list"); r.code != 0 || strings.Contains(r.out, created.Intent.Name) {
		t.Errorf("what is settled is listed: %+v", r)
	}
	if r := s.run("intents", "list", "--all"); !strings.Contains(r.out, created.Intent.Name) || !strings.Contains(r.out, "orders.cancel") {
		t.Errorf("%+v", r)
	}
	if r := s.run("intents", "get", created.Intent.Name); !strings.Contains(r.out, "mesh.x_") || !strings.Contains(r.out, "po-1") {
		t.Errorf("%+v", r)
	}
}
