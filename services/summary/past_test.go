package summary

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/resource"
)

// spot is where something lies.
type spot struct{ product, place int64 }

// warehouse is an Odoo that books movements, and keeps stock as Odoo does: none of what it
// does not count. What it once said is what the past has to be.
type warehouse struct {
	*world
	t     *rapid.T
	stock map[spot]*big.Rat
	moves map[int64]*inventoryv1.Movement
	// said is what lay where, by time.
	said map[time.Time]map[spot]*big.Rat
}

const (
	goods, uncountedGoods = 2, 3
	wards                 = 4
)

// companyAt is whose a place is: the first all companies share.
func companyAt(place int64) int64 { return place - 1 }

func newWarehouse(t *rapid.T) *warehouse {
	h := &warehouse{newWorld(t), t, map[spot]*big.Rat{}, map[int64]*inventoryv1.Movement{}, map[time.Time]map[spot]*big.Rat{}}
	for id := range int64(uncountedGoods) {
		kind := productv1.Kind_KIND_GOODS
		if id+1 == uncountedGoods {
			kind = productv1.Kind_KIND_CONSUMABLE
		}
		h.put(t, true, 0, &productv1.Product{Name: resource.Name(products, id+1), Kind: kind, BaseUnit: unitOf(1)}, products, id+1)
	}
	for id := range int64(wards) {
		usage := inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL
		if id+1 == wards {
			usage = inventoryv1.LocationUsage_LOCATION_USAGE_CUSTOMER
		}
		h.put(t, true, companyAt(id+1), &inventoryv1.Location{Name: resource.Name(locations, id+1), Usage: usage}, locations, id+1)
	}
	h.fill(t)
	return h
}

// lay changes what lies somewhere.
func (h *warehouse) lay(at spot, quantity *big.Rat) {
	if at.product == uncountedGoods {
		return
	}
	if h.stock[at] == nil {
		h.stock[at] = new(big.Rat)
	}
	h.stock[at].Add(h.stock[at], quantity)
	ids := []int64{at.product, at.place, 0, 0, 0}
	h.put(h.t, false, companyAt(at.place), &inventoryv1.StockPosition{Name: resource.Name(positions, ids...), Product: resource.Name(products, at.product),
		Location: resource.Name(locations, at.place), Quantity: &decimal.Decimal{Value: exact.InFull(h.stock[at])}, Unit: unitOf(1)}, positions, ids...)
}

// retell changes what was said of every time behind one: whoever books or mends something of
// the past makes that another one.
func (h *warehouse) retell(at spot, since time.Time, quantity *big.Rat) {
	for when, said := range h.said {
		if since.Before(when) && at.product != uncountedGoods {
			if said[at] == nil {
				said[at] = new(big.Rat)
			}
			said[at].Add(said[at], quantity)
		}
	}
}

// book books a movement, or takes it back with a sign of -1, as a company's.
func (h *warehouse) book(id int64, m *inventoryv1.Movement, sign int64) {
	from, to := keyID(locations, m.GetSourceLocation()), keyID(locations, m.GetDestinationLocation())
	quantity := new(big.Rat).Mul(exact.Decimal(m.GetQuantity()), big.NewRat(sign, 1))
	product := keyID(products, m.GetProduct())
	for place, moved := range map[int64]*big.Rat{from: new(big.Rat).Neg(quantity), to: quantity} {
		if from != to {
			h.lay(spot{product, place}, moved)
			h.retell(spot{product, place}, m.GetMoveTime().AsTime(), moved)
		}
	}
	if h.moves[id] = m; sign < 0 {
		delete(h.moves, id)
		m = nil
	}
	h.put(h.t, false, rapid.Int64Range(0, 3).Draw(h.t, "booked by"), m, movements, id)
}

// live lets something happen.
func (h *warehouse) live() {
	t, d := h.t, drawn{h.t}
	id := d.id("movement", 6)
	if old := h.moves[id]; old != nil && rapid.Bool().Draw(t, "taken back") {
		h.book(id, old, -1)
		return
	} else if old != nil { // edited, as Odoo's users may
		edited := proto.CloneOf(old)
		edited.Quantity = d.quantity("edited")
		h.book(id, old, -1)
		h.book(id, edited, 1)
		return
	}
	if rapid.IntRange(0, 5).Draw(t, "from nowhere") == 0 {
		// Stock without a movement counts as if it had always been there.
		at, quantity := spot{d.id("product", goods), d.id("place", wards)}, exact.Decimal(d.quantity("quantity"))
		h.lay(at, quantity)
		h.retell(at, time.Time{}, quantity)
		return
	}
	at := h.now.Truncate(time.Second).Add(-time.Duration(rapid.SampledFrom([]int{0, 0, 0, 90, 4000}).Draw(t, "backdated")) * time.Second)
	h.book(id, &inventoryv1.Movement{Name: resource.Name(movements, id), Product: resource.Name(products, d.id("product", uncountedGoods)), SourceLocation: resource.Name(locations, d.id("from", wards)),
		DestinationLocation: resource.Name(locations, d.id("to", wards)), Quantity: d.quantity("quantity"), Unit: unitOf(1), MoveTime: timestamppb.New(at)}, 1)
}

// saying is what the sums say of a time; nil is now.
func (h *warehouse) saying(at *timestamppb.Timestamp) map[string]string {
	all := map[string]string{}
	for _, inHouse := range []bool{true, false} {
		answer, err := h.service.SummarizeStock(context.Background(), &summaryv1.SummarizeStockRequest{GroupBy: "product,location,company", AsOfTime: at, InHouse: proto.Bool(inHouse), PageSize: 1000})
		if err != nil {
			h.t.Fatal(err)
		}
		for _, s := range answer.GetSums() {
			if text := s.GetOnHandQuantity().GetValue(); text != "0" {
				all[fmt.Sprint(keyID(products, s.GetProduct()), " at ", keyID(locations, s.GetLocation()), " of ", s.GetCompanyId())] = text
			}
		}
	}
	return all
}

func shownAs(stock map[spot]*big.Rat) map[string]string {
	all := map[string]string{}
	for at, quantity := range stock {
		if quantity.Sign() != 0 {
			all[fmt.Sprint(at.product, " at ", at.place, " of ", companyAt(at.place))] = exact.InFull(quantity)
		}
	}
	return all
}

// What the sums say of a time in the past is what lay there then: what they said at that time,
// with what was booked, edited or taken back of before it since, and with what nobody booked.
// Whoever booked it, stock is of the company whose place it lies at; of what Odoo does not
// count there is never any.
func TestThePastIsWhatTheSumsSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newWarehouse(t)
		for range rapid.IntRange(1, 5).Draw(t, "days") {
			for range rapid.IntRange(0, 5).Draw(t, "happens") {
				h.live()
			}
			if diff := gocmp.Diff(shownAs(h.stock), h.saying(nil)); diff != "" {
				t.Fatalf("now (-want +got):\n%s", diff)
			}
			// A second is Odoo's shortest time: what happens in one is told of one time.
			h.now = h.now.Truncate(time.Second).Add(time.Duration(rapid.SampledFrom([]int{1500, 2000, 60_500, 5_000_000}).Draw(t, "later")) * time.Millisecond)
			said := map[spot]*big.Rat{}
			for at, quantity := range maps.All(h.stock) {
				said[at] = new(big.Rat).Set(quantity)
			}
			h.said[h.now] = said
			h.now = h.now.Add(time.Second)
		}
		for at, said := range h.said {
			if diff := gocmp.Diff(shownAs(said), h.saying(timestamppb.New(at))); diff != "" {
				t.Fatalf("as of %v, which is %v ago (-want +got):\n%s", at, h.now.Sub(at), diff)
			}
		}
	})
}
