package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/gen/go/mesh/inventory/v1/inventoryservice"
	"odoomesh/gen/go/mesh/product/v1/productservice"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/resource"
)

// A million positions, each of a lot of its own, of so many products at so many places.
const (
	summedProducts = 20_000
	summedPlaces   = 50
	summed         = 30 // how often each sum is asked for
)

// measureSums asks for sums over a million stock positions, over gRPC.
func measureSums(ctx context.Context, p *place) ([]row, error) {
	data := p.path("sums")
	err := fill(ctx, data, []string{"product", "supplier", "order", "receipt", "inventory"}, map[string]catalogue{
		productservice.Products:         {model: "product.product", rows: summedProducts, record: syntheticProduct},
		inventoryservice.Lots:           {model: "stock.lot", rows: million, record: syntheticPlacedLot},
		inventoryservice.Locations:      {model: "stock.location", rows: summedPlaces, record: syntheticPlace},
		inventoryservice.StockPositions: {model: "stock.quant", rows: million, record: syntheticPosition, ids: positionIDs},
	})
	if err != nil {
		return nil, fmt.Errorf("filling the cache: %w", err)
	}
	mesh, all, stop, err := p.served(ctx, data, "product,supplier,order,receipt,inventory")
	if err != nil {
		return nil, err
	}
	defer stop()
	began := now()
	sums := summaryv1.NewSummaryServiceClient(all[0])
	if err := awaitSums(ctx, sums); err != nil {
		return nil, err
	}
	rows := []row{within("sums over 1,000,000 stock positions are ready after a start", now().Sub(began).Seconds(), 60, "s")}
	if err := awaitBooks(ctx, all[0]); err != nil {
		return rows, err
	}
	for _, by := range []string{"", "product", "location", "lot", "product,location", "location,product", "location,lot", "company"} {
		took, err := sumMany(ctx, func(ctx context.Context) (int, error) {
			answer, err := sums.SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{GroupBy: by})
			return len(answer.GetSums()), err
		})
		if err != nil {
			return rows, err
		}
		rows = append(rows, within(fmt.Sprintf("stock of 1,000,000 positions by %q, first page, p50", by), took, 20, "ms"))
	}
	for name, ask := range map[string]func(context.Context) (int, error){
		"stock of one product of 1,000,000 positions": func(ctx context.Context) (int, error) {
			answer, err := sums.SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{Product: "products/77"})
			return len(answer.GetSums()), err
		},
		"what expires in 60 days of 1,000,000 positions, first page": func(ctx context.Context) (int, error) {
			answer, err := sums.ListExpiringStock(ctx, &summaryv1.ListExpiringStockRequest{Within: "60d"})
			return len(answer.GetExpiringStock()), err
		},
	} {
		took, err := sumMany(ctx, ask)
		if err != nil {
			return rows, err
		}
		rows = append(rows, within(name+", p50", took, 20, "ms"))
	}
	own, err := mesh.resident("RssAnon")
	if err != nil {
		return rows, err
	}
	return append(rows, within("memory of its own with 1,000,000 positions and lots to add up", own, 512, "MiB")), nil
}

// awaitSums waits until there are sums.
func awaitSums(ctx context.Context, sums summaryv1.SummaryServiceClient) error {
	ctx, cancel := context.WithTimeout(signedIn(ctx), tailPatience)
	defer cancel()
	for {
		_, err := sums.SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{})
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for sums: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// sumMany asks again and again, and answers the median in milliseconds.
func sumMany(ctx context.Context, ask func(context.Context) (int, error)) (float64, error) {
	took := make([]time.Duration, 0, summed)
	for range summed {
		began := now()
		n, err := ask(signedIn(ctx))
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, fmt.Errorf("there is nothing to add up")
		}
		took = append(took, now().Sub(began))
	}
	slices.Sort(took)
	return float64(quantile(took, 0.5).Microseconds()) / 1e3, nil
}

func positionIDs(id int64) []int64 {
	return []int64{1 + (id-1)%summedProducts, 1 + (id-1)/summedProducts, id, 0, 0}
}

func syntheticPosition(id int64) (proto.Message, map[string][]int64) {
	ids := positionIDs(id)
	unit := &typesv1.UnitOfMeasure{Name: "units/1", DisplayName: "Units", FactorNumerator: dec("1"), FactorDenominator: dec("1"), Rounding: dec("0.01"), ReferenceUnit: "units/1"}
	return &inventoryv1.StockPosition{
		Name: resource.Name("stockPositions", ids...), Product: resource.Name("products", ids[0]), Location: resource.Name("locations", ids[1]), Lot: resource.Name("lots", id),
		LotNumber: fmt.Sprintf("V%07d", id), Quantity: dec(fmt.Sprint(id % 97)), ReservedQuantity: dec(fmt.Sprint(id % 5)), AvailableQuantity: dec(fmt.Sprint(id%97 - id%5)), Unit: unit,
	}, nil
}

func syntheticPlacedLot(id int64) (proto.Message, map[string][]int64) {
	return &inventoryv1.Lot{
		Name: resource.Name("lots", id), LotNumber: fmt.Sprintf("V%07d", id), Product: resource.Name("products", 1+(id-1)%summedProducts),
		ExpirationTime: timestamppb.New(now().Add(time.Duration(id%1000) * 24 * time.Hour)),
	}, nil
}

func syntheticPlace(id int64) (proto.Message, map[string][]int64) {
	return &inventoryv1.Location{
		Name: resource.Name("locations", id), DisplayName: fmt.Sprintf("Shelf %d", id), CompleteName: fmt.Sprintf("WH/Shelf %d", id),
		Usage: inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL, SourceUsage: "internal",
	}, nil
}
