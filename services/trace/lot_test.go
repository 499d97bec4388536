package trace

import (
	"fmt"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

func moved(id, minute int, words, from, to, quantity string) *inventoryv1.Movement {
	return &inventoryv1.Movement{
		Name: fmt.Sprintf("movements/%d", id), SourceType: words, SourceLocation: from, DestinationLocation: to,
		Quantity: &decimal.Decimal{Value: quantity}, MoveTime: &timestamppb.Timestamp{Seconds: int64(60 * minute)},
		Partner: "suppliers/7", OdooTransferId: int64(100 + id), TransferNumber: fmt.Sprintf("WH/%05d", id), Order: "orders/3",
	}
}

// A lot comes in two deliveries, is put into quarantine in part, scrapped in part,
// sent to a ward, and part of it goes back.
func TestFollowTellsWhereFromAndWhereTo(t *testing.T) {
	way, err := follow([]*inventoryv1.Movement{
		moved(6, 50, "internal>supplier", "locations/8", "locations/4", "1"),
		moved(1, 0, "supplier>internal", "locations/4", "locations/8", "6"),
		moved(2, 10, "supplier>internal", "locations/4", "locations/8", "4.5"),
		moved(3, 20, "internal>internal", "locations/8", "locations/34", "2"),
		moved(4, 30, "internal>inventory+scrap", "locations/34", "locations/14", "0.5"),
		moved(5, 40, "internal>customer", "locations/8", "locations/5", "3"),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range way.GetOrigins() {
		got = append(got, fmt.Sprintf("from %s by %s and %s: %s", o.GetSupplier(), o.GetReceipt(), o.GetOrder(), o.GetQuantity().GetValue()))
	}
	for _, w := range way.GetWhereabouts() {
		got = append(got, fmt.Sprintf("at %s (in house %t): %s", w.GetLocation(), w.GetInHouse(), w.GetQuantity().GetValue()))
	}
	want := []string{
		"from suppliers/7 by receipts/101 and orders/3: 6", "from suppliers/7 by receipts/102 and orders/3: 4.5",
		"at locations/8 (in house true): 4.5", "at locations/34 (in house true): 1.5",
		"at locations/5 (in house false): 3", "at locations/14 (in house false): 0.5",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	last := way.GetSteps()[5]
	if last.GetMovement() != "movements/6" || last.GetSourceBalance().GetValue() != "4.5" || last.GetDestinationBalance().GetValue() != "-9.5" {
		t.Errorf("the last step is %v", last)
	}
}

// Whatever moves, nothing is made and nothing lost: all balances add up to nought.
func TestFollowLosesNothing(t *testing.T) {
	usages := []string{"supplier", "internal", "customer", "inventory", "transit", "production"}
	rapid.Check(t, func(t *rapid.T) {
		var movements []*inventoryv1.Movement
		for i := range rapid.IntRange(0, 30).Draw(t, "movements") {
			from, to := rapid.IntRange(0, 5).Draw(t, "from"), rapid.IntRange(0, 5).Draw(t, "to")
			quantity := apd.New(rapid.Int64Range(-10_000, 10_000).Draw(t, "quantity"), -2)
			movements = append(movements, moved(i+1, rapid.IntRange(0, 9).Draw(t, "minute"), usages[from]+">"+usages[to],
				fmt.Sprintf("locations/%d", from+1), fmt.Sprintf("locations/%d", to+1), quantity.Text('f')))
		}
		way, err := follow(movements)
		if err != nil {
			t.Fatal(err)
		}
		last := map[string]string{}
		for _, s := range way.GetSteps() {
			last[s.GetSourceLocation()] = s.GetSourceBalance().GetValue()
			last[s.GetDestinationLocation()] = s.GetDestinationBalance().GetValue()
		}
		var sum apd.Decimal
		for _, balance := range last {
			d, _, err := apd.NewFromString(balance)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := exact.Add(&sum, &sum, d); err != nil {
				t.Fatal(err)
			}
		}
		if !sum.IsZero() {
			t.Fatalf("the balances add up to %s", sum.Text('f'))
		}
	})
}

func BenchmarkFollowTenThousandMovements(b *testing.B) {
	var movements []*inventoryv1.Movement
	for i := range 10_000 {
		movements = append(movements, moved(i+1, i, "internal>internal", fmt.Sprintf("locations/%d", i%50+1), fmt.Sprintf("locations/%d", (i+1)%50+1), "1.5"))
	}
	for b.Loop() {
		if _, err := follow(movements); err != nil {
			b.Fatal(err)
		}
	}
}

// What came out of stock without the lot is an origin of it, just before the movement
// that booked it; what came back to none is a step, and leaves nothing there.
func TestFollowTellsWhatTookTheLot(t *testing.T) {
	took := func(name string, minute int, from, to, location string, inHouse bool) change {
		return change{gained: to != "", inHouse: inHouse, event: &inventoryv1.InventoryEvent{
			Name: name, Type: inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_LOT_ASSIGNED, SourceLot: from, Lot: to,
			SourceLocation: location, DestinationLocation: location, Quantity: &decimal.Decimal{Value: "4"}, SourceTime: &timestamppb.Timestamp{Seconds: int64(60 * minute)},
		}}
	}
	way, err := follow([]*inventoryv1.Movement{moved(1, 10, "internal>internal", "locations/8", "locations/9", "4")},
		took("inventoryEvents/3", 10, "", "lots/7", "locations/8", true), took("inventoryEvents/4", 10, "", "lots/7", "locations/4", false),
		took("inventoryEvents/5", 20, "lots/7", "", "locations/9", true))
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, s := range way.GetSteps() {
		steps = append(steps, s.GetMovement()+s.GetInventoryEvent()+" leaves "+s.GetSourceBalance().GetValue()+" and "+s.GetDestinationBalance().GetValue())
	}
	want := "[inventoryEvents/3 leaves 4 and 4 inventoryEvents/4 leaves 4 and 4 movements/1 leaves 0 and 4 inventoryEvents/5 leaves 0 and 0]"
	if fmt.Sprint(steps) != want {
		t.Errorf("the steps are %v, want %s", steps, want)
	}
	if o := way.GetOrigins(); len(o) != 1 || o[0].GetAssignedLocation() != "locations/8" || o[0].GetQuantity().GetValue() != "4" {
		t.Errorf("it came from %v", o)
	}
	for _, w := range way.GetWhereabouts() {
		if w.GetInHouse() {
			t.Errorf("something is at %v", w)
		}
	}
}

// A drop shipment comes from its supplier, and is never in the house.
func TestFollowTellsADropShipment(t *testing.T) {
	way, err := follow([]*inventoryv1.Movement{moved(1, 0, "supplier>customer", "locations/4", "locations/5", "10")})
	if err != nil {
		t.Fatal(err)
	}
	if o := way.GetOrigins(); len(o) != 1 || o[0].GetSupplier() != "suppliers/7" || o[0].GetReceipt() != "receipts/101" {
		t.Errorf("it came from %v", o)
	}
	if w := way.GetWhereabouts(); len(w) != 1 || w[0].GetInHouse() || w[0].GetQuantity().GetValue() != "10" {
		t.Errorf("it is at %v", w)
	}
}
