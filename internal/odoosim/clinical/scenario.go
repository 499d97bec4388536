package clinical

import (
	"fmt"
	"math/rand/v2"
)

// Scenario is an endless, repeatable sequence of what people do in Odoo. Not for
// concurrent use.
type Scenario struct {
	odoo  Odoo
	rng   *rand.Rand
	step  int
	store bool
}

// NewScenario begins a scenario on a database that Load has filled.
// With store, every second step happens in purchasing and the store, which
// LoadHistory has filled.
func NewScenario(o Odoo, store bool) *Scenario {
	return &Scenario{odoo: o, store: store, rng: rand.New(rand.NewPCG(23, 1789))}
}

// Step does the next thing in a transaction of its own: in the catalogue or in the
// store.
func (s *Scenario) Step() error {
	s.step++
	n := s.step
	if s.store && n%2 == 0 {
		thing := daily[s.rng.IntN(len(daily))]
		if err := s.odoo.work(s.rng, thing.do); err != nil {
			return fmt.Errorf("step %d, %s: %w", n, thing.name, err)
		}
		return nil
	}
	kinds := []struct {
		name string
		do   func(Writer) error
	}{
		{"a supplier price changes", s.supplierPrice},
		{"a sales price changes", s.salesPrice},
		{"a cost changes", s.cost},
		{"a product appears", func(w Writer) error { return s.newProduct(w, n) }},
		{"a supplier moves", s.move},
		{"a product is archived or comes back", s.archive},
		{"a product is renamed", func(w Writer) error { return s.rename(w, n) }},
		{"somebody saves without a change", s.nothing},
	}
	kind := kinds[s.rng.IntN(len(kinds))]
	if err := s.odoo.Do(kind.do); err != nil {
		return fmt.Errorf("step %d, %s: %w", n, kind.name, err)
	}
	return nil
}

// pick chooses one record; 0 where there is none.
func (s *Scenario) pick(w Writer, model string, domain ...any) (int64, error) {
	ids, err := w.Search(model, domain)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[s.rng.IntN(len(ids))], nil
}

func (s *Scenario) change(w Writer, model string, vals map[string]any, domain ...any) error {
	id, err := s.pick(w, model, domain...)
	if err != nil || id == 0 {
		return err
	}
	return w.Write(model, []int64{id}, vals)
}

func (s *Scenario) price() float64 { return cents(50 + s.rng.IntN(50_000)) }

func (s *Scenario) supplierPrice(w Writer) error {
	return s.change(w, "product.supplierinfo", map[string]any{"price": s.price(), "delay": 1 + s.rng.IntN(21)})
}

func (s *Scenario) salesPrice(w Writer) error {
	return s.change(w, "product.template", map[string]any{"list_price": s.price()})
}

func (s *Scenario) cost(w Writer) error {
	return s.change(w, "product.product", map[string]any{"standard_price": s.price()})
}

func (s *Scenario) newProduct(w Writer, n int) error {
	vals := map[string]any{
		"name": fmt.Sprintf("Procedure pack %s %d", series[n%len(series)], n), "default_code": fmt.Sprintf("PRC-%05d", n),
		"barcode": GTIN13(500_000_000 + n), "tracking": "lot", "standard_price": s.price(), "list_price": s.price(),
	}
	if s.odoo.Version < 18 {
		vals["detailed_type"] = "product"
	} else {
		vals["is_storable"] = true
	}
	_, err := w.Create("product.product", vals)
	return err
}

func (s *Scenario) move(w Writer) error {
	return s.change(w, "res.partner", map[string]any{"street": fmt.Sprintf("New Road %d", 1+s.rng.IntN(200)), "phone": fmt.Sprintf("+46 8 555 %04d", s.rng.IntN(10_000))},
		[]any{"supplier_rank", ">", 0}, []any{"is_company", "=", true})
}

func (s *Scenario) archive(w Writer) error {
	back, err := s.pick(w, "product.product", []any{"active", "=", false})
	if err != nil {
		return err
	}
	if back != 0 && s.rng.IntN(2) == 0 {
		return w.Write("product.product", []int64{back}, map[string]any{"active": true})
	}
	return s.change(w, "product.product", map[string]any{"active": false})
}

func (s *Scenario) rename(w Writer, n int) error {
	return s.change(w, "product.template", map[string]any{"name": fmt.Sprintf("Renamed article %d", n)})
}

// nothing writes what is there already: write_date moves, nothing else.
func (s *Scenario) nothing(w Writer) error {
	return s.change(w, "product.product", map[string]any{"active": true})
}
