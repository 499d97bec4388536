package clinical

// wards are the customers of the central store; goods delivered there are used up.
var wards = [...]string{"Surgical ward 3A", "Intensive care unit", "Emergency department", "Operating theatre", "Oncology day unit", "Maternity ward"}

// shelves of the central store.
var shelves = [...]string{"Aisle A", "Aisle B", "Cold room"}

const (
	quarantine = "Quarantine"
	pharmacy   = "Hospital Pharmacy"
)

// places adds what a hospital has beside the central store: a pharmacy with a
// warehouse of its own, shelves, a quarantine, wards.
func places(d desk) error {
	if _, err := d.add("stock.warehouse", map[string]any{"name": pharmacy, "code": "PHARM"}); err != nil {
		return err
	}
	store, err := d.one("stock.warehouse", 1, "lot_stock_id", "view_location_id")
	if err != nil {
		return err
	}
	for _, name := range shelves {
		if _, err := d.add("stock.location", map[string]any{"name": name, "usage": "internal", "location_id": ref(store["lot_stock_id"])}); err != nil {
			return err
		}
	}
	if _, err := d.add("stock.location", map[string]any{"name": quarantine, "usage": "internal", "location_id": ref(store["view_location_id"])}); err != nil {
		return err
	}
	customers, err := d.pick("stock.location", leaf("usage", "=", "customer"))
	if err != nil {
		return err
	}
	for _, name := range wards {
		if _, err := d.add("stock.location", map[string]any{"name": name, "usage": "customer", "location_id": customers}); err != nil {
			return err
		}
	}
	return nil
}

// store is the central store: its stock location and operation types.
type store struct{ stock, in, out, internal int64 }

func (d desk) store(warehouse int64) (store, error) {
	w, err := d.one("stock.warehouse", warehouse, "lot_stock_id", "in_type_id", "out_type_id", "int_type_id")
	if err != nil {
		return store{}, err
	}
	return store{ref(w["lot_stock_id"]), ref(w["in_type_id"]), ref(w["out_type_id"]), ref(w["int_type_id"])}, nil
}
