package capture_test

import (
	"strings"
	"time"

	"odoomesh/internal/odoosim"
)

// What people do with rows that makes their stamps hard to read.

func (a *adversary) beginLate() {
	tx := a.sim.Begin()
	ids := a.pick(tx, "product.product", 2)
	if err := tx.Write("product.product", ids, map[string]any{"default_code": a.word()}); err != nil || len(ids) == 0 {
		tx.Rollback()
		return
	}
	a.open = append(a.open, tx)
	a.works()
}

func (a *adversary) commitLate() {
	if len(a.open) == 0 {
		return
	}
	i := a.random.IntN(len(a.open))
	if err := a.open[i].Commit(); err != nil {
		a.t.Logf("refused by Odoo: %v", err)
	} else {
		a.works()
	}
	a.open = append(a.open[:i], a.open[i+1:]...)
}

func (a *adversary) editPrice() {
	a.write("product.supplierinfo", 3, map[string]any{"price": float64(a.random.IntN(10000)) / 100})
}

func (a *adversary) writeTheSame() {
	a.attempt(func(tx *odoosim.Tx) error {
		ids, err := a.some(tx, "product.product", 1)
		if err != nil {
			return err
		}
		rows, err := tx.Read("product.product", ids, []string{"default_code"})
		if err != nil {
			return err
		}
		return tx.Write("product.product", ids, map[string]any{"default_code": rows[0]["default_code"]})
	})
}

func (a *adversary) archive() {
	a.write("product.product", 1, map[string]any{"active": a.random.IntN(2) == 0}, []any{"active", "in", []any{true, false}})
}

// archiveAndDelete deletes what was archived, in the same transaction or after it.
func (a *adversary) archiveAndDelete() {
	var ids []int64
	unlink := func(tx *odoosim.Tx) error { return tx.Unlink("product.product", ids) }
	together := a.random.IntN(2) == 0
	done := a.attempt(func(tx *odoosim.Tx) (err error) {
		// A product of its own: what was bought cannot be deleted.
		id, err := tx.Create("product.product", map[string]any{"name": a.word()})
		if err != nil {
			return err
		}
		ids = []int64{id}
		if err := tx.Write("product.product", ids, map[string]any{"active": false}); err != nil || !together {
			return err
		}
		return unlink(tx)
	})
	if done && !together {
		a.later(time.Duration(a.random.IntN(3000)) * time.Millisecond)
		a.attempt(unlink)
	}
}

func (a *adversary) deleteSome() {
	model := []string{"product.supplierinfo", "product.product", "res.partner"}[a.random.IntN(3)]
	a.attempt(func(tx *odoosim.Tx) error {
		left := a.pick(tx, model, 1000)
		if len(left) <= 5 {
			return errNothing
		}
		return tx.Unlink(model, left[:2])
	})
}

// twoSuppliers gives two suppliers that have prices, unless there are few.
func (a *adversary) twoSuppliers(tx *odoosim.Tx) (from, to int64, err error) {
	prices := a.pick(tx, "product.supplierinfo", 2)
	if len(prices) < 2 || len(a.pick(tx, "res.partner", 1000)) < 8 {
		return 0, 0, errNothing
	}
	rows, err := tx.Read("product.supplierinfo", prices, []string{"partner_id"})
	if err != nil {
		return 0, 0, err
	}
	from, to = first(rows[0]["partner_id"]), first(rows[1]["partner_id"])
	if from == to {
		return 0, 0, errNothing
	}
	return from, to, nil
}

// mergeSuppliers moves all prices of one supplier to another and deletes it.
func (a *adversary) mergeSuppliers() {
	a.attempt(func(tx *odoosim.Tx) error {
		from, to, err := a.twoSuppliers(tx)
		if err != nil {
			return err
		}
		theirs, err := tx.Search("product.supplierinfo", []any{[]any{"partner_id", "=", from}})
		if err != nil {
			return err
		}
		if err := tx.Write("product.supplierinfo", theirs, map[string]any{"partner_id": to}); err != nil {
			return err
		}
		return tx.Unlink("res.partner", []int64{from})
	})
}

// mergePartners makes one partner of two by Odoo's wizard, which moves what names
// them by SQL, without a stamp.
func (a *adversary) mergePartners() {
	a.attempt(func(tx *odoosim.Tx) error {
		from, to, err := a.twoSuppliers(tx)
		if err != nil {
			return err
		}
		const wizard = "base.partner.merge.automatic.wizard"
		id, err := tx.Create(wizard, map[string]any{"partner_ids": []int64{from, to}, "dst_partner_id": to})
		if err != nil {
			return err
		}
		_, err = tx.Call(wizard, "action_merge", []int64{id}, nil)
		return err
	})
}

// writeMany changes everything in one transaction, under one stamp.
func (a *adversary) writeMany() {
	a.write("product.product", 1000, map[string]any{"weight": float64(a.random.IntN(100)) / 10})
}

// crossSecond writes the same row on both sides of a second's end, and twice in
// the same second.
func (a *adversary) crossSecond() {
	var ids []int64
	phone := func(tx *odoosim.Tx) error { return tx.Write("res.partner", ids, map[string]any{"phone": a.word()}) }
	if !a.attempt(func(tx *odoosim.Tx) (err error) {
		if ids, err = a.some(tx, "res.partner", 1); err != nil {
			return err
		}
		return phone(tx)
	}) {
		return
	}
	for range 2 {
		a.attempt(phone)
	}
	a.later(time.Second)
	a.attempt(phone)
}

func (a *adversary) create() {
	a.attempt(func(tx *odoosim.Tx) error {
		id, err := tx.Create("product.product", map[string]any{"name": a.word(), "default_code": a.word()})
		if err != nil {
			return err
		}
		rows, err := tx.Read("product.product", []int64{id}, []string{"product_tmpl_id"})
		if err != nil {
			return err
		}
		partner, err := a.some(tx, "res.partner", 1)
		if err != nil {
			return err
		}
		_, err = tx.Create("product.supplierinfo", map[string]any{
			"partner_id": partner[0], "product_tmpl_id": first(rows[0]["product_tmpl_id"]), "price": 1.5,
		})
		return err
	})
}

// renumberLot renames a lot, whose number shows in receipts, movements and positions.
func (a *adversary) renumberLot() { a.write("stock.lot", 2, map[string]any{"name": a.word()}) }

func (a *adversary) renamePlace() { a.write("stock.location", 2, map[string]any{"name": a.word()}) }

// blanks are what tables are copied with: they show, and are no part of a code.
func (a *adversary) blanks() {
	padded := []string{" %s", "%s ", "\u00a0%s", "%s\t", "   "}[a.random.IntN(5)]
	if padded != "   " {
		padded = strings.ReplaceAll(padded, "%s", a.word())
	}
	if a.random.IntN(2) == 0 {
		a.write("product.product", 1, map[string]any{"default_code": padded})
		return
	}
	a.write("stock.lot", 1, map[string]any{"name": padded})
}

// vanish lets a supplier leave its collection and come back, by values that Odoo
// itself changes by SQL.
func (a *adversary) vanish() {
	var ids []int64
	rank := func(n int) {
		a.attempt(func(tx *odoosim.Tx) (err error) {
			if ids == nil {
				if ids, err = a.some(tx, "res.partner", 1); err != nil {
					return err
				}
			}
			return tx.Write("res.partner", ids, map[string]any{"supplier_rank": n})
		})
	}
	rank(0)
	a.later(time.Duration(a.random.IntN(3000)) * time.Millisecond)
	rank(1)
}

// stampede changes thousands of rows under one stamp, and deletes hundreds of them
// at once, too few of all for a mass deletion.
func (a *adversary) stampede() {
	const rows, fewer = 5000, 300
	var lots []int64
	a.do(func(tx *odoosim.Tx) error {
		products := a.pick(tx, "product.product", 100)
		for i := range rows {
			id, err := tx.Create("stock.lot", map[string]any{"name": a.word() + a.word(), "product_id": products[i%len(products)], "company_id": int64(1)})
			if err != nil {
				return err
			}
			lots = append(lots, id)
		}
		return nil
	})
	a.eventually("thousands of new rows", a.holds("lots", rows))
	a.do(func(tx *odoosim.Tx) error { return tx.Write("stock.lot", lots, map[string]any{"ref": a.word()}) })
	a.restart()
	a.do(func(tx *odoosim.Tx) error { return tx.Unlink("stock.lot", lots[:fewer]) })
}
