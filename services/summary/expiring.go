package summary

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/exact"
	"odoomesh/internal/resource"
)

// soon is within which time expiry is told where nobody says.
const soon = "30d"

// expiry is a position whose lot expires: when, and the ids that it is named by.
type expiry struct {
	expires int64
	ids     [5]int64
	row     *position
}

func (e expiry) compare(o expiry) int {
	return cmp.Or(cmp.Compare(e.expires, o.expires), slices.Compare(e.ids[:], o.ids[:]))
}

// ListExpiringStock answers what expires within a time, the first to expire first.
func (s *Service) ListExpiringStock(ctx context.Context, r *summaryv1.ListExpiringStockRequest) (*summaryv1.ListExpiringStockResponse, error) {
	pages := s.pages(ctx, "expiring", fmt.Sprint(r.GetWithin(), " ", r.GetBefore(), " ", r.GetIncludeExpired(), r.GetProduct(), " ", r.GetLocation(), " ", r.GetCompanyId()))
	after, fixed, err := pages.after(r.GetPageToken(), 6)
	if err != nil {
		return nil, err
	}
	now := s.sheets.Clock.Now()
	if len(fixed) == 1 {
		now = time.Unix(0, fixed[0])
	}
	before, err := end(r, now)
	if err != nil {
		return nil, err
	}
	from := ceiling(now)
	if r.GetIncludeExpired() {
		from = -never
	}
	size := pageSize(r.GetPageSize())
	answer := &summaryv1.ListExpiringStockResponse{Before: timestamppb.New(before)}
	as, err := s.sheets.stocks.Read(ctx, func() error {
		stock := s.sheets.stock
		q := &stockQuestion{}
		if q.priced, err = s.priced(ctx); err != nil {
			return err
		}
		if err := stock.narrow(q, r.GetProduct(), r.GetLocation(), "", true, companiesOf(ctx, r.GetCompanyId())); err != nil {
			return err
		}
		found := stock.expiring(q, from, ceiling(before), after, size+1)
		for _, e := range found[:min(size, len(found))] {
			answer.ExpiringStock = append(answer.ExpiringStock, stock.expiringOf(e, q.priced))
		}
		if len(found) > size {
			last := found[size-1]
			answer.NextPageToken = pages.next(0, append([]int64{last.expires}, last.ids[:]...), []int64{now.UnixNano()})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	answer.Freshness, answer.Position = as.Freshness, told(ctx, as.Position)
	return answer, s.nameExpiring(ctx, answer.GetExpiringStock())
}

// end is until when expiry is told.
func end(r *summaryv1.ListExpiringStockRequest, now time.Time) (time.Time, error) {
	if r.GetBefore() != nil {
		return r.GetBefore().AsTime(), nil
	}
	within, err := span("within", cmp.Or(r.GetWithin(), soon))
	return now.Add(within), err
}

// expiring finds the first positions whose lots expire from one time on and before another,
// behind a place.
func (s *stock) expiring(q *stockQuestion, from, before int64, after []int64, n int) []expiry {
	var found []expiry
	behind := expiry{}
	if len(after) > 0 {
		behind.expires = after[0]
		copy(behind.ids[:], after[1:])
	}
	// Now and then what is behind the first n is dropped: there may be hundreds of thousands.
	keep := func() {
		slices.SortFunc(found, expiry.compare)
		found = found[:min(n, len(found))]
	}
	rows := s.positions.Rows()
	for i := range rows {
		p := &rows[i]
		expires := s.lot.known[p.lot].expires
		if expires < from || expires >= before || !q.places[p.location] || !q.companies[p.company] || q.product >= 0 && p.product != q.product {
			continue
		}
		if p.quantity <= 0 && (!p.odd || s.quantity(p).Sign() <= 0) {
			continue
		}
		e := expiry{expires, [5]int64{s.product.ids.ID(p.product), s.location.ids.ID(p.location), s.lot.ids.ID(p.lot), int64(p.owner), int64(p.pack)}, p}
		if len(after) > 0 && e.compare(behind) <= 0 {
			continue
		}
		if found = append(found, e); len(found) >= 4*n {
			keep()
		}
	}
	keep()
	return found
}

// expiringOf is a position that expires as it is answered, without what people call it.
func (s *stock) expiringOf(e expiry, priced bool) *summaryv1.ExpiringStock {
	told := &summaryv1.ExpiringStock{
		StockPosition: resource.Name(positions, e.ids[:]...), Product: named(products, e.ids[0]), Location: named(locations, e.ids[1]), Lot: named(lots, e.ids[2]),
		ExpirationTime: &timestamppb.Timestamp{Seconds: e.expires}, Quantity: decimalOf(s.quantity(e.row)), Unit: s.units.all[e.row.unit],
		CompanyId: s.company.ids.ID(e.row.company), Company: s.company.known[e.row.company],
	}
	if cost := s.product.known[e.row.product]; priced && cost.currency != 0 && e.row.owner == 0 {
		told.EstimatedValue = exact.AsMoney(s.worth(e.row), s.currencies.all[cost.currency])
	}
	return told
}

// nameExpiring fills in what people call what expires.
func (s *Service) nameExpiring(ctx context.Context, all []*summaryv1.ExpiringStock) error {
	known, err := whatLies(ctx, s, all)
	if err != nil {
		return err
	}
	for _, e := range all {
		product, lot := known.products[e.GetProduct()], known.lots[e.GetLot()]
		e.ProductDisplayName, e.Sku = product.GetDisplayName(), product.GetSku()
		e.LocationCompleteName = known.locations[e.GetLocation()].GetCompleteName()
		e.LotNumber, e.ExpirationDate, e.HoldState = lot.GetLotNumber(), lot.GetExpirationDate(), lot.GetHoldState()
	}
	return nil
}
