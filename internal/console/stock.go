package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
)

// mostShown is how many positions, or products, a page shows.
const mostShown = 60

// stock shows what lies where, by product, place or lot.
func (c *Console) stock(r *http.Request) (*page, error) {
	query := r.URL.Query()
	p := &page{Title: "Stock", Form: &form{Action: Path + "/stock", Button: "Show", Fields: []field{
		{Name: "product", Label: "Product", Value: clean(query.Get("product")), Type: "text", Hint: "products/42"},
		{Name: "location", Label: "Place", Value: clean(query.Get("location")), Type: "text", Hint: "locations/8"},
		{Name: "lot", Label: "Lot", Value: clean(query.Get("lot")), Type: "text", Hint: "lots/17"},
	}}}
	var conditions, asked []string
	for _, f := range p.Form.Fields {
		name := strings.TrimSpace(query.Get(f.Name))
		if name == "" {
			continue
		}
		if of := c.of(name); of == nil || of.name != f.Name+"s" {
			p.code, p.Problem = http.StatusBadRequest, fmt.Sprintf("%s: write a name such as %s; the search above finds it.", f.Label, f.Hint)
			return p, nil
		}
		conditions, asked = append(conditions, f.Name+" = "+strconv.Quote(name)), append(asked, name)
	}
	if len(conditions) == 0 {
		p.Lead = []value{{Text: "Say which product, place or lot: the search above finds its name, and leads here."}}
		p.Sections = []section{{Title: "Places", More: &value{Text: "Places of the house", Link: with("/locations", "filter", "usage = LOCATION_USAGE_INTERNAL AND active = true")}}, {Title: "Products", More: &value{Text: "All products", Link: Path + "/products"}}}
		return p, nil
	}
	positions, err := inventoryv1.NewInventoryServiceClient(c.Conn).ListStockPositions(r.Context(), &inventoryv1.ListStockPositionsRequest{Filter: strings.Join(conditions, " AND "), PageSize: mostShown})
	if err != nil {
		return p.refuse(err)
	}
	all := positions.GetStockPositions()
	wanted := asked
	for _, s := range all {
		wanted = append(wanted, s.GetProduct(), s.GetLocation())
	}
	known := c.named(r.Context(), wanted...)
	for _, name := range asked {
		p.Lead = append(p.Lead, c.ref(name, known))
	}
	at := func(field string) string { return strings.TrimSpace(query.Get(field)) }
	p.Sections = append(p.Sections, c.sums(r.Context(), at("product"), at("location"), at("lot")), c.positions(all, known, positions.GetNextPageToken() != ""))
	return p, nil
}

// sums shows what is in the house in all, by product, as everybody is told by the sums.
func (c *Console) sums(ctx context.Context, product, location, lot string) section {
	s := section{Title: "In all"}
	answer, err := summaryv1.NewSummaryServiceClient(c.Conn).SummarizeStock(ctx, &summaryv1.SummarizeStockRequest{GroupBy: "product", Product: product, Location: location, Lot: lot, PageSize: mostShown})
	if err != nil {
		_, w := refused(err)
		s.Why = &w
		return s
	}
	s.Table = &table{Caption: "In the house, by product", None: "Nothing of it is in the house.", Head: []column{{Name: "Product"}, {"There", true}, {"Reserved", true}, {"Available", true}, {"Held", true}, {"To come", true}, {Name: "Unit"}, {"Positions", true}, {"Estimated value", true}}}
	for _, one := range answer.GetSums() {
		var worth []string
		for _, m := range one.GetEstimatedValues() {
			worth = append(worth, moneyOf(m).Text)
		}
		s.Table.Rows = append(s.Table.Rows, []value{c.spoken(one.GetProduct(), one.GetProductDisplayName()), numeral(one.GetOnHandQuantity().GetValue()), numeral(one.GetReservedQuantity().GetValue()), numeral(one.GetAvailableQuantity().GetValue()),
			numeral(one.GetHeldQuantity().GetValue()), numeral(one.GetIncomingQuantity().GetValue()), words(one.GetUnit().GetDisplayName()), numeral(strconv.FormatInt(one.GetPositionCount(), 10)), numeral(strings.Join(worth, ", "))})
	}
	if answer.GetNextPageToken() != "" {
		s.Text = []value{{Text: fmt.Sprintf("The first %d products are shown; say which product as well.", mostShown)}}
	}
	return s
}

// spoken is a record under what an answer says that people call it.
func (c *Console) spoken(name, called string) value {
	v := words(cmp.Or(called, name))
	v.Link = c.link(name)
	return v
}

// positions shows each position.
func (c *Console) positions(of []*inventoryv1.StockPosition, known names, more bool) section {
	t := &table{Caption: "By place and lot", None: "Nothing lies anywhere.", Head: []column{{Name: "Product"}, {Name: "Place"}, {Name: "Lot"}, {Name: "Expires"}, {"There", true}, {"Reserved", true}, {"Available", true}, {Name: "Unit"}}}
	for _, s := range of[:min(len(of), mostShown)] {
		place := c.short(s.GetLocation(), known)
		if !s.GetInHouse() {
			place.Note = "not in the house"
		}
		t.Rows = append(t.Rows, []value{c.short(s.GetProduct(), known), place, c.lot(s), c.expires(s), numeral(s.GetQuantity().GetValue()), numeral(s.GetReservedQuantity().GetValue()), numeral(s.GetAvailableQuantity().GetValue()), words(s.GetUnit().GetDisplayName())})
	}
	s := section{Title: "Positions", Table: t}
	if more || len(of) > mostShown {
		s.Text = []value{{Text: fmt.Sprintf("The first %d are shown; say which product as well.", mostShown)}}
	}
	return s
}

func (c *Console) lot(s interface {
	GetLot() string
	GetLotNumber() string
}) value {
	v := words(s.GetLotNumber())
	if s.GetLot() != "" {
		v.Link = c.link(s.GetLot())
	}
	return v
}

func (c *Console) expires(s *inventoryv1.StockPosition) value {
	v := dayOf(s.GetExpirationDate())
	if v.Text != "" && timeOf(s.GetExpirationDate(), c.zone()).Before(c.Clock.Now()) {
		v.Note = "past"
	}
	return v
}

// expiring shows what of the stock expires within some days, and what has.
func (c *Console) expiring(r *http.Request) (*page, error) {
	days, p := 60, &page{Title: "What expires"}
	text := strings.TrimSpace(r.URL.Query().Get("days"))
	p.Form = &form{Action: Path + "/expiring", Button: "Show", Fields: []field{{Name: "days", Label: "Within days", Value: clean(text), Type: "number", Hint: "60"}}}
	if text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 36500 {
			p.code, p.Problem = http.StatusBadRequest, "Within days: write a whole number from 0 to 36500."
			return p, nil
		}
		days = n
	} else {
		p.Form.Fields[0].Value = "60"
	}
	last := c.today().AddDate(0, 0, days)
	until := last.Format(time.DateOnly)
	found, err := summaryv1.NewSummaryServiceClient(c.Conn).ListExpiringStock(r.Context(), &summaryv1.ListExpiringStockRequest{
		Before: timestamppb.New(last.AddDate(0, 0, 1)), IncludeExpired: true, PageSize: mostShown, PageToken: r.URL.Query().Get("page_token"),
	})
	if err != nil {
		return p.refuse(err)
	}
	t := &table{Caption: "Stock in the house that expires by " + until, None: "Nothing in the house expires by " + until + ".", Head: []column{{Name: "Expires"}, {"Days left", true}, {Name: "Product"}, {Name: "Lot"}, {Name: "Place"}, {"There", true}, {Name: "Unit"}, {"Estimated value", true}}}
	for _, e := range found.GetExpiringStock() {
		left := numeral(strconv.Itoa(c.daysUntil(e.GetExpirationTime().AsTime().In(c.zone()))))
		if strings.HasPrefix(left.Text, "-") {
			left.Text, left.Mark = left.Text+" (expired)", "bad"
		}
		lot := c.lot(e)
		if e.GetHoldState() > inventoryv1.HoldState_HOLD_STATE_FREE {
			lot.Note = enumText(e.GetHoldState().Descriptor(), e.GetHoldState().Number())
		}
		t.Rows = append(t.Rows, []value{dayOf(e.GetExpirationDate()), left, c.spoken(e.GetProduct(), e.GetProductDisplayName()), lot, c.spoken(e.GetLocation(), e.GetLocationCompleteName()),
			numeral(e.GetQuantity().GetValue()), words(e.GetUnit().GetDisplayName()), moneyOf(e.GetEstimatedValue())})
	}
	s := section{Table: t}
	if next := found.GetNextPageToken(); next != "" {
		s.More = &value{Text: "Next page", Link: with("/expiring", "days", strconv.Itoa(days), "page_token", next)}
	}
	p.Sections = []section{s}
	return p, nil
}

// late shows the orders that are late, as everybody is told by their field late.
func (c *Console) late(r *http.Request) (*page, error) {
	p := &page{Title: "Late orders"}
	found, err := orderv1.NewOrderServiceClient(c.Conn).ListOrders(r.Context(), &orderv1.ListOrdersRequest{
		Filter: "late = true", OrderBy: "expected_time", PageSize: pageSize, PageToken: r.URL.Query().Get("page_token"),
		ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"name", "number", "supplier", "expected_date", "days_late", "receipt_status", "acknowledgement_status", "lines.outstanding_quantity", "lines.late", "lines.requested_date", "buyer"}},
	})
	if err != nil {
		return p.refuse(err)
	}
	var wanted []string
	for _, o := range found.GetOrders() {
		wanted = append(wanted, o.GetSupplier())
	}
	known := c.named(r.Context(), wanted...)
	t := &table{Caption: "Orders of which something is outstanding whose day has passed", None: "No order is late.",
		Head: []column{{Name: "Order"}, {Name: "Supplier"}, {Name: "Due"}, {"Days late", true}, {Name: "Expected"}, {"Lines open", true}, {Name: "Came"}, {Name: "Supplier said"}, {Name: "Buyer"}}}
	for _, o := range found.GetOrders() {
		order := words(o.GetNumber())
		order.Link = c.link(o.GetName())
		t.Rows = append(t.Rows, []value{order, c.short(o.GetSupplier(), known), dayOf(due(o)), numeral(strconv.Itoa(int(o.GetDaysLate()))), dayOf(o.GetExpectedDate()),
			numeral(fmt.Sprintf("%d of %d", openLines(o), len(o.GetLines()))), {Text: enumText(o.GetReceiptStatus().Descriptor(), o.GetReceiptStatus().Number())}, {Text: enumText(o.GetAcknowledgementStatus().Descriptor(), o.GetAcknowledgementStatus().Number())}, words(o.GetBuyer())})
	}
	p.Lead = c.open(r.Context())
	s := section{Table: t}
	if next := found.GetNextPageToken(); next != "" {
		s.More = &value{Text: "Next page", Link: with("/late", "page_token", next)}
	}
	p.Sections = []section{s}
	return p, nil
}

// open says in a sentence how many orders are late of those that are open; nothing to those
// who may not ask.
func (c *Console) open(ctx context.Context) []value {
	answer, err := summaryv1.NewSummaryServiceClient(c.Conn).SummarizeOrders(ctx, &summaryv1.SummarizeOrdersRequest{})
	if err != nil || len(answer.GetSums()) != 1 {
		return nil
	}
	s := answer.GetSums()[0]
	return []value{{Text: fmt.Sprintf("Of %d open orders %d are late, with %d of %d open lines.", s.GetOrderCount(), s.GetLateOrderCount(), s.GetLateLineCount(), s.GetLineCount())}}
}

// due is the day that makes an order late: the first of its late lines. The day on which
// the order is expected may lie ahead, where another line is expected then.
func due(o *orderv1.Order) (first *date.Date) {
	for _, line := range o.GetLines() {
		if day := line.GetRequestedDate(); line.GetLate() && day != nil && (first == nil || before(day, first)) {
			first = day
		}
	}
	return first
}

func before(a, b *date.Date) bool {
	return cmp.Or(cmp.Compare(a.GetYear(), b.GetYear()), cmp.Compare(a.GetMonth(), b.GetMonth()), cmp.Compare(a.GetDay(), b.GetDay())) < 0
}

func openLines(o *orderv1.Order) (open int) {
	for _, l := range o.GetLines() {
		if l.GetOutstandingQuantity() != nil {
			open++
		}
	}
	return open
}

// today is the beginning of the hospital's day.
func (c *Console) today() time.Time {
	now := c.Clock.Now().In(c.zone())
	return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, c.zone())
}

// daysUntil counts days of the calendar: those of a change of clocks are days, too.
func (c *Console) daysUntil(day time.Time) int {
	utc := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(utc(day).Sub(utc(c.today())).Hours() / 24)
}
