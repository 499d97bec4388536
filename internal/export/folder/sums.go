package folder

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/cockroachdb/apd/v3"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/export"
	"odoomesh/internal/export/flat"
	"odoomesh/internal/resource"
)

// Place is where something lies: Odoo's ids, 0 for none.
type Place struct {
	Product  int64 `json:"product"`
	Location int64 `json:"location"`
	Lot      int64 `json:"lot"`
	Owner    int64 `json:"owner"`
	Package  int64 `json:"package"`
}

// parts are the collections of which a place names records, and the columns that do.
var parts = [5]struct{ collection, column string }{
	{"products", "product"}, {"locations", "location"}, {"lots", "lot"}, {"partners", "owner"}, {"packages", "package"},
}

func (p Place) ids() [5]int64 { return [5]int64{p.Product, p.Location, p.Lot, p.Owner, p.Package} }

// placeOf is the place that names such as products/42 tell, each empty for none.
func placeOf(names ...string) (Place, error) {
	var ids [5]int64
	for i, name := range names {
		if name == "" {
			continue
		}
		key, err := resource.KeyOf(parts[i].collection, name)
		if err != nil {
			return Place{}, err
		}
		ids[i] = resource.KeyID(key)
	}
	return Place{ids[0], ids[1], ids[2], ids[3], ids[4]}, nil
}

// Balance is how much lies at a place, in the product's base unit.
type Balance struct {
	Place
	Quantity string `json:"quantity"`
}

// sums is what events add up to. It takes memory for each place that has something, and not
// for each event.
type sums struct {
	at      map[Place]*apd.Decimal
	context *apd.Context
}

// digits is how many digits sums have: more than a column of a file.
const digits = 60

func newSums() *sums {
	context := apd.BaseContext.WithPrecision(digits)
	context.Traps = apd.DefaultTraps | apd.Inexact
	return &sums{at: map[Place]*apd.Decimal{}, context: context}
}

// add takes an event's quantity from where it was, and puts it where it went.
func (s *sums) add(e *inventoryv1.InventoryEvent) error {
	if e.GetQuantity() == nil {
		return nil
	}
	quantity, _, err := apd.NewFromString(cmp.Or(e.GetQuantity().GetValue(), "0"))
	if err != nil {
		return fmt.Errorf("%s: quantity: %w", e.GetName(), err)
	}
	lot := e.GetLot()
	if e.GetType() == inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_LOT_ASSIGNED {
		lot = e.GetSourceLot()
	}
	from, err := placeOf(e.GetProduct(), e.GetSourceLocation(), lot, e.GetOwner(), e.GetSourcePackage())
	if err != nil {
		return fmt.Errorf("%s: where it was: %w", e.GetName(), err)
	}
	to, err := placeOf(e.GetProduct(), e.GetDestinationLocation(), e.GetLot(), e.GetOwner(), e.GetDestinationPackage())
	if err != nil {
		return fmt.Errorf("%s: where it went: %w", e.GetName(), err)
	}
	if err := s.change(to, quantity); err != nil {
		return fmt.Errorf("%s: %w", e.GetName(), err)
	}
	if err := s.change(from, new(apd.Decimal).Neg(quantity)); err != nil {
		return fmt.Errorf("%s: %w", e.GetName(), err)
	}
	return nil
}

func (s *sums) change(at Place, by *apd.Decimal) error {
	sum := s.at[at]
	if sum == nil {
		s.at[at] = new(apd.Decimal).Set(by)
		return nil
	}
	if _, err := s.context.Add(sum, sum, by); err != nil {
		return err
	}
	if sum.IsZero() {
		delete(s.at, at)
	}
	return nil
}

func (s *sums) put(b Balance) error {
	quantity, _, err := apd.NewFromString(b.Quantity)
	if err == nil {
		s.at[b.Place] = quantity
	}
	return err
}

// sorted are the sums that are not zero, by place.
func (s *sums) sorted() []Balance {
	all := make([]Balance, 0, len(s.at))
	for at, quantity := range s.at {
		if !quantity.IsZero() {
			plain := new(apd.Decimal)
			plain.Reduce(quantity)
			all = append(all, Balance{at, plain.Text('f')})
		}
	}
	slices.SortFunc(all, func(a, b Balance) int {
		return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Location, b.Location), cmp.Compare(a.Lot, b.Lot),
			cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Package, b.Package))
	})
	return all
}

// write keeps the sums for the next run.
func (s *sums) write(dir string, last int64) (*Stored, error) {
	name := fmt.Sprintf("sums-%012d.ndjson", last)
	path := filepath.Join(dir, name)
	out, err := create(path + ".partial")
	if err != nil {
		return nil, err
	}
	lines, all := json.NewEncoder(out), s.sorted()
	for _, b := range all {
		if err := lines.Encode(b); err != nil {
			return nil, err
		}
	}
	stored, err := out.finish(filepath.Join(eventsFolder, name), int64(len(all)))
	if err != nil {
		return nil, err
	}
	return &stored, os.Rename(path+".partial", path)
}

// BalancesTable is the table of what events add up to, by place.
func BalancesTable() *flat.Table {
	t := &flat.Table{Name: "balances", Columns: []export.Column{{Name: "stock_position", Kind: export.Text, Required: true}}}
	for _, part := range parts {
		t.Columns = append(t.Columns, export.Column{Name: part.column, Kind: export.Word})
	}
	t.Columns = append(t.Columns, export.Column{Name: "quantity", Kind: export.Quantity})
	return t
}

// Fill makes the row of a balance.
func (b Balance) Fill(row []export.Value) {
	ids := b.ids()
	row[0] = export.Value{Set: true, Text: resource.Name("stockPositions", ids[:]...)}
	for i, id := range ids {
		if id != 0 {
			row[1+i] = export.Value{Set: true, Text: resource.Name(parts[i].collection, id)}
		}
	}
	row[6] = export.Value{Set: true, Text: b.Quantity}
}
