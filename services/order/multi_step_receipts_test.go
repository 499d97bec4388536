package order

import (
	"testing"

	"odoomesh/internal/odoo"
)

// What is done counts from 17 on by what has come, in the unit of the product; what came
// back, or goes back unseen by the order, counts nothing.
func TestHowMuchAMovementCounts(t *testing.T) {
	for _, tt := range []struct {
		name   string
		major  int
		values map[string]any
		want   float64
	}{
		{"done, on 16", 16, map[string]any{"state": "done"}, 24},
		{"planned, on 17", 17, map[string]any{"state": "assigned"}, 24},
		{"done, on 17", 17, map[string]any{"state": "done"}, 36},
		{"done, on 19", 19, map[string]any{"state": "done"}, 36},
		{"done, and nothing was planned", 19, map[string]any{"state": "done", "product_uom_qty": 0.0, "product_qty": 0.0}, 3},
		{"a return that is not refunded", 19, map[string]any{"state": "done", "origin_returned_move_id": []any{int64(4), "back"}}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			values := map[string]any{
				"id": int64(1), "purchase_line_id": []any{int64(7), "line"}, "origin_returned_move_id": false, "to_refund": false, "move_dest_ids": []any{int64(9)},
				"product_qty": 24.0, "product_uom_qty": 2.0, "quantity": 3.0, // of dozens
			}
			for field, value := range tt.values {
				values[field] = value
			}
			line, got, follow, err := steps(odoo.NewRow(moveModel, values), tt.major)
			if err != nil || line != 7 || got != tt.want || len(follow) != 1 {
				t.Errorf("line %d counts %v, %v, %v", line, got, follow, err)
			}
		})
	}
}
