package odoosim_test

import (
	"strconv"
	"strings"
	"testing"

	"odoomesh/internal/odoosim"
)

// The simulated hospital has what every real database has and nobody planned.
func TestTheHospitalIsDirty(t *testing.T) {
	for _, v := range versions {
		t.Run(strconv.Itoa(v), func(t *testing.T) {
			s := newSim(t, odoosim.Options{Version: v})
			if err := s.LoadHospital(60); err != nil {
				t.Fatal(err)
			}
			tx := s.Begin()
			defer tx.Rollback()
			find := func(model string, domain ...any) []int64 { t.Helper(); return must(tx.Search(model, domain))(t) }
			one := func(model string, ids []int64, field string) any {
				t.Helper()
				if len(ids) == 0 {
					t.Fatalf("no %s to read %s of", model, field)
				}
				return must(tx.Read(model, ids[:1], []string{field}))(t)[0][field]
			}
			if got, _ := one("product.product", find("product.product", leafOf("name", "=", "Tourniquet, pneumatic")), "barcode").(string); got == strings.TrimSpace(got) {
				t.Errorf("the barcode %q has no blanks around it", got)
			}
			if len(find("product.product", leafOf("default_code", "=", false))) == 0 {
				t.Error("every product has a code")
			}
			if lots := find("stock.lot", leafOf("name", "in", []any{"L123", "L123 "})); len(lots) != 2 {
				t.Errorf("%d lots L123, want 2", len(lots))
			}
			contact := find("res.partner", leafOf("name", "=", "Aino Virtanen"))
			bills := find("account.move", leafOf("partner_id", "in", contact), leafOf("state", "=", "posted"))
			if got := refOf(one("account.move", bills, "commercial_partner_id")); got == contact[0] {
				t.Error("the bill is not the company's")
			}
			kit := find("purchase.order.line", leafOf("product_id.default_code", "=", "SET-BASIC"))
			if got := one("purchase.order.line", kit, "qty_received"); got != 2.0 {
				t.Errorf("%v kits are complete, want 2", got)
			}
			if got := one("purchase.order.line", kit, "move_ids").([]int64); len(got) < 3 {
				t.Errorf("the kit comes in moves %v, want its two parts and what is still to come", got)
			}
			drop := find("stock.move.line", leafOf("location_id.usage", "=", "supplier"), leafOf("location_dest_id.usage", "=", "customer"), leafOf("state", "=", "done"))
			if one("stock.move.line", drop, "lot_id") == false {
				t.Error("what the supplier sent to the ward has no lot")
			}
			twice := find("purchase.order", leafOf("partner_ref", "=", "1001"))
			if len(twice) != 2 || refOf(one("purchase.order", twice, "partner_id")) == refOf(one("purchase.order", twice[1:], "partner_id")) {
				t.Errorf("orders 1001: %v, want two of two suppliers", twice)
			}
			if len(find("product.product", leafOf("description", "ilike", "<b>"))) == 0 {
				t.Error("no text has markup")
			}
			long := 0
			for _, o := range find("purchase.order", leafOf("state", "=", "to approve")) {
				long = max(long, len(one("purchase.order", []int64{o}, "order_line").([]int64)))
			}
			if long < 300 {
				t.Errorf("the longest order has %d lines", long)
			}
			if len(find("account.move.line", leafOf("display_type", "=", "rounding"))) == 0 {
				t.Error("no bill is rounded to coins")
			}
			if len(find("account.move", leafOf("name", "=like", "BILL/%/0100"))) != 1 {
				t.Error("no bill has got another number")
			}
			if len(find("account.move", leafOf("state", "=", "draft"), leafOf("partner_id.supplier_rank", "=", 0))) == 0 {
				t.Error("nobody's first bill waits")
			}
			if len(find("stock.picking", leafOf("state", "=", "done"), leafOf("partner_id.name", "=", "Sample Sender Ltd"))) != 1 {
				t.Error("nothing came without an order")
			}
		})
	}
}
