package summary

import (
	"context"
	"fmt"
	"math/big"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
	"odoomesh/internal/sheet"
)

// SummarizeStock answers sums over stock positions.
func (s *Service) SummarizeStock(ctx context.Context, r *summaryv1.SummarizeStockRequest) (*summaryv1.SummarizeStockResponse, error) {
	by, err := grouping(r.GetGroupBy(), stockDimensions)
	if err != nil {
		return nil, err
	}
	inHouse := r.InHouse == nil || r.GetInHouse()
	pages := s.pages(ctx, "stock", fmt.Sprint(by, r.GetProduct(), " ", r.GetLocation(), " ", r.GetLot(), " ", r.GetCompanyId(), inHouse, r.GetAsOfTime()))
	after, _, err := pages.after(r.GetPageToken(), len(by))
	if err != nil {
		return nil, err
	}
	size := pageSize(r.GetPageSize())
	answer := &summaryv1.SummarizeStockResponse{}
	var last []int64
	as, err := s.sheets.stocks.Read(ctx, func() error {
		stock := s.sheets.stock
		q := &stockQuestion{by: by, after: after, size: size, since: never}
		if r.GetAsOfTime() != nil {
			if q.since, err = stock.asOf(r, by, s.sheets.Clock.Now()); err != nil {
				return err
			}
		}
		if q.priced, err = s.priced(ctx); err != nil {
			return err
		}
		if err := stock.narrow(q, r.GetProduct(), r.GetLocation(), r.GetLot(), inHouse, companiesOf(ctx, r.GetCompanyId())); err != nil {
			return err
		}
		if q.since != never && q.unshared {
			// What lies at a place that all companies share, others have moved: the caller does
			// not meet their movements, and so not what was there.
			q.companies[stock.company.number(0)] = false
		}
		groups := stock.sums(q)
		if len(groups) > size {
			groups = groups[:size]
			last = stock.idsOf(by, groups[size-1].numbers)
		}
		for i := range groups {
			answer.Sums = append(answer.Sums, stock.sumOf(q, &groups[i]))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if answer.Freshness, answer.Position = as.Freshness, told(ctx, as.Position); last != nil {
		answer.NextPageToken = pages.next(as.Position, last, nil)
	}
	return answer, s.nameSums(ctx, answer.GetSums())
}

// priced tells whether the caller meets the costs of products.
func (s *Service) priced(ctx context.Context) (bool, error) {
	view, err := scope.From(ctx).View(products, (&productv1.Product{}).ProtoReflect().Descriptor())
	return err == nil && !view.Refused() && !view.HidesPath("cost"), err
}

// narrow notes which positions are asked for. What nobody has heard of has none.
func (s *stock) narrow(q *stockQuestion, product, place, lot string, inHouse bool, of companies) error {
	q.product, q.lot = -1, -1
	productID, err := idIn("product", products, product)
	if err != nil {
		return err
	}
	placeID, err := idIn("location", locations, place)
	if err != nil {
		return err
	}
	lotID, err := idIn("lot", lots, lot)
	if err != nil {
		return err
	}
	unknown := false
	if productID > 0 {
		q.product = s.product.ids.Find(productID)
		unknown = unknown || q.product < 0
	}
	if lotID > 0 {
		q.lot = s.lot.ids.Find(lotID)
		unknown = unknown || q.lot < 0
	}
	top := int32(-1)
	if placeID > 0 {
		top = s.location.ids.Find(placeID)
		unknown = unknown || top < 0
	}
	q.places, q.companies = make([]bool, len(s.location.known)), make([]bool, len(s.company.known))
	if unknown {
		return nil
	}
	for number := range q.places {
		q.places[number] = s.location.known[number].inHouse == inHouse && (top < 0 || s.within(int32(number), top))
	}
	q.unshared = len(of.met) > 0
	for number := range q.companies {
		q.companies[number] = of.passes(s.company.ids.ID(int32(number)))
	}
	return nil
}

// deepest bounds how far up a place is looked for: Odoo has no circles, but dirty data may.
const deepest = 100

// within tells whether a place is another one or lies below it.
func (s *stock) within(place, top int32) bool {
	for range deepest {
		if place == top {
			return true
		}
		if place = s.location.known[place].parent; place < 0 {
			return false
		}
	}
	return false
}

// idsOf are the ids of a group, in the order of what it is grouped by.
func (s *stock) idsOf(by []int, n numbers) []int64 {
	ids := make([]int64, len(by))
	for i, d := range by {
		ids[i] = s.ids(d).ID(n[d])
	}
	return ids
}

// sumOf is a group as it is answered, without the names of what it is about.
func (s *stock) sumOf(q *stockQuestion, g *group) *summaryv1.StockSum {
	sum := &summaryv1.StockSum{PositionCount: g.positions, ProductCount: g.products, PositionsWithoutCost: g.free}
	for _, d := range q.by {
		id := s.ids(d).ID(g.numbers[d])
		switch d {
		case byProduct:
			sum.Product = named(products, id)
		case byLocation:
			sum.Location = named(locations, id)
		case byLot:
			sum.Lot = named(lots, id)
		default:
			sum.CompanyId, sum.Company = id, s.company.known[g.numbers[d]]
		}
	}
	for _, v := range g.values {
		if m := exact.AsMoney(v.Rat(sheet.Digits+9), s.currencies.all[v.currency]); m != nil {
			sum.EstimatedValues = append(sum.EstimatedValues, m)
		}
	}
	sortMoney(sum.GetEstimatedValues())
	if g.mixed {
		return sum
	}
	sum.Unit = s.units.all[g.unit]
	if q.since != never {
		sum.OnHandQuantity = decimalOf(g.onHand.Rat(sheet.Digits))
		return sum
	}
	onHand, reserved := g.onHand.Rat(sheet.Digits), g.reserved.Rat(sheet.Digits)
	sum.OnHandQuantity, sum.ReservedQuantity = decimalOf(onHand), decimalOf(reserved)
	sum.AvailableQuantity = decimalOf(new(big.Rat).Sub(onHand, reserved))
	sum.HeldQuantity = decimalOf(g.held.Rat(sheet.Digits))
	sum.IncomingQuantity, sum.OutgoingQuantity = decimalOf(g.incoming), decimalOf(g.outgoing)
	return sum
}

// named is the name of a record; empty for none.
func named(collection string, id int64) string {
	if id == 0 {
		return ""
	}
	return resource.Name(collection, id)
}

// nameSums fills in what people call what the sums are about.
func (s *Service) nameSums(ctx context.Context, sums []*summaryv1.StockSum) error {
	known, err := whatLies(ctx, s, sums)
	if err != nil {
		return err
	}
	for _, sum := range sums {
		product := known.products[sum.GetProduct()]
		sum.ProductDisplayName, sum.Sku = product.GetDisplayName(), product.GetSku()
		sum.LocationCompleteName = known.locations[sum.GetLocation()].GetCompleteName()
		sum.LotNumber = known.lots[sum.GetLot()].GetLotNumber()
	}
	return nil
}
