package console

import (
	"context"
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/exact"
)

// mostPositions is how many positions a page adds up.
const mostPositions = 1000

// mostShown is how many of them, or of products, it shows.
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
	positions, err := inventoryv1.NewInventoryServiceClient(c.Conn).ListStockPositions(r.Context(), &inventoryv1.ListStockPositionsRequest{Filter: strings.Join(conditions, " AND "), PageSize: mostPositions})
	if err != nil {
		return p.refuse(err)
	}
	all := positions.GetStockPositions()
	wanted := asked
	for _, s := range all {
		wanted = append(wanted, s.GetProduct(), s.GetLocation())
	}
	known := c.named(r.Context(), wanted...)
	house := c.house(r.Context(), all)
	for _, name := range asked {
		p.Lead = append(p.Lead, c.ref(name, known))
	}
	p.Sections = append(p.Sections, c.sums(all, house, known), c.positions(all, house, known))
	if positions.GetNextPageToken() != "" {
		p.Lead = append(p.Lead, value{Text: fmt.Sprintf("There is more: the first %d positions are shown and added up.", mostPositions), Mark: "bad"})
	}
	return p, nil
}

// house tells which of the places belong to the house; those that cannot be read do not.
func (c *Console) house(ctx context.Context, of []*inventoryv1.StockPosition) map[string]bool {
	asked, house := map[string]bool{}, map[string]bool{}
	var names []string
	for _, s := range of {
		if !asked[s.GetLocation()] {
			asked[s.GetLocation()] = true
			names = append(names, s.GetLocation())
		}
	}
	if len(names) == 0 {
		return house
	}
	places, err := inventoryv1.NewInventoryServiceClient(c.Conn).BatchGetLocations(ctx, &inventoryv1.BatchGetLocationsRequest{Names: names, ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"name", "usage"}}})
	if err != nil {
		return house
	}
	for _, l := range places.GetLocations() {
		house[l.GetName()] = l.GetUsage() == inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL
	}
	return house
}

// sums adds up what lies in the house, by product.
func (c *Console) sums(of []*inventoryv1.StockPosition, house map[string]bool, known names) section {
	type sum struct {
		unit            string
		there, reserved *big.Rat
		positions       int
	}
	sums, order := map[string]*sum{}, []string{}
	for _, s := range of {
		if !house[s.GetLocation()] {
			continue
		}
		one := sums[s.GetProduct()]
		if one == nil {
			one = &sum{unit: s.GetUnit().GetDisplayName(), there: new(big.Rat), reserved: new(big.Rat)}
			sums[s.GetProduct()], order = one, append(order, s.GetProduct())
		}
		one.there.Add(one.there, exact.Decimal(s.GetQuantity()))
		one.reserved.Add(one.reserved, exact.Decimal(s.GetReservedQuantity()))
		one.positions++
	}
	t := &table{Caption: "In the house, by product", None: "Nothing of it is in the house.", Head: []column{{Name: "Product"}, {"There", true}, {"Reserved", true}, {"Available", true}, {Name: "Unit"}, {"Positions", true}}}
	for _, product := range order[:min(len(order), mostShown)] {
		one := sums[product]
		t.Rows = append(t.Rows, []value{c.short(product, known), numeral(exact.Text(one.there)), numeral(exact.Text(one.reserved)), numeral(exact.Text(new(big.Rat).Sub(one.there, one.reserved))), words(one.unit), numeral(fmt.Sprint(one.positions))})
	}
	s := section{Title: "In all", Table: t}
	if len(order) > mostShown {
		s.Text = []value{{Text: fmt.Sprintf("The first %d of %d products are shown.", mostShown, len(order))}}
	}
	return s
}

// positions shows each position.
func (c *Console) positions(of []*inventoryv1.StockPosition, house map[string]bool, known names) section {
	t := &table{Caption: "By place and lot", None: "Nothing lies anywhere.", Head: []column{{Name: "Product"}, {Name: "Place"}, {Name: "Lot"}, {Name: "Expires"}, {"There", true}, {"Reserved", true}, {"Available", true}, {Name: "Unit"}}}
	for _, s := range of[:min(len(of), mostShown)] {
		place := c.short(s.GetLocation(), known)
		if !house[s.GetLocation()] {
			place.Note = "not in the house"
		}
		t.Rows = append(t.Rows, []value{c.short(s.GetProduct(), known), place, c.lot(s), c.expires(s), numeral(s.GetQuantity().GetValue()), numeral(s.GetReservedQuantity().GetValue()), numeral(s.GetAvailableQuantity().GetValue()), words(s.GetUnit().GetDisplayName())})
	}
	s := section{Title: "Positions", Table: t}
	if len(of) > mostShown {
		s.Text = []value{{Text: fmt.Sprintf("The first %d of %d are shown; say which product as well.", mostShown, len(of))}}
	}
	return s
}

func (c *Console) lot(s *inventoryv1.StockPosition) value {
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
	until := c.today().AddDate(0, 0, days).Format(time.DateOnly)
	found, err := inventoryv1.NewInventoryServiceClient(c.Conn).ListStockPositions(r.Context(), &inventoryv1.ListStockPositionsRequest{
		Filter: `quantity > 0 AND expiration_date <= "` + until + `"`, OrderBy: "expiration_date", PageSize: int32(mostShown), PageToken: r.URL.Query().Get("page_token"),
	})
	if err != nil {
		return p.refuse(err)
	}
	all := found.GetStockPositions()
	house := c.house(r.Context(), all)
	var wanted []string
	for _, s := range all {
		wanted = append(wanted, s.GetProduct(), s.GetLocation())
	}
	known := c.named(r.Context(), wanted...)
	t := &table{Caption: "Stock in the house that expires by " + until, None: "Nothing in the house expires by " + until + ".", Head: []column{{Name: "Expires"}, {"Days left", true}, {Name: "Product"}, {Name: "Lot"}, {Name: "Place"}, {"There", true}, {Name: "Unit"}}}
	for _, s := range all {
		if !house[s.GetLocation()] {
			continue
		}
		left := numeral(strconv.Itoa(c.daysUntil(timeOf(s.GetExpirationDate(), c.zone()))))
		if strings.HasPrefix(left.Text, "-") {
			left.Text, left.Mark = left.Text+" (expired)", "bad"
		}
		t.Rows = append(t.Rows, []value{dayOf(s.GetExpirationDate()), left, c.short(s.GetProduct(), known), c.lot(s), c.short(s.GetLocation(), known), numeral(s.GetQuantity().GetValue()), words(s.GetUnit().GetDisplayName())})
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
		ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"name", "number", "supplier", "expected_date", "days_late", "receipt_status", "acknowledgement_status", "lines.outstanding_quantity", "buyer"}},
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
		Head: []column{{Name: "Order"}, {Name: "Supplier"}, {Name: "Expected"}, {"Days late", true}, {"Lines open", true}, {Name: "Came"}, {Name: "Supplier said"}, {Name: "Buyer"}}}
	for _, o := range found.GetOrders() {
		order := words(o.GetNumber())
		order.Link = c.link(o.GetName())
		t.Rows = append(t.Rows, []value{order, c.short(o.GetSupplier(), known), dayOf(o.GetExpectedDate()), numeral(strconv.Itoa(int(o.GetDaysLate()))),
			numeral(fmt.Sprintf("%d of %d", openLines(o), len(o.GetLines()))), {Text: enumText(o.GetReceiptStatus().Descriptor(), o.GetReceiptStatus().Number())}, {Text: enumText(o.GetAcknowledgementStatus().Descriptor(), o.GetAcknowledgementStatus().Number())}, words(o.GetBuyer())})
	}
	s := section{Table: t}
	if next := found.GetNextPageToken(); next != "" {
		s.More = &value{Text: "Next page", Link: with("/late", "page_token", next)}
	}
	p.Sections = []section{s}
	return p, nil
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
