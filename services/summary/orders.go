package summary

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"google.golang.org/genproto/googleapis/type/date"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/fault"
	"odoomesh/internal/scope"
)

// Numbers of what orders are grouped by.
const (
	bySupplier = iota
	byBuyer
)

var orderDimensions = []string{"supplier", "company"}

// orderQuestion is which sums of orders are asked for.
type orderQuestion struct {
	by                []int
	supplier, product int64
	// met is the supplier that the caller is; 0 for none.
	met       int64
	companies companies
	today     time.Time
	zone      *time.Location
}

// orderGroup is a sum of orders as it is made.
type orderGroup struct {
	ids                            []int64
	orders, lines, late, lateLines int64
	amounts                        map[string]*big.Rat
	earliest                       int64
}

// SummarizeOrders answers what is ordered and has not come yet.
func (s *Service) SummarizeOrders(ctx context.Context, r *summaryv1.SummarizeOrdersRequest) (*summaryv1.SummarizeOrdersResponse, error) {
	by, err := grouping(r.GetGroupBy(), orderDimensions)
	if err != nil {
		return nil, err
	}
	view, err := scope.From(ctx).View(orders, (&orderv1.Order{}).ProtoReflect().Descriptor())
	if err != nil {
		return nil, err
	}
	if view.Refused() {
		return nil, fault.NotPermitted("read", orders)
	}
	pages := s.pages(ctx, "orders", fmt.Sprint(by, r.GetSupplier(), " ", r.GetProduct(), " ", r.GetCompanyId()))
	after, _, err := pages.after(r.GetPageToken(), len(by))
	if err != nil {
		return nil, err
	}
	zone := s.sheets.Zone()
	q := &orderQuestion{by: by, companies: companiesOf(ctx, r.GetCompanyId()), zone: zone, today: dayOf(s.sheets.Clock.Now(), zone)}
	if q.supplier, err = idIn("supplier", "suppliers", r.GetSupplier()); err != nil {
		return nil, err
	}
	if q.product, err = idIn("product", products, r.GetProduct()); err != nil {
		return nil, err
	}
	if caller := scope.From(ctx); caller.Kind() == scope.Supplier {
		q.met = supplierIn(caller.Supplier)
	}
	size := pageSize(r.GetPageSize())
	answer := &summaryv1.SummarizeOrdersResponse{}
	var last []int64
	as, err := s.sheets.opens.Read(ctx, func() error {
		groups := s.sheets.open.sums(q)
		if len(after) > 0 {
			groups = slices.DeleteFunc(groups, func(g *orderGroup) bool { return slices.Compare(g.ids, after) <= 0 })
		}
		if len(groups) > size {
			groups, last = groups[:size], groups[size-1].ids
		}
		for _, g := range groups {
			answer.Sums = append(answer.Sums, s.sheets.open.sumOf(q, g, !view.HidesPath("lines.untaxed_amount")))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if answer.Freshness, answer.Position = as.Freshness, told(ctx, as.Position); last != nil {
		answer.NextPageToken = pages.next(0, last, nil)
	}
	return answer, s.nameOrders(ctx, answer.GetSums())
}

// dayOf is the beginning of a day.
func dayOf(t time.Time, zone *time.Location) time.Time {
	year, month, day := t.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, zone)
}

// sums adds up open orders, by the ids of what they are grouped by, ascending.
func (o *openOrders) sums(q *orderQuestion) []*orderGroup {
	found := map[[2]int64]*orderGroup{}
	if len(q.by) == 0 {
		found[[2]int64{}] = &orderGroup{earliest: never, amounts: map[string]*big.Rat{}}
	}
	for _, order := range o.all {
		if !q.companies.passes(order.company) || !order.of(q.supplier) || !order.of(q.met) {
			continue
		}
		var key [2]int64
		for i, d := range q.by {
			key[i] = [...]int64{bySupplier: order.supplier, byBuyer: order.company}[d]
		}
		open, late := int64(0), int64(0)
		for i := range order.lines {
			l := &order.lines[i]
			if q.product != 0 && l.product != q.product {
				continue
			}
			g := found[key]
			if g == nil {
				g = &orderGroup{ids: slices.Clone(key[:len(q.by)]), earliest: never, amounts: map[string]*big.Rat{}}
				found[key] = g
			}
			open++
			g.earliest = min(g.earliest, l.expected)
			if l.requested < q.today.Unix() {
				late++
			}
			if g.amounts[order.currency] == nil {
				g.amounts[order.currency] = new(big.Rat)
			}
			g.amounts[order.currency].Add(g.amounts[order.currency], l.amount)
		}
		if open > 0 {
			g := found[key]
			g.orders, g.lines, g.lateLines = g.orders+1, g.lines+open, g.lateLines+late
			g.late += min(late, 1)
		}
	}
	groups := make([]*orderGroup, 0, len(found))
	for _, g := range found {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b *orderGroup) int { return slices.Compare(a.ids, b.ids) })
	return groups
}

// of tells whether an order is one of a supplier's, or of one of its contacts; all are of 0.
func (o *openOrder) of(supplier int64) bool {
	return supplier == 0 || o.supplier == supplier || o.named == supplier
}

// sumOf is a group as it is answered, without what people call its supplier.
func (o *openOrders) sumOf(q *orderQuestion, g *orderGroup, priced bool) *summaryv1.OrderSum {
	sum := &summaryv1.OrderSum{OrderCount: g.orders, LineCount: g.lines, LateOrderCount: g.late, LateLineCount: g.lateLines}
	for i, d := range q.by {
		if d == bySupplier {
			sum.Supplier = named("suppliers", g.ids[i])
		} else {
			sum.CompanyId, sum.Company = g.ids[i], o.companies[g.ids[i]]
		}
	}
	if g.earliest != never {
		year, month, day := time.Unix(g.earliest, 0).In(q.zone).Date()
		sum.EarliestExpectedDate = &date.Date{Year: int32(year), Month: int32(month), Day: int32(day)}
	}
	if !priced {
		return sum
	}
	for currency, amount := range g.amounts {
		if m := exact.AsMoney(amount, currency); m != nil {
			sum.OutstandingAmounts = append(sum.OutstandingAmounts, m)
		}
	}
	sortMoney(sum.GetOutstandingAmounts())
	return sum
}

// nameOrders fills in what people call the suppliers.
func (s *Service) nameOrders(ctx context.Context, sums []*summaryv1.OrderSum) error {
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
