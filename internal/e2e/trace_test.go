package e2e

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/odoosim"
)

// hospital is a mesh in front of a simulated hospital with stock and orders.
func hospital(t *testing.T, version int) *mesh {
	t.Helper()
	sim, err := odoosim.New(odoosim.Options{Version: version})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.LoadHospital(60); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	c := settings(t, &person{sim: sim})
	c.URL, c.Database, c.User, c.Password = server.URL, "sim", "admin", "admin"
	return start(t, c)
}

// A lot that came with an order leads back to its supplier, order and receipt, and
// what every place holds of it is what Odoo's stock positions say, in every
// release; and the documents behind the order are one timeline.
func TestSimulatedRecallIsAnsweredInOneCall(t *testing.T) {
	for version := 16; version <= 19; version++ {
		m := hospital(t, version)
		ctx := t.Context()
		receipt, lot := boughtLot(ctx, t, m)
		trace := tracev1.NewTraceServiceClient(m.conn)
		way, err := trace.TraceLot(ctx, &tracev1.TraceLotRequest{Name: lot})
		if err != nil {
			t.Fatal(err)
		}
		from := way.GetOrigins()
		if len(from) == 0 || from[0].GetReceipt() != receipt.GetName() || from[0].GetSupplier() == "" || from[0].GetSupplierName() == "" || from[0].GetOrder() != receipt.GetOrders()[0] {
			t.Errorf("Odoo %d: %s came by %v, want %s of %v", version, lot, from, receipt.GetName(), receipt.GetOrders())
		}
		if diff := cmp.Diff(positions(ctx, t, m, lot), whereabouts(way), protocmp.Transform()); diff != "" {
			t.Errorf("Odoo %d: the trace of %s and the stock differ (-stock +trace):\n%s", version, lot, diff)
		}
		journey, err := trace.GetJourney(ctx, &tracev1.GetJourneyRequest{Number: receipt.GetNumber()})
		if err != nil {
			t.Fatal(err)
		}
		happened := map[tracev1.MilestoneType]bool{}
		for _, s := range journey.GetMilestones() {
			happened[s.GetType()] = true
		}
		for _, want := range []tracev1.MilestoneType{tracev1.MilestoneType_MILESTONE_TYPE_ORDERED, tracev1.MilestoneType_MILESTONE_TYPE_RECEIVED} {
			if !happened[want] {
				t.Errorf("Odoo %d: the journey of %s has no %v: %v", version, receipt.GetNumber(), want, journey.GetMilestones())
			}
		}
		m.stop()
	}
}

// boughtLot finds a done receipt of an order, and a lot that came with it.
func boughtLot(ctx context.Context, t *testing.T, m *mesh) (*receiptv1.Receipt, string) {
	t.Helper()
	page, err := receiptv1.NewReceiptServiceClient(m.conn).ListReceipts(ctx, &receiptv1.ListReceiptsRequest{
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
	page, err := inventoryv1.NewInventoryServiceClient(m.conn).ListStockPositions(ctx, &inventoryv1.ListStockPositionsRequest{Filter: `lot = "` + lot + `"`, PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	usages := map[string]inventoryv1.LocationUsage{}
	places, err := inventoryv1.NewInventoryServiceClient(m.conn).ListLocations(ctx, &inventoryv1.ListLocationsRequest{PageSize: 1000})
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
