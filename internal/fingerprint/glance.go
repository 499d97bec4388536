package fingerprint

import (
	"context"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/odoo"
)

// unchanged tells whether the newest messages that are remembered are still those. A
// restore takes the newest rows away or gives their ids to others, and messages are the
// rows that Odoo makes most of; what a glance does not see, such as that a copy has taken
// its place, the next whole look does. False says that it is not known.
func unchanged(ctx context.Context, client Client, kept *internalv1.KeptFingerprint) (bool, error) {
	was := map[int64]*internalv1.KeptRow{}
	var ids []any
	for _, row := range kept.GetRows() {
		if row.GetModel() == messages {
			was[row.GetId()] = row
			ids = append(ids, row.GetId())
		}
	}
	if len(ids) == 0 {
		return false, nil
	}
	now, err := (&look{client: client}).take(ctx, written, odoo.Where("id", "in", ids), len(ids))
	if err != nil || len(now.rows) != len(ids) {
		return false, err
	}
	for _, row := range now.rows {
		if was[row.GetId()].GetCreateSeconds() != row.GetCreateSeconds() {
			return false, nil
		}
	}
	return true, nil
}
