package command

import (
	"context"
	"fmt"
	"strings"
	"testing"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/odoo"
)

// narrow is an Odoo whose user lacks some rights.
type narrow struct {
	*house
	major   int
	refused string
	email   any
	asked   []string
}

func (n *narrow) Server() (odoo.Server, bool) {
	return odoo.Server{Version: odoo.Version{Major: n.major}, UserID: 8}, true
}

func (n *narrow) SearchRead(ctx context.Context, model string, domain odoo.Domain, fields []string, o odoo.ReadOptions) ([]odoo.Row, error) {
	if model == "res.users" {
		return []odoo.Row{odoo.NewRow(model, map[string]any{"id": int64(8), "email": n.email})}, nil
	}
	return n.house.SearchRead(ctx, model, domain, fields, o)
}

func (n *narrow) May(_ context.Context, model, operation string) (bool, error) {
	n.asked = append(n.asked, operation+" "+model)
	return operation+" "+model != n.refused, nil
}

// What the user lacks is known before the first command, names what is missing, and stops
// that command alone.
func TestWhatTheUserLacksStopsTheCommandThatNeedsIt(t *testing.T) {
	kinds := []Kind{
		{Name: "a", Needs: []Need{{Model: "stock.lot", Operation: "create"}, {Model: "stock.picking", Operation: "write"}}, Mails: true},
		{Name: "b", Needs: []Need{{Model: "stock.picking", Operation: "write"}}},
		{Name: "c", Needs: []Need{{Model: "stock.warehouse", Operation: "create", Until: 17, Means: "count"}}},
	}
	for _, c := range []struct {
		major   int
		refused string
		email   any
		wants   string
	}{
		{17, "create stock.lot", "m@x.example", "map[a:[its user may not create stock.lot]]"},
		{19, "create stock.lot", false, "map[a:[its user may not create stock.lot]]"},
		{16, "", false, "map[a:[its user has no e-mail address, without which Odoo makes no note]]"},
		{18, "", "m@x.example", "map[]"},
		{17, "create stock.warehouse", "m@x.example", "map[c:[its user may not count]]"},
		{18, "create stock.warehouse", "m@x.example", "map[]"},
	} {
		n := &narrow{house: &house{}, major: c.major, refused: c.refused, email: c.email}
		got, err := Missing(t.Context(), n, kinds)
		asked := 2
		if c.major < 18 {
			asked++
		}
		if err != nil || fmt.Sprint(got) != c.wants || len(n.asked) != asked {
			t.Errorf("%+v: %v, %v, asked %v", c, got, err, n.asked)
		}
	}
	w := newWorld(t)
	k := w.kinds[pressMethod]
	k.Needs = []Need{{Model: "thing", Operation: "write"}}
	w.kinds[pressMethod] = k
	w.Client = &narrow{house: w.house, major: 18, refused: "write thing", email: "m@x.example"}
	if _, err := w.Examine(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.press(as(t, "erp"), "r1", 42); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_PERMITTED || !strings.Contains(err.Error(), "write thing") || w.pressed[42] != 0 {
		t.Errorf("%v", err)
	}
	// The right is given: the next examination lets it through.
	w.Client.(*narrow).refused = ""
	w.lacks.at = w.lacks.at.Add(-2 * examineAgain)
	if _, err := w.press(as(t, "erp"), "r1", 42); err != nil || w.pressed[42] != 1 {
		t.Errorf("%v", err)
	}
}
