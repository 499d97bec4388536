package capture_test

import (
	"fmt"
	"testing"

	"odoomesh/internal/odoosim"
)

// A product that one company alone uses shows what it costs that company.
func TestCostIsTheCompanysOwn(t *testing.T) {
	t.Parallel()
	versions(t, func(t *testing.T, version int) {
		h := newHouse(t, version, 10)
		h.loaded()
		var id int64
		h.do(func(tx *odoosim.Tx) error {
			currencies, err := tx.Search("res.currency", []any{[]any{"name", "=", "EUR"}})
			if err != nil {
				return err
			}
			company, err := tx.Create("res.company", map[string]any{"name": "Northern Clinic", "currency_id": currencies[0]})
			if err != nil {
				return err
			}
			users, err := tx.Search("res.users", []any{[]any{"login", "=", "admin"}})
			if err != nil {
				return err
			}
			if err := tx.Write("res.users", users, map[string]any{"company_ids": []any{[]any{int64(4), company, false}}}); err != nil {
				return err
			}
			// Whoever writes in the main company gives it the main company's cost.
			id, err = tx.Create("product.product", map[string]any{"name": "Local stock", "company_id": company, "standard_price": 7.25})
			return err
		})
		h.eventually("the company's product", func() error {
			p, err := h.product(id)
			if err != nil {
				return err
			}
			if p.GetCompany() != "Northern Clinic" {
				return fmt.Errorf("its company is %q", p.GetCompany())
			}
			if p.GetCost().GetUnits() != 0 {
				t.Fatalf("it costs %v: that is the main company's cost", p.GetCost())
			}
			return nil
		})
	})
}
