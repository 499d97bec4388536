package capture_test

import (
	"errors"
	"testing"
	"time"

	"odoomesh/internal/capture"
	"odoomesh/internal/odoosim"
)

// Odoo merges partners by SQL, which stamps no row that named one of them: also those
// show the one that stays which name it through a row of another model, such as a
// movement through its transfer.
func TestAMergeShowsInWhatNamesThePartnerThroughAnother(t *testing.T) {
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
			const wizard = "base.partner.merge.automatic.wizard"
			id, err := tx.Create(wizard, map[string]any{"partner_ids": suppliers, "dst_partner_id": suppliers[1]})
			if err != nil {
				return err
			}
			_, err = tx.Call(wizard, "action_merge", []int64{id}, nil)
			return err
		})
		h.eventually("the merge", h.equals)
	})
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
