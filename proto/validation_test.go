package proto_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

func names(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("products/%d", i+1)
	}
	return all
}

func TestRequestsThatBreakARuleAreRefused(t *testing.T) {
	validator, err := protovalidate.New()
	if err != nil {
		t.Fatal(err)
	}
	staleness := func(seconds int64) *typesv1.ReadMode {
		return &typesv1.ReadMode{Mode: &typesv1.ReadMode_MaxStaleness{MaxStaleness: &durationpb.Duration{Seconds: seconds}}}
	}
	tests := []struct {
		rule string
		good []proto.Message
		bad  []proto.Message
	}{
		{
			rule: "a name is its collection and a positive number",
			good: []proto.Message{&productv1.GetProductRequest{Name: "products/42"}, &supplierv1.GetSupplierRequest{Name: "suppliers/1"}},
			bad: []proto.Message{
				&productv1.GetProductRequest{}, &productv1.GetProductRequest{Name: "products/0"}, &productv1.GetProductRequest{Name: "products/042"},
				&productv1.GetProductRequest{Name: "products/42\n"}, &productv1.GetProductRequest{Name: "suppliers/42"}, &productv1.GetProductRequest{Name: "42"},
			},
		},
		{
			rule: "a stock position is named by five numbers, of which product and location are positive",
			good: []proto.Message{&inventoryv1.GetStockPositionRequest{Name: "stockPositions/42-8-0-0-0"}},
			bad:  []proto.Message{&inventoryv1.GetStockPositionRequest{Name: "stockPositions/0-8-0-0-0"}, &inventoryv1.GetStockPositionRequest{Name: "stockPositions/42-8"}},
		},
		{
			rule: "a batch has 1 to 1000 names, each once",
			good: []proto.Message{&productv1.BatchGetProductsRequest{Names: names(1)}, &productv1.BatchGetProductsRequest{Names: names(1000)}},
			bad: []proto.Message{
				&productv1.BatchGetProductsRequest{}, &productv1.BatchGetProductsRequest{Names: names(1001)},
				&productv1.BatchGetProductsRequest{Names: slices.Repeat(names(1), 2)}, &productv1.BatchGetProductsRequest{Names: []string{"x"}},
			},
		},
		{
			rule: "a page has at most 1000 records",
			good: []proto.Message{&productv1.ListProductsRequest{}, &productv1.ListProductsRequest{PageSize: 1000}},
			bad:  []proto.Message{&productv1.ListProductsRequest{PageSize: -1}, &productv1.ListProductsRequest{PageSize: 1001}},
		},
		{
			rule: "a filter has at most 4096 characters, in a watch too",
			good: []proto.Message{&productv1.ListProductsRequest{Filter: strings.Repeat("ä", 4096)}},
			bad:  []proto.Message{&productv1.ListProductsRequest{Filter: strings.Repeat("a", 4097)}, &productv1.WatchProductsRequest{Filter: strings.Repeat("a", 4097)}},
		},
		{
			rule: "staleness is not below zero",
			good: []proto.Message{&productv1.ListProductsRequest{ReadMode: staleness(0)}, &productv1.ListProductsRequest{ReadMode: &typesv1.ReadMode{}}},
			bad:  []proto.Message{&productv1.GetProductRequest{Name: "products/1", ReadMode: staleness(-1)}},
		},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			for _, m := range test.good {
				if err := validator.Validate(m); err != nil {
					t.Errorf("%T refused: %v", m, err)
				}
			}
			for _, m := range test.bad {
				if err := validator.Validate(m); err == nil {
					t.Errorf("%T accepted: %.100v", m, m)
				}
			}
		})
	}
}
