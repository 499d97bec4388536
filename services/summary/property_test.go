package summary

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
)

func unitOf(n int) *typesv1.UnitOfMeasure {
	factor := map[int]string{1: "1", 2: "12", 3: "1"}[n]
	reference := map[int]string{1: "units/1", 2: "units/1", 3: "units/3"}[n]
	return &typesv1.UnitOfMeasure{Name: fmt.Sprintf("units/%d", n), DisplayName: fmt.Sprintf("Unit %d", n), ReferenceUnit: reference,
		FactorNumerator: &decimal.Decimal{Value: factor}, FactorDenominator: &decimal.Decimal{Value: "1"}}
}

// drawn are records of a small world, in which everything meets.
type drawn struct{ *rapid.T }

func (d drawn) id(name string, most int) int64 { return int64(rapid.IntRange(1, most).Draw(d.T, name)) }

func (d drawn) quantity(name string) *decimal.Decimal {
	return &decimal.Decimal{Value: rapid.SampledFrom([]string{
		"0", "1", "-3", "12.5", "0.000001", "-0.0000001", "0.3333333333333333", "123456789012", "99999999999999999999.5", "7", "2.50",
	}).Draw(d.T, name)}
}

// write writes a random record, or deletes one.
func (d drawn) write(w *world, silent bool) {
	company := rapid.Int64Range(0, 3).Draw(d.T, "company")
	gone := !silent && rapid.IntRange(0, 3).Draw(d.T, "gone") == 0
	put := func(m proto.Message, collection string, ids ...int64) {
		if gone {
			m = nil
		}
		w.put(d.T, silent, company, m, collection, ids...)
	}
	switch rapid.IntRange(0, 11).Draw(d.T, "what") {
	case 10, 11:
		id, product := d.id("movement", 12), d.id("product", 4)
		m := &inventoryv1.Movement{Name: resource.Name(movements, id), Product: resource.Name(products, product), Type: inventoryv1.InventoryEventType(rapid.IntRange(0, 15).Draw(d.T, "type")),
			SourceLocation: resource.Name(locations, d.id("from", 5)), DestinationLocation: resource.Name(locations, d.id("to", 5)), Quantity: d.quantity("quantity"), Unit: unitOf(1 + int(product)%2*2),
			MoveTime: &timestamppb.Timestamp{Seconds: w.now.Unix() - rapid.Int64Range(0, 5).Draw(d.T, "ago")*86400}}
		if rapid.IntRange(0, 4).Draw(d.T, "of others") == 0 {
			m.Owner = "partners/5"
		}
		put(m, movements, id)
	case 0:
		id := d.id("product", 4)
		p := &productv1.Product{Name: resource.Name(products, id), DisplayName: fmt.Sprintf("Thing %d", id), Sku: fmt.Sprintf("T-%d", id), BaseUnit: unitOf(1 + int(id)%2*2), Kind: productv1.Kind(rapid.IntRange(1, 2).Draw(d.T, "kind"))}
		if currency := rapid.SampledFrom([]string{"", "EUR", "USD"}).Draw(d.T, "currency"); currency != "" {
			p.Cost = &money.Money{CurrencyCode: currency, Units: rapid.SampledFrom([]int64{0, 1, 7, 1 << 40}).Draw(d.T, "cost"), Nanos: 123456789}
		}
		put(p, products, id)
	case 1:
		id := d.id("location", 5)
		l := &inventoryv1.Location{Name: resource.Name(locations, id), CompleteName: fmt.Sprintf("Place %d", id), Usage: inventoryv1.LocationUsage(rapid.IntRange(1, 4).Draw(d.T, "usage"))}
		if parent := rapid.Int64Range(0, 5).Draw(d.T, "parent"); parent > 0 {
			l.Parent = resource.Name(locations, parent) // in circles, too
		}
		put(l, locations, id)
	case 2:
		id := d.id("lot", 4)
		put(&inventoryv1.Lot{Name: resource.Name(lots, id), LotNumber: fmt.Sprintf("L%d", id), HoldState: inventoryv1.HoldState(rapid.IntRange(0, 3).Draw(d.T, "hold")),
			ExpirationTime: &timestamppb.Timestamp{Seconds: w.now.Unix() + rapid.Int64Range(-5, 5).Draw(d.T, "expires")*86400}}, lots, id)
	case 3:
		id := d.id("receipt", 3)
		r := &receiptv1.Receipt{Name: resource.Name(receipts, id), Direction: receiptv1.Direction(rapid.IntRange(0, 3).Draw(d.T, "direction")),
			SourceLocation: resource.Name(locations, d.id("from", 5)), DestinationLocation: resource.Name(locations, d.id("to", 5))}
		for range rapid.IntRange(0, 3).Draw(d.T, "lines") {
			r.Lines = append(r.Lines, &receiptv1.ReceiptLine{Product: resource.Name(products, d.id("product", 4)), State: receiptv1.State(rapid.IntRange(1, 7).Draw(d.T, "state")),
				ExpectedQuantity: d.quantity("expected"), Unit: unitOf(rapid.IntRange(1, 3).Draw(d.T, "unit"))})
		}
		put(r, receipts, id)
	default:
		product, lot, owner := d.id("product", 4), rapid.Int64Range(0, 4).Draw(d.T, "lot"), rapid.Int64Range(0, 1).Draw(d.T, "owner")
		ids := []int64{product, d.id("location", 5), lot, owner, 0}
		put(&inventoryv1.StockPosition{Name: resource.Name(positions, ids...), Product: resource.Name(products, product), Location: resource.Name(locations, ids[1]),
			Quantity: d.quantity("quantity"), ReservedQuantity: d.quantity("reserved"), Unit: unitOf(1 + int(product)%2*2)}, positions, ids...)
	}
}

// each decodes all records of a collection.
func each[T proto.Message](t *rapid.T, w *world, collection string, empty func() T, do func(ids []int64, kept *internalv1.CacheRecord, m T)) {
	for key, raw := range w.records[collection] {
		kept, m := &internalv1.CacheRecord{}, empty()
		if err := proto.Unmarshal(raw, kept); err != nil {
			t.Fatal(err)
		}
		if err := proto.Unmarshal(kept.GetBody(), m); err != nil {
			t.Fatal(err)
		}
		do(resource.IDs([]byte(key)), kept, m)
	}
}

// naive adds up what lists would give.
type naive struct {
	things map[int64]*productv1.Product
	places map[int64]*inventoryv1.Location
	lots   map[int64]*inventoryv1.Lot
	names  map[int64]string
	// whose is the company of each place.
	whose map[int64]int64
}

func look(t *rapid.T, w *world) naive {
	n := naive{map[int64]*productv1.Product{}, map[int64]*inventoryv1.Location{}, map[int64]*inventoryv1.Lot{}, map[int64]string{0: "", 1: "Company A", 2: "Company B", 3: "Company C"}, map[int64]int64{}}
	each(t, w, products, func() *productv1.Product { return &productv1.Product{} }, func(ids []int64, _ *internalv1.CacheRecord, p *productv1.Product) { n.things[ids[0]] = p })
	each(t, w, locations, func() *inventoryv1.Location { return &inventoryv1.Location{} }, func(ids []int64, kept *internalv1.CacheRecord, l *inventoryv1.Location) {
		n.places[ids[0]], n.whose[ids[0]] = l, kept.GetCompanyId()
	})
	each(t, w, lots, func() *inventoryv1.Lot { return &inventoryv1.Lot{} }, func(ids []int64, _ *internalv1.CacheRecord, l *inventoryv1.Lot) { n.lots[ids[0]] = l })
	return n
}

func (n naive) below(place, top int64) bool {
	for range 20 {
		if place == top {
			return true
		}
		parent := n.places[place].GetParent()
		if parent == "" {
			return false
		}
		key, _ := resource.KeyOf(locations, parent)
		place = resource.KeyID(key)
	}
	return false
}

func keyID(collection, name string) int64 {
	key, err := resource.KeyOf(collection, name)
	if err != nil {
		return 0
	}
	return resource.KeyID(key)
}

type naiveSum struct {
	ids                                        []int64
	units                                      map[string]*typesv1.UnitOfMeasure
	apart                                      bool
	onHand, reserved, held, incoming, outgoing big.Rat
	positions, free                            int64
	products                                   map[int64]bool
	values                                     map[string]*big.Rat
}

func (n naive) stock(t *rapid.T, w *world, r *summaryv1.SummarizeStockRequest, by []int, met []int64, priced bool) []*summaryv1.StockSum {
	found := map[string]*naiveSum{}
	inHouse := r.InHouse == nil || r.GetInHouse()
	group := func(ids [4]int64) *naiveSum {
		if n.places[ids[1]].GetUsage() == inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL != inHouse ||
			r.GetProduct() != "" && keyID(products, r.GetProduct()) != ids[0] || r.GetLot() != "" && keyID(lots, r.GetLot()) != ids[2] ||
			r.GetLocation() != "" && !n.below(ids[1], keyID(locations, r.GetLocation())) || r.GetCompanyId() != 0 && r.GetCompanyId() != ids[3] ||
			len(met) > 0 && ids[3] != 0 && !slices.Contains(met, ids[3]) || len(met) > 0 && ids[3] == 0 && r.GetAsOfTime() != nil {
			return nil
		}
		var key []int64
		for _, d := range by {
			key = append(key, ids[d])
		}
		g := found[fmt.Sprint(key)]
		if g == nil {
			g = &naiveSum{ids: key, units: map[string]*typesv1.UnitOfMeasure{}, products: map[int64]bool{}, values: map[string]*big.Rat{}}
			found[fmt.Sprint(key)] = g
		}
		g.products[ids[0]] = true
		return g
	}
	if r.GetAsOfTime() != nil {
		n.undo(t, w, r.GetAsOfTime().AsTime(), priced, group)
	}
	each(t, w, positions, func() *inventoryv1.StockPosition { return &inventoryv1.StockPosition{} }, func(ids []int64, kept *internalv1.CacheRecord, p *inventoryv1.StockPosition) {
		g := group([4]int64{ids[0], ids[1], ids[2], kept.GetCompanyId()})
		if g == nil {
			return
		}
		quantity := exact.Decimal(p.GetQuantity())
		g.positions++
		g.units[p.GetUnit().GetName()] = p.GetUnit()
		g.onHand.Add(&g.onHand, quantity)
		g.reserved.Add(&g.reserved, exact.Decimal(p.GetReservedQuantity()))
		if n.lots[ids[2]].GetHoldState() > inventoryv1.HoldState_HOLD_STATE_FREE {
			g.held.Add(&g.held, quantity)
		}
		if !priced || ids[3] != 0 {
			return
		}
		cost := n.things[ids[0]].GetCost()
		if cost == nil {
			g.free++
			return
		}
		if g.values[cost.GetCurrencyCode()] == nil {
			g.values[cost.GetCurrencyCode()] = new(big.Rat)
		}
		v := g.values[cost.GetCurrencyCode()]
		v.Add(v, quantity.Mul(quantity, exact.Money(cost)))
	})
	if r.GetLot() == "" && r.GetAsOfTime() == nil {
		each(t, w, receipts, func() *receiptv1.Receipt { return &receiptv1.Receipt{} }, func(_ []int64, kept *internalv1.CacheRecord, m *receiptv1.Receipt) {
			for _, l := range m.GetLines() {
				back := m.GetDirection() == receiptv1.Direction_DIRECTION_RETURN
				place := m.GetDestinationLocation()
				if back {
					place = m.GetSourceLocation()
				}
				if !back && m.GetDirection() != receiptv1.Direction_DIRECTION_RECEIPT || l.GetState() < receiptv1.State_STATE_WAITING || l.GetState() > receiptv1.State_STATE_READY {
					continue
				}
				product := keyID(products, l.GetProduct())
				g := group([4]int64{product, keyID(locations, place), 0, kept.GetCompanyId()})
				if g == nil {
					continue
				}
				unit := l.GetUnit()
				if base := n.things[product].GetBaseUnit(); base != nil {
					unit = base
				}
				g.units[unit.GetName()] = unit
				quantity, same := exact.Converted(exact.Decimal(l.GetExpectedQuantity()), l.GetUnit(), unit)
				if g.apart = g.apart || !same; same && back {
					g.outgoing.Add(&g.outgoing, quantity)
				} else if same {
					g.incoming.Add(&g.incoming, quantity)
				}
			}
		})
	}
	return n.told(slices.SortedFunc(maps.Values(found), func(a, b *naiveSum) int { return slices.Compare(a.ids, b.ids) }), r, by)
}

// undo takes back what has moved since a time.
func (n naive) undo(t *rapid.T, w *world, since time.Time, priced bool, group func([4]int64) *naiveSum) {
	each(t, w, movements, func() *inventoryv1.Movement { return &inventoryv1.Movement{} }, func(_ []int64, _ *internalv1.CacheRecord, m *inventoryv1.Movement) {
		product := keyID(products, m.GetProduct())
		counted := n.things[product] == nil || n.things[product].GetKind() == productv1.Kind_KIND_GOODS
		if m.GetMoveTime().AsTime().Before(since) || m.GetSourceLocation() == m.GetDestinationLocation() || !counted {
			return
		}
		for place, sign := range map[string]int64{m.GetSourceLocation(): 1, m.GetDestinationLocation(): -1} {
			g := group([4]int64{product, keyID(locations, place), 0, n.whose[keyID(locations, place)]})
			if g == nil {
				continue
			}
			quantity := exact.Decimal(m.GetQuantity())
			quantity.Mul(quantity, big.NewRat(sign, 1))
			g.units[m.GetUnit().GetName()] = m.GetUnit()
			g.onHand.Add(&g.onHand, quantity)
			if cost := n.things[product].GetCost(); priced && cost != nil && m.GetOwner() == "" {
				if g.values[cost.GetCurrencyCode()] == nil {
					g.values[cost.GetCurrencyCode()] = new(big.Rat)
				}
				v := g.values[cost.GetCurrencyCode()]
				v.Add(v, quantity.Mul(quantity, exact.Money(cost)))
			}
		}
	})
}

func (n naive) told(groups []*naiveSum, r *summaryv1.SummarizeStockRequest, by []int) (sums []*summaryv1.StockSum) {
	for _, g := range groups {
		s := &summaryv1.StockSum{PositionCount: g.positions, PositionsWithoutCost: g.free, ProductCount: int64(len(g.products))}
		for i, d := range by {
			id := g.ids[i]
			switch d {
			case byProduct:
				s.Product, s.ProductDisplayName, s.Sku = named(products, id), n.things[id].GetDisplayName(), n.things[id].GetSku()
			case byLocation:
				s.Location, s.LocationCompleteName = named(locations, id), n.places[id].GetCompleteName()
			case byLot:
				s.Lot, s.LotNumber = named(lots, id), n.lots[id].GetLotNumber()
			default:
				s.CompanyId, s.Company = id, n.names[id]
			}
		}
		for _, currency := range slices.Sorted(maps.Keys(g.values)) {
			if m := exact.AsMoney(g.values[currency], currency); m != nil {
				s.EstimatedValues = append(s.EstimatedValues, m)
			}
		}
		if len(g.units) == 1 && !g.apart {
			for _, unit := range g.units {
				s.Unit = unit
			}
			text := func(n *big.Rat) *decimal.Decimal { return &decimal.Decimal{Value: exact.InFull(n)} }
			s.OnHandQuantity, s.ReservedQuantity, s.AvailableQuantity = text(&g.onHand), text(&g.reserved), text(new(big.Rat).Sub(&g.onHand, &g.reserved))
			if r.GetAsOfTime() != nil {
				s.ReservedQuantity, s.AvailableQuantity = nil, nil
				sums = append(sums, s)
				continue
			}
			s.HeldQuantity, s.IncomingQuantity, s.OutgoingQuantity = text(&g.held), text(&g.incoming), text(&g.outgoing)
		}
		sums = append(sums, s)
	}
	if len(by) == 0 && len(sums) == 0 {
		none := &decimal.Decimal{Value: "0"}
		sums = []*summaryv1.StockSum{{OnHandQuantity: none, ReservedQuantity: none, AvailableQuantity: none, HeldQuantity: none, IncomingQuantity: none, OutgoingQuantity: none}}
		if r.GetAsOfTime() != nil {
			sums[0] = &summaryv1.StockSum{OnHandQuantity: none}
		}
		if id := keyID(products, r.GetProduct()); id > 0 {
			sums[0].Unit = n.things[id].GetBaseUnit()
		}
	}
	return sums
}

// Whatever is written, in whatever order, and however it is asked for: a sum is what adding
// up the lists gives, to the last digit and on pages of any size.
func TestSumsAreWhatTheListsAddUpTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, d := newWorld(t), drawn{t}
		if rapid.Bool().Draw(t, "small") { // so small that it is divided, marked and cut as a great one is
			w.sheets.stock.bits, w.sheets.stock.few, w.sheets.stock.share = rapid.SampledFrom([]int{4, 20, 100, 10_000}).Draw(t, "bits"), 2, 2
		}
		for range rapid.IntRange(0, 30).Draw(t, "loaded") {
			d.write(w, true)
		}
		w.fill(t)
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			for range rapid.IntRange(0, 15).Draw(t, "changes") {
				d.write(w, false)
			}
			if rapid.IntRange(0, 9).Draw(t, "truncated") == 0 {
				w.oldest = w.at + 1
			}
			d.ask(w)
			d.askExpiring(w)
			d.askConsumption(w)
		}
	})
}

func (d drawn) caller() (ctx context.Context, met []int64, priced bool) {
	s := rapid.SampledFrom([]*scope.Scope{nil, {Companies: []int64{1, 3}}, {HidePrices: true}}).Draw(d.T, "caller")
	if s == nil {
		return context.Background(), nil, true
	}
	return scope.With(context.Background(), s), s.Companies, false
}

func (d drawn) ask(w *world) {
	t := d.T
	by := rapid.Permutation([]int{byProduct, byLocation, byLot, byCompany}).Draw(t, "by")[:rapid.IntRange(0, 4).Draw(t, "dimensions")]
	var words []string
	for _, dimension := range by {
		words = append(words, stockDimensions[dimension])
	}
	r := &summaryv1.SummarizeStockRequest{GroupBy: strings.Join(words, ", "), PageSize: int32(rapid.IntRange(1, 4).Draw(t, "size"))}
	if rapid.Bool().Draw(t, "of a product") {
		r.Product = resource.Name(products, d.id("product", 5))
	}
	if rapid.IntRange(0, 3).Draw(t, "at a place") == 0 {
		r.Location = resource.Name(locations, d.id("place", 6))
	}
	if rapid.IntRange(0, 3).Draw(t, "of a lot") == 0 {
		r.Lot = resource.Name(lots, d.id("lot", 5))
	}
	if rapid.IntRange(0, 3).Draw(t, "of a company") == 0 {
		r.CompanyId = d.id("company", 4)
	}
	if rapid.IntRange(0, 2).Draw(t, "outside") == 0 {
		r.InHouse = proto.Bool(rapid.Bool().Draw(t, "in house"))
	}
	if rapid.IntRange(0, 2).Draw(t, "in the past") == 0 && r.GetLot() == "" && !slices.Contains(by, byLot) {
		r.AsOfTime = &timestamppb.Timestamp{Seconds: w.now.Unix() - rapid.Int64Range(0, 6).Draw(t, "as of")*86400, Nanos: rapid.SampledFrom([]int32{0, 400_000_000}).Draw(t, "nanos")}
	}
	ctx, met, priced := d.caller()
	n := look(t, w)
	want := n.stock(t, w, r, by, met, priced)
	var got []*summaryv1.StockSum
	for {
		page, err := w.service.SummarizeStock(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.GetSums()) > int(r.GetPageSize()) || page.GetNextPageToken() != "" && len(page.GetSums()) == 0 {
			t.Fatalf("a page has %d sums", len(page.GetSums()))
		}
		got = append(got, page.GetSums()...)
		if r.PageToken = page.GetNextPageToken(); r.PageToken == "" {
			break
		}
	}
	if met != nil { // what belongs to a company that the caller does not meet has no name
		n.hide(want, met, w, t)
	}
	if diff := gocmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Fatalf("%v (-want +got):\n%s", r, diff)
	}
}

// hide takes away the names of what is of a company that the caller does not meet.
func (n naive) hide(sums []*summaryv1.StockSum, met []int64, w *world, t *rapid.T) {
	foreign := map[string]bool{}
	for collection := range w.records {
		for key, raw := range w.records[collection] {
			kept := &internalv1.CacheRecord{}
			if err := proto.Unmarshal(raw, kept); err != nil {
				t.Fatal(err)
			}
			foreign[resource.NameOf(collection, []byte(key))] = kept.GetCompanyId() != 0 && !slices.Contains(met, kept.GetCompanyId())
		}
	}
	for _, s := range sums {
		if foreign[s.GetProduct()] {
			s.ProductDisplayName, s.Sku = "", ""
		}
		if foreign[s.GetLocation()] {
			s.LocationCompleteName = ""
		}
		if foreign[s.GetLot()] {
			s.LotNumber = ""
		}
	}
}

func (d drawn) askExpiring(w *world) {
	t := d.T
	days := rapid.IntRange(0, 6).Draw(t, "within")
	r := &summaryv1.ListExpiringStockRequest{Within: fmt.Sprintf("%dd", days), IncludeExpired: rapid.Bool().Draw(t, "expired"), PageSize: int32(rapid.IntRange(1, 3).Draw(t, "size"))}
	n := look(t, w)
	type line struct {
		at       int64
		ids      []int64
		quantity string
	}
	var want []line
	each(t, w, positions, func() *inventoryv1.StockPosition { return &inventoryv1.StockPosition{} }, func(ids []int64, _ *internalv1.CacheRecord, p *inventoryv1.StockPosition) {
		at := n.lots[ids[2]].GetExpirationTime()
		if at == nil || n.places[ids[1]].GetUsage() != inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL || exact.Decimal(p.GetQuantity()).Sign() <= 0 ||
			!at.AsTime().Before(w.now.AddDate(0, 0, days)) || !r.GetIncludeExpired() && at.AsTime().Before(w.now) {
			return
		}
		want = append(want, line{at.GetSeconds(), ids, exact.InFull(exact.Decimal(p.GetQuantity()))})
	})
	slices.SortFunc(want, func(a, b line) int { return cmp.Or(cmp.Compare(a.at, b.at), slices.Compare(a.ids, b.ids)) })
	var got []line
	for {
		page, err := w.service.ListExpiringStock(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.GetExpiringStock() {
			key, _ := resource.KeyOf(positions, e.GetStockPosition())
			got = append(got, line{e.GetExpirationTime().GetSeconds(), resource.IDs(key), e.GetQuantity().GetValue()})
		}
		if r.PageToken = page.GetNextPageToken(); r.PageToken == "" {
			break
		}
	}
	if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(line{})); diff != "" {
		t.Fatalf("%v (-want +got):\n%s", r, diff)
	}
}

func (d drawn) askConsumption(w *world) {
	t := d.T
	r := &summaryv1.SummarizeConsumptionRequest{GroupBy: rapid.SampledFrom([]string{"", "location", "location,product"}).Draw(t, "consumed by"), Within: "3d", PageSize: 2}
	n := look(t, w)
	type line struct{ product, place, used, back string }
	sums := map[[2]string]*[2]big.Rat{}
	each(t, w, movements, func() *inventoryv1.Movement { return &inventoryv1.Movement{} }, func(_ []int64, kept *internalv1.CacheRecord, m *inventoryv1.Movement) {
		place, sign := m.GetDestinationLocation(), int64(1)
		switch m.GetType() {
		case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_CONSUMPTION,
			inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT:
		case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_CUSTOMER_RETURN, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT_RETURN:
			place, sign = m.GetSourceLocation(), -1
		default:
			return
		}
		if at := m.GetMoveTime().AsTime(); at.Before(w.now.AddDate(0, 0, -3)) || !at.Before(w.now) || n.places[keyID(locations, place)].GetUsage() == inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL {
			return
		}
		key := [2]string{m.GetProduct(), place}
		if r.GetGroupBy() == "" {
			key[1] = ""
		}
		if r.GetGroupBy() == "location" {
			key[0] = ""
		}
		if sums[key] == nil {
			sums[key] = &[2]big.Rat{}
		}
		quantity := exact.Decimal(m.GetQuantity())
		if sign < 0 {
			sums[key][1].Add(&sums[key][1], quantity)
		}
		sums[key][0].Add(&sums[key][0], quantity.Mul(quantity, big.NewRat(sign, 1)))
	})
	want, got := map[line]bool{}, map[line]bool{}
	for key, sum := range sums {
		want[line{key[0], key[1], exact.InFull(&sum[0]), exact.InFull(&sum[1])}] = true
	}
	for {
		page, err := w.service.SummarizeConsumption(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.GetSums() {
			l := line{s.GetProduct(), s.GetLocation(), s.GetConsumedQuantity().GetValue(), s.GetReturnedQuantity().GetValue()}
			if s.GetUnit() == nil { // of several units: it is there, and tells no quantity
				sum := sums[[2]string{l.product, l.place}]
				l.used, l.back = exact.InFull(&sum[0]), exact.InFull(&sum[1])
			}
			got[l] = true
		}
		if r.PageToken = page.GetNextPageToken(); r.PageToken == "" {
			break
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("%v (-want +got):\n%s", r, diff)
	}
}
