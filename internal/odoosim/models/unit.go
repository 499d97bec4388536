package models

import (
	"fmt"

	"odoomesh/internal/odoosim/orm"
)

// units describes units of measure: categories with a reference unit up to 18, a
// tree of relative units from 19 on.
func units(db *orm.DB) {
	m := db.Model("uom.uom")
	m.Label, m.Order = "Product Unit of Measure", "factor, id"
	m.Defaults(map[string]any{"active": true, "uom_type": "reference", "factor": 1.0, "relative_factor": 1.0})
	m.Computed("rounding", func(e *orm.Env, id int64) orm.Value { return orm.Float(0.01) })
	if db.Version < 19 {
		m.Order = "factor DESC, id"
		m.Field("rounding").Compute = nil
		m.Kept("rounding", "factor_inv")
		m.Defaults(map[string]any{"rounding": 0.01})
		m.Indexed("category_id")
		inverse := func(e *orm.Env, id int64) orm.Value {
			if f := e.Get(m, id, "factor").Float(); f != 0 {
				return orm.Float(1 / f)
			}
			return orm.Float(0)
		}
		m.Computed("factor_inv", inverse)
		m.Computed("ratio", func(e *orm.Env, id int64) orm.Value {
			if e.Get(m, id, "uom_type").S == "bigger" {
				return inverse(e, id)
			}
			return e.Get(m, id, "factor")
		})
		m.Field("factor_inv").Inverse = func(e *orm.Env, id int64, v any) error {
			factor, ok := v.(float64)
			if !ok || factor == 0 {
				return orm.Rule("The conversion ratio for a unit of measure cannot be 0!")
			}
			return e.Write(m, []int64{id}, map[string]any{"factor": 1 / factor})
		}
		category := db.Model("uom.category")
		category.Label = "Product UoM Categories"
		category.Computed("reference_uom_id", func(e *orm.Env, id int64) orm.Value {
			for _, unit := range e.Get(category, id, "uom_ids").L {
				if e.Get(m, unit, "uom_type").S == "reference" {
					return orm.Int(unit)
				}
			}
			return orm.Value{}
		})
		packagings(db)
		return
	}
	m.Order = "sequence, relative_uom_id, id"
	m.Computed("factor", func(e *orm.Env, id int64) orm.Value { return orm.Float(absoluteFactor(e, m, id)) })
	m.Computed("parent_path", func(e *orm.Env, id int64) orm.Value { return orm.Text(unitPath(e, m, id)) })
	m.Indexed("relative_uom_id")
	m.BeforeCreate = func(_ *orm.Env, vals map[string]any) error {
		if factor, ok := vals["relative_factor"].(float64); ok && vals["sequence"] == nil {
			vals["sequence"] = min(int(factor*100), 1000)
		}
		return nil
	}
	barcodes := db.Model("product.uom")
	barcodes.Label, barcodes.RecName = "Link between products and their UoMs", "barcode"
	barcodes.Indexed("product_id", "uom_id", "barcode")
}

// unitPath is the ids from the root unit down to one unit, such as "1/7/".
func unitPath(e *orm.Env, m *orm.Model, id int64) string {
	path := ""
	for range 16 {
		if id == 0 {
			break
		}
		path = fmt.Sprintf("%d/%s", id, path)
		id = e.Ref(m, id, "relative_uom_id")
	}
	return path
}

// absoluteFactor is how many of the root unit one unit holds.
func absoluteFactor(e *orm.Env, m *orm.Model, id int64) float64 {
	factor := 1.0
	for range 16 {
		factor *= e.Get(m, id, "relative_factor").Float()
		if id = e.Ref(m, id, "relative_uom_id"); id == 0 {
			break
		}
	}
	return factor
}

// packagings describes product.packaging, which 19 replaced by units.
func packagings(db *orm.DB) {
	m := db.Model("product.packaging")
	m.Label, m.Order = "Product Packaging", "product_id, sequence, id"
	m.Indexed("product_id", "barcode")
	m.Cascades("product_id")
	m.Defaults(map[string]any{"qty": 1.0, "sequence": 1, "sales": true, "purchase": true})
	db.Related("product.packaging", "product_uom_id", "product_id", "uom_id")
}
