package summary

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
)

// ago is a time some hours before the world's now; nil now and then.
func (d drawn) ago(w *world, name string, hours int, sometimesNone bool) *timestamppb.Timestamp {
	if sometimesNone && rapid.IntRange(0, 4).Draw(d.T, name+" unset") == 0 {
		return nil
	}
	return timestamppb.New(w.now.Add(-time.Duration(rapid.IntRange(-30, hours).Draw(d.T, name)) * time.Hour))
}

// writeDelivery writes an order, a receipt or what people call what they are about, or
// deletes one. Lines are shared by orders, quantities are nothing, and directions any: as
// dirty as data gets.
func (d drawn) writeDelivery(w *world, silent bool) {
	company := rapid.Int64Range(0, 3).Draw(d.T, "company")
	put := func(m proto.Message, collection string, ids ...int64) {
		if !silent && rapid.IntRange(0, 4).Draw(d.T, "gone") == 0 {
			m = nil
		}
		w.put(d.T, silent, company, m, collection, ids...)
	}
	switch rapid.IntRange(0, 9).Draw(d.T, "what") {
	case 0:
		id := d.id("supplier", 4)
		put(&supplierv1.Supplier{Name: resource.Name("suppliers", id), DisplayName: fmt.Sprintf("Supplier %d", id)}, "suppliers", id)
	case 1:
		id := d.id("product", 3)
		put(&productv1.Product{Name: resource.Name(products, id), DisplayName: fmt.Sprintf("Thing %d", id), Sku: fmt.Sprintf("T-%d", id)}, products, id)
	case 2, 3, 4:
		id := d.id("order", 5)
		o := &orderv1.Order{Name: resource.Name(orders, id), State: orderv1.State_STATE_CONFIRMED, ConfirmTime: d.ago(w, "confirmed", 200, true)}
		if supplier := rapid.Int64Range(0, 4).Draw(d.T, "supplier"); supplier > 0 {
			o.Supplier = resource.Name("suppliers", supplier)
		}
		if legal := rapid.Int64Range(0, 4).Draw(d.T, "legal"); legal > 0 {
			o.LegalSupplier = resource.Name("suppliers", legal)
		}
		for range rapid.IntRange(0, 3).Draw(d.T, "lines") {
			line := d.id("line", 6)
			if slices.ContainsFunc(o.GetLines(), func(l *orderv1.OrderLine) bool { return l.GetId() == strconv.FormatInt(line, 10) }) {
				continue
			}
			o.Lines = append(o.Lines, &orderv1.OrderLine{Id: strconv.FormatInt(line, 10), Product: resource.Name(products, d.id("product", 3)),
				RequestedTime: d.ago(w, "requested", 100, true), PromisedTime: d.ago(w, "promised", 100, true)})
		}
		put(o, orders, id)
	default:
		id := d.id("receipt", 5)
		r := &receiptv1.Receipt{Name: resource.Name(receipts, id), Direction: receiptv1.Direction(rapid.IntRange(0, 3).Draw(d.T, "direction")),
			State: rapid.SampledFrom([]receiptv1.State{receiptv1.State_STATE_DONE, receiptv1.State_STATE_DONE, receiptv1.State_STATE_READY}).Draw(d.T, "state"), DoneTime: d.ago(w, "done", 100, true)}
		if rapid.Bool().Draw(d.T, "from somebody") {
			r.LegalSupplier, r.Supplier = resource.Name("suppliers", d.id("legal", 3)), resource.Name("suppliers", d.id("supplier", 3))
		}
		for range rapid.IntRange(0, 4).Draw(d.T, "lines") {
			r.Lines = append(r.Lines, &receiptv1.ReceiptLine{Product: resource.Name(products, d.id("part", 3)), Order: resource.Name(orders, d.id("order", 5)),
				OrderLineId: rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "6", "", "x"}).Draw(d.T, "line"), AcceptedQuantity: d.quantity("accepted")})
		}
		put(r, receipts, id)
	}
}

// naiveLead is a delivery, as a list of receipts and the orders that they name tell it.
type naiveLead struct {
	supplier, named, product, buyer int64
	took, at                        int64 // seconds; took -1 where it is not known
	dated, late                     bool
	comes                           []int64 // who the receipt is from
}

func naiveLeads(t *rapid.T, w *world, met []int64) (all []naiveLead) {
	meets := func(company int64) bool { return len(met) == 0 || company == 0 || slices.Contains(met, company) }
	type known struct {
		*orderv1.Order
		company int64
	}
	placed := map[string]known{}
	each(t, w, orders, func() *orderv1.Order { return &orderv1.Order{} }, func(_ []int64, kept *internalv1.CacheRecord, o *orderv1.Order) {
		placed[o.GetName()] = known{o, kept.GetCompanyId()}
	})
	each(t, w, receipts, func() *receiptv1.Receipt { return &receiptv1.Receipt{} }, func(_ []int64, kept *internalv1.CacheRecord, r *receiptv1.Receipt) {
		if r.GetDirection() != receiptv1.Direction_DIRECTION_RECEIPT && r.GetDirection() != receiptv1.Direction_DIRECTION_DROP_SHIPMENT || r.GetState() != receiptv1.State_STATE_DONE || r.GetDoneTime() == nil || !meets(kept.GetCompanyId()) {
			return
		}
		brought := map[string]bool{}
		for _, l := range r.GetLines() {
			if exact.Decimal(l.GetAcceptedQuantity()).Sign() > 0 {
				brought[l.GetOrder()+" "+l.GetOrderLineId()] = true
			}
		}
		for name, o := range placed {
			for _, l := range o.GetLines() {
				if !brought[name+" "+l.GetId()] || !meets(o.company) {
					continue
				}
				one := naiveLead{named: keyID("suppliers", o.GetSupplier()), supplier: keyID("suppliers", o.GetLegalSupplier()), product: keyID(products, l.GetProduct()), buyer: o.company, took: -1, at: r.GetDoneTime().GetSeconds(),
					comes: []int64{keyID("suppliers", r.GetSupplier()), keyID("suppliers", r.GetLegalSupplier())}}
				if one.supplier == 0 {
					one.supplier = one.named
				}
				if took := one.at - o.GetConfirmTime().GetSeconds(); o.GetConfirmTime() != nil && took >= 0 {
					one.took = took
				}
				due := l.GetPromisedTime()
				if due == nil {
					due = l.GetRequestedTime()
				}
				if one.dated = due != nil; one.dated {
					day := func(t *timestamppb.Timestamp) string { return t.AsTime().In(w.sheets.Zone()).Format(time.DateOnly) }
					one.late = day(r.GetDoneTime()) > day(due)
				}
				all = append(all, one)
			}
		}
	})
	return all
}

// told is what a sum of some deliveries says.
func (n naive) lead(all []naiveLead) *summaryv1.LeadTimeSum {
	sum := &summaryv1.LeadTimeSum{}
	var took []int64
	for _, one := range all {
		if one.took < 0 {
			sum.UntimedCount++
		} else {
			took = append(took, one.took)
		}
		if one.dated {
			sum.DatedCount++
		}
		if one.late {
			sum.LateCount++
		}
	}
	if sum.GetDatedCount() > 0 {
		sum.LateShare = rounded(big.NewRat(sum.GetLateCount(), sum.GetDatedCount()), 4)
	}
	if sum.DeliveryCount = int64(len(took)); len(took) == 0 {
		return sum
	}
	slices.Sort(took)
	half := big.NewRat(took[(len(took)-1)/2]+took[len(took)/2], 2*86400)
	nine := 0 // the least of which nine of ten are no more
	for slices.IndexFunc(took, func(x int64) bool { return x > took[nine] }) >= 0 && 10*slices.IndexFunc(took, func(x int64) bool { return x > took[nine] }) < 9*len(took) {
		nine++
	}
	sum.MedianDays, sum.NinetiethPercentileDays = rounded(half, 2), rounded(big.NewRat(took[nine], 86400), 2)
	sum.ShortestDays, sum.LongestDays = rounded(big.NewRat(took[0], 86400), 2), rounded(big.NewRat(took[len(took)-1], 86400), 2)
	return sum
}

func (d drawn) askLeads(w *world) {
	t := d.T
	by := rapid.SampledFrom([][]int{{0}, {1}, {2}, {0, 1}, {1, 0}, {2, 0, 1}}).Draw(t, "by")
	r := &summaryv1.SummarizeLeadTimesRequest{PageSize: int32(rapid.IntRange(1, 3).Draw(t, "size"))}
	for i, dimension := range by {
		if i > 0 {
			r.GroupBy += ","
		}
		r.GroupBy += leadDimensions[dimension]
	}
	start, end := w.now.Add(-364*24*time.Hour), w.now
	switch rapid.IntRange(0, 3).Draw(t, "span") {
	case 0:
		start = w.now.Add(-time.Duration(rapid.IntRange(1, 100).Draw(t, "since")) * time.Hour)
		r.StartTime = timestamppb.New(start)
	case 1:
		hours := rapid.IntRange(1, 100).Draw(t, "within")
		r.Within, start = fmt.Sprintf("%dh", hours), w.now.Add(-time.Duration(hours)*time.Hour)
	case 2:
		end = w.now.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "until"))*time.Hour + time.Millisecond)
		r.EndTime, start = timestamppb.New(end), end.Add(-364*24*time.Hour)
	}
	wanted := func(name string, most int) int64 {
		if rapid.IntRange(0, 3).Draw(t, "of a "+name) > 0 {
			return 0
		}
		return d.id(name, most)
	}
	supplier, product := wanted("supplier", 5), wanted("product", 4)
	if r.CompanyId = wanted("company", 4); supplier > 0 {
		r.Supplier = resource.Name("suppliers", supplier)
	}
	if product > 0 {
		r.Product = resource.Name(products, product)
	}
	who := rapid.SampledFrom([]*scope.Scope{nil, {Companies: []int64{1, 3}}, {Supplier: "suppliers/2"}, {Finance: true}}).Draw(t, "who")
	ctx, met := context.Background(), int64(0)
	var companies []int64
	if who != nil {
		ctx, companies, met = scope.With(ctx, who), who.Companies, keyID("suppliers", who.Supplier)
	}
	groups := map[leadIDs][]naiveLead{}
	for _, one := range naiveLeads(t, w, companies) {
		of := func(supplier int64) bool { return supplier == 0 || one.supplier == supplier || one.named == supplier }
		if !of(supplier) || !of(met) || met != 0 && !slices.Contains(one.comes, met) || product != 0 && one.product != product || r.GetCompanyId() != 0 && one.buyer != r.GetCompanyId() || time.Unix(one.at, 0).Before(start) || !time.Unix(one.at, 0).Before(end) {
			continue
		}
		var ids leadIDs
		for i, dimension := range by {
			ids[i] = [...]int64{one.supplier, one.product, one.buyer}[dimension]
		}
		groups[ids] = append(groups[ids], one)
	}
	var want []*summaryv1.LeadTimeSum
	for _, ids := range slices.SortedFunc(maps.Keys(groups), func(a, b leadIDs) int { return slices.Compare(a[:], b[:]) }) {
		sum := naive{}.lead(groups[ids])
		for i, dimension := range by {
			switch dimension {
			case leadBySupplier:
				sum.Supplier = named("suppliers", ids[i])
			case leadByProduct:
				sum.Product = named(products, ids[i])
			default:
				sum.CompanyId = ids[i]
			}
		}
		want = append(want, sum)
	}
	var got []*summaryv1.LeadTimeSum
	for {
		page, err := w.service.SummarizeLeadTimes(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.GetSums()) > int(r.GetPageSize()) || page.GetNextPageToken() != "" && len(page.GetSums()) == 0 || who != nil && page.GetPosition() != 0 {
			t.Fatalf("a page is %v", page)
		}
		for _, sum := range page.GetSums() {
			hold := func(shown, name, collection string, m interface{ GetDisplayName() string }) {
				if shown != "" && shown != m.GetDisplayName() {
					t.Fatalf("%s is called %q", name, shown)
				}
			}
			hold(sum.GetSupplierDisplayName(), sum.GetSupplier(), "suppliers", &supplierv1.Supplier{DisplayName: fmt.Sprintf("Supplier %d", keyID("suppliers", sum.GetSupplier()))})
			hold(sum.GetProductDisplayName(), sum.GetProduct(), products, &productv1.Product{DisplayName: fmt.Sprintf("Thing %d", keyID(products, sum.GetProduct()))})
			sum.SupplierDisplayName, sum.ProductDisplayName, sum.Sku, sum.Company = "", "", "", ""
		}
		got = append(got, page.GetSums()...)
		if r.PageToken = page.GetNextPageToken(); r.PageToken == "" {
			break
		}
	}
	if diff := gocmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Fatalf("%v (-want +got):\n%s", r, diff)
	}
}

// Whatever is written, in whatever order, and whoever asks: lead times are those that going
// through the receipts, and looking up the orders that they name, gives.
func TestLeadTimesAreWhatTheListsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, d := newWorld(t), drawn{t}
		w.sheets.delivered.share = rapid.SampledFrom([]int{1, 3, rowsAtLeast}).Draw(t, "share")
		for range rapid.IntRange(0, 20).Draw(t, "loaded") {
			d.writeDelivery(w, true)
		}
		w.fill(t)
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			for range rapid.IntRange(0, 12).Draw(t, "changes") {
				d.writeDelivery(w, false)
			}
			if rapid.IntRange(0, 9).Draw(t, "truncated") == 0 {
				w.oldest = w.at + 1
			}
			d.askLeads(w)
		}
		// Nothing is kept of what is gone.
		for name := range w.records[orders] {
			w.put(t, false, 0, nil, orders, resource.IDs([]byte(name))...)
		}
		for name := range w.records[receipts] {
			w.put(t, false, 0, nil, receipts, resource.IDs([]byte(name))...)
		}
		d.askLeads(w)
		if left := w.sheets.delivered; left.rows.Len()+len(left.orders)+len(left.touched) > 0 {
			t.Fatalf("%d rows, %d orders and %d receipts are left", left.rows.Len(), len(left.orders), len(left.touched))
		}
	})
}

// A day begins where the clocks of the zone say, also where they are put forward at midnight,
// and of years that no calendar has.
func TestADayIsLaterWhereItIs(t *testing.T) {
	var all []*calendar
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, newCalendar(zone))
	}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(all).Draw(t, "zone")
		due := rapid.Int64Range(-1_000_000_000, 3_000_000_000).Draw(t, "due")
		at := due + rapid.Int64Range(-100_000, 200_000).Draw(t, "after")
		day := func(seconds int64) string { return time.Unix(seconds, 0).In(c.zone).Format(time.DateOnly) }
		if got, want := c.later(at, due), day(at) > day(due); got != want {
			t.Errorf("%s: %s is later than %s: %v", c.zone, day(at), day(due), got)
		}
	})
}

// A line that comes in parts has a delivery for each, a kit that comes as its parts has one, a
// drop shipment counts, what goes back changes nothing, and what was ordered of a company that
// was merged into another is the other's.
func TestWhatCountsAsADelivery(t *testing.T) {
	w := newWorld(t)
	day := func(n int) *timestamppb.Timestamp { return timestamppb.New(w.now.AddDate(0, 0, n)) }
	supplier := func(id int64, name string) *supplierv1.Supplier {
		return &supplierv1.Supplier{Name: resource.Name("suppliers", id), DisplayName: name}
	}
	order := func(supplier string) *orderv1.Order {
		return &orderv1.Order{LegalSupplier: supplier, Supplier: "suppliers/8", ConfirmTime: day(-20), Lines: []*orderv1.OrderLine{
			{Id: "11", Product: "products/1", RequestedTime: day(-12), PromisedTime: day(-10)}, {Id: "12", Product: "products/2", RequestedTime: day(-15)},
		}}
	}
	receipt := func(direction receiptv1.Direction, done int, lines ...string) *receiptv1.Receipt {
		r := &receiptv1.Receipt{Direction: direction, State: receiptv1.State_STATE_DONE, DoneTime: day(done)}
		for _, line := range lines {
			r.Lines = append(r.Lines, &receiptv1.ReceiptLine{Order: "orders/1", OrderLineId: line, AcceptedQuantity: &decimal.Decimal{Value: "3"}})
		}
		return r
	}
	w.put(t, true, 1, supplier(7, "Nordmed"), "suppliers", 7)
	w.put(t, true, 1, order("suppliers/7"), orders, 1)
	w.put(t, true, 1, receipt(receiptv1.Direction_DIRECTION_RECEIPT, -10, "11"), receipts, 1)
	w.fill(t)
	is := func(what string, want string) {
		t.Helper()
		answer, err := w.service.SummarizeLeadTimes(t.Context(), &summaryv1.SummarizeLeadTimesRequest{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, s := range answer.GetSums() {
			got += fmt.Sprintf("%s %q: %d in %s to %s, half in %s, nine of ten in %s, %d of %d late; ", s.GetSupplier(), s.GetSupplierDisplayName(), s.GetDeliveryCount(), s.GetShortestDays().GetValue(), s.GetLongestDays().GetValue(),
				s.GetMedianDays().GetValue(), s.GetNinetiethPercentileDays().GetValue(), s.GetLateCount(), s.GetDatedCount())
		}
		if got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	is("on the day that was promised", `suppliers/7 "Nordmed": 1 in 10 to 10, half in 10, nine of ten in 10, 0 of 1 late; `)
	w.put(t, false, 1, receipt(receiptv1.Direction_DIRECTION_RECEIPT, -4, "11", "11"), receipts, 2)
	is("the rest of it, in two lots", `suppliers/7 "Nordmed": 2 in 10 to 16, half in 13, nine of ten in 16, 1 of 2 late; `)
	w.put(t, false, 1, receipt(receiptv1.Direction_DIRECTION_RETURN, -3, "11"), receipts, 3)
	is("a part goes back", `suppliers/7 "Nordmed": 2 in 10 to 16, half in 13, nine of ten in 16, 1 of 2 late; `)
	w.put(t, false, 1, receipt(receiptv1.Direction_DIRECTION_DROP_SHIPMENT, -16, "12"), receipts, 4)
	is("a drop shipment, in time", `suppliers/7 "Nordmed": 3 in 4 to 16, half in 10, nine of ten in 16, 1 of 3 late; `)
	w.put(t, false, 1, supplier(9, "Nordmed Group"), "suppliers", 9)
	w.put(t, false, 1, order("suppliers/9"), orders, 1)
	is("merged into another", `suppliers/9 "Nordmed Group": 3 in 4 to 16, half in 10, nine of ten in 16, 1 of 3 late; `)
	w.put(t, false, 1, nil, "suppliers", 9)
	is("deleted", `suppliers/9 "": 3 in 4 to 16, half in 10, nine of ten in 16, 1 of 3 late; `)
	w.put(t, false, 1, nil, receipts, 2)
	is("a receipt is gone", `suppliers/9 "": 2 in 4 to 10, half in 7, nine of ten in 10, 0 of 2 late; `)
	w.put(t, false, 2, receipt(receiptv1.Direction_DIRECTION_RECEIPT, -10, "11"), receipts, 1)
	one, err := w.service.SummarizeLeadTimes(t.Context(), &summaryv1.SummarizeLeadTimesRequest{CompanyId: 1})
	if err != nil || len(one.GetSums()) != 1 || one.GetSums()[0].GetDeliveryCount() != 2 {
		t.Errorf("what another company has received for the one that bought it: %v, %v", one, err)
	}
	w.put(t, false, 1, nil, orders, 1)
	is("the order is gone", "")
	if _, err := w.service.SummarizeLeadTimes(scope.With(t.Context(), &scope.Scope{Carrier: "x"}), &summaryv1.SummarizeLeadTimesRequest{}); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_PERMITTED {
		t.Errorf("a carrier gets %v", err)
	}
}
