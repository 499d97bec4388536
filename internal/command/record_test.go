package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/fault"
)

// What is done is answered with its record, also where the copy did not have it at first: it
// is looked for in Odoo once more. Where that fails the answer says so, and what is deleted
// is answered without.
func TestTheRecordOfWhatIsDoneIsAnswered(t *testing.T) {
	w := newWorld(t)
	ctx := as(t, "erp")
	for n, tt := range []struct {
		name           string
		missing        bool  // from the copy at first
		deleted        bool  // from Odoo
		down           error // of Odoo
		record, warned string
	}{
		{"it is there", false, false, nil, "the order", ""},
		{"the copy did not have it yet", true, false, nil, "the order", ""},
		{"it was deleted", true, true, nil, "", ""},
		{"Odoo cannot be asked", true, false, unreachable, "", "The record cannot be shown now"},
	} {
		copied := !tt.missing
		w.Desk.Refresh = func(context.Context, string) error {
			copied = !tt.deleted
			return tt.down
		}
		if _, err := w.press(ctx, fmt.Sprint("r", n), 42); err != nil && !errors.Is(err, unreachable) {
			t.Fatal(err)
		}
		copied = !tt.missing
		intent, record, err := Carried(ctx, w.Desk, pressMethod, &orderv1.ReleaseOrderRequest{RequestId: fmt.Sprint("r", n), Name: "orders/42"}, func(_ context.Context, name string) (string, error) {
			if !copied {
				return "", fault.NotFound(name)
			}
			return "the order", nil
		})
		if err != nil || intent.GetState() != stateDone || record != tt.record || tt.warned == "" && strings.Contains(strings.Join(intent.GetWarnings(), " "), "shown now") || !strings.Contains(strings.Join(intent.GetWarnings(), " "), tt.warned) {
			t.Errorf("%s: answered %q, %v, %v", tt.name, record, intent, err)
		}
	}
}
