package summary

import (
	"fmt"
	"math/big"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/resource"
	"odoomesh/internal/sheet"
)

// stock is what is kept of stock positions and of what they point at. Products, places, lots
// and companies have numbers, so that what is known of one is found without looking it up.
type stock struct {
	positions *sheet.Table[positionKey, position]
	// odd are the quantities that fit no row.
	odd      map[positionKey]odd
	product  numbered[product]
	location numbered[location]
	lot      numbered[lot]
	company  numbered[string]
	// great are costs, by the numbers of products.
	great      map[int32]*big.Rat
	units      names[*typesv1.UnitOfMeasure]
	currencies names[string]
	// open are the lines of receipts that are still to come or to go, by receipt.
	open  map[int64][]openLine
	moved *moved
	// bits, few and share are bitsAtMost, fewGroups and rowsAtLeast, but in tests.
	bits, few, share int
	// holds says that lots are held, or free, that were not before.
	holds bool
}

// positionKey is what a stock position is named by: numbers of product, location and lot,
// and Odoo's ids of owner and package.
type positionKey struct{ product, location, lot, owner, pack int32 }

// position is a stock position. Its quantities are in millionths.
type position struct {
	positionKey
	company            int32
	unit               uint16
	odd                bool
	held               bool // as its lot is
	quantity, reserved int64
}

type odd struct{ quantity, reserved *big.Rat }

// product is what is known of a product; the zero product is one that the mesh does not have.
type product struct {
	// nanos is its cost; one that is too great for that stands in great.
	nanos int64
	// currency is that of its cost, 0 where the cost is not known.
	currency uint16
	unit     uint16
	// uncounted says that Odoo keeps movements of it, and no stock.
	uncounted bool
}

type location struct {
	inHouse bool
	// company is the number of whose it is: stock there is of that one.
	company int32
	// parent is the number of the place that it is a part of, -1 for none.
	parent int32
}

type lot struct {
	held bool
	// expires is when, in seconds since 1970; never where it is not known.
	expires int64
}

// never is behind all times.
const never = 1<<63 - 1

// openLine is a product that is still to come, or to go back.
type openLine struct {
	product, location, company int32
	quantity                   *big.Rat
	unit                       uint16
	back                       bool
}

func newStock() *stock {
	return &stock{
		positions: newPositions(), odd: map[positionKey]odd{}, open: map[int64][]openLine{},
		product: newNumbered(product{}), location: newNumbered(location{parent: -1}), lot: newNumbered(lot{expires: never}), company: newNumbered(""),
		moved: newMoved(), bits: bitsAtMost, few: fewGroups, share: rowsAtLeast,
		units: newNames[*typesv1.UnitOfMeasure](), currencies: newNames[string](), great: map[int32]*big.Rat{},
	}
}

func newPositions() *sheet.Table[positionKey, position] {
	return sheet.NewTable(func(p *position) positionKey { return p.positionKey })
}

// sources are the collections that it follows.
func (s *stock) sources() map[string]sheet.Rows {
	return map[string]sheet.Rows{
		positions: rows{begin: func() { s.positions, s.odd = newPositions(), map[positionKey]odd{} }, put: s.putPosition, settle: s.settle},
		products:  rows{begin: s.product.forget, put: s.putProduct, settle: s.settle},
		locations: rows{begin: s.location.forget, put: s.putLocation, settle: s.settle},
		lots:      rows{begin: s.lot.forget, put: s.putLot, settle: s.settle},
		movements: rows{begin: func() { s.moved = newMoved() }, put: s.putMovement, settle: func() { s.moved.bound(); s.settle() }},
		receipts:  rows{begin: func() { clear(s.open) }, put: s.putReceipt, settle: s.settle},
	}
}

func (s *stock) settle() {
	if s.holds {
		rows := s.positions.Rows()
		for i := range rows {
			rows[i].held = s.lot.known[rows[i].lot].held
		}
		s.holds = false
	}
	s.product.ids.Settle()
	s.location.ids.Settle()
	s.lot.ids.Settle()
	s.company.ids.Settle()
}

// rows is a sheet.Rows of functions.
type rows struct {
	begin  func()
	put    func(ids []int64, kept *internalv1.CacheRecord) error
	settle func()
}

func (r rows) Begin()                                              { r.begin() }
func (r rows) Put(ids []int64, kept *internalv1.CacheRecord) error { return r.put(ids, kept) }
func (r rows) Settle()                                             { r.settle() }

func (s *stock) putPosition(ids []int64, kept *internalv1.CacheRecord) error {
	if len(ids) != 5 {
		return fmt.Errorf("its name has %d ids, not 5", len(ids))
	}
	key := positionKey{s.product.number(ids[0]), s.location.number(ids[1]), s.lot.number(ids[2]), int32(ids[3]), int32(ids[4])}
	delete(s.odd, key)
	if kept == nil {
		s.positions.Delete(key)
		return nil
	}
	var p inventoryv1.StockPosition
	if err := proto.Unmarshal(kept.GetBody(), &p); err != nil {
		return err
	}
	row := position{positionKey: key, company: s.companyOf(kept), unit: s.units.number(p.GetUnit().GetName(), p.GetUnit()), held: s.lot.known[key.lot].held}
	quantity, fits := sheet.Micro(p.GetQuantity().GetValue())
	reserved, fit := sheet.Micro(p.GetReservedQuantity().GetValue())
	if fits && fit {
		row.quantity, row.reserved = quantity, reserved
	} else {
		row.odd = true
		s.odd[key] = odd{exact.Number(p.GetQuantity().GetValue()), exact.Number(p.GetReservedQuantity().GetValue())}
	}
	s.positions.Put(row)
	return nil
}

func (s *stock) companyOf(kept *internalv1.CacheRecord) int32 {
	number := s.company.number(kept.GetCompanyId())
	s.company.known[number] = kept.GetCompany()
	return number
}

func (s *stock) putProduct(ids []int64, kept *internalv1.CacheRecord) error {
	number := s.product.number(ids[0])
	known := &s.product.known[number]
	*known = product{}
	delete(s.great, number)
	if kept == nil {
		return nil
	}
	var p productv1.Product
	if err := proto.Unmarshal(kept.GetBody(), &p); err != nil {
		return err
	}
	known.unit, known.uncounted = s.units.number(p.GetBaseUnit().GetName(), p.GetBaseUnit()), p.GetKind() != productv1.Kind_KIND_GOODS
	if p.GetCost() == nil {
		return nil
	}
	known.currency = s.currencies.number(p.GetCost().GetCurrencyCode(), p.GetCost().GetCurrencyCode())
	nanos := exact.Money(p.GetCost())
	nanos.Mul(nanos, big.NewRat(1_000_000_000, 1))
	if nanos.Num().IsInt64() {
		known.nanos = nanos.Num().Int64()
	} else {
		s.great[number] = exact.Money(p.GetCost())
	}
	return nil
}

func (s *stock) putLocation(ids []int64, kept *internalv1.CacheRecord) error {
	number := s.location.number(ids[0])
	s.location.known[number] = location{parent: -1}
	if kept == nil {
		return nil
	}
	var l inventoryv1.Location
	if err := proto.Unmarshal(kept.GetBody(), &l); err != nil {
		return err
	}
	now := location{parent: -1, inHouse: l.GetUsage() == inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL, company: s.companyOf(kept)}
	if parent, err := resource.KeyOf(locations, l.GetParent()); err == nil {
		now.parent = s.location.number(resource.KeyID(parent))
	}
	s.location.known[number] = now
	return nil
}

func (s *stock) putLot(ids []int64, kept *internalv1.CacheRecord) error {
	known := s.lot.at(ids[0])
	was := known.held
	defer func() { s.holds = s.holds || known.held != was }()
	*known = lot{expires: never}
	if kept == nil {
		return nil
	}
	var l inventoryv1.Lot
	if err := proto.Unmarshal(kept.GetBody(), &l); err != nil {
		return err
	}
	known.held = l.GetHoldState() == inventoryv1.HoldState_HOLD_STATE_HELD || l.GetHoldState() == inventoryv1.HoldState_HOLD_STATE_RECALLED
	if t := l.GetExpirationTime(); t != nil {
		known.expires = t.GetSeconds()
	}
	return nil
}

func (s *stock) putReceipt(ids []int64, kept *internalv1.CacheRecord) error {
	delete(s.open, ids[0])
	if kept == nil {
		return nil
	}
	var r receiptv1.Receipt
	if err := proto.Unmarshal(kept.GetBody(), &r); err != nil {
		return err
	}
	place, back := r.GetDestinationLocation(), false
	switch r.GetDirection() {
	case receiptv1.Direction_DIRECTION_RECEIPT:
	case receiptv1.Direction_DIRECTION_RETURN:
		place, back = r.GetSourceLocation(), true
	default:
		return nil
	}
	at, err := resource.KeyOf(locations, place)
	if err != nil {
		return nil // nobody says where
	}
	for _, l := range r.GetLines() {
		of, err := resource.KeyOf(products, l.GetProduct())
		if err != nil || !awaited(l.GetState()) {
			continue
		}
		s.open[ids[0]] = append(s.open[ids[0]], openLine{
			product: s.product.number(resource.KeyID(of)), location: s.location.number(resource.KeyID(at)), company: s.companyOf(kept),
			quantity: exact.Decimal(l.GetExpectedQuantity()), unit: s.units.number(l.GetUnit().GetName(), l.GetUnit()), back: back,
		})
	}
	return nil
}

// awaited tells whether what a line expects is still to come.
func awaited(state receiptv1.State) bool {
	switch state {
	case receiptv1.State_STATE_WAITING, receiptv1.State_STATE_CONFIRMED, receiptv1.State_STATE_PARTIALLY_READY, receiptv1.State_STATE_READY:
		return true
	}
	return false
}
