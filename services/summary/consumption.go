package summary

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/fault"
	"odoomesh/internal/sheet"
)

var consumptionDimensions = []string{"product", "location"}

// consumed is what was used of a group, as it is made.
type consumed struct {
	product, place int32
	ids            []int64
	unit           uint16
	mixed          bool
	used, back     sheet.Sum
	movements      int64
	products       map[int32]bool
}

// usage is what is asked of consumption.
type usage struct {
	*stockQuestion
	from, to int64
}

// SummarizeConsumption answers how much was used in a time.
func (s *Service) SummarizeConsumption(ctx context.Context, r *summaryv1.SummarizeConsumptionRequest) (*summaryv1.SummarizeConsumptionResponse, error) {
	by, err := grouping(cmp.Or(r.GetGroupBy(), "product"), consumptionDimensions)
	if err != nil {
		return nil, err
	}
	pages := s.pages(ctx, "consumption", fmt.Sprint(by, r.GetWithin(), " ", r.GetEndTime(), " ", r.GetProduct(), " ", r.GetLocation(), " ", r.GetCompanyId()))
	after, fixed, err := pages.after(r.GetPageToken(), len(by))
	if err != nil {
		return nil, err
	}
	end := s.sheets.Clock.Now()
	if len(fixed) == 1 {
		end = time.Unix(0, fixed[0])
	}
	now := end
	if r.GetEndTime() != nil {
		end = r.GetEndTime().AsTime()
	}
	within, err := span("within", cmp.Or(r.GetWithin(), soon))
	if err != nil {
		return nil, err
	}
	if within < time.Hour {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "within", "take an hour or more: 1h")
	}
	start, size := end.Add(-within), pageSize(r.GetPageSize())
	answer := &summaryv1.SummarizeConsumptionResponse{StartTime: timestamppb.New(start), EndTime: timestamppb.New(end)}
	as, err := s.sheets.stocks.Read(ctx, func() error {
		stock := s.sheets.stock
		if err := stock.moved.reaches("within", start); err != nil {
			return err
		}
		of := companiesOf(ctx, r.GetCompanyId())
		u := usage{&stockQuestion{by: by, since: never}, ceiling(start), ceiling(end)}
		if err := stock.narrow(u.stockQuestion, r.GetProduct(), r.GetLocation(), "", false, of); err != nil {
			return err
		}
		groups := stock.used(u)
		if len(after) > 0 {
			groups = slices.DeleteFunc(groups, func(g *consumed) bool { return slices.Compare(g.ids, after) <= 0 })
		}
		if len(groups) > size {
			groups = groups[:size]
			answer.NextPageToken = pages.next(0, groups[size-1].ids, []int64{now.UnixNano()})
		}
		onHand := map[int32]*sheet.Sum{}
		if slices.Equal(by, []int{byProduct}) {
			if onHand, err = stock.onHand(groups, of); err != nil {
				return err
			}
		}
		for _, g := range groups {
			answer.Sums = append(answer.Sums, stock.consumptionOf(by, g, within, onHand[g.product]))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	answer.Freshness, answer.Position = as.Freshness, told(ctx, as.Position)
	return answer, s.nameConsumption(ctx, answer.GetSums())
}

// used adds up what was used, by the ids of what it is grouped by, ascending.
func (s *stock) used(u usage) []*consumed {
	found := map[[2]int32]*consumed{}
	rows := s.moved.rows.Rows()
	for i := range rows {
		m := &rows[i]
		place, back := m.place, false
		switch inventoryv1.InventoryEventType(m.kind) {
		case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DELIVERY, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_CONSUMPTION,
			inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT:
		case inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_CUSTOMER_RETURN, inventoryv1.InventoryEventType_INVENTORY_EVENT_TYPE_DROP_SHIPMENT_RETURN:
			place, back = m.source, true
		default:
			continue
		}
		if m.at < u.from || m.at >= u.to || !u.places[place] || !u.companies[m.company] || u.unshared && s.company.ids.ID(m.company) == 0 || u.product >= 0 && m.product != u.product {
			continue
		}
		var key [2]int32
		for i, d := range u.by {
			key[i] = [...]int32{byProduct: m.product, byLocation: place}[d]
		}
		g := found[key]
		if g == nil {
			g = &consumed{product: m.product, place: place, unit: m.unit, products: map[int32]bool{}}
			for _, d := range u.by {
				g.ids = append(g.ids, [...]int64{byProduct: s.product.ids.ID(m.product), byLocation: s.location.ids.ID(place)}[d])
			}
			found[key] = g
		}
		g.mixed = g.mixed || m.unit != g.unit
		g.movements++
		g.products[m.product] = true
		s.use(g, m, back)
	}
	groups := make([]*consumed, 0, len(found))
	for _, g := range found {
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b *consumed) int { return slices.Compare(a.ids, b.ids) })
	return groups
}

// use adds a movement to what was used.
func (s *stock) use(g *consumed, m *movement, back bool) {
	switch odd := s.moved.odd[m.id]; {
	case odd != nil && back:
		g.back.AddRat(odd)
		g.used.AddRat(new(big.Rat).Neg(odd))
	case odd != nil:
		g.used.AddRat(odd)
	case back:
		g.back.Add(m.quantity)
		g.used.Add(-m.quantity)
	default:
		g.used.Add(m.quantity)
	}
}

// onHand adds up what the house has of the products of some groups.
func (s *stock) onHand(groups []*consumed, of companies) (map[int32]*sheet.Sum, error) {
	q, sums := &stockQuestion{}, map[int32]*sheet.Sum{}
	if err := s.narrow(q, "", "", "", true, of); err != nil {
		return nil, err
	}
	wanted := make([]*sheet.Sum, len(s.product.known))
	for _, g := range groups {
		sums[g.product] = &sheet.Sum{}
		wanted[g.product] = sums[g.product]
	}
	rows := s.positions.Rows()
	for i := range rows {
		p := &rows[i]
		sum := wanted[p.product]
		switch {
		case sum == nil || !q.places[p.location] || !q.companies[p.company]:
		case p.odd:
			sum.AddRat(s.quantity(p))
		default:
			sum.Add(p.quantity)
		}
	}
	return sums, nil
}

// consumptionOf is a group as it is answered, without what people call what it is about.
func (s *stock) consumptionOf(by []int, g *consumed, within time.Duration, onHand *sheet.Sum) *summaryv1.ConsumptionSum {
	sum := &summaryv1.ConsumptionSum{MovementCount: g.movements, ProductCount: int64(len(g.products))}
	for i, d := range by {
		if d == byProduct {
			sum.Product = named(products, g.ids[i])
		} else {
			sum.Location = named(locations, g.ids[i])
		}
	}
	if g.mixed || g.unit == 0 {
		return sum
	}
	used := g.used.Rat(sheet.Digits)
	days := big.NewRat(int64(within), int64(24*time.Hour))
	sum.Unit, sum.ConsumedQuantity, sum.ReturnedQuantity = s.units.all[g.unit], decimalOf(used), decimalOf(g.back.Rat(sheet.Digits))
	daily := new(big.Rat).Quo(used, days)
	sum.DailyQuantity = rounded(daily, 9)
	if onHand == nil {
		return sum
	}
	there := onHand.Rat(sheet.Digits)
	if sum.OnHandQuantity = decimalOf(there); daily.Sign() > 0 && there.Sign() > 0 {
		sum.DaysOfCover = rounded(there.Quo(there, daily), 1)
	}
	return sum
}

// rounded is a number with that many digits at most.
func rounded(n *big.Rat, digits int) *decimal.Decimal {
	return decimalOf(exact.Number(n.FloatString(digits)))
}

// nameConsumption fills in what people call what the sums are about.
func (s *Service) nameConsumption(ctx context.Context, sums []*summaryv1.ConsumptionSum) error {
	var of [2][]string
	for _, sum := range sums {
		of[0], of[1] = append(of[0], sum.GetProduct()), append(of[1], sum.GetLocation())
	}
	things, err := called(ctx, s.products, of[0])
	if err != nil {
		return err
	}
	places, err := called(ctx, s.locations, of[1])
	if err != nil {
		return err
	}
	for _, sum := range sums {
		product := things[sum.GetProduct()]
		sum.ProductDisplayName, sum.Sku = product.GetDisplayName(), product.GetSku()
		sum.LocationCompleteName = places[sum.GetLocation()].GetCompleteName()
	}
	return nil
}
