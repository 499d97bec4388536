package summary

import (
	"math/big"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/resource"
)

// openOrders are the orders of which something is still to come, by their ids.
type openOrders struct {
	all map[int64]openOrder
	// companies are their display names.
	companies map[int64]string
}

type openOrder struct {
	supplier, company int64
	// named is the supplier that the order names, which may be a contact of the company.
	named    int64
	currency string
	lines    []orderedLine
}

// orderedLine is a line of which less has come than is ordered.
type orderedLine struct {
	product int64
	// amount is what is still to come is worth.
	amount *big.Rat
	// expected is when it is, and requested when it was to be, in seconds since 1970; never
	// where nobody has said.
	expected, requested int64
}

func newOpenOrders() *openOrders {
	return &openOrders{all: map[int64]openOrder{}, companies: map[int64]string{}}
}

// Begin implements sheet.Rows.
func (o *openOrders) Begin() { clear(o.all) }

// Settle implements sheet.Rows.
func (o *openOrders) Settle() {}

// Put implements sheet.Rows.
func (o *openOrders) Put(ids []int64, kept *internalv1.CacheRecord) error {
	delete(o.all, ids[0])
	if kept == nil {
		return nil
	}
	var order orderv1.Order
	if err := proto.Unmarshal(kept.GetBody(), &order); err != nil {
		return err
	}
	if order.GetState() != orderv1.State_STATE_CONFIRMED {
		return nil
	}
	open := openOrder{supplier: supplierIn(order.GetLegalSupplier()), named: supplierIn(order.GetSupplier()), company: kept.GetCompanyId(), currency: order.GetCurrencyCode()}
	if open.supplier == 0 {
		open.supplier = open.named
	}
	for _, l := range order.GetLines() {
		ordered := exact.Decimal(l.GetQuantity())
		outstanding := new(big.Rat).Sub(ordered, exact.Decimal(l.GetReceivedQuantity()))
		if l.GetType() != orderv1.LineType_LINE_TYPE_PRODUCT || outstanding.Sign() <= 0 || ordered.Sign() <= 0 {
			continue
		}
		line := orderedLine{expected: never, requested: never, amount: exact.Money(l.GetUntaxedAmount())}
		line.amount.Mul(line.amount, outstanding).Quo(line.amount, ordered)
		if key, err := resource.KeyOf(products, l.GetProduct()); err == nil {
			line.product = resource.KeyID(key)
		}
		if t := l.GetRequestedTime(); t != nil {
			line.requested, line.expected = t.GetSeconds(), t.GetSeconds()
		}
		if t := l.GetPromisedTime(); t != nil {
			line.expected = t.GetSeconds()
		}
		open.lines = append(open.lines, line)
	}
	if len(open.lines) > 0 {
		o.all[ids[0]] = open
		o.companies[open.company] = kept.GetCompany()
	}
	return nil
}

// supplierIn is the id in the name of a supplier; 0 where it names none.
func supplierIn(name string) int64 {
	key, err := resource.KeyOf("suppliers", name)
	if err != nil {
		return 0
	}
	return resource.KeyID(key)
}
