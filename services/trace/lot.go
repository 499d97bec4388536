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
	"google.golang.org/protobuf/types/known/timestamppb"

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
	last    *timestamppb.Timestamp
}

// followed are the fields of a movement that its lot's way is told by.
var followed = []protoreflect.Name{
	"name", "type", "source_type", "move_time", "quantity", "source_location", "destination_location",
	"transfer_number", "odoo_transfer_id", "partner", "order",
}

// follow puts the movements of a lot in the order in which they happened, and
// adds up what each left behind.
func follow(movements []*inventoryv1.Movement, changes ...change) (*tracev1.LotTrace, error) {
	slices.SortStableFunc(movements, func(a, b *inventoryv1.Movement) int {
		x, y := a.GetMoveTime(), b.GetMoveTime()
		return cmp.Or(cmp.Compare(x.GetSeconds(), y.GetSeconds()), cmp.Compare(x.GetNanos(), y.GetNanos()), compareNames(a.GetName(), b.GetName()))
	})
	w := &walk{
		way:    &tracev1.LotTrace{Steps: make([]*tracev1.Step, 0, len(movements)+len(changes))},
		places: map[string]*place{}, quantities: map[string]*apd.Decimal{},
	}
	for _, m := range movements {
		// Stock took the lot because it was booked: at the same time that comes first.
		for len(changes) > 0 && !changes[0].event.GetSourceTime().AsTime().After(m.GetMoveTime().AsTime()) {
			if err := w.change(changes[0]); err != nil {
				return nil, err
			}
			changes = changes[1:]
		}
		if err := w.move(m); err != nil {
			return nil, err
		}
	}
	for _, c := range changes {
		if err := w.change(c); err != nil {
			return nil, err
		}
	}
	w.way.Whereabouts = whereabouts(w.places)
	return w.way, nil
}

// walk is a lot's way so far.
type walk struct {
	way        *tracev1.LotTrace
	places     map[string]*place
	quantities map[string]*apd.Decimal // the same few go to all wards
}

func (w *walk) quantity(of, text string) (*apd.Decimal, error) {
	if q := w.quantities[text]; q != nil {
		return q, nil
	}
	q, _, err := apd.NewFromString(text)
	if err != nil {
		return nil, fmt.Errorf("the quantity of %s: %w", of, err)
	}
	w.quantities[text] = q
	return q, nil
}

// move goes on by a movement.
func (w *walk) move(m *inventoryv1.Movement) error {
	quantity, err := w.quantity(m.GetName(), m.GetQuantity().GetValue())
	if err != nil {
		return err
	}
	left, reached := ends(m)
	from := at(w.places, m.GetSourceLocation(), inHouse(left), m.GetMoveTime())
	to := at(w.places, m.GetDestinationLocation(), inHouse(reached), m.GetMoveTime())
	if _, err := exact.Sub(&from.balance, &from.balance, quantity); err != nil {
		return err
	}
	if _, err := exact.Add(&to.balance, &to.balance, quantity); err != nil {
		return err
	}
	w.way.Steps = append(w.way.Steps, &tracev1.Step{
		Movement: m.GetName(), Type: m.GetType(), MoveTime: m.GetMoveTime(), Quantity: m.GetQuantity(),
		SourceLocation: m.GetSourceLocation(), DestinationLocation: m.GetDestinationLocation(), TransferNumber: m.GetTransferNumber(),
		SourceBalance: text(&from.balance), DestinationBalance: text(&to.balance),
	})
	// A drop shipment comes from its supplier too, though not into the house.
	if !from.inside && (to.inside || left == aSupplier && reached == aCustomer) {
		w.way.Origins = append(w.way.Origins, origin(m, left))
	}
	return nil
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
	aCustomer  = "customer"
	wordsApart = ">"
	marksApart = "+"
)

// ends are Odoo's usages of the two places of a movement.
func ends(m *inventoryv1.Movement) (from, to string) {
	usages, _, _ := strings.Cut(m.GetSourceType(), marksApart)
	from, to, _ = strings.Cut(usages, wordsApart)
	return from, to
}

func at(places map[string]*place, location string, inside bool, when *timestamppb.Timestamp) *place {
	p := places[location]
	if p == nil {
		p = &place{}
		places[location] = p
	}
	p.inside, p.last = inside, when
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
		found = append(found, &tracev1.Whereabouts{Location: location, InHouse: p.inside, Quantity: text(&p.balance), LastMoveTime: p.last})
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
