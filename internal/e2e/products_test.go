package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/race"
)

// novelty is a product that is made through the mesh.
func novelty(mark string) *productv1.Product {
	return &productv1.Product{
		DisplayName: "Cannula <20 G> & more " + mark, Sku: "CAN-" + mark, Description: "Sterile.\nSingle use.", Kind: productv1.Kind_KIND_GOODS, Tracking: productv1.Tracking_TRACKING_LOT,
		ExpiryPolicy: &productv1.ExpiryPolicy{Expires: true, ExpiryDays: 700, BestBeforeDays: 30, RemovalDays: 10, AlertDays: 60},
		Cost:         &money.Money{Units: 2, Nanos: 500_000_000}, SalesPrice: &money.Money{Units: 4},
	}
}

// withoutRemarks fails where a command was not done just as it was asked.
func withoutRemarks(t testing.TB, i *commandv1.Intent, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if i.GetState() != commandv1.State_STATE_DONE || len(i.GetDeviations())+len(i.GetWarnings()) > 0 {
		t.Errorf("%v", i)
	}
}

// notesOf are how many notes of a command stand on a row.
func (p *person) notesOf(t testing.TB, model string, id int64, command string) int {
	t.Helper()
	return len(p.rows(t, "mail.message", []any{[]any{"model", "=", model}, []any{"res_id", "=", id}, []any{"body", "ilike", command}}, []any{"id"}))
}

// keepsProducts is the life of a product through the mesh, each call sent twice.
func keepsProducts(t *testing.T, s *stage) {
	mark := s.mark + "-m"
	var p *productv1.Product
	for range 2 {
		r, err := s.products.CreateProduct(t.Context(), &productv1.CreateProductRequest{RequestId: mark + "-c", Product: novelty(mark)})
		if s.sim == nil && refusalOf(err).reason == "NOT_PERMITTED" {
			t.Skipf("up to 17 it takes an administrator: %v", err)
		}
		withoutRemarks(t, r.GetIntent(), err)
		p = r.GetProduct()
	}
	id := idOf(t, p.GetName())
	if p.GetDisplayName() != novelty(mark).GetDisplayName() || p.GetExpiryPolicy().GetExpiryDays() != 700 || p.GetKind() != productv1.Kind_KIND_GOODS || p.GetTracking() != productv1.Tracking_TRACKING_LOT ||
		p.GetCost().GetNanos() != 500_000_000 || p.GetSalesPrice().GetUnits() != 4 || p.GetDescription() != novelty(mark).GetDescription() || !p.GetActive() {
		t.Errorf("%v", p)
	}
	if n := len(s.rows(t, "product.product", []any{[]any{"default_code", "=", "CAN-" + mark}}, []any{"id"})); n != 1 {
		t.Errorf("there are %d products", n)
	}

	// A client sends back what it has read, with something changed in it.
	p.DisplayName, p.ExpiryPolicy.AlertDays, p.Gtin = "Cannula 20 G "+mark, 90, gtinOf(id)
	for range 2 {
		r, err := s.products.UpdateProduct(t.Context(), &productv1.UpdateProductRequest{RequestId: mark + "-u", Product: p})
		withoutRemarks(t, r.GetIntent(), err)
		if got := r.GetProduct(); got.GetDisplayName() != "Cannula 20 G "+mark || got.GetExpiryPolicy().GetAlertDays() != 90 || got.GetGtin() != gtinOf(id) || got.GetSku() != "CAN-"+mark {
			t.Errorf("%v", got)
		}
	}
	if _, err := s.products.UpdateProduct(t.Context(), &productv1.UpdateProductRequest{RequestId: mark + "-u2", Product: p}); refusalOf(err).reason != "STALE_ETAG" {
		t.Errorf("a product that was read before: %v", err)
	}
	// By a mask something is emptied, and nothing else moves.
	emptied, err := s.products.UpdateProduct(t.Context(), &productv1.UpdateProductRequest{
		RequestId: mark + "-u3", Product: &productv1.Product{Name: p.GetName()}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"gtin", "can_be_sold"}},
	})
	withoutRemarks(t, emptied.GetIntent(), err)
	if got := emptied.GetProduct(); got.GetGtin() != "" || got.GetCanBeSold() || got.GetDisplayName() != "Cannula 20 G "+mark {
		t.Errorf("%v", got)
	}

	s.keepsPrices(t, id, mark)

	for range 2 {
		r, err := s.products.ArchiveProduct(t.Context(), &productv1.ArchiveProductRequest{RequestId: mark + "-a", Name: p.GetName()})
		withoutRemarks(t, r.GetIntent(), err)
		if r.GetProduct().GetActive() {
			t.Errorf("%v", r)
		}
	}
	if row := s.rows(t, "product.template", []any{[]any{"id", "=", s.templateOf(t, id)}}, []any{"active"}); row[0]["active"] != false {
		t.Errorf("its template is %v", row)
	}
	again, err := s.products.RestoreProduct(t.Context(), &productv1.RestoreProductRequest{RequestId: mark + "-r", Name: p.GetName()})
	withoutRemarks(t, again.GetIntent(), err)
	if !again.GetProduct().GetActive() {
		t.Errorf("%v", again)
	}
	for command, want := range map[string]int{"products.create": 1, "products.update": 2, "products.archive": 1, "products.restore": 1, "products.setSupplierPrice": 2, "products.withdrawSupplierPrice": 2} {
		if got := s.notesOf(t, "product.product", id, command); got != want {
			t.Errorf("%s is noted %d times", command, got)
		}
	}
}

// gtinOf is a GTIN-13 of a kind that nothing else in a test has.
func gtinOf(id int64) string {
	digits := fmt.Sprintf("29%010d", id)
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	return fmt.Sprint(digits, (10-sum%10)%10)
}

// keepsPrices adds, changes, ends and removes a supplier's price.
func (s *stage) keepsPrices(t *testing.T, product int64, mark string) {
	t.Helper()
	supplier := s.create(t, "res.partner", map[string]any{"name": "Asks " + mark, "is_company": true, "supplier_rank": 1})
	price := func(id string, change func(*productv1.SupplierPrice)) *productv1.SupplierPrice {
		t.Helper()
		r := &productv1.SetSupplierPriceRequest{RequestId: mark + id, Name: productName(product), SupplierPrice: &productv1.SupplierPrice{
			Supplier: supplierName(supplier), PartNumber: "PN-7", MinQuantity: &decimal.Decimal{Value: "10"}, Price: &money.Money{CurrencyCode: s.currency(t), Units: 3, Nanos: 250_000_000},
			LeadTimeDays: 4, ValidFrom: &date.Date{Year: 2026, Month: 12, Day: 1},
		}}
		change(r.SupplierPrice)
		var got *productv1.SetSupplierPriceResponse
		for range 2 {
			var err error
			got, err = s.products.SetSupplierPrice(t.Context(), r)
			withoutRemarks(t, got.GetIntent(), err)
		}
		if n := len(got.GetProduct().GetSupplierPrices()); n != 1 {
			t.Fatalf("there are %d prices", n)
		}
		return got.GetProduct().GetSupplierPrices()[0]
	}
	first := price("-p1", func(*productv1.SupplierPrice) {})
	if first.GetPrice().GetNanos() != 250_000_000 || first.GetPartNumber() != "PN-7" || first.GetLeadTimeDays() != 4 || first.GetMinQuantity().GetValue() != "10" || first.GetValidFrom().GetDay() != 1 {
		t.Errorf("%v", first)
	}
	second := price("-p2", func(p *productv1.SupplierPrice) {
		p.PartNumber, p.LeadTimeDays, p.Price.Units = "", 0, 5
	})
	if second.GetId() != first.GetId() || second.GetPrice().GetUnits() != 5 || second.GetPartNumber() != "PN-7" || second.GetLeadTimeDays() != 4 {
		t.Errorf("%v", second)
	}
	for i, until := range []*date.Date{{Year: 2026, Month: 12, Day: 31}, nil} {
		for range 2 {
			r, err := s.products.WithdrawSupplierPrice(t.Context(), &productv1.WithdrawSupplierPriceRequest{RequestId: fmt.Sprint(mark, "-w", i), Name: productName(product), SupplierPriceId: first.GetId(), ValidUntil: until})
			withoutRemarks(t, r.GetIntent(), err)
			if got := r.GetProduct().GetSupplierPrices(); len(got) != 1-i || i == 0 && got[0].GetValidUntil().GetDay() != 31 {
				t.Errorf("%v", got)
			}
		}
	}
	_, err := s.products.WithdrawSupplierPrice(t.Context(), &productv1.WithdrawSupplierPriceRequest{RequestId: mark + "-w9", Name: productName(product), SupplierPriceId: first.GetId()})
	if !slices.Contains(refusalOf(err).fields, "supplier_price_id") {
		t.Errorf("a price that is gone: %v", err)
	}
}

// currency is the company's.
func (p *person) currency(t testing.TB) string {
	t.Helper()
	row := p.rows(t, "res.company", []any{[]any{"id", "=", 1}}, []any{"currency_id"})[0]
	return row["currency_id"].([]any)[1].(string)
}

// What stands before Odoo spoils each call that changes something: all is there once.
func TestProductsThroughWhatStandsBeforeOdoo(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 10)
	proxy, c := behind(t, p)
	m := start(t, c)
	on := shelfOf(t, p)
	for name, trouble := range map[string]odooproxy.Trouble{
		"cut": odooproxy.Cut(), "forbidden": odooproxy.AfterCommit(odooproxy.Forbidden()), "gateway": odooproxy.BadGateway(),
	} {
		mark := p.mark + name
		spoiled := firsts(odooproxy.Method("load", "write", "action_archive", "message_post"))
		end := proxy.Always(spoiled.choose, trouble)
		insist := insisting(t)
		var product string
		for _, step := range []func(ctx context.Context) error{
			func(ctx context.Context) error {
				r, err := m.products.CreateProduct(ctx, &productv1.CreateProductRequest{RequestId: mark + "c", Product: novelty(mark)})
				product = r.GetIntent().GetDocument()
				return err
			},
			func(ctx context.Context) error {
				_, err := m.products.SetSupplierPrice(ctx, &productv1.SetSupplierPriceRequest{RequestId: mark + "p", Name: product, SupplierPrice: &productv1.SupplierPrice{
					Supplier: supplierName(on.supplier), Price: &money.Money{CurrencyCode: p.currency(t), Units: 3},
				}})
				return err
			},
			func(ctx context.Context) error {
				_, err := m.products.UpdateProduct(ctx, &productv1.UpdateProductRequest{RequestId: mark + "u", Product: &productv1.Product{Name: product, Sku: "NEW-" + mark}})
				return err
			},
			func(ctx context.Context) error {
				_, err := m.products.ArchiveProduct(ctx, &productv1.ArchiveProductRequest{RequestId: mark + "a", Name: product})
				return err
			},
		} {
			if err := insist(step); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		end()
		id := idOf(t, product)
		rows := p.rows(t, "product.product", []any{[]any{"default_code", "ilike", mark}}, []any{"default_code", "active"})
		prices := p.rows(t, "product.supplierinfo", []any{[]any{"product_tmpl_id", "=", p.templateOf(t, id)}}, []any{"id"})
		if len(rows) != 1 || rows[0]["default_code"] != "NEW-"+mark || rows[0]["active"] != false || len(prices) != 1 || len(spoiled.met) < 4 {
			t.Errorf("%s: %v, %v, spoiled %v", name, rows, prices, spoiled.met)
		}
	}
}

// A product that is in use is not archived, and what would change another variant, or a
// value in the books, is not done unasked.
func TestProductsInUseAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			p := simulated(t, major, 10)
			m := start(t, settings(t, p))
			on := shelfOf(t, p)
			archive := func(id int64, mark string) (*productv1.ArchiveProductResponse, error) {
				return m.products.ArchiveProduct(t.Context(), &productv1.ArchiveProductRequest{RequestId: mark, Name: productName(id)})
			}
			bought, err := purchased(m, on, p.mark, insisting(t))
			if err != nil {
				t.Fatal(err)
			}
			draft := p.create(t, "purchase.order", map[string]any{"partner_id": on.supplier, "order_line": []any{[]any{0, 0, map[string]any{"product_id": on.product, "product_qty": 1.0, "price_unit": 1.0}}}})
			_, err = archive(on.product, "used")
			for _, want := range []string{"in stock: ", "WH/Stock", "on its way: WH/IN/", fmt.Sprintf("orders/%d", draft)} {
				if r := refusalOf(err); r.reason != "BUSINESS_RULE" || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), bought.order) {
				t.Errorf("an order that is received: %v", err)
			}
			_, err = m.products.UpdateProduct(t.Context(), &productv1.UpdateProductRequest{RequestId: "cost", Product: &productv1.Product{Name: productName(on.product), Cost: &money.Money{Units: 77}}})
			if !slices.Contains(refusalOf(err).fields, "product.cost") {
				t.Errorf("another cost of what is in stock: %v", err)
			}

			// Two variants of one template.
			one := p.create(t, "product.product", p.goods(map[string]any{"name": "Glove " + p.mark, "default_code": "S-" + p.mark}))
			two := p.create(t, "product.product", map[string]any{"product_tmpl_id": p.templateOf(t, one), "default_code": "M-" + p.mark})
			update := &productv1.UpdateProductRequest{RequestId: "shared", Product: &productv1.Product{Name: productName(one), DisplayName: "Gloves " + p.mark}}
			if _, err := m.products.UpdateProduct(t.Context(), update); refusalOf(err).reason != "BUSINESS_RULE" || !strings.Contains(err.Error(), productName(two)) {
				t.Errorf("a name that another variant has, too: %v", err)
			}
			update.RequestId, update.WithVariants = "with", true
			if r, err := m.products.UpdateProduct(t.Context(), update); err != nil || len(r.GetIntent().GetWarnings()) != 1 || !strings.Contains(r.GetIntent().GetWarnings()[0], productName(two)) {
				t.Errorf("%v, %v", r, err)
			}
			own := &productv1.UpdateProductRequest{RequestId: "own", Product: &productv1.Product{Name: productName(one), Sku: "L-" + p.mark}}
			if r, err := m.products.UpdateProduct(t.Context(), own); err != nil || len(r.GetIntent().GetWarnings()) > 0 {
				t.Errorf("what a variant has for itself: %v, %v", r, err)
			}
			first, err := archive(one, "one")
			if err != nil || len(first.GetIntent().GetWarnings()) != 1 || !strings.Contains(first.GetIntent().GetWarnings()[0], "stay in use: "+productName(two)) {
				t.Errorf("%v, %v", first, err)
			}
			last, err := archive(two, "two")
			if err != nil || len(last.GetIntent().GetWarnings()) != 1 || !strings.Contains(last.GetIntent().GetWarnings()[0], "template is archived") {
				t.Errorf("%v, %v", last, err)
			}
			back, err := m.products.RestoreProduct(t.Context(), &productv1.RestoreProductRequest{RequestId: "back", Name: productName(one)})
			if err != nil || !strings.Contains(fmt.Sprint(back.GetIntent().GetWarnings()), "stay archived: "+productName(two)) {
				t.Errorf("%v, %v", back, err)
			}
			if rows := p.rows(t, "product.template", []any{[]any{"id", "=", p.templateOf(t, one)}}, []any{"active"}); rows[0]["active"] != true {
				t.Errorf("the template is %v", rows)
			}
		})
	}
}

// Over REST a mask follows from what is sent.
func TestProductsOverREST(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 10)
	m := start(t, settings(t, p))
	made := &productv1.CreateProductResponse{}
	if status, answer := m.sent(t, http.MethodPost, "/v1/products", "r1", `{"displayName": "Swab", "sku": "SW-1", "kind": "KIND_CONSUMABLE", "category": {"id": "1"}}`, made); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	changed := &productv1.UpdateProductResponse{}
	if status, answer := m.sent(t, http.MethodPatch, "/v1/"+made.GetProduct().GetName(), "r2", `{"salesPrice": {"units": "7"}, "category": {"id": "2"}}`, changed); status != http.StatusOK || changed.GetProduct().GetSalesPrice().GetUnits() != 7 || changed.GetProduct().GetCategory().GetId() != 2 || changed.GetProduct().GetSku() != "SW-1" {
		t.Errorf("%d %s", status, answer)
	}
}
