package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/resource"
)

const (
	// lotMovements is how many movements a traced lot has. Those of lots/1 have one of
	// each other lot between them, as in a house where much else moves; those of the
	// last lot follow each other.
	lotMovements = 10_000
	otherLots    = 15
	mixed        = lotMovements * (1 + otherLots)
	lastLot      = 2 + otherLots
	traces       = 30
	// wards is among how many places a lot is spread.
	wards = 60
)

// measureTrace asks for the ways of lots with many movements, over gRPC.
func measureTrace(ctx context.Context, p *place) ([]row, error) {
	data := p.path("trace")
	err := fill(ctx, data, []string{"supplier", "order", "receipt", "invoice", "inventory"}, map[string]catalogue{
		inventoryservice.Movements: {model: "stock.move.line", rows: mixed + lotMovements, record: syntheticMovement},
		inventoryservice.Lots:      {model: "stock.lot", rows: lastLot, record: syntheticLot},
		inventoryservice.Locations: {model: "stock.location", rows: 2 + wards, record: syntheticLocation},
	})
	if err != nil {
		return nil, fmt.Errorf("filling the cache: %w", err)
	}
	_, all, stop, err := p.served(ctx, data, "supplier,order,receipt,invoice,inventory")
	if err != nil {
		return nil, err
	}
	defer stop()
	if err := awaitBooks(ctx, all[0]); err != nil {
		return nil, err
	}
	var rows []row
	for _, lot := range []struct {
		id   int64
		says string
	}{{lastLot, "which follow each other"}, {1, fmt.Sprintf("among those of %d other lots", otherLots)}} {
		took, err := traceMany(ctx, tracev1.NewTraceServiceClient(all[0]), resource.Name("lots", lot.id))
		if err != nil {
			return rows, err
		}
		rows = append(rows, within(fmt.Sprintf("tracing a lot of %d movements %s, p50", lotMovements, lot.says), took, 50, "ms"))
	}
	return rows, nil
}

// awaitBooks waits until a mesh that has just loaded has told all events of its
// history, which takes all cores for seconds, or on a busy machine for minutes.
func awaitBooks(ctx context.Context, conn *grpc.ClientConn) error {
	ctx, cancel := context.WithTimeout(signedIn(ctx), patience)
	defer cancel()
	for {
		_, stock := inventoryv1.NewInventoryServiceClient(conn).ListInventoryEvents(ctx, &inventoryv1.ListInventoryEventsRequest{PageSize: 1})
		_, business := eventv1.NewEventServiceClient(conn).ListEvents(ctx, &eventv1.ListEventsRequest{PageSize: 1})
		if stock == nil && business == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting until history is told: %w", cmp.Or(stock, business))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// traceMany traces a lot again and again, and answers the median in milliseconds.
func traceMany(ctx context.Context, client tracev1.TraceServiceClient, lot string) (float64, error) {
	took := make([]time.Duration, 0, traces)
	for i := range traces + 1 {
		began := now()
		way, err := client.TraceLot(signedIn(ctx), &tracev1.TraceLotRequest{Name: lot})
		if err != nil {
			return 0, fmt.Errorf("tracing %s: %w", lot, err)
		}
		if len(way.GetSteps()) != lotMovements {
			return 0, fmt.Errorf("%s has %d steps, want %d", lot, len(way.GetSteps()), lotMovements)
		}
		if i > 0 { // the first connects
			took = append(took, now().Sub(began))
		}
	}
	slices.Sort(took)
	return float64(quantile(took, 0.5).Microseconds()) / 1e3, nil
}

// syntheticMovement is a movement of usual size, of a lot that a supplier sent and
// that goes to all wards.
func syntheticMovement(id int64) (proto.Message, map[string][]int64) {
	lot := 1 + (id-1)%(1+otherLots)
	turn := (id - 1) / (1 + otherLots)
	if id > mixed {
		lot, turn = lastLot, id-mixed-1
	}
	from, to, kind := "locations/2", resource.Name("locations", 3+turn%wards), "internal>internal"
	if turn%20 == 0 {
		from, to, kind = "locations/1", "locations/2", "supplier>internal"
	}
	unit := &typesv1.UnitOfMeasure{Name: "units/1", DisplayName: "Units", FactorNumerator: dec("1"), FactorDenominator: dec("1"), Rounding: dec("0.01"), ReferenceUnit: "units/1"}
	quantity := dec(map[bool]string{true: "19", false: "1"}[from == "locations/1"])
	return &inventoryv1.Movement{
		Name: resource.Name("movements", id), Type: inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_TRANSFER, SourceType: kind,
		Product: "products/1", Lot: resource.Name("lots", lot), LotNumber: fmt.Sprintf("V%07d", lot), Quantity: quantity, Unit: unit,
		BookedQuantity: quantity, BookedUnit: unit, MoveTime: timestamppb.New(written.Add(time.Duration(id) * time.Second)),
		SourceLocation: from, DestinationLocation: to, TransferNumber: fmt.Sprintf("WH/INT/%06d", id/4), OdooTransferId: id / 4,
	}, map[string][]int64{"stock.move": {id / 2}, "stock.picking": {id / 4}}
}

func syntheticLot(id int64) (proto.Message, map[string][]int64) {
	return &inventoryv1.Lot{Name: resource.Name("lots", id), LotNumber: fmt.Sprintf("V%07d", id), Product: "products/1"}, nil
}

func syntheticLocation(id int64) (proto.Message, map[string][]int64) {
	return &inventoryv1.Location{Name: resource.Name("locations", id), DisplayName: fmt.Sprintf("Ward %d", id), CompleteName: fmt.Sprintf("WH/Ward %d", id)}, nil
}
