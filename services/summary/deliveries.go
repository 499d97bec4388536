package summary

import (
	"math"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/resource"
	"odoomesh/internal/sheet"
)

// deliveries are what receipts brought of the lines of orders. A row is made of both, and
// made anew with each change of one of them.
type deliveries struct {
	rows *sheet.Table[deliveryKey, delivery]
	// kinds are what deliveries are told apart by, in the order in which they were met: there
	// are far fewer than deliveries.
	kinds  []deliveryKind
	kindOf map[deliveryKind]int32
	// orders are those that are there, and those of which something has come.
	orders map[int32]*deliveredOrder
	// touched are the orders of which a receipt brought something.
	touched map[int32][]int32
	// companies are their display names.
	companies map[int64]string
	calendars calendars
	// share is rowsAtLeast, but in tests.
	share int
}

type deliveryKey struct{ receipt, order, line int32 }

// delivery is what one receipt brought of one line.
type delivery struct {
	deliveryKey
	// lead is how many seconds it took; untimed where that is not known.
	lead uint32
	// at is when, in seconds since 1970.
	at int64
	// over is how many seconds after it was promised, or else wanted; undated where nobody has
	// said.
	over int32
	kind int32
}

const (
	untimed = math.MaxUint32
	undated = math.MinInt32
)

// deliveryKind is what deliveries have in common: by the order and by the receipt.
type deliveryKind struct {
	product         int64
	ordered, comes  party
	buyer, receiver int64
}

// party is who delivers: the company, and who is named, which may be a contact of it.
type party struct{ supplier, named int64 }

// is tells whether it is a supplier, or one of its contacts; 0 is anybody.
func (p party) is(supplier int64) bool {
	return supplier == 0 || p.supplier == supplier || p.named == supplier
}

func partyOf(legal, named string) party {
	p := party{supplierIn(legal), supplierIn(named)}
	if p.supplier == 0 {
		p.supplier = p.named
	}
	return p
}

type deliveredOrder struct {
	there            bool
	confirmed, buyer int64
	ordered          party
	lines            []dueLine
	came             []came
}

// dueLine is a line of an order; due is never where nobody has said.
type dueLine struct {
	id           int32
	product, due int64
}

// came is that a receipt brought something of a line.
type came struct {
	receipt, line int32
	at, receiver  int64
	comes         party
}

func newDeliveries() *deliveries {
	d := &deliveries{orders: map[int32]*deliveredOrder{}, touched: map[int32][]int32{}, companies: map[int64]string{}, share: rowsAtLeast}
	d.forget()
	return d
}

// forget forgets the rows.
func (d *deliveries) forget() {
	d.rows = sheet.NewTable(func(r *delivery) deliveryKey { return r.deliveryKey })
	d.kinds, d.kindOf = nil, map[deliveryKind]int32{}
}

// sources are the collections that they follow.
func (d *deliveries) sources() map[string]sheet.Rows {
	return map[string]sheet.Rows{
		orders: rows{begin: func() {
			d.forget()
			for id, o := range d.orders {
				d.keep(id, &deliveredOrder{came: o.came})
			}
		}, put: d.putOrder, settle: func() {}},
		receipts: rows{begin: func() {
			d.forget()
			clear(d.touched)
			for id, o := range d.orders {
				o.came = nil
				d.keep(id, o)
			}
		}, put: d.putReceipt, settle: func() {}},
	}
}

// change lets an order be changed, with the rows that are made of it.
func (d *deliveries) change(id int32, do func(*deliveredOrder)) {
	o := d.orders[id]
	if o == nil {
		o = &deliveredOrder{}
		d.orders[id] = o
	}
	for _, c := range o.came {
		d.rows.Delete(deliveryKey{c.receipt, id, c.line})
	}
	do(o)
	if d.keep(id, o); !o.there {
		return
	}
	for _, c := range o.came {
		at := slices.IndexFunc(o.lines, func(l dueLine) bool { return l.id == c.line })
		if at < 0 {
			continue
		}
		row := delivery{deliveryKey: deliveryKey{c.receipt, id, c.line}, at: c.at, over: undated, lead: untimed}
		if took := c.at - o.confirmed; o.confirmed != never && took >= 0 && took < untimed {
			row.lead = uint32(took)
		}
		if due := o.lines[at].due; due != never {
			row.over = int32(max(min(c.at-due, math.MaxInt32), undated+1))
		}
		row.kind = d.kind(deliveryKind{o.lines[at].product, o.ordered, c.comes, o.buyer, c.receiver})
		d.rows.Put(row)
	}
}

// keep keeps what is known of an order, where it is there or something of it has come.
func (d *deliveries) keep(id int32, o *deliveredOrder) {
	if d.orders[id] = o; !o.there && len(o.came) == 0 {
		delete(d.orders, id)
	}
}

// kind is the number of a kind, which gets one.
func (d *deliveries) kind(k deliveryKind) int32 {
	number, known := d.kindOf[k]
	if !known {
		number = int32(len(d.kinds))
		d.kindOf[k], d.kinds = number, append(d.kinds, k)
	}
	return number
}

func (d *deliveries) putOrder(ids []int64, kept *internalv1.CacheRecord) error {
	order := &orderv1.Order{}
	if err := proto.Unmarshal(kept.GetBody(), order); err != nil {
		return err
	}
	d.change(int32(ids[0]), func(o *deliveredOrder) {
		*o = deliveredOrder{came: o.came, there: kept != nil, confirmed: never, ordered: partyOf(order.GetLegalSupplier(), order.GetSupplier()), buyer: kept.GetCompanyId()}
		if t := order.GetConfirmTime(); t != nil {
			o.confirmed = t.GetSeconds()
		}
		for _, l := range order.GetLines() {
			line := dueLine{id: lineID(l.GetId()), due: never}
			if key, err := resource.KeyOf(products, l.GetProduct()); err == nil {
				line.product = resource.KeyID(key)
			}
			if t := l.GetPromisedTime(); t != nil {
				line.due = t.GetSeconds()
			} else if t := l.GetRequestedTime(); t != nil {
				line.due = t.GetSeconds()
			}
			o.lines = append(o.lines, line)
		}
	})
	if kept != nil {
		d.companies[kept.GetCompanyId()] = kept.GetCompany()
	}
	return nil
}

func (d *deliveries) putReceipt(ids []int64, kept *internalv1.CacheRecord) error {
	id, receipt := int32(ids[0]), &receiptv1.Receipt{}
	if err := proto.Unmarshal(kept.GetBody(), receipt); err != nil {
		return err
	}
	for _, order := range d.touched[id] {
		d.change(order, func(o *deliveredOrder) {
			o.came = slices.DeleteFunc(o.came, func(c came) bool { return c.receipt == id })
		})
	}
	delete(d.touched, id)
	brought := receipt.GetDirection() == receiptv1.Direction_DIRECTION_RECEIPT || receipt.GetDirection() == receiptv1.Direction_DIRECTION_DROP_SHIPMENT
	if !brought || receipt.GetState() != receiptv1.State_STATE_DONE || receipt.GetDoneTime() == nil {
		return nil
	}
	lines, comes := map[int32][]came{}, partyOf(receipt.GetLegalSupplier(), receipt.GetSupplier())
	for _, l := range receipt.GetLines() {
		key, err := resource.KeyOf(orders, l.GetOrder())
		if err != nil || exact.Decimal(l.GetAcceptedQuantity()).Sign() <= 0 {
			continue
		}
		order, c := int32(resource.KeyID(key)), came{id, lineID(l.GetOrderLineId()), receipt.GetDoneTime().GetSeconds(), kept.GetCompanyId(), comes}
		// A kit comes as its parts, and a line in several lots.
		if c.line != 0 && !slices.Contains(lines[order], c) {
			lines[order] = append(lines[order], c)
		}
	}
	for order, all := range lines {
		d.touched[id] = append(d.touched[id], order)
		d.change(order, func(o *deliveredOrder) { o.came = append(o.came, all...) })
	}
	return nil
}

// lineID is the number of an order's line; 0 where it is none.
func lineID(text string) int32 {
	id, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0
	}
	return int32(id)
}
