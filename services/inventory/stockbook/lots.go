package stockbook

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/journal"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// Where a lot is moved out of a place that has too little of it, Odoo takes the rest
// from the stock without a lot there, without a row that says so. It shows in Odoo's
// stock alone: what the stock without a lot lacks, the lots have more, at one place
// and of one owner and package.

// assignLots tells the quantities that took another lot where they lie, and answers
// the differences that remain. A difference that a person has acknowledged counts
// from there.
func (w *writer) assignLots(drifts []Drift) ([]Drift, error) {
	groups := map[place][]int{}
	for i, d := range drifts {
		where := d.place
		where.lot = 0
		groups[where] = append(groups[where], i)
	}
	snapshot := w.author.Cache.Snapshot()
	defer snapshot.Close()
	drifts = slices.Clone(drifts)
	for _, where := range slices.SortedFunc(maps.Keys(groups), comparePlaces) {
		group := groups[where]
		slices.SortFunc(group, func(a, b int) int { return cmp.Compare(drifts[a].lot, drifts[b].lot) })
		if drifts[group[0]].lot != 0 {
			continue
		}
		whole, err := even(drifts, group)
		if err != nil {
			return nil, err
		}
		for _, i := range group[1:] {
			if err := w.assignLot(snapshot, &drifts[group[0]], &drifts[i], whole); err != nil {
				return nil, err
			}
		}
	}
	return slices.DeleteFunc(drifts, func(d Drift) bool {
		left, err := d.unexplained()
		return err == nil && left.IsZero() && d.Known.GetExplained() == ""
	}), nil
}

// unexplained is how much Odoo has more than the events and what is explained.
func (d *Drift) unexplained() (*apd.Decimal, error) {
	have, err := number(d.Difference)
	if err != nil {
		return nil, err
	}
	known, err := number(d.Known.GetExplained())
	if err != nil {
		return nil, err
	}
	return less(have, known)
}

// even tells whether the differences of a group come to nothing together: then all of
// them are quantities that took another lot.
func even(drifts []Drift, group []int) (bool, error) {
	total := new(apd.Decimal)
	for _, i := range group {
		d, err := drifts[i].unexplained()
		if err != nil {
			return false, err
		}
		if total, err = sum(total, d); err != nil {
			return false, err
		}
	}
	return total.IsZero(), nil
}

// assignLot tells as much as the stock without a lot has too little and the lot too
// much, or the reverse; all of what the lot has where whole.
func (w *writer) assignLot(s store.Snapshot, none, lot *Drift, whole bool) error {
	lacks, err := none.unexplained()
	if err != nil {
		return err
	}
	has, err := lot.unexplained()
	if err != nil || has.IsZero() || !whole && lacks.Sign()*has.Sign() >= 0 {
		return err
	}
	quantity, from, to := new(apd.Decimal), none, lot
	quantity.Abs(has)
	if other := new(apd.Decimal); !whole {
		if other.Abs(lacks); other.Cmp(quantity) < 0 {
			quantity = other
		}
	}
	if has.Negative {
		from, to = lot, none
	}
	if err := from.put(negated(quantity)); err != nil {
		return err
	}
	if err := to.put(quantity); err != nil {
		return err
	}
	return w.lotAssigned(s, from.place, to.place, quantity)
}

// put adds what was told to the events' side.
func (d *Drift) put(quantity *apd.Decimal) error {
	events, err := number(d.Events)
	if err != nil {
		return err
	}
	if events, err = sum(events, quantity); err != nil {
		return err
	}
	d.Events = written(events)
	d.Difference, err = subtract(d.Odoo, d.Events)
	return err
}

// lotAssigned writes the event, the balances and, for traces of both lots, the change.
func (w *writer) lotAssigned(s store.Snapshot, from, to place, quantity *apd.Decimal) error {
	event := &inventoryv1.InventoryEvent{
		Type:    inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_LOT_ASSIGNED,
		Product: nameOf(products, to.product), Lot: nameOf(lots, to.lot), SourceLot: nameOf(lots, from.lot),
		SourceLocation: nameOf("locations", from.location), DestinationLocation: nameOf("locations", to.location),
		Owner: nameOf("partners", to.owner), SourcePackage: nameOf("packages", from.pack), DestinationPackage: nameOf("packages", to.pack),
		Quantity: decimalOf(quantity),
	}
	if err := describe(s, event, cmp.Or(to.lot, from.lot)); err != nil {
		return err
	}
	at, err := assignedAt(s, from, cmp.Or(to.lot, from.lot))
	if err != nil {
		return err
	}
	if at == nil {
		at = timestamppb.New(w.author.Clock.Now())
	}
	event.SourceTime = at
	left, err := w.over.add(from, negated(quantity))
	if err != nil {
		return err
	}
	there, err := w.over.add(to, quantity)
	if err != nil {
		return err
	}
	event.SourceBalance, event.DestinationBalance = decimalOf(left), decimalOf(there)
	raw, err := proto.Marshal(&internalv1.LotChange{
		Event: w.Next(), SourceLot: from.lot, Lot: to.lot, Location: to.location, Quantity: written(quantity), SourceTime: at,
	})
	if err != nil {
		return err
	}
	for _, lot := range []int64{from.lot, to.lot} {
		if lot != 0 {
			w.Put(lotKey(lot, w.Next()), raw)
		}
	}
	return w.keep(event, journal.Cause{At: w.author.Clock.Now()})
}

// describe fills in what the lot and the product say of themselves.
func describe(s store.Snapshot, event *inventoryv1.InventoryEvent, lot int64) error {
	kept, l, p := &internalv1.CacheRecord{}, &inventoryv1.Lot{}, &productv1.Product{}
	if err := found(s, lots, resource.Key(lot), kept, l); err != nil {
		return err
	}
	event.Provenance, event.Company = provenanceOf(kept), l.GetCompany()
	if event.GetLot() != "" {
		event.LotNumber, event.ExpirationTime = l.GetLotNumber(), l.GetExpirationTime()
	}
	err := found(s, products, resource.Key(idOf(event.GetProduct())), &internalv1.CacheRecord{}, p)
	event.Unit = p.GetBaseUnit()
	return err
}

// found reads a record; one that is not there leaves the messages empty.
func found(s store.Snapshot, collection string, key []byte, kept *internalv1.CacheRecord, into proto.Message) error {
	raw, err := s.Get(collection, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return unpack(raw, kept, into)
}

// assignedAt is when a lot was last booked out of a place, by its movements; nil where
// none was.
func assignedAt(s store.Snapshot, at place, lot int64) (*timestamppb.Timestamp, error) {
	var latest *timestamppb.Timestamp
	for m, err := range movementsUnder(s, "lot", nameOf(lots, lot)) {
		if err != nil {
			return nil, err
		}
		if idOf(m.GetSourceLocation()) != at.location || m.GetMoveTime() == nil {
			continue
		}
		if latest == nil || latest.AsTime().Before(m.GetMoveTime().AsTime()) {
			latest = m.GetMoveTime()
		}
	}
	return latest, nil
}

// LotChanges are the events, with what a trace needs of them, in which stock took a
// lot or lost it where it lies, in their order. They are known also where retention
// has taken the events.
func (b *Book) LotChanges(lot string) ([]*inventoryv1.InventoryEvent, error) {
	facts := b.Journal.Facts()
	defer facts.Close()
	var all []*inventoryv1.InventoryEvent
	for fact, err := range facts.Scan(append([]byte{lotTag}, resource.Key(idOf(lot))...)) {
		if err != nil {
			return nil, err
		}
		c := &internalv1.LotChange{}
		if err := proto.Unmarshal(fact.Value, c); err != nil {
			return nil, fmt.Errorf("reading what stock took %s: %w", lot, err)
		}
		where := nameOf("locations", c.GetLocation())
		all = append(all, &inventoryv1.InventoryEvent{
			Name: resource.Name(Collection, int64(c.GetEvent())), Type: inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_LOT_ASSIGNED,
			SourceLot: nameOf(lots, c.GetSourceLot()), Lot: nameOf(lots, c.GetLot()), SourceLocation: where, DestinationLocation: where,
			Quantity: &decimal.Decimal{Value: c.GetQuantity()}, SourceTime: c.GetSourceTime(),
		})
	}
	return all, nil
}
