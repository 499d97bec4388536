package trace

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/read"
)

func open[T proto.Message](to **read.Collection[T], d read.Deps) (err error) {
	*to, err = read.NewCollection[T](d)
	return err
}

// exact adds quantities without losing a digit.
var exact = apd.BaseContext.WithPrecision(40)

// place is how a lot stands at one location.
type place struct {
	balance apd.Decimal
	inside  bool
	last    *inventoryv1.Movement
}

// followed are the fields of a movement that its lot's way is told by.
var followed = []protoreflect.Name{
	"name", "type", "source_type", "move_time", "quantity", "source_location", "destination_location",
	"transfer_number", "odoo_transfer_id", "partner", "order",
}

// follow puts the movements of a lot in the order in which they happened, and
// adds up what each left behind.
func follow(movements []*inventoryv1.Movement) (*tracev1.LotTrace, error) {
	slices.SortStableFunc(movements, func(a, b *inventoryv1.Movement) int {
		x, y := a.GetMoveTime(), b.GetMoveTime()
		return cmp.Or(cmp.Compare(x.GetSeconds(), y.GetSeconds()), cmp.Compare(x.GetNanos(), y.GetNanos()), compareNames(a.GetName(), b.GetName()))
	})
	way := &tracev1.LotTrace{Steps: make([]*tracev1.Step, 0, len(movements))}
	places := map[string]*place{}
	quantities := map[string]*apd.Decimal{} // the same few go to all wards
	for _, m := range movements {
		quantity := quantities[m.GetQuantity().GetValue()]
		if quantity == nil {
			var err error
			if quantity, _, err = apd.NewFromString(m.GetQuantity().GetValue()); err != nil {
				return nil, fmt.Errorf("the quantity of %s: %w", m.GetName(), err)
			}
			quantities[m.GetQuantity().GetValue()] = quantity
		}
		left, reached := ends(m)
		from := at(places, m.GetSourceLocation(), left, m)
		to := at(places, m.GetDestinationLocation(), reached, m)
		if _, err := exact.Sub(&from.balance, &from.balance, quantity); err != nil {
			return nil, err
		}
		if _, err := exact.Add(&to.balance, &to.balance, quantity); err != nil {
			return nil, err
		}
		way.Steps = append(way.Steps, &tracev1.Step{
			Movement: m.GetName(), Type: m.GetType(), MoveTime: m.GetMoveTime(), Quantity: m.GetQuantity(),
			SourceLocation: m.GetSourceLocation(), DestinationLocation: m.GetDestinationLocation(), TransferNumber: m.GetTransferNumber(),
			SourceBalance: text(&from.balance), DestinationBalance: text(&to.balance),
		})
		if !from.inside && to.inside {
			way.Origins = append(way.Origins, origin(m, left))
		}
	}
	way.Whereabouts = whereabouts(places)
	return way, nil
}

// compareNames sorts by the number in a resource name.
func compareNames(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// Odoo's words for what places are used for.
const (
	ours       = "internal"
	betweenUs  = "transit"
	aSupplier  = "supplier"
	wordsApart = ">"
	marksApart = "+"
)

// ends are Odoo's usages of the two places of a movement.
func ends(m *inventoryv1.Movement) (from, to string) {
	usages, _, _ := strings.Cut(m.GetSourceType(), marksApart)
	from, to, _ = strings.Cut(usages, wordsApart)
	return from, to
}

func at(places map[string]*place, location, usage string, m *inventoryv1.Movement) *place {
	p := places[location]
	if p == nil {
		p = &place{}
		places[location] = p
	}
	p.inside, p.last = inHouse(usage), m
	return p
}

func inHouse(usage string) bool { return usage == ours || usage == betweenUs }

// origin is what an arrival says of where the goods came from. Only goods from a
// supplier came with a receipt.
func origin(m *inventoryv1.Movement, from string) *tracev1.Origin {
	o := &tracev1.Origin{TransferNumber: m.GetTransferNumber(), Order: m.GetOrder(), Quantity: m.GetQuantity(), ArriveTime: m.GetMoveTime()}
	if from == aSupplier {
		o.Supplier = m.GetPartner()
		if id := m.GetOdooTransferId(); id != 0 {
			o.Receipt = fmt.Sprintf("receipts/%d", id)
		}
	}
	return o
}

// whereabouts lists the places that hold some of the lot: those of the house
// first, the fullest first. A supplier holds none: what it sent is an origin.
func whereabouts(places map[string]*place) []*tracev1.Whereabouts {
	var found []*tracev1.Whereabouts
	quantities := map[string]*apd.Decimal{}
	for location, p := range places {
		if p.balance.IsZero() || !p.inside && p.balance.Negative {
			continue
		}
		quantities[location] = &p.balance
		found = append(found, &tracev1.Whereabouts{Location: location, InHouse: p.inside, Quantity: text(&p.balance), LastMoveTime: p.last.GetMoveTime()})
	}
	slices.SortFunc(found, func(a, b *tracev1.Whereabouts) int {
		if a.GetInHouse() != b.GetInHouse() {
			if a.GetInHouse() {
				return -1
			}
			return 1
		}
		return cmp.Or(quantities[b.GetLocation()].Cmp(quantities[a.GetLocation()]), compareNames(a.GetLocation(), b.GetLocation()))
	})
	return found
}

func text(d *apd.Decimal) *decimal.Decimal {
	if d.Exponent >= 0 && !d.IsZero() { // a whole number has no noughts to take off
		return &decimal.Decimal{Value: d.Text('f')}
	}
	var shown apd.Decimal
	shown.Reduce(d)
	return &decimal.Decimal{Value: shown.Text('f')}
}

// name fills in what people call the suppliers and places of a trace.
func (s *Service) name(ctx context.Context, way *tracev1.LotTrace) error {
	var suppliers, locations []string
	for _, o := range way.GetOrigins() {
		suppliers = append(suppliers, o.GetSupplier())
	}
	for _, w := range way.GetWhereabouts() {
		locations = append(locations, w.GetLocation())
	}
	called, err := s.suppliers.Find(ctx, distinct(suppliers))
	if err != nil {
		return err
	}
	for _, known := range called {
		for _, o := range way.GetOrigins() {
			if o.GetSupplier() == known.GetName() {
				o.SupplierName = known.GetDisplayName()
			}
		}
	}
	places, err := s.locations.Find(ctx, distinct(locations))
	if err != nil {
		return err
	}
	for _, known := range places {
		for _, w := range way.GetWhereabouts() {
			if w.GetLocation() == known.GetName() {
				w.LocationName = known.GetCompleteName()
			}
		}
	}
	return nil
}

// distinct leaves out what is empty or repeated; at most as many stay as one
// batch may ask for.
func distinct(names []string) []string {
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
	return names[:min(len(names), 1000)]
}

// dayStart is the first second of a day in UTC: Odoo keeps dates of bills without
// a time.
func dayStart(year, month, day int32) int64 {
	return time.Date(int(year), time.Month(month), int(day), 0, 0, 0, 0, time.UTC).Unix()
}
