package summary

import (
	"math/big"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/sheet"
)

// owed are the documents that say how suppliers stand, by their ids: invoices that are open
// or drafts, and orders of which something is to be billed or to come.
type owed struct {
	invoices map[int64]owedInvoice
	orders   map[int64]*owedOrder
	// companies are their display names.
	companies map[int64]string
}

// owedBy is what invoices and orders are told apart by.
type owedBy struct {
	party
	company  int64
	currency string
}

type owedInvoice struct {
	owedBy
	refund, draft, paying bool
	// amount is what is still to be paid, and of a draft all of it.
	amount *big.Rat
	// due is the number of the day on which it has to be paid; never where nobody has said.
	due int64
}

type owedOrder struct {
	owedBy
	unbilled, unreceived, outstanding total
}

// total is how many of something there are, and what they come to.
type total struct {
	count  int64
	amount big.Rat
}

func newOwed() *owed {
	return &owed{invoices: map[int64]owedInvoice{}, orders: map[int64]*owedOrder{}, companies: map[int64]string{}}
}

// sources are the collections that they follow.
func (o *owed) sources() map[string]sheet.Rows {
	return map[string]sheet.Rows{
		invoices: rows{begin: func() { clear(o.invoices) }, put: o.putInvoice, settle: func() {}},
		orders:   rows{begin: func() { clear(o.orders) }, put: o.putOrder, settle: func() {}},
	}
}

func (o *owed) putInvoice(ids []int64, kept *internalv1.CacheRecord) error {
	delete(o.invoices, ids[0])
	var invoice invoicev1.Invoice
	if err := proto.Unmarshal(kept.GetBody(), &invoice); err != nil {
		return err
	}
	one := owedInvoice{
		owedBy: owedBy{partyOf(invoice.GetLegalSupplier(), invoice.GetSupplier()), kept.GetCompanyId(), invoice.GetCurrencyCode()},
		refund: invoice.GetType() == invoicev1.InvoiceType_INVOICE_TYPE_REFUND, draft: invoice.GetState() == invoicev1.State_STATE_DRAFT,
		paying: invoice.GetPaymentState() == invoicev1.PaymentState_PAYMENT_STATE_IN_PAYMENT, amount: exact.Money(invoice.GetResidualAmount()), due: never,
	}
	if one.draft {
		one.amount = exact.Money(invoice.GetTotalAmount())
	} else if invoice.GetState() != invoicev1.State_STATE_POSTED || one.amount.Sign() == 0 {
		return nil
	}
	if due := invoice.GetDueDate(); due != nil {
		one.due = dayNumber(due)
	}
	o.invoices[ids[0]] = one
	o.companies[one.company] = kept.GetCompany()
	return nil
}

func (o *owed) putOrder(ids []int64, kept *internalv1.CacheRecord) error {
	delete(o.orders, ids[0])
	var order orderv1.Order
	if err := proto.Unmarshal(kept.GetBody(), &order); err != nil || order.GetState() != orderv1.State_STATE_CONFIRMED {
		return err
	}
	one := &owedOrder{owedBy: owedBy{partyOf(order.GetLegalSupplier(), order.GetSupplier()), kept.GetCompanyId(), order.GetCurrencyCode()}}
	for _, l := range order.GetLines() {
		if l.GetType() != orderv1.LineType_LINE_TYPE_PRODUCT {
			continue
		}
		ordered, received := exact.Decimal(l.GetQuantity()), exact.Decimal(l.GetReceivedQuantity())
		if left := new(big.Rat).Sub(ordered, received); left.Sign() > 0 && ordered.Sign() > 0 {
			one.outstanding.add(l, left)
		}
		switch unbilled := received.Sub(received, exact.Decimal(l.GetBilledQuantity())); unbilled.Sign() {
		case 1:
			one.unbilled.add(l, unbilled)
		case -1:
			one.unreceived.add(l, unbilled.Neg(unbilled))
		}
	}
	if one.unbilled.count+one.unreceived.count+one.outstanding.count > 0 {
		o.orders[ids[0]] = one
		o.companies[one.company] = kept.GetCompany()
	}
	return nil
}

// add adds a quantity of a line, at the line's amount without taxes for as much as is
// ordered. A line that orders nought, which Odoo adds for what came besides, has no amount:
// of it the price is taken.
func (t *total) add(l *orderv1.OrderLine, quantity *big.Rat) {
	ordered, worth := exact.Decimal(l.GetQuantity()), new(big.Rat)
	if ordered.Sign() == 0 {
		worth.Mul(exact.Less(exact.Money(l.GetUnitPrice()), exact.Decimal(l.GetDiscountPercent())), quantity)
	} else {
		worth.Mul(exact.Money(l.GetUntaxedAmount()), quantity).Quo(worth, ordered)
	}
	t.plus(worth)
}

// plus adds one more.
func (t *total) plus(amount *big.Rat) {
	t.count++
	t.amount.Add(&t.amount, amount)
}

// join adds what others come to.
func (t *total) join(o *total) {
	t.count += o.count
	t.amount.Add(&t.amount, &o.amount)
}

// dayNumber numbers days so that a later one has a greater number; dayOfNumber is its
// inverse.
func dayNumber(d *date.Date) int64 {
	return (int64(d.GetYear())*100+int64(d.GetMonth()))*100 + int64(d.GetDay())
}

func dayOfNumber(n int64) *date.Date {
	return &date.Date{Year: int32(n / 10_000), Month: int32(n / 100 % 100), Day: int32(n % 100)}
}
