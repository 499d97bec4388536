// Package clinical fills a simulated Odoo with a hospital's supply: products with
// valid GTINs, suppliers and price lists, stock in several places with lots and
// expiry dates, orders in all states with their receipts and bills, returns, scraps
// and deliveries to wards; and it lets things happen there. The same size gives the
// same data. All names are invented.
package clinical

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Writer is what the data set needs of a transaction.
type Writer interface {
	Create(model string, vals map[string]any) (int64, error)
	Write(model string, ids []int64, vals map[string]any) error
	Unlink(model string, ids []int64) error
	Search(model string, domain []any) ([]int64, error)
	Read(model string, ids []int64, fields []string) ([]map[string]any, error)
	// Call presses a button on records with a context.
	Call(model, method string, ids []int64, context map[string]any) (any, error)
}

// Odoo runs a function in a transaction that commits if it succeeds.
type Odoo struct {
	Version int
	// Now is the day from which orders and expiry dates are counted.
	Now time.Time
	Do  func(func(w Writer) error) error
}

// batch is how many products one transaction creates.
const batch = 25

// Load creates suppliers, categories, units, that many products with packagings and
// prices, archived ones included.
func Load(o Odoo, products int) error {
	b := &builder{version: o.Version, rng: rand.New(rand.NewPCG(17, 4711)), ids: map[string]int64{}}
	for _, step := range []func(Writer) error{b.units, b.categories, b.suppliers, b.others} {
		if err := o.Do(step); err != nil {
			return fmt.Errorf("loading the clinical base data: %w", err)
		}
	}
	for from := 0; from < products; from += batch {
		err := o.Do(func(w Writer) error {
			for i := from; i < min(from+batch, products); i++ {
				if err := b.product(w, i); err != nil {
					return fmt.Errorf("product %d: %w", i, err)
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("loading the clinical products: %w", err)
		}
	}
	return nil
}

// builder remembers what has been created.
type builder struct {
	version  int
	rng      *rand.Rand
	ids      map[string]int64 // categories and units by name
	partners []partnerRef
}

type partnerRef struct{ id, currency int64 }

// find answers the one record of that name.
func find(w Writer, model, name string) (int64, error) {
	ids, err := w.Search(model, []any{[]any{"name", "=", name}})
	if err != nil {
		return 0, err
	}
	if len(ids) == 0 {
		return 0, fmt.Errorf("no %s %q in the database", model, name)
	}
	return ids[0], nil
}

func cents(n int) float64 { return float64(n) / 100 }
