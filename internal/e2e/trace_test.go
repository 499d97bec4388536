package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/race"
	"odoomesh/internal/resource"
)

// hospital is a mesh in front of a simulated hospital with stock and orders.
func hospital(t *testing.T, version int) *stage {
	t.Helper()
	p := simulatedWith(t, version, func(sim *odoosim.Sim) error { return sim.LoadHospital(60) })
	return &stage{p, start(t, settings(t, p))}
}

// Every record of a hospital's is in the mesh as Odoo has it. A lot that came with
// an order leads back to its supplier, order and receipt, and what every place
// holds of it is what Odoo's stock positions say; and the documents behind the
// order are one timeline.
func TestSimulatedHospital(t *testing.T) {
	t.Parallel()
	for _, version := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			m := hospital(t, version)
			showsOdoo(t, m)
			recalled(t, m)
		})
	}
}

// When somebody edits a movement in Odoo, the trace of its lot tells it as it is
// now: first another quantity, then that it was another lot's.
func TestTheTraceFollowsAnEditedMovement(t *testing.T) {
	t.Parallel()
	m := hospital(t, 18)
	ctx := t.Context()
	_, lot := boughtLot(ctx, t, m.mesh)
	step := func(of string) *tracev1.Step {
		way, err := m.trace.TraceLot(ctx, &tracev1.TraceLotRequest{Name: lot})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range way.GetSteps() {
			if of == "" || s.GetMovement() == of {
				return s
			}
		}
		return nil
	}
	first := step("")
	key, err := resource.KeyOf("movements", first.GetMovement())
	if err != nil {
		t.Fatal(err)
	}
	id := resource.KeyID(key)
	row := m.rows(t, "stock.move.line", []any{[]any{"id", "=", id}}, []any{"quantity", "lot_id"})[0]
	m.write(t, "stock.move.line", id, map[string]any{"quantity": row.number("quantity") + 3})
	eventually(t, func() (bool, any) {
		s := step(first.GetMovement())
		return s.GetQuantity().GetValue() != first.GetQuantity().GetValue(), s
	})
	moved, err := m.inventory.GetMovement(ctx, &inventoryv1.GetMovementRequest{Name: first.GetMovement()})
	if s := step(first.GetMovement()); err != nil || !proto.Equal(s.GetQuantity(), moved.GetQuantity()) {
		t.Errorf("the step is %v, the movement %v, %v", s, moved, err)
	}
	m.write(t, "stock.move.line", id, map[string]any{"lot_id": false})
	eventually(t, func() (bool, any) {
		s := step(first.GetMovement())
		return s == nil, s
	})
}

func recalled(t *testing.T, m *stage) {
	ctx := t.Context()
	receipt, lot := boughtLot(ctx, t, m.mesh)
	way, err := m.trace.TraceLot(ctx, &tracev1.TraceLotRequest{Name: lot})
	if err != nil {
		t.Fatal(err)
	}
	from := way.GetOrigins()
	if len(from) == 0 || from[0].GetReceipt() != receipt.GetName() || from[0].GetSupplier() == "" || from[0].GetSupplierName() == "" || from[0].GetOrder() != receipt.GetOrders()[0] {
		t.Errorf("%s came by %v, want %s of %v", lot, from, receipt.GetName(), receipt.GetOrders())
	}
	if diff := cmp.Diff(positions(ctx, t, m.mesh, lot), whereabouts(way), protocmp.Transform()); diff != "" {
		t.Errorf("the trace of %s and the stock differ (-stock +trace):\n%s", lot, diff)
	}
	journey, err := m.trace.GetJourney(ctx, &tracev1.GetJourneyRequest{Number: receipt.GetNumber()})
	if err != nil {
		t.Fatal(err)
	}
	happened := map[tracev1.MilestoneType]bool{}
	for _, s := range journey.GetMilestones() {
		happened[s.GetType()] = true
	}
	for _, want := range []tracev1.MilestoneType{tracev1.MilestoneType_MILESTONE_TYPE_ORDERED, tracev1.MilestoneType_MILESTONE_TYPE_RECEIVED} {
		if !happened[want] {
			t.Errorf("the journey of %s has no %v: %v", receipt.GetNumber(), want, journey.GetMilestones())
		}
	}
}

// boughtLot finds a done receipt of an order, and a lot that came with it.
func boughtLot(ctx context.Context, t *testing.T, m *mesh) (*receiptv1.Receipt, string) {
	t.Helper()
	page, err := m.receipts.ListReceipts(ctx, &receiptv1.ListReceiptsRequest{
		Filter: "state = DONE AND direction = RECEIPT AND orders:* AND lines.lot_lines.lot:*", PageSize: 200,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range page.GetReceipts() {
		for _, l := range r.GetLines() {
			for _, x := range l.GetLotLines() {
				if x.GetLot() != "" && len(r.GetOrders()) > 0 {
					return proto.CloneOf(r), x.GetLot()
				}
			}
		}
	}
	t.Fatalf("no lot of %d receipts came with an order", len(page.GetReceipts()))
	return nil, ""
}

// positions is what Odoo's quants say of a lot, by place of the house.
func positions(ctx context.Context, t *testing.T, m *mesh, lot string) map[string]string {
	t.Helper()
	page, err := m.inventory.ListStockPositions(ctx, &inventoryv1.ListStockPositionsRequest{Filter: `lot = "` + lot + `"`, PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	usages := map[string]inventoryv1.LocationUsage{}
	places, err := m.inventory.ListLocations(ctx, &inventoryv1.ListLocationsRequest{PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range places.GetLocations() {
		usages[l.GetName()] = l.GetUsage()
	}
	at := map[string]string{}
	for _, p := range page.GetStockPositions() {
		if usages[p.GetLocation()] == inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL && p.GetQuantity().GetValue() != "0" {
			at[p.GetLocation()] = p.GetQuantity().GetValue()
		}
	}
	return at
}

func whereabouts(way *tracev1.LotTrace) map[string]string {
	at := map[string]string{}
	for _, w := range way.GetWhereabouts() {
		if w.GetInHouse() {
			at[w.GetLocation()] = w.GetQuantity().GetValue()
		}
	}
	return at
}
