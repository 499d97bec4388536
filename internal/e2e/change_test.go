package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/clock"
)

// cast are the records of the tests' own that people work on.
type cast struct {
	supplier, contact, delivery      int64
	product, template, price, second int64
}

// perform makes the cast, as a purchaser sets up a supplier and its articles.
func perform(t testing.TB, p *person) *cast {
	t.Helper()
	c := &cast{}
	c.supplier = p.create(t, "res.partner", map[string]any{
		"name": "Supplier " + p.mark, "is_company": true, "supplier_rank": 1, "ref": "S-" + p.mark, "street": "Quay 1", "city": "Utrecht", "zip": "3511 AB",
		"country_id": p.find(t, "res.country", "code", "NL"), "comment": "<p>Rings <b>twice</b> &amp; waits</p>",
		"property_purchase_currency_id": p.find(t, "res.currency", "name", "EUR"),
	})
	c.contact = p.create(t, "res.partner", map[string]any{"name": "Ada " + p.mark, "parent_id": c.supplier, "type": "contact", "function": "Sales", "email": "ada@supplier.example"})
	c.delivery = p.create(t, "res.partner", map[string]any{"name": "Dock " + p.mark, "parent_id": c.supplier, "type": "delivery", "street": "Dock 7", "city": "Gouda"})
	c.product = p.create(t, "product.product", p.goods(map[string]any{
		"name": "Saline 0.9% " + p.mark, "default_code": "SAL-" + p.mark, "barcode": code13(p.mark, 0), "tracking": "lot", "standard_price": 3.3, "list_price": 4.95,
		"weight": 0.52, "description": "<p>For <i>infusion</i></p>",
	}))
	c.template = p.templateOf(t, c.product)
	c.price = p.create(t, "product.supplierinfo", map[string]any{
		"partner_id": c.supplier, "product_tmpl_id": c.template, "product_code": "X-" + p.mark, "min_qty": 10.0, "price": 2.75, "delay": 4,
		"date_start": "2026-01-01", "date_end": "2027-12-31", "currency_id": p.find(t, "res.currency", "name", "EUR"),
	})
	c.second = p.create(t, "product.product", p.goods(map[string]any{
		"name": "Gauze by the dozen " + p.mark, "default_code": "GAU-" + p.mark, "barcode": "0" + code13(p.mark, 1), "list_price": 12.0,
		"uom_id": p.find(t, "uom.uom", "name", "Dozens"), "use_expiration_date": false,
	}))
	return c
}

// code13 is a GTIN-13 that is the mark's own.
func code13(mark string, n int) string {
	digits := "2"
	for i := len(mark) - 1; len(digits) < 10; i-- {
		digits += fmt.Sprint(int(mark[i]) % 10)
	}
	digits += fmt.Sprintf("%02d", n)
	for check := range 10 {
		if full := digits + fmt.Sprint(check); gtin(full) != "" {
			return full
		}
	}
	return ""
}

func productName(id int64) string  { return fmt.Sprintf("products/%d", id) }
func supplierName(id int64) string { return fmt.Sprintf("suppliers/%d", id) }

// happening is one thing that a person does, and what a watcher sees of it.
type happening struct {
	name string
	do   func(t testing.TB, p *person, c *cast)
	// The record that shows it, and how.
	record func(c *cast) string
	shows  func(message) bool
}

// promise is how soon a watcher sees it. Odoo leaves no trace of a deletion but a
// smaller count, and spends most of a second on its own caches after a product was
// archived or deleted.
func (h happening) promise() time.Duration {
	if strings.Contains(h.name, "archive") || strings.Contains(h.name, "deleted") {
		return 3 * time.Second
	}
	return time.Second
}

func product(of func(*productv1.Product) bool) func(message) bool {
	return func(m message) bool { p, ok := m.record.(*productv1.Product); return ok && of(p) }
}

func supplier(of func(*supplierv1.Supplier) bool) func(message) bool {
	return func(m message) bool { s, ok := m.record.(*supplierv1.Supplier); return ok && of(s) }
}

func ofThe(id func(*cast) int64) func(*cast) string {
	return func(c *cast) string { return productName(id(c)) }
}

func happenings() []happening {
	first := ofThe(func(c *cast) int64 { return c.product })
	vendor := func(c *cast) string { return supplierName(c.supplier) }
	return []happening{
		{"a product's own field", func(t testing.TB, p *person, c *cast) {
			p.write(t, "product.product", c.product, map[string]any{"standard_price": 3.45})
		}, first, product(func(p *productv1.Product) bool { return p.GetCost().GetNanos() == 450_000_000 })},
		{"its template's field", func(t testing.TB, p *person, c *cast) {
			p.write(t, "product.template", c.template, map[string]any{"list_price": 7.25})
		}, first, product(func(p *productv1.Product) bool { return p.GetSalesPrice().GetUnits() == 7 })},
		{"a supplier price", func(t testing.TB, p *person, c *cast) {
			p.write(t, "product.supplierinfo", c.price, map[string]any{"price": 2.5})
		}, first, product(func(p *productv1.Product) bool {
			return len(p.GetSupplierPrices()) == 1 && p.GetSupplierPrices()[0].GetPrice().GetNanos() == 500_000_000
		})},
		{"a supplier price is added", func(t testing.TB, p *person, c *cast) {
			p.create(t, "product.supplierinfo", map[string]any{"partner_id": c.supplier, "product_tmpl_id": c.template, "min_qty": 100.0, "price": 2.0})
		}, first, product(func(p *productv1.Product) bool { return len(p.GetSupplierPrices()) == 2 })},
		{"a supplier price is deleted", func(t testing.TB, p *person, c *cast) {
			p.unlink(t, "product.supplierinfo", p.made[len(p.made)-1].id)
		}, first, product(func(p *productv1.Product) bool { return len(p.GetSupplierPrices()) == 1 })},
		{"a product is archived", func(t testing.TB, p *person, c *cast) {
			p.write(t, "product.product", c.second, map[string]any{"active": false})
		}, ofThe(func(c *cast) int64 { return c.second }), product(func(p *productv1.Product) bool { return !p.GetActive() })},
		{"a product comes back from the archive", func(t testing.TB, p *person, c *cast) {
			p.write(t, "product.product", c.second, map[string]any{"active": true})
		}, ofThe(func(c *cast) int64 { return c.second }), product(func(p *productv1.Product) bool { return p.GetActive() })},
		{"a supplier's own address", func(t testing.TB, p *person, c *cast) {
			p.write(t, "res.partner", c.supplier, map[string]any{"street": "Quay 2"})
		}, vendor, supplier(func(s *supplierv1.Supplier) bool { return s.GetAddresses()[0].GetStreet() == "Quay 2" })},
		{"another address of a supplier's", func(t testing.TB, p *person, c *cast) {
			p.write(t, "res.partner", c.delivery, map[string]any{"street": "Dock 8"})
		}, vendor, supplier(func(s *supplierv1.Supplier) bool {
			return slices.ContainsFunc(s.GetAddresses(), func(a *supplierv1.Address) bool { return a.GetStreet() == "Dock 8" })
		})},
		{"a supplier's contact", func(t testing.TB, p *person, c *cast) {
			p.write(t, "res.partner", c.contact, map[string]any{"function": "Head of sales"})
		}, vendor, supplier(func(s *supplierv1.Supplier) bool { return s.GetContacts()[0].GetFunction() == "Head of sales" })},
		{"a contact is deleted", func(t testing.TB, p *person, c *cast) {
			p.unlink(t, "res.partner", c.contact)
		}, vendor, supplier(func(s *supplierv1.Supplier) bool { return len(s.GetContacts()) == 0 })},
		{"a product is deleted", func(t testing.TB, p *person, c *cast) {
			p.unlink(t, "product.product", c.second)
		}, ofThe(func(c *cast) int64 { return c.second }), func(m message) bool { return m.kind == deleted }},
	}
}

// seesChanges does one thing after the other and waits for it on all watches.
func seesChanges(t *testing.T, s *stage) {
	watchers := map[string]*watcher{}
	for _, collection := range []string{"products", "suppliers"} {
		watchers["gRPC "+collection] = s.overGRPC(t, watch{collection: collection}).begun(t)
		watchers["SSE "+collection] = s.overSSE(t, watch{collection: collection}).begun(t)
	}
	c := perform(t, s.person)
	for _, name := range []string{"gRPC products", "SSE products"} {
		watchers[name].until(t, "the new product", func(m message) bool {
			return m.kind == created && m.record.GetName() == productName(c.second)
		})
	}
	for _, name := range []string{"gRPC suppliers", "SSE suppliers"} {
		watchers[name].until(t, "the new supplier", func(m message) bool {
			return m.kind == created && m.record.GetName() == supplierName(c.supplier)
		})
	}
	s.equalsOdoo(t, s.person)
	for _, h := range happenings() {
		t.Run(h.name, func(t *testing.T) {
			h.do(t, s.person, c)
			committed := clock.System{}.Now()
			for name, w := range watchers {
				if (name == "gRPC products" || name == "SSE products") != (h.record(c)[0] == 'p') {
					continue
				}
				m := w.until(t, h.name, func(m message) bool {
					return m.record != nil && m.record.GetName() == h.record(c) && h.shows(m)
				})
				after := m.seen.Sub(committed)
				t.Logf("%s: %v", name, after.Round(time.Millisecond))
				if promise := h.promise(); s.sim == nil && after > promise {
					t.Errorf("%s saw it after %v, and promised is %v", name, after, promise)
				}
			}
		})
	}
	s.equalsOdoo(t, s.person)
}

// savedWithoutAChange moves write_date in Odoo and nothing else.
func savedWithoutAChange(t *testing.T, s *stage) {
	c := perform(t, s.person)
	s.equalsOdoo(t, s.person)
	w := s.overGRPC(t, watch{collection: "products"}).begun(t)
	s.write(t, "product.product", c.product, map[string]any{"tracking": "lot"})
	s.write(t, "product.product", c.second, map[string]any{"standard_price": 9.0})
	m := w.until(t, "the change behind it", func(m message) bool { return m.kind != heartbeat })
	if m.record.GetName() != productName(c.second) {
		t.Errorf("there came %v", m)
	}
}

// seesDeletions deletes records one right after the other, such that were there
// long before and such that have just come: Odoo leaves no trace of either.
func seesDeletions(t *testing.T, s *stage) {
	for range 2 {
		var products []int64
		for i := range 4 {
			products = append(products, s.create(t, "product.product", s.goods(map[string]any{"name": fmt.Sprintf("Passing %d %s", i, s.mark)})))
		}
		w := s.overGRPC(t, watch{collection: "products", current: true})
		for _, id := range products {
			w.until(t, "a new product", func(m message) bool { return m.record != nil && m.record.GetName() == productName(id) })
		}
		for _, id := range products {
			s.unlink(t, "product.product", id)
			w.until(t, "its deletion", func(m message) bool { return m.kind == deleted && m.record.GetName() == productName(id) })
		}
	}
}

// loadsMany imports products as a table, two hundred into a live Odoo, and deletes
// them in parts that are too few for a mass deletion, which the mesh would hold back.
func loadsMany(t *testing.T, s *stage) {
	many := 200
	if s.sim != nil {
		many = 40
	}
	var table []any
	for i := range many {
		table = append(table, []any{fmt.Sprintf("__import__.%s_%d", s.mark, i), fmt.Sprintf("Loaded %d %s", i, s.mark), fmt.Sprintf("L%03d-%s", i, s.mark), fmt.Sprintf("%d.25", i), fmt.Sprintf("%d.75", i)})
	}
	ids := s.load(t, "product.product", []any{"id", "name", "default_code", "standard_price", "list_price"}, table)
	s.equalsOdoo(t, s.person)
	for part := range slices.Chunk(ids, many/4) {
		s.call(t, "product.product", "unlink", []any{part}, nil)
		s.equalsOdoo(t, s.person)
	}
	s.made = nil
}
