package clinical

// requisition asks for a few products of one supplier, as a draft; 0 where there is
// nothing to ask for.
func (d desk) requisition() (int64, error) {
	offer, err := d.pick("product.supplierinfo", leaf("product_tmpl_id.active", "=", true), leaf("partner_id.active", "=", true))
	if err != nil || offer == 0 {
		return 0, err
	}
	info, err := d.one("product.supplierinfo", offer, "partner_id", "product_tmpl_id", "price")
	if err != nil {
		return 0, err
	}
	product, err := d.pick("product.product", leaf("product_tmpl_id", "=", ref(info["product_tmpl_id"])))
	if err != nil || product == 0 {
		return 0, err
	}
	quantity, err := d.quantityFor(product)
	if err != nil {
		return 0, err
	}
	vals := map[string]any{"line_ids": []any{[]any{0, 0, map[string]any{"product_id": product, "product_qty": quantity, "price_unit": info["price"]}}}}
	// A third of them is open to every supplier.
	if d.rng.IntN(3) > 0 {
		vals["vendor_id"] = ref(info["partner_id"])
	}
	reason := "reference"
	if d.version < 18 {
		reason = "origin"
	}
	vals[reason] = [...]string{"Ward 3 West", "Operating theatre", "Pharmacy", "Emergency department"}[d.rng.IntN(4)]
	return d.add("purchase.requisition", vals)
}

// approveSome confirms one of the requisitions that are being written.
func (d desk) approveSome() error {
	id, err := d.pick("purchase.requisition", leaf("state", "=", "draft"))
	if err != nil || id == 0 {
		return err
	}
	button := "action_confirm"
	if d.version < 18 {
		button = "action_in_progress"
	}
	_, err = d.Call("purchase.requisition", button, []int64{id}, nil)
	return err
}

// requisitions are some that wait and some that were approved.
func (d desk) requisitions() error {
	for i := range 5 {
		if _, err := d.requisition(); err != nil {
			return err
		}
		if i%2 == 1 {
			if err := d.approveSome(); err != nil {
				return err
			}
		}
	}
	return nil
}
