package e2e

import (
	"context"
	"fmt"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

func (b *beside) cancellingBill(d *documents) func(ctx context.Context) (*commandv1.Intent, error) {
	return func(ctx context.Context) (*commandv1.Intent, error) {
		r, err := b.invoices.CancelInvoice(ctx, &invoicev1.CancelInvoiceRequest{RequestId: d.mark + "-drop", Name: fmt.Sprint("invoices/", d.bill)})
		return r.GetIntent(), err
	}
}

func (b *beside) reversing(d *documents) func(ctx context.Context) (*commandv1.Intent, error) {
	return func(ctx context.Context) (*commandv1.Intent, error) {
		r, err := b.invoices.ReverseInvoice(ctx, &invoicev1.ReverseInvoiceRequest{RequestId: d.mark + "-reverse", Name: fmt.Sprint("invoices/", d.bill), InvoiceDate: &date.Date{Year: 2026, Month: 11, Day: 29}})
		return r.GetIntent(), err
	}
}

// master prepares a product, a price and a supplier, and gives a command about them; nil
// for a command about something else.
func (b *beside) master(t *testing.T, s scene, d *documents) func(ctx context.Context) (*commandv1.Intent, error) {
	euros := &money.Money{CurrencyCode: b.currency(t), Units: 3}
	send := map[string]func(ctx context.Context) (*commandv1.Intent, error){
		"products.create": func(ctx context.Context) (*commandv1.Intent, error) {
			r, err := b.products.CreateProduct(ctx, &productv1.CreateProductRequest{RequestId: d.mark, Product: &productv1.Product{DisplayName: "New " + d.mark, Sku: "N-" + d.mark, Kind: productv1.Kind_KIND_GOODS}})
			return r.GetIntent(), err
		},
		"products.update": func(ctx context.Context) (*commandv1.Intent, error) {
			r, err := b.products.UpdateProduct(ctx, &productv1.UpdateProductRequest{RequestId: d.mark, Product: &productv1.Product{Name: productName(d.product), DisplayName: "Changed " + d.mark}})
			return r.GetIntent(), err
		},
		"products.archive": func(ctx context.Context) (*commandv1.Intent, error) {
			r, err := b.products.ArchiveProduct(ctx, &productv1.ArchiveProductRequest{RequestId: d.mark, Name: productName(d.product)})
			return r.GetIntent(), err
		},
		"products.setSupplierPrice": func(ctx context.Context) (*commandv1.Intent, error) {
			price := &productv1.SupplierPrice{Supplier: supplierName(d.seller), Price: euros}
			if s.close { // the price that is there
				price.Id = fmt.Sprint(d.price)
			}
			r, err := b.products.SetSupplierPrice(ctx, &productv1.SetSupplierPriceRequest{RequestId: d.mark, Name: productName(d.product), SupplierPrice: price})
			return r.GetIntent(), err
		},
		"products.withdrawSupplierPrice": func(ctx context.Context) (*commandv1.Intent, error) {
			r, err := b.products.WithdrawSupplierPrice(ctx, &productv1.WithdrawSupplierPriceRequest{RequestId: d.mark, Name: productName(d.product), SupplierPriceId: fmt.Sprint(d.price)})
			return r.GetIntent(), err
		},
		"suppliers.create": func(ctx context.Context) (*commandv1.Intent, error) {
			r, err := b.suppliers.CreateSupplier(ctx, &supplierv1.CreateSupplierRequest{RequestId: d.mark, Supplier: &supplierv1.Supplier{DisplayName: "New " + d.mark, IsCompany: true}})
			return r.GetIntent(), err
		},
		"suppliers.update": func(ctx context.Context) (*commandv1.Intent, error) {
			r, err := b.suppliers.UpdateSupplier(ctx, &supplierv1.UpdateSupplierRequest{RequestId: d.mark, Supplier: &supplierv1.Supplier{Name: supplierName(d.seller), Email: "a@" + d.mark + ".example"}})
			return r.GetIntent(), err
		},
	}[s.command]
	if send == nil {
		return nil
	}
	d.seller = b.create(t, "res.partner", map[string]any{"name": "Seller " + d.mark, "is_company": true, "supplier_rank": 1})
	d.product = b.create(t, "product.product", b.goods(map[string]any{"name": "Sold " + d.mark, "default_code": "S-" + d.mark}))
	d.price = b.create(t, "product.supplierinfo", map[string]any{"partner_id": d.seller, "product_tmpl_id": b.templateOf(t, d.product), "price": 2.0, "min_qty": 20.0})
	return send
}

func theProduct(_ *beside, d *documents) int64 { return d.product }
func theSeller(_ *beside, d *documents) int64  { return d.seller }
func thePrice(_ *beside, d *documents) int64   { return d.price }
func madeProduct(b *beside, d *documents) int64 {
	return b.ids(d, "product.product", []any{"default_code", "=", "N-" + d.mark})[0]
}
func madeSupplier(b *beside, d *documents) int64 {
	return b.ids(d, "res.partner", []any{"name", "=", "New " + d.mark})[0]
}
func madePrice(b *beside, d *documents) int64 {
	return b.ids(d, "product.supplierinfo", []any{"partner_id", "=", d.seller}, []any{"id", "!=", d.price})[0]
}
func theRefund(b *beside, d *documents) int64 {
	return b.ids(d, "account.move", []any{"reversed_entry_id", "=", d.bill})[0]
}

// wrote lets a person write a row.
func wrote(model string, of func(*beside, *documents) int64, vals map[string]any) func(*beside, *documents) {
	return func(b *beside, d *documents) { b.writes(d, model, of(b, d), vals) }
}

func besideCreateProduct(*person) []scene {
	load := afterLost("product.product", "load")
	one := func(b *beside, d *documents) string {
		return b.count(d, 1, "product.product", []any{"default_code", "=", "N-" + d.mark})
	}
	return []scene{
		{name: "it is renamed", when: load, act: wrote("product.product", madeProduct, map[string]any{"name": "Other"}), told: []string{"display_name"}, wrong: one},
		{name: "it is archived", when: load, act: pressed("product.product", "action_archive", madeProduct), told: []string{"active"}, wrong: one},
		{name: "it is deleted", when: load, act: pressed("product.product", "unlink", madeProduct), wrong: one},
		{name: "somebody enters it before", act: func(b *beside, d *documents) {
			b.calls(d, "product.product", "create", []any{b.goods(map[string]any{"name": "New " + d.mark, "default_code": " n-" + d.mark})}, nil)
		}, want: "ALREADY_EXISTS", told: []string{"sku"}},
	}
}

func besideUpdateProduct(*person) []scene {
	first, lost := ahead("product.product", "write"), afterLost("product.product", "write")
	named := func(name string) func(*beside, *documents) string {
		return func(b *beside, d *documents) string {
			return b.count(d, 1, "product.product", []any{"id", "=", d.product}, []any{"name", "=", name + d.mark})
		}
	}
	return []scene{
		{name: "somebody changes its code", when: first, act: wrote("product.product", theProduct, map[string]any{"default_code": "X"}), wrong: named("Changed ")},
		{name: "somebody names it otherwise afterwards", when: lost, told: []string{"display_name"}, act: wrote("product.product", theProduct, map[string]any{"name": "Other"})},
		{name: "it is archived", when: lost, act: pressed("product.product", "action_archive", theProduct), wrong: named("Changed ")},
		{name: "it is deleted before", act: pressed("product.product", "unlink", theProduct), want: "NOT_FOUND"},
		{name: "it is deleted at the same instant", when: first, act: pressed("product.product", "unlink", theProduct), want: "NOT_FOUND"},
	}
}

func besideArchive(*person) []scene {
	lost := afterLost("product.product", "action_archive")
	is := func(active bool) func(*beside, *documents) string {
		return func(b *beside, d *documents) string {
			return b.count(d, 1, "product.product", []any{"id", "=", d.product}, []any{"active", "=", active})
		}
	}
	return []scene{
		{name: "somebody archives it before", act: pressed("product.product", "action_archive", theProduct), wrong: is(false)},
		{name: "somebody archives it at the same instant", when: ahead("product.product", "action_archive"), act: pressed("product.product", "action_archive", theProduct), wrong: is(false)},
		{name: "its name is changed", when: lost, act: wrote("product.product", theProduct, map[string]any{"name": "Other"}), wrong: is(false)},
		{name: "somebody orders it before", want: "BUSINESS_RULE", told: []string{"orders/"}, wrong: is(true), act: func(b *beside, d *documents) {
			b.calls(d, "purchase.order", "create", []any{map[string]any{"partner_id": d.seller, "order_line": []any{[]any{0, 0, map[string]any{"product_id": d.product, "product_qty": 1.0, "price_unit": 1.0}}}}}, nil)
		}},
	}
}

func besideSetPrice(*person) []scene {
	made, written := afterLost("product.supplierinfo", "load"), afterLost("product.product", "write")
	prices := func(want int) func(*beside, *documents) string {
		return func(b *beside, d *documents) string {
			return b.count(d, want, "product.supplierinfo", []any{"partner_id", "=", d.seller})
		}
	}
	return []scene{
		{name: "it is changed", when: made, told: []string{"price"}, act: wrote("product.supplierinfo", madePrice, map[string]any{"price": 9.0}), wrong: prices(2)},
		{name: "it is deleted", when: made, act: pressed("product.supplierinfo", "unlink", madePrice), wrong: prices(2)},
		{name: "one that was there is changed", close: true, when: written, told: []string{"price"}, act: wrote("product.supplierinfo", thePrice, map[string]any{"price": 9.0}), wrong: prices(1)},
		{name: "one that was there is deleted", close: true, when: written, told: []string{"supplier_price"}, act: pressed("product.supplierinfo", "unlink", thePrice), wrong: prices(0)},
		{name: "one that was there is deleted before", close: true, want: "INVALID_ARGUMENT", act: pressed("product.supplierinfo", "unlink", thePrice), wrong: prices(0)},
		{name: "somebody has another for the same days", warned: "holds on the same days", wrong: prices(3), act: func(b *beside, d *documents) {
			b.calls(d, "product.supplierinfo", "create", []any{map[string]any{"partner_id": d.seller, "product_tmpl_id": b.templateOf(d.t, d.product), "price": 2.5, "min_qty": 1.0}}, nil)
		}},
	}
}

func besideWithdraw(*person) []scene {
	none := func(b *beside, d *documents) string {
		return b.count(d, 0, "product.supplierinfo", []any{"id", "=", d.price})
	}
	return []scene{
		{name: "somebody deletes it before", want: "INVALID_ARGUMENT", act: pressed("product.supplierinfo", "unlink", thePrice), wrong: none},
		{name: "somebody changes it at the same instant", when: ahead("product.product", "write"), act: wrote("product.supplierinfo", thePrice, map[string]any{"price": 9.0}), wrong: none},
	}
}

func besideCreateSupplier(*person) []scene {
	load := afterLost("res.partner", "load")
	one := func(b *beside, d *documents) string {
		return b.count(d, 1, "res.partner", []any{"name", "=", "New " + d.mark})
	}
	return []scene{
		{name: "it is renamed", when: load, act: wrote("res.partner", madeSupplier, map[string]any{"name": "Other"}), told: []string{"display_name"}},
		{name: "it is archived", when: load, act: pressed("res.partner", "action_archive", madeSupplier), told: []string{"active"}, wrong: one},
		{name: "it is deleted", when: load, act: pressed("res.partner", "unlink", madeSupplier), wrong: one},
		{name: "somebody enters it before", want: "ALREADY_EXISTS", told: []string{"display_name"}, wrong: one, act: func(b *beside, d *documents) {
			b.calls(d, "res.partner", "create", []any{map[string]any{"name": "New " + d.mark, "is_company": true}}, nil)
		}},
	}
}

func besideUpdateSupplier(*person) []scene {
	first, lost := ahead("res.partner", "write"), afterLost("res.partner", "write")
	return []scene{
		{name: "somebody gives it another address afterwards", when: lost, told: []string{"email"}, act: wrote("res.partner", theSeller, map[string]any{"email": "else@example.com"})},
		{name: "somebody renames it", when: first, act: wrote("res.partner", theSeller, map[string]any{"name": "Other"})},
		{name: "it is archived", when: lost, act: pressed("res.partner", "action_archive", theSeller)},
	}
}

func besideCancelBill(*person) []scene {
	is := func(state string) func(*beside, *documents) string {
		return func(b *beside, d *documents) string {
			return b.count(d, 1, "account.move", []any{"id", "=", d.bill}, []any{"state", "=", state})
		}
	}
	return []scene{
		{name: "somebody posts it before", act: postedByHand, want: "BUSINESS_RULE", told: []string{"is posted", "invoices.reverse"}, wrong: is("posted")},
		{name: "somebody cancels it before", act: billCancelled, wrong: is("cancel")},
		{name: "somebody deletes it before", act: billDeleted, want: "NOT_FOUND"},
		{name: "somebody posts it in the same instant", when: ahead("account.move", "button_cancel"), act: postedByHand, warned: "was posted before", wrong: is("cancel")},
	}
}

func besideReverse(p *person) []scene {
	made, posted := afterLost("account.move", "load"), afterLost("account.move", "action_post")
	refunds := func(want int) func(*beside, *documents) string {
		return func(b *beside, d *documents) string {
			return b.count(d, want, "account.move", []any{"reversed_entry_id", "=", d.bill}, []any{"state", "=", "posted"})
		}
	}
	unsettled := ""
	if p.major < 17 {
		unsettled = "has not set it off"
	}
	byHand := func(b *beside, d *documents) {
		bill := b.rows(d.t, "account.move", []any{[]any{"id", "=", d.bill}}, []any{"journal_id"})[0]
		vals := map[string]any{"date": "2026-11-29", "reason": "by hand", "journal_id": bill.id("journal_id"), "move_ids": []any{[]any{6, 0, []any{d.bill}}}}
		method := "refund_moves"
		if b.major < 17 {
			method = "reverse_moves"
		}
		wizard := b.calls(d, "account.move.reversal", "create", []any{vals}, map[string]any{"context": map[string]any{"active_model": "account.move", "active_ids": []any{d.bill}}})
		b.calls(d, "account.move.reversal", method, []any{[]any{wizard}}, nil)
		b.calls(d, "account.move", "action_post", []any{[]any{theRefund(b, d)}}, nil)
	}
	return []scene{
		{name: "somebody posts the refund", when: made, act: pressed("account.move", "action_post", theRefund), warned: unsettled, wrong: refunds(1)},
		{name: "somebody deletes the refund", when: made, act: pressed("account.move", "unlink", theRefund), warned: unsettled, wrong: refunds(1)},
		{name: "somebody cancels the refund", when: made, act: pressed("account.move", "button_cancel", theRefund), want: "ACTION_REQUIRED", told: []string{"has cancelled it"}, wrong: refunds(0)},
		{name: "somebody bills less back", when: made, told: []string{"quantity"}, warned: unsettled, wrong: refunds(1), act: func(b *beside, d *documents) {
			line := b.ids(d, "account.move.line", []any{"move_id", "=", theRefund(b, d)}, []any{"display_type", "=", "product"})[0]
			b.writes(d, "account.move", theRefund(b, d), map[string]any{"invoice_line_ids": []any{[]any{1, line, map[string]any{"quantity": 4.0}}}})
		}},
		{name: "somebody sets the refund back", when: posted, act: pressed("account.move", "button_draft", theRefund), warned: unsettled, wrong: refunds(1)},
		{name: "somebody has taken it back before", act: byHand, want: "BUSINESS_RULE", told: []string{"nothing to take back"}, wrong: refunds(1)},
		{name: "somebody takes it back in the same instant", when: ahead("account.move", "load"), act: byHand, warned: "somebody else takes it back", wrong: refunds(2)},
	}
}
