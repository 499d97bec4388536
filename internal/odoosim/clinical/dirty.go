package clinical

import "fmt"

// oddities are what every real database has and nobody planned: what a program that
// reads it meets sooner or later.
var oddities = [...]struct {
	name string
	do   func(d desk) error
}{
	{"an order at a contact whose company never sold anything", desk.atAContact},
	{"a barcode with blanks and a product without a code", desk.scanned},
	{"a lot entered twice", desk.lotTwice},
	{"a kit that comes in parts", desk.kit},
	{"goods that go straight to a ward", desk.dropShipment},
	{"two suppliers with one number", desk.oneNumber},
	{"texts with markup", desk.markup},
	{"an order of several hundred lines", desk.longOrder},
	{"a bill in coins", desk.inCoins},
	{"bills with new numbers", desk.renumbered},
	{"a receipt that nobody ordered", desk.unordered},
	{"a bill that nobody has posted", desk.unposted},
}

// product makes an article whose stock is kept.
func (d desk) product(name string, more map[string]any) (int64, error) {
	vals := map[string]any{"name": name, "standard_price": 4.5, "list_price": 6.0}
	if d.version < 18 {
		vals["detailed_type"] = "product"
	} else {
		vals["is_storable"] = true
	}
	for k, v := range more {
		vals[k] = v
	}
	return d.add("product.product", vals)
}

// company makes a partner that nothing has been bought from yet.
func (d desk) company(name string) (int64, error) {
	return d.add("res.partner", map[string]any{"name": name, "is_company": true})
}

// buy places an order of one line.
func (d desk) buy(supplier, product int64, quantity float64, more map[string]any) (int64, error) {
	vals := map[string]any{"partner_id": supplier, "date_order": d.days(-6), "date_planned": d.days(-2), "order_line": []any{
		[]any{0, 0, map[string]any{"product_id": product, "product_qty": quantity, "date_planned": d.days(-2)}}}}
	for k, v := range more {
		vals[k] = v
	}
	id, err := d.add("purchase.order", vals)
	if err != nil {
		return 0, err
	}
	return id, d.confirm(id)
}

// fetch receives all that an order still brings.
func (d desk) fetch(order int64, share float64) error {
	receipts, err := d.openReceipts(order)
	if err != nil {
		return err
	}
	for _, p := range receipts {
		if err := d.receive(p, share); err != nil {
			return err
		}
	}
	return nil
}

// atAContact orders from a person at the branch of a company. The bill is the
// company's.
func (d desk) atAContact() error {
	company, err := d.company("Karelia Wound Care Oy")
	if err != nil {
		return err
	}
	branch, err := d.add("res.partner", map[string]any{"name": "Sales office Tampere", "parent_id": company, "type": "other", "city": "Tampere"})
	if err != nil {
		return err
	}
	contact, err := d.add("res.partner", map[string]any{"name": "Aino Virtanen", "parent_id": branch, "email": "aino@karelia.example"})
	if err != nil {
		return err
	}
	product, err := d.product("Foam dressing, silicone 10 × 10 cm", map[string]any{"default_code": "FOM-10010"})
	if err != nil {
		return err
	}
	order, err := d.buy(contact, product, 40, nil)
	if err != nil {
		return err
	}
	if err := d.fetch(order, 1); err != nil {
		return err
	}
	return d.billIfDue(order, deviation{})
}

// scanned is an article from a table whose cells had blanks around them, and one that
// never got a code.
func (d desk) scanned() error {
	if _, err := d.product("Tourniquet, pneumatic", map[string]any{"default_code": "TRN-1 ", "barcode": " " + GTIN13(700_001)}); err != nil {
		return err
	}
	_, err := d.product("Cotton wool, from the old store", nil)
	return err
}

// lotTwice is one delivery that two people have entered, one with a blank at the end.
func (d desk) lotTwice() error {
	product, err := d.product("Povidone-iodine solution 10 % 500 ml", map[string]any{"default_code": "PVI-500", "tracking": "lot"})
	if err != nil {
		return err
	}
	s, err := d.store(1)
	if err != nil {
		return err
	}
	for i, name := range []string{"L123", "L123 "} {
		lot, err := d.add("stock.lot", map[string]any{"name": name, "product_id": product, "company_id": 1})
		if err != nil {
			return err
		}
		if err := d.count(product, lot, s.stock, float64(12+i)); err != nil {
			return err
		}
	}
	return nil
}

// kit orders three of a set, which comes as its parts: the set is complete twice so far.
func (d desk) kit() error {
	gown, err := d.product("Surgical gown, sterile L", map[string]any{"default_code": "GWN-L"})
	if err != nil {
		return err
	}
	drape, err := d.product("Drape, adhesive 75 × 90 cm", map[string]any{"default_code": "DRP-7590"})
	if err != nil {
		return err
	}
	set, err := d.add("product.product", map[string]any{"name": "Draping set, basic", "default_code": "SET-BASIC", "standard_price": 14.0})
	if err != nil {
		return err
	}
	p, err := d.one("product.product", set, "product_tmpl_id")
	if err != nil {
		return err
	}
	parts := []any{[]any{0, 0, map[string]any{"product_id": gown, "product_qty": 2.0}}, []any{0, 0, map[string]any{"product_id": drape, "product_qty": 1.0}}}
	if _, err := d.add("mrp.bom", map[string]any{"product_tmpl_id": ref(p["product_tmpl_id"]), "type": "phantom", "bom_line_ids": parts}); err != nil {
		return err
	}
	supplier, err := d.pick("res.partner", leaf("supplier_rank", ">", 0), leaf("is_company", "=", true))
	if err != nil {
		return err
	}
	order, err := d.buy(supplier, set, 3, nil)
	if err != nil {
		return err
	}
	return d.fetch(order, 0.7)
}

// dropShipment is goods of a lot that their supplier sends to a ward.
func (d desk) dropShipment() error {
	from, err := d.pick("stock.location", leaf("usage", "=", "supplier"))
	if err != nil {
		return err
	}
	ward, err := d.named("stock.location", wards[0])
	if err != nil || ward == 0 {
		return err
	}
	kind, err := d.add("stock.picking.type", map[string]any{"name": "Dropship", "code": "incoming", "sequence_code": "DS", "warehouse_id": 1,
		"default_location_src_id": from, "default_location_dest_id": ward})
	if err != nil {
		return err
	}
	supplier, err := d.company("Loire Implants SAS")
	if err != nil {
		return err
	}
	product, err := d.product("Knee spacer, custom made", map[string]any{"default_code": "KNE-CUS", "tracking": "lot"})
	if err != nil {
		return err
	}
	order, err := d.buy(supplier, product, 1, map[string]any{"picking_type_id": kind})
	if err != nil {
		return err
	}
	return d.fetch(order, 1)
}

// oneNumber is a number that two suppliers have given to their orders.
func (d desk) oneNumber() error {
	first := int64(0)
	for range 2 {
		offer, err := d.pick("product.supplierinfo", leaf("partner_id", "!=", first), leaf("partner_id.active", "=", true), leaf("product_tmpl_id.active", "=", true))
		if err != nil || offer == 0 {
			return err
		}
		o, err := d.one("product.supplierinfo", offer, "partner_id", "product_tmpl_id")
		if err != nil {
			return err
		}
		product, err := d.pick("product.product", leaf("product_tmpl_id", "=", ref(o["product_tmpl_id"])))
		if err != nil || product == 0 {
			return err
		}
		first = ref(o["partner_id"])
		if _, err := d.buy(first, product, 20, map[string]any{"partner_ref": "1001", "date_planned": d.days(10)}); err != nil {
			return err
		}
	}
	return nil
}

// markup is what editors of texts leave behind.
func (d desk) markup() error {
	product, err := d.product("Sodium bicarbonate 8.4 % 100 ml", map[string]any{"default_code": "NHC-100",
		"description": "<p>Store <b>below 25 °C</b>.</p><ul><li>Do not freeze</li><li>Single use</li></ul>"})
	if err != nil {
		return err
	}
	supplier, err := d.pick("res.partner", leaf("supplier_rank", ">", 0), leaf("is_company", "=", true))
	if err != nil {
		return err
	}
	if err := d.Write("res.partner", []int64{supplier}, map[string]any{"comment": "<p>Closed in <i>August</i>.<br>Ring before delivery.</p>"}); err != nil {
		return err
	}
	notes := "notes"
	if d.version >= 19 {
		notes = "note"
	}
	_, err = d.buy(supplier, product, 10, map[string]any{notes: "<p>Deliver to <strong>dock 2</strong>.</p>"})
	return err
}

// longOrder is a year's order that waits for the manager.
func (d desk) longOrder() error {
	products, err := d.Search("product.product", []any{leaf("purchase_ok", "=", true)})
	if err != nil || len(products) == 0 {
		return err
	}
	supplier, err := d.pick("res.partner", leaf("supplier_rank", ">", 0), leaf("is_company", "=", true))
	if err != nil {
		return err
	}
	lines := []any{[]any{0, 0, map[string]any{"display_type": "line_section", "name": "Call-off for the coming year", "product_qty": 0.0}}}
	for i := range 300 {
		lines = append(lines, []any{0, 0, map[string]any{"product_id": products[i%len(products)], "product_qty": float64(1 + i%7), "sequence": 10 + i}})
	}
	_, err = d.add("purchase.order", map[string]any{"partner_id": supplier, "date_order": d.days(-2), "date_planned": d.days(60),
		"state": "to approve", "order_line": lines})
	return err
}

// inCoins is a bill that is rounded to five cents by a line of its own.
func (d desk) inCoins() error {
	coins, err := d.add("account.cash.rounding", map[string]any{"name": "Five cents", "rounding": 0.05, "strategy": "add_invoice_line"})
	if err != nil {
		return err
	}
	supplier, err := d.company("Corner Pharmacy")
	if err != nil {
		return err
	}
	bill, err := d.add("account.move", map[string]any{"move_type": "in_invoice", "partner_id": supplier, "invoice_date": d.day(-3), "ref": "1001",
		"invoice_cash_rounding_id": coins, "invoice_line_ids": []any{
			[]any{0, 0, map[string]any{"name": "Plasters, bought at the counter", "quantity": 3.0, "price_unit": 3.34}}}})
	if err != nil {
		return err
	}
	_, err = d.Call("account.move", "action_post", []int64{bill}, nil)
	return err
}

// renumbered gives posted bills other numbers, as auditors ask for.
func (d desk) renumbered() error {
	bills, err := d.Search("account.move", []any{leaf("move_type", "=", "in_invoice"), leaf("state", "=", "posted")})
	if err != nil || len(bills) == 0 {
		return err
	}
	wizard, err := d.add("account.resequence.wizard", map[string]any{"move_ids": bills[:1], "first_name": fmt.Sprintf("BILL/%s/0100", d.now.AddDate(0, -1, 0).UTC().Format("2006/01"))})
	if err != nil {
		return err
	}
	_, err = d.Call("account.resequence.wizard", "resequence", []int64{wizard}, nil)
	return err
}

// unordered is a sample that came without an order, from somebody who never sold.
func (d desk) unordered() error {
	from, err := d.pick("stock.location", leaf("usage", "=", "supplier"))
	if err != nil {
		return err
	}
	s, err := d.store(1)
	if err != nil {
		return err
	}
	sender, err := d.company("Sample Sender Ltd")
	if err != nil {
		return err
	}
	product, err := d.product("Trial catheter", map[string]any{"default_code": "TRI-1"})
	if err != nil {
		return err
	}
	picking, err := d.transfer(s.in, lying{product: product, place: from}, s.stock, 5)
	if err != nil {
		return err
	}
	if err := d.Write("stock.picking", []int64{picking}, map[string]any{"partner_id": sender}); err != nil {
		return err
	}
	return d.receive(picking, 1)
}

// unposted is the first bill of somebody, still a draft.
func (d desk) unposted() error {
	supplier, err := d.company("First Bill Ltd")
	if err != nil {
		return err
	}
	_, err = d.add("account.move", map[string]any{"move_type": "in_invoice", "partner_id": supplier, "invoice_line_ids": []any{
		[]any{0, 0, map[string]any{"name": "Calibration of pumps", "quantity": 1.0, "price_unit": 240.0}}}})
	return err
}
