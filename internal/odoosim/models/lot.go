package models

import (
	"time"

	"odoomesh/internal/odoosim/orm"
)

// lots describes stock.lot: batches and serial numbers with their dates.
func lots(db *orm.DB) {
	m := db.Model("stock.lot")
	m.Label, m.Order = "Lot/Serial", "name, id"
	m.Indexed("product_id", "name")
	m.Restricts("product_id")
	m.Field("company_id").Required = db.Version < 18
	if db.Version < 18 {
		m.Defaults(map[string]any{"company_id": 1})
	}
	db.Related(m.Name, "product_uom_id", "product_id", "uom_id")
	db.Related(m.Name, "use_expiration_date", "product_id", "use_expiration_date")
	m.Computed("product_qty", func(e *orm.Env, id int64) orm.Value {
		sum := 0.0
		for _, q := range rec(e, m.Name, id).all("quant_ids") {
			if u := q.to("location_id").text("usage"); u == "internal" || u == "transit" {
				sum += q.num("quantity")
			}
		}
		return orm.Float(cents(sum))
	})
	m.Computed("product_expiry_alert", func(e *orm.Env, id int64) orm.Value {
		at := rec(e, m.Name, id).at("expiration_date")
		return orm.Bool(!at.IsZero() && !at.After(now(e)))
	})
	m.BeforeCreate = func(e *orm.Env, vals map[string]any) error { return lotDates(e, vals) }
	m.AfterWrite = func(e *orm.Env, id int64, vals map[string]any, created bool) error {
		return uniqueLot(rec(e, m.Name, id))
	}
}

// lotDates derives the dates before the expiry from the product's days, and the expiry
// too where nothing was said of it: an empty one stays empty. Of a product without
// dates an expiry that is given is kept alone.
func lotDates(e *orm.Env, vals map[string]any) error {
	product := rec(e, "product.product", id(vals["product_id"]))
	if !product.is("use_expiration_date") {
		return nil
	}
	if vals["expiration_date"] == nil {
		vals["expiration_date"] = now(e).AddDate(0, 0, int(product.int("expiration_time")))
	}
	expiry, ok := asTime(vals["expiration_date"])
	if !ok {
		return nil
	}
	for name, days := range map[string]string{"use_date": "use_time", "removal_date": "removal_time", "alert_date": "alert_time"} {
		if vals[name] == nil {
			vals[name] = expiry.AddDate(0, 0, -int(product.int(days)))
		}
	}
	return nil
}

func asTime(v any) (time.Time, bool) {
	switch v := v.(type) {
	case time.Time:
		return v, true
	case string:
		t, err := time.Parse("2006-01-02 15:04:05", v)
		return t, err == nil
	}
	return time.Time{}, false
}

func uniqueLot(lot record) error {
	for _, id := range lot.e.Referring(lot.m.Field("product_id"), lot.int("product_id")) {
		if id != lot.id && (record{lot.e, lot.m, id}).text("name") == lot.text("name") {
			if lot.e.DB().Version >= 18 {
				return orm.Rule("The combination of lot/serial number and product must be unique within a company including when no company is defined.\nThe following combinations contain duplicates:\n - Product: %s, Lot/Serial Number: %s",
					lot.e.DisplayName(lot.to("product_id").m, lot.int("product_id")), lot.text("name"))
			}
			return orm.Rule("The combination of serial number and product must be unique across a company.\nFollowing combination contains duplicates:\n - Product: %s, Serial Number: %s",
				lot.e.DisplayName(lot.to("product_id").m, lot.int("product_id")), lot.text("name"))
		}
	}
	return nil
}
