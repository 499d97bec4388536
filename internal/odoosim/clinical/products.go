package clinical

import (
	"fmt"
	"strings"
)

var boxes = [...]int{5, 10, 12, 20, 25, 36, 50, 100, 1000, 1200}

// units creates the boxes in which articles are sold.
func (b *builder) units(w Writer) error {
	unit, err := find(w, "uom.uom", "Units")
	if err != nil {
		return err
	}
	b.ids["Units"] = unit
	for _, n := range boxes {
		name := fmt.Sprintf("Box of %d", n)
		vals := map[string]any{"name": name, "relative_uom_id": unit, "relative_factor": float64(n)}
		if b.version < 19 {
			vals = map[string]any{"name": name, "category_id": 1, "uom_type": "bigger", "factor_inv": float64(n)}
		}
		id, err := w.Create("uom.uom", vals)
		if err != nil {
			return err
		}
		b.ids[name] = id
	}
	return nil
}

// categories creates the tree under "Medical supplies".
func (b *builder) categories(w Writer) error {
	for _, f := range families {
		path := "Medical supplies"
		parent := int64(0)
		for _, part := range append([]string{path}, strings.Split(f.category, " / ")...) {
			if parent != 0 {
				path += " / " + part
			}
			if b.ids[path] == 0 {
				vals := map[string]any{"name": part}
				if parent != 0 {
					vals["parent_id"] = parent
				}
				id, err := w.Create("product.category", vals)
				if err != nil {
					return err
				}
				b.ids[path] = id
			}
			parent = b.ids[path]
		}
	}
	return nil
}

// product creates the i-th article with packagings and supplier prices.
func (b *builder) product(w Writer, i int) error {
	f := families[i%len(families)]
	round := i / len(families)
	size := f.sizes[round%len(f.sizes)]
	generation := round / len(f.sizes)
	name := fmt.Sprintf(f.name, size)
	sku := fmt.Sprintf("%s-%02d%03d", f.code, round%len(f.sizes)+1, generation+1)
	if generation > 0 {
		name += " " + series[(generation-1)%len(series)]
	}
	if n := generation - len(series); n > 0 {
		name += fmt.Sprintf(" %d", n+1)
	}
	cost := f.cost + f.cost*(round%len(f.sizes))/5 + b.rng.IntN(1+f.cost/20)
	vals := map[string]any{
		"name": name, "default_code": sku, "categ_id": b.ids["Medical supplies / "+f.category],
		"tracking": f.tracking, "standard_price": cents(cost), "list_price": cents(cost + cost*(20+b.rng.IntN(25))/100),
		"weight": float64(f.grams) / 1000, "volume": float64(f.millilitres) / 1e6,
		"description_purchase": "Deliver in original packaging",
	}
	if b.version < 18 {
		vals["detailed_type"] = "product"
	} else {
		vals["type"], vals["is_storable"] = "consu", true
	}
	if f.months > 0 {
		days := f.months * 30
		vals["use_expiration_date"] = true
		vals["expiration_time"], vals["use_time"] = days, days/12
		vals["removal_time"], vals["alert_time"] = 30, 90
	}
	gtin := GTIN13(100_000 + i)
	switch {
	case i%11 == 7: // no barcode yet
	case i%5 == 3:
		vals["barcode"] = "0" + gtin // printed as GTIN-14
	default:
		vals["barcode"] = gtin
	}
	id, err := w.Create("product.product", vals)
	if err != nil {
		return err
	}
	if err := b.packagings(w, id, gtin, f); err != nil {
		return fmt.Errorf("packagings: %w", err)
	}
	if err := b.prices(w, i, id, cost, sku, name); err != nil {
		return fmt.Errorf("supplier prices: %w", err)
	}
	if i%37 == 20 {
		return w.Write("product.product", []int64{id}, map[string]any{"active": false})
	}
	return nil
}

// packagings gives a box its own GTIN: as packaging up to 18, as unit from 19 on.
func (b *builder) packagings(w Writer, product int64, gtin string, f family) error {
	for level, n := range f.packs {
		if n == 1 {
			continue
		}
		name := fmt.Sprintf("Box of %d", n)
		barcode := GTIN14(gtin, level+1)
		model, vals := "product.packaging", map[string]any{"name": name, "product_id": product, "qty": float64(n), "barcode": barcode}
		if b.version >= 19 {
			model, vals = "product.uom", map[string]any{"product_id": product, "uom_id": b.ids[name], "barcode": barcode}
			link := []any{[]any{4, b.ids[name], 0}}
			if err := w.Write("product.product", []int64{product}, map[string]any{"uom_ids": link}); err != nil {
				return err
			}
		}
		if _, err := w.Create(model, vals); err != nil {
			return err
		}
	}
	return nil
}

// prices lists one to three suppliers, some with tiers, limited validity, their own
// article numbers, or for this variant alone.
func (b *builder) prices(w Writer, i int, product int64, cost int, sku, name string) error {
	templates, err := w.Search("product.template", []any{[]any{"product_variant_ids", "=", product}})
	if err != nil || len(templates) == 0 {
		return fmt.Errorf("template of %d: %w", product, err)
	}
	for k := range 1 + i%3 {
		s := b.partners[(i*7+k*5)%len(b.partners)]
		tiers := []float64{1}
		if (i+k)%2 == 0 {
			tiers = []float64{1, 10, 100}
		}
		for t, quantity := range tiers {
			price := cost - cost*(t*6)/100 + cost*k*3/100
			vals := map[string]any{
				"partner_id": s.id, "product_tmpl_id": templates[0], "min_qty": quantity, "price": cents(max(price, 1)),
				"currency_id": s.currency, "delay": 2 + (i+k*3)%19, "sequence": k + 1,
				"product_code": fmt.Sprintf("%c%c-%s", 'A'+rune(i%26), 'K'+rune(k), strings.ReplaceAll(sku, "-", "")),
			}
			if i%4 == 0 {
				vals["product_name"] = name + " (" + sku + ")"
			}
			if i%9 == 1 {
				vals["date_start"], vals["date_end"] = "2026-01-01", "2027-12-31"
			}
			if i%13 == 2 || b.version >= 19 {
				vals["product_id"] = product
			}
			if _, err := w.Create("product.supplierinfo", vals); err != nil {
				return err
			}
		}
	}
	return nil
}
