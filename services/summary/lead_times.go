package summary

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/scope"
)

// aYear is in which time lead times are told where nobody says.
const aYear = "52w"

// SummarizeLeadTimes answers how long suppliers took to deliver.
func (s *Service) SummarizeLeadTimes(ctx context.Context, r *summaryv1.SummarizeLeadTimesRequest) (*summaryv1.SummarizeLeadTimesResponse, error) {
	by, err := grouping(cmp.Or(r.GetGroupBy(), "supplier"), leadDimensions)
	if err != nil {
		return nil, err
	}
	for collection, desc := range map[string]protoreflect.MessageDescriptor{
		orders: (*orderv1.Order)(nil).ProtoReflect().Descriptor(), receipts: (*receiptv1.Receipt)(nil).ProtoReflect().Descriptor(),
	} {
		view, err := scope.From(ctx).View(collection, desc)
		if err != nil {
			return nil, err
		}
		if view.Refused() {
			return nil, fault.NotPermitted("read", collection)
		}
	}
	pages := s.pages(ctx, "lead times", fmt.Sprint(by, r.GetWithin(), " ", r.GetStartTime(), " ", r.GetEndTime(), " ", r.GetSupplier(), " ", r.GetProduct(), " ", r.GetCompanyId()))
	after, fixed, err := pages.after(r.GetPageToken(), len(by))
	if err != nil {
		return nil, err
	}
	now := s.sheets.Clock.Now()
	if len(fixed) == 1 {
		now = time.Unix(0, fixed[0])
	}
	start, end, err := leadSpan(r, now)
	if err != nil {
		return nil, err
	}
	q := &leadQuestion{by: by, companies: companiesOf(ctx, r.GetCompanyId()), from: ceiling(start), to: ceiling(end), calendar: s.sheets.delivered.calendars.of(s.sheets.Zone()), after: after, size: pageSize(r.GetPageSize())}
	if q.supplier, err = idIn("supplier", "suppliers", r.GetSupplier()); err != nil {
		return nil, err
	}
	if q.product, err = idIn("product", products, r.GetProduct()); err != nil {
		return nil, err
	}
	if caller := scope.From(ctx); caller.Kind() == scope.Supplier {
		q.met = supplierIn(caller.Supplier)
	}
	answer := &summaryv1.SummarizeLeadTimesResponse{StartTime: timestamppb.New(start), EndTime: timestamppb.New(end)}
	as, err := s.sheets.leads.Read(ctx, func() error {
		groups := s.sheets.delivered.leads(q)
		for i := range groups[:min(len(groups), q.size)] {
			answer.Sums = append(answer.Sums, s.sheets.delivered.sumOf(q, &groups[i]))
		}
		if len(groups) > q.size {
			answer.NextPageToken = pages.next(0, groups[q.size-1].ids[:len(by)], []int64{now.UnixNano()})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	answer.Freshness, answer.Position = as.Freshness, told(ctx, as.Position)
	return answer, s.nameLeadTimes(ctx, answer.GetSums())
}

// leadSpan is of when the deliveries are that are asked for.
func leadSpan(r *summaryv1.SummarizeLeadTimesRequest, now time.Time) (start, end time.Time, err error) {
	end = now
	if r.GetEndTime() != nil {
		end = r.GetEndTime().AsTime()
	}
	if r.GetStartTime() != nil {
		if start = r.GetStartTime().AsTime(); !start.Before(end) {
			return start, end, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "start_time", "does not lie before end_time, which is "+end.UTC().Format(time.RFC3339))
		}
		return start, end, nil
	}
	within, err := span("within", cmp.Or(r.GetWithin(), aYear))
	if err == nil && within == 0 {
		err = fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "within", "take more than nothing: 26w")
	}
	return end.Add(-within), end, err
}

// ceiling is the first whole second that is not before a time: those of Odoo are whole.
func ceiling(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// nameLeadTimes fills in what people call what the sums are about.
func (s *Service) nameLeadTimes(ctx context.Context, sums []*summaryv1.LeadTimeSum) error {
	var of [2][]string
	for _, sum := range sums {
		of[0], of[1] = append(of[0], sum.GetSupplier()), append(of[1], sum.GetProduct())
	}
	suppliers, err := called(ctx, s.suppliers, of[0])
	if err != nil {
		return err
	}
	things, err := called(ctx, s.products, of[1])
	if err != nil {
		return err
	}
	for _, sum := range sums {
		product := things[sum.GetProduct()]
		sum.SupplierDisplayName = suppliers[sum.GetSupplier()].GetDisplayName()
		sum.ProductDisplayName, sum.Sku = product.GetDisplayName(), product.GetSku()
	}
	return nil
}
