package clinical

import "fmt"

// expiries of the opening lots in days from today: most are far, some near, a few past.
var expiries = [...]int{540, 410, 25, 730, 300, -15, 620, 12, 480, 365}

// opening counts the first stock into the store: lots with their expiry dates,
// serial numbers one by one, and the rest as plain quantities.
func opening(d desk, from, to int) error {
	s, err := d.store(1)
	if err != nil {
		return err
	}
	shelf, err := d.Search("stock.location", []any{leaf("location_id", "=", s.stock)})
	if err != nil {
		return err
	}
	places := append([]int64{s.stock}, shelf...)
	for _, tracking := range []string{"lot", "serial", "none"} {
		ids, err := d.Search("product.product", d.storable(tracking))
		if err != nil {
			return err
		}
		for i := from; i < min(to, len(ids)); i++ {
			if err := d.firstStock(ids[i], i, tracking, places[i%len(places)]); err != nil {
				return fmt.Errorf("opening stock of product %d: %w", ids[i], err)
			}
		}
	}
	return nil
}

func (d desk) firstStock(product int64, i int, tracking string, place int64) error {
	switch tracking {
	case "none":
		return d.count(product, 0, place, float64(10+10*d.rng.IntN(40)))
	case "serial":
		for k := range 1 + i%3 {
			lot, err := d.add("stock.lot", map[string]any{"name": fmt.Sprintf("SN%06d-%d", 400_000+product, k+1), "product_id": product, "company_id": 1})
			if err != nil {
				return err
			}
			if err := d.count(product, lot, place, 1); err != nil {
				return err
			}
		}
		return nil
	}
	for k := range 1 + i%2 {
		vals := map[string]any{"name": fmt.Sprintf("L%05d%c", 26_000+product, 'A'+rune(k)), "product_id": product, "company_id": 1}
		if i%4 != 3 {
			vals["expiration_date"] = d.days(expiries[(i+k)%len(expiries)])
		}
		lot, err := d.add("stock.lot", vals)
		if err != nil {
			return err
		}
		if err := d.count(product, lot, place, float64(20+10*d.rng.IntN(50))); err != nil {
			return err
		}
	}
	return nil
}

// count sets what lies at a place by an inventory adjustment.
func (d desk) count(product, lot, place int64, quantity float64) error {
	vals := map[string]any{"product_id": product, "location_id": place, "inventory_quantity": quantity}
	if lot != 0 {
		vals["lot_id"] = lot
	}
	quant, err := d.add("stock.quant", vals)
	if err != nil {
		return err
	}
	_, err = d.Call("stock.quant", "action_apply_inventory", []int64{quant}, nil)
	return err
}
