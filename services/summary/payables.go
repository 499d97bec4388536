package summary

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/money"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/fault"
	"odoomesh/internal/scope"
)

// Numbers of what payables are grouped by. Currencies are told apart anyway.
const (
	owedBySupplier = iota
	owedByCompany
	owedByCurrency
)

var payableDimensions = []string{"supplier", "company", "currency"}

// payableQuestion is which sums are asked for.
type payableQuestion struct {
	by       []int
	supplier int64
	// met is the supplier that the caller is; 0 for none.
	met       int64
	companies companies
	// today is the number of the day where the hospital is.
	today int64
	// billed and ordered say that the caller meets the amounts of invoices and of orders.
	billed, ordered bool
}

// payableKey is what tells a group apart: the ids of what it is grouped by, and the currency.
type payableKey struct {
	ids      [2]int64
	currency string
}

func (k payableKey) compare(o payableKey) int {
	return cmp.Or(slices.Compare(k.ids[:], o.ids[:]), strings.Compare(k.currency, o.currency))
}

// payableGroup is a sum as it is made.
type payableGroup struct {
	payableKey
	bills, overdue, paying, refunds, draftBills, draftRefunds total
	unbilled, unreceived, outstanding                         total
	openOrders, earliest                                      int64
}

// SummarizePayables answers how each supplier stands.
func (s *Service) SummarizePayables(ctx context.Context, r *summaryv1.SummarizePayablesRequest) (*summaryv1.SummarizePayablesResponse, error) {
	if s.sheets.payables == nil {
		return nil, fault.New(errorsv1.Reason_REASON_NOT_SUPPORTED, "Invoices are not served here, and so nothing tells what is owed.",
			fault.Instead("Have the domain invoice served too."))
	}
	by, err := grouping(cmp.Or(r.GetGroupBy(), "supplier"), payableDimensions)
	if err != nil {
		return nil, err
	}
	by = slices.DeleteFunc(by, func(d int) bool { return d == owedByCurrency })
	q := &payableQuestion{by: by, companies: companiesOf(ctx, r.GetCompanyId()), today: s.today()}
	if err := q.meet(ctx); err != nil {
		return nil, err
	}
	if q.supplier, err = idIn("supplier", "suppliers", r.GetSupplier()); err != nil {
		return nil, err
	}
	pages := s.pages(ctx, "payables", fmt.Sprint(by, r.GetSupplier(), " ", r.GetCompanyId()))
	ids, currency, err := pages.after(r.GetPageToken(), len(by))
	if err != nil {
		return nil, err
	}
	after := payableKey{currency: spelled(currency)}
	copy(after.ids[:], ids)
	size := pageSize(r.GetPageSize())
	answer := &summaryv1.SummarizePayablesResponse{}
	as, err := s.sheets.payables.Read(ctx, func() error {
		groups := s.sheets.owed.sums(q)
		if r.GetPageToken() != "" {
			groups = slices.DeleteFunc(groups, func(g *payableGroup) bool { return g.compare(after) <= 0 })
		}
		if len(groups) > size {
			groups = groups[:size]
			last := groups[size-1]
			answer.NextPageToken = pages.next(0, last.ids[:len(by)], letters(last.currency))
		}
		for _, g := range groups {
			answer.Sums = append(answer.Sums, s.sheets.owed.sumOf(q, g))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	answer.Freshness, answer.Position = as.Freshness, told(ctx, as.Position)
	return answer, s.namePayables(ctx, answer.GetSums())
}

// today is the number of the day where the hospital is.
func (s *Service) today() int64 {
	year, month, day := s.sheets.Clock.Now().In(s.sheets.Zone()).Date()
	return dayNumber(&date.Date{Year: int32(year), Month: int32(month), Day: int32(day)})
}

// meet notes what the caller meets of invoices and orders; it refuses who meets none.
func (q *payableQuestion) meet(ctx context.Context) error {
	caller := scope.From(ctx)
	bills, err := caller.View(invoices, (*invoicev1.Invoice)(nil).ProtoReflect().Descriptor())
	if err != nil {
		return err
	}
	bought, err := caller.View(orders, (*orderv1.Order)(nil).ProtoReflect().Descriptor())
	switch {
	case err != nil:
		return err
	case bills.Refused():
		return fault.NotPermitted("read", invoices)
	case bought.Refused():
		return fault.NotPermitted("read", orders)
	}
	q.billed = !bills.HidesPath("residual_amount") && !bills.HidesPath("total_amount")
	q.ordered = !bought.HidesPath("lines.untaxed_amount") && !bought.HidesPath("lines.unit_price")
	if caller.Kind() == scope.Supplier {
		q.met = supplierIn(caller.Supplier)
	}
	return nil
}

// letters are those of a currency, as a token keeps them.
func letters(currency string) (all []int64) {
	for _, letter := range currency {
		all = append(all, int64(letter))
	}
	return all
}

// spelled is the currency of some letters.
func spelled(letters []int64) string {
	var currency strings.Builder
	for _, letter := range letters {
		currency.WriteRune(rune(letter))
	}
	return currency.String()
}

// sums adds up what is owed, by the ids of what it is grouped by and by currency, ascending.
func (o *owed) sums(q *payableQuestion) []*payableGroup {
	found := map[payableKey]*payableGroup{}
	group := func(of owedBy) *payableGroup {
		if !q.companies.passes(of.company) || !of.is(q.supplier) || !of.is(q.met) {
			return nil
		}
		key := payableKey{currency: of.currency}
		for i, d := range q.by {
			key.ids[i] = [...]int64{owedBySupplier: of.supplier, owedByCompany: of.company}[d]
		}
		if found[key] == nil {
			found[key] = &payableGroup{payableKey: key, earliest: never}
		}
		return found[key]
	}
	for _, invoice := range o.invoices {
		if g := group(invoice.owedBy); g != nil {
			g.addInvoice(q, &invoice)
		}
	}
	for _, order := range o.orders {
		g := group(order.owedBy)
		if g == nil {
			continue
		}
		g.unbilled.join(&order.unbilled)
		g.unreceived.join(&order.unreceived)
		g.outstanding.join(&order.outstanding)
		g.openOrders += min(order.outstanding.count, 1)
	}
	groups := make([]*payableGroup, 0, len(found))
	for _, g := range found {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b *payableGroup) int { return a.compare(b.payableKey) })
	return groups
}

func (g *payableGroup) addInvoice(q *payableQuestion, i *owedInvoice) {
	switch {
	case i.draft && i.refund:
		g.draftRefunds.plus(i.amount)
	case i.draft:
		g.draftBills.plus(i.amount)
	case i.refund:
		g.refunds.plus(i.amount)
	default:
		g.bills.plus(i.amount)
		g.earliest = min(g.earliest, i.due)
		if i.due < q.today {
			g.overdue.plus(i.amount)
		}
		if i.paying {
			g.paying.plus(i.amount)
		}
	}
}

// sumOf is a group as it is answered, without what people call its supplier.
func (o *owed) sumOf(q *payableQuestion, g *payableGroup) *summaryv1.PayableSum {
	sum := &summaryv1.PayableSum{
		CurrencyCode: g.currency, OpenBillCount: g.bills.count, OverdueBillCount: g.overdue.count, InPaymentBillCount: g.paying.count, OpenRefundCount: g.refunds.count,
		DraftBillCount: g.draftBills.count, DraftRefundCount: g.draftRefunds.count, UnbilledLineCount: g.unbilled.count, UnreceivedLineCount: g.unreceived.count, OpenOrderCount: g.openOrders,
	}
	for i, d := range q.by {
		if d == owedBySupplier {
			sum.Supplier = named("suppliers", g.ids[i])
		} else {
			sum.CompanyId, sum.Company = g.ids[i], o.companies[g.ids[i]]
		}
	}
	if g.earliest != never {
		sum.EarliestDueDate = dayOfNumber(g.earliest)
	}
	amount := func(t *total) *money.Money { return exact.AsMoney(&t.amount, g.currency) }
	if q.billed {
		sum.OpenBillAmount, sum.OverdueBillAmount, sum.InPaymentBillAmount, sum.OpenRefundAmount = amount(&g.bills), amount(&g.overdue), amount(&g.paying), amount(&g.refunds)
		sum.NetAmount = exact.AsMoney(new(big.Rat).Sub(&g.bills.amount, &g.refunds.amount), g.currency)
		sum.DraftBillAmount, sum.DraftRefundAmount = amount(&g.draftBills), amount(&g.draftRefunds)
	}
	if q.ordered {
		sum.EstimatedUnbilledAmount, sum.EstimatedUnreceivedAmount, sum.OutstandingAmount = amount(&g.unbilled), amount(&g.unreceived), amount(&g.outstanding)
	}
	return sum
}

// namePayables fills in what people call the suppliers.
func (s *Service) namePayables(ctx context.Context, sums []*summaryv1.PayableSum) error {
	var names []string
	for _, sum := range sums {
		names = append(names, sum.GetSupplier())
	}
	suppliers, err := called(ctx, s.suppliers, names)
	if err != nil {
		return err
	}
	for _, sum := range sums {
		sum.SupplierDisplayName = suppliers[sum.GetSupplier()].GetDisplayName()
	}
	return nil
}
