package capture_test

import (
	"errors"
	"testing"
	"time"

	"odoomesh/internal/capture"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/odoosim"
)

// Odoo merges partners by SQL, which stamps no row that named one of them: also those
// show the one that stays which name it through a row of another model, such as a
// movement through its transfer.
func TestAMergeShowsInWhatNamesThePartnerThroughAnother(t *testing.T) {
	t.Parallel()
	versions(t, func(t *testing.T, version int) {
		// What a census or a last reading finds, a merge has not shown by itself.
		slow := func(c *capture.Config) { c.Census, c.Overlap = time.Hour, time.Hour }
		h := openHouse(&house{t: t, dir: t.TempDir(), tune: slow}, version, 20)
		h.loaded()
		h.compared()
		h.do(func(tx *odoosim.Tx) error {
			suppliers, err := partnersOfReceipts(tx)
			if err != nil {
				return err
			}
			return merge(tx, suppliers)
		})
		h.eventually("the merge", h.equals)
	})
}

// merge merges two partners into the second.
func merge(tx *odoosim.Tx, partners []int64) error {
	const wizard = "base.partner.merge.automatic.wizard"
	id, err := tx.Create(wizard, map[string]any{"partner_ids": partners, "dst_partner_id": partners[1]})
	if err != nil {
		return err
	}
	_, err = tx.Call(wizard, "action_merge", []int64{id}, nil)
	return err
}

// A name that has changed shows everywhere also where finding what shows it fails.
func TestARenamedLotShowsThoughItsRecordsWereNotFoundAtOnce(t *testing.T) {
	t.Parallel()
	slow := func(c *capture.Config) { c.Census, c.Overlap = time.Hour, time.Hour }
	h := openHouse(&house{t: t, dir: t.TempDir(), tune: slow}, 16, 20)
	h.loaded()
	h.compared()
	for _, name := range []string{"FIRST", "SECOND"} {
		h.proxy.Next(1, odooproxy.Both(odooproxy.Model("stock.move.line"), odooproxy.Method("search")), odooproxy.Denied())
		h.later(time.Minute)
		h.do(func(tx *odoosim.Tx) error {
			lines, err := tx.Search("stock.move.line", []any{[]any{"state", "=", "done"}, []any{"lot_id", "!=", false}})
			if err != nil {
				return err
			}
			rows, err := tx.Read("stock.move.line", lines[:1], []string{"lot_id"})
			if err != nil {
				return err
			}
			return tx.Write("stock.lot", []int64{first(rows[0]["lot_id"])}, map[string]any{"name": name})
		})
		h.eventually(name, h.equals)
	}
}

// partnersOfReceipts gives two partners that goods have come from.
func partnersOfReceipts(tx *odoosim.Tx) ([]int64, error) {
	receipts, err := tx.Search("stock.picking", []any{[]any{"state", "=", "done"}, []any{"picking_type_code", "=", "incoming"}, []any{"partner_id", "!=", false}})
	if err != nil {
		return nil, err
	}
	rows, err := tx.Read("stock.picking", receipts, []string{"partner_id"})
	if err != nil {
		return nil, err
	}
	one := first(rows[0]["partner_id"])
	for _, row := range rows {
		if other := first(row["partner_id"]); other != one {
			return []int64{one, other}, nil
		}
	}
	return nil, errors.New("all goods have come from one partner")
}
