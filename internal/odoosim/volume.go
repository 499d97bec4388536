package odoosim

import (
	"fmt"
	"time"

	"odoomesh/internal/odoosim/clinical"
	"odoomesh/internal/odoosim/orm"
)

// In the volume each receipt of a lot is followed by nine deliveries of it to wards,
// which are one transfer; some of the lot stays.
const (
	linesOfLot = 10
	received   = 200.0
	delivered  = 20.0
)

// volume is one run of LoadVolume.
type volume struct {
	s                *Sim
	b                orm.Bulk
	first            int64 // stamp of the first row, microseconds
	vendors, patient int64
	stock            int64
	products         []int64
}

// LoadVolume adds that many storable products with lots, and that many done move
// lines that have brought and taken them in the year before now, with their moves,
// transfers and quants. It is meant for measurements: the rows obey the rules, but
// are written past them, in seconds.
func (s *Sim) LoadVolume(products, moveLines int) error {
	if products < 1 || moveLines < 0 {
		return fmt.Errorf("loading a volume of %d products and %d lines: neither can be", products, moveLines)
	}
	v := &volume{s: s, first: s.opts.Clock.Now().AddDate(-1, 0, 0).UnixMicro()}
	if err := s.db.View(v.places); err != nil {
		return fmt.Errorf("loading a volume: %w", err)
	}
	return s.db.Bulk(func(b orm.Bulk) error {
		v.b = b
		v.catalogue(products)
		v.movements(moveLines)
		return nil
	})
}

// LoadLines adds that many lines to an order, each like a line that it has: more than
// anybody would enter. The order's totals stay what they were until it is written.
func (s *Sim) LoadLines(line int64, lines int) error {
	return s.db.Bulk(func(b orm.Bulk) error {
		if !b.Repeat("purchase.order.line", line, lines) {
			return fmt.Errorf("loading lines like order line %d: there is none", line)
		}
		return nil
	})
}

func (v *volume) places() error {
	e, m := v.s.db.Env(1), v.s.db.Model("stock.location")
	for usage, to := range map[string]*int64{"supplier": &v.vendors, "customer": &v.patient} {
		ids, err := e.Search(m, []any{[]any{"usage", "=", usage}}, orm.Page{Order: "id", Limit: 1})
		if err != nil || len(ids) == 0 {
			return fmt.Errorf("no location of kind %s: %w", usage, err)
		}
		*to = ids[0]
	}
	v.stock = e.Ref(v.s.db.Model("stock.warehouse"), 1, "lot_stock_id")
	return nil
}

// stamp spreads n rows over the year.
func (v *volume) stamp(i, n int) int64 {
	year := int64(364 * 24 * time.Hour / time.Microsecond)
	return v.first + year/int64(max(n, 1))*int64(i)
}

func (v *volume) catalogue(n int) {
	tmpl := v.b.Sheet("product.template", n, "name", "active", "type", "detailed_type", "is_storable", "tracking", "list_price",
		"uom_id", "uom_po_id", "categ_id", "purchase_ok", "sale_ok", "purchase_method", "use_expiration_date")
	variant := v.b.Sheet("product.product", n, "product_tmpl_id", "active", "default_code", "barcode", "standard_price")
	kind := "product"
	if v.s.opts.Version >= 18 {
		kind = "consu"
	}
	yes, unit := orm.Bool(true), orm.Int(1)
	for i := range n {
		at, price := v.stamp(i, n)-int64(30*24*time.Hour/time.Microsecond), orm.Float(float64(100+i%9900)/100)
		t := tmpl.Add(at, orm.Text(fmt.Sprintf("Stock article %06d", i+1)), yes, orm.Text(kind), orm.Text(kind), yes, orm.Text("lot"), price,
			unit, unit, unit, yes, yes, orm.Text("receive"), yes)
		v.products = append(v.products, variant.Add(at, orm.Int(t), yes, orm.Text(fmt.Sprintf("VOL-%06d", i+1)), orm.Text(clinical.GTIN13(300_000_000+i)), price))
	}
}

func (v *volume) movements(n int) {
	lots := n/linesOfLot + 1
	moves := 2 * lots
	lotSheet := v.b.Sheet("stock.lot", lots, "name", "product_id", "company_id", "expiration_date", "use_date", "removal_date", "alert_date")
	pickSheet := v.b.Sheet("stock.picking", moves, "name", "state", "picking_type_id", "location_id", "location_dest_id",
		"company_id", "scheduled_date", "date_done", "move_type", "priority")
	moveSheet := v.b.Sheet("stock.move", moves, "name", "reference", "state", "product_id", "product_uom", "product_uom_qty", "quantity",
		"quantity_done", "picked", "picking_id", "picking_type_id", "location_id", "location_dest_id", "company_id", "date", "procure_method", "priority", "sequence")
	lineSheet := v.b.Sheet("stock.move.line", n, "state", "move_id", "picking_id", "product_id", "product_uom_id", "lot_id", "location_id",
		"location_dest_id", "company_id", "date", "expiration_date", "quantity", "quantity_product_uom", "qty_done", "picked")
	quantSheet := v.b.Sheet("stock.quant", 3*lots, "product_id", "location_id", "lot_id", "company_id", "quantity", "reserved_quantity", "in_date")
	one, done, yes := orm.Int(1), orm.Text("done"), orm.Bool(true)
	var picking, move int64
	for l := range lots {
		product := v.products[l%len(v.products)]
		born := v.stamp(l*linesOfLot, n)
		expires := orm.Int(born + int64(700*24*time.Hour/time.Microsecond))
		lot := lotSheet.Add(born, orm.Text(fmt.Sprintf("V%07d", l+1)), orm.Int(product), one, expires, expires, expires, expires)
		out := 0.0
		for k := range min(linesOfLot, n-l*linesOfLot) {
			i := l*linesOfLot + k
			at := orm.Int(v.stamp(i, n))
			from, to, quantity, sum, kind := v.stock, v.patient, delivered, delivered*float64(min(linesOfLot, n-l*linesOfLot)-1), orm.Int(2)
			if k == 0 {
				from, to, quantity, sum, kind = v.vendors, v.stock, received, received, one
			} else {
				out += delivered
			}
			if k < 2 {
				name := orm.Text(fmt.Sprintf("WH/VOL/%06d", 2*l+k+1))
				picking = pickSheet.Add(at.N, name, done, kind, orm.Int(from), orm.Int(to), one, at, at, orm.Text("direct"), orm.Text("0"))
				total := orm.Float(sum)
				move = moveSheet.Add(at.N, name, name, done, orm.Int(product), one, total, total, total, yes, orm.Int(picking), kind,
					orm.Int(from), orm.Int(to), one, at, orm.Text("make_to_stock"), orm.Text("0"), orm.Int(10))
			}
			q := orm.Float(quantity)
			lineSheet.Add(at.N, done, orm.Int(move), orm.Int(picking), orm.Int(product), one, orm.Int(lot), orm.Int(from), orm.Int(to), one, at, expires, q, q, q, yes)
		}
		if l*linesOfLot >= n {
			break
		}
		for _, q := range []struct {
			at       int64
			quantity float64
		}{{v.vendors, -received}, {v.stock, received - out}, {v.patient, out}} {
			if q.quantity != 0 {
				quantSheet.Add(born, orm.Int(product), orm.Int(q.at), orm.Int(lot), one, orm.Float(q.quantity), orm.Float(0), orm.Int(born))
			}
		}
	}
}
