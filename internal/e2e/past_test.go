package e2e

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/resource"
)

// What there was of each product after each step of a purchase, and before it, is what Odoo
// itself says of that time (its qty_available, with to_date in the context); so it is of
// all that was there before, a day and a month ago.
func TestLiveStockOfThePastIsWhatOdooSays(t *testing.T) {
	p := live(t)
	s := &stage{p, start(t, settings(t, p))}
	d := &trade{person: p}
	now := time.Now().UTC().Truncate(time.Second)
	instants := []time.Time{now.AddDate(0, -1, 0), now.AddDate(0, 0, -1), now.Add(-10 * time.Minute)}
	for _, step := range d.steps() {
		step.do(t)
		// Odoo's times are whole seconds, and it takes some to write those of one transfer.
		done := time.Now().UTC().Truncate(time.Second).Add(2 * time.Second)
		instants = append(instants, done)
		eventually(t, func() (bool, any) { return time.Now().After(done.Add(time.Second)), nil })
	}
	s.equalsOdoo(t, p)

	var ids, miscounted []any
	if p.major == 17 {
		// 17 takes what was asked for off what there is now, and not what has come.
		for _, move := range p.rows(t, "stock.move", []any{[]any{"state", "=", "done"}}, []any{"product_id", "product_uom_qty", "quantity"}) {
			if move.number("product_uom_qty") != move.number("quantity") {
				miscounted = append(miscounted, move.id("product_id"))
			}
		}
	}
	for _, row := range p.rows(t, "stock.quant", []any{}, []any{"product_id"}) {
		if id := any(row.id("product_id")); !slices.Contains(ids, id) && !slices.Contains(miscounted, id) {
			ids = append(ids, id)
		}
	}
	sums, compared, changed := summaryv1.NewSummaryServiceClient(s.conn), 0, 0
	before := map[string]string{}
	for _, at := range instants {
		inMesh := map[string]string{}
		for token := ""; ; {
			page, err := sums.SummarizeStock(t.Context(), &summaryv1.SummarizeStockRequest{GroupBy: "product", AsOfTime: timestamppb.New(at), PageSize: 1000, PageToken: token})
			if err != nil {
				t.Fatalf("as of %v: %v", at, err)
			}
			for _, sum := range page.GetSums() {
				inMesh[sum.GetProduct()] = exact.InFull(exact.Decimal(sum.GetOnHandQuantity()))
			}
			if token = page.GetNextPageToken(); token == "" {
				break
			}
		}
		for _, row := range p.call(t, "product.product", "read", []any{ids, []any{"qty_available"}},
			map[string]any{"context": map[string]any{"to_date": at.Format(time.DateTime)}}).([]any) {
			product := raw(row.(map[string]any))
			name := resource.Name("products", product.id("id"))
			got, want := inMesh[name], exact.InFull(exact.Decimal(product.decimal("qty_available")))
			if got == "" {
				got = "0"
			}
			if got != want {
				t.Errorf("of %s there were %s at %v, and Odoo says %s", name, got, at, want)
			}
			if compared++; before[name] != want {
				before[name], changed = want, changed+1
			}
		}
	}
	t.Logf("%d stocks of %d products were compared, %d of them others than before", compared, len(ids), changed)
}
