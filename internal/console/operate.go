package console

import (
	"fmt"
	"net/http"
	"strconv"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
)

const (
	// newestEvents is how many events a page shows at first, and mostEvents at most.
	newestEvents, mostEvents = 25, 500
)

// events shows the newest inventory events that the reader meets.
func (c *Console) events(r *http.Request) (*page, error) {
	p := &page{Title: "Inventory events", Live: true}
	last := newestEvents
	if text := r.URL.Query().Get("last"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostEvents {
			p.code, p.Problem, p.Live = http.StatusBadRequest, "last: write how many events to show, 1 to "+strconv.Itoa(mostEvents)+".", false
			return p, nil
		}
		last, p.Live = n, n <= newestEvents
	}
	found, err := inventoryv1.NewInventoryServiceClient(c.Conn).ListInventoryEvents(r.Context(), &inventoryv1.ListInventoryEventsRequest{Last: int32(last)})
	if err != nil {
		return nil, err
	}
	shown := found.GetInventoryEvents()
	var wanted []string
	for _, e := range shown {
		wanted = append(wanted, e.GetProduct(), e.GetLot(), e.GetSourceLocation(), e.GetDestinationLocation())
	}
	known := c.named(r.Context(), wanted...)
	t := &table{Caption: "The newest come first", None: "Nothing has happened yet.", Head: []column{{Name: "Event"}, {Name: "When"}, {Name: "What"}, {Name: "Product"}, {Name: "Lot"}, {"Quantity", true}, {Name: "From"}, {Name: "To"}}}
	for _, e := range shown {
		what := value{Text: enumText(e.GetType().Descriptor(), e.GetType().Number())}
		if e.GetCorrects() != "" {
			what.Note = "correction"
		}
		id := c.ref(e.GetName(), nil)
		id.Text = e.GetName()[len("inventoryEvents/"):]
		lot := words(e.GetLotNumber())
		if e.GetLot() != "" {
			lot.Link = c.link(e.GetLot())
		}
		quantity := numeral(e.GetQuantity().GetValue() + " " + e.GetUnit().GetDisplayName())
		t.Rows = append(t.Rows, []value{id, c.when(e.GetSourceTime()), what, c.short(e.GetProduct(), known), lot, quantity, c.short(e.GetSourceLocation(), known), c.short(e.GetDestinationLocation(), known)})
	}
	s := section{Table: t}
	if len(shown) == last && last < mostEvents {
		s.More = &value{Text: "More", Link: with("/events", "last", strconv.Itoa(min(4*last, mostEvents)))}
	}
	p.Sections = []section{s}
	return p, nil
}

// exceptions shows what people have to settle.
func (c *Console) exceptions(r *http.Request) (*page, error) {
	p := &page{Title: "Exceptions"}
	found, err := operationsv1.NewExceptionServiceClient(c.Conn).ListExceptions(r.Context(), &operationsv1.ListExceptionsRequest{
		PageSize: pageSize, PageToken: r.URL.Query().Get("page_token"), Filter: "state != EXCEPTION_STATE_CLOSED",
	})
	if err != nil {
		return p.refuse(err)
	}
	for _, e := range found.GetExceptions() {
		s := section{Title: cut(clean(e.GetSummary()), longestText)}
		if e.GetDetail() != "" {
			s.Text = append(s.Text, value{Text: cut(clean(e.GetDetail()), longestText)})
		}
		subject := words(e.GetSubject())
		subject.Link = c.link(e.GetSubject())
		s.Pairs = []pair{{"What it is about", []value{subject}}, {"Kind", []value{{Text: enumText(e.GetKind().Descriptor(), e.GetKind().Number())}}}, {"Open since", []value{c.when(e.GetOpenTime())}}}
		if a := e.GetAcknowledgement(); a != nil {
			s.Pairs = append(s.Pairs, pair{"Acknowledged", []value{words(a.GetAcknowledgedBy() + ": " + a.GetReason()), c.when(a.GetAcknowledgeTime())}})
		} else {
			s.Pairs = append(s.Pairs, pair{"What to do", []value{{Text: "Settle its cause, or run meshctl exceptions ack " + e.GetName() + " --reason '…'"}}})
		}
		p.Sections = append(p.Sections, s)
	}
	if len(found.GetExceptions()) == 0 {
		p.Lead = []value{{Text: "There is nothing that somebody has to settle."}}
	}
	if next := found.GetNextPageToken(); next != "" {
		p.Sections = append(p.Sections, section{More: &value{Text: "Next page", Link: with("/exceptions", "page_token", next)}})
	}
	return p, nil
}

// faulty shows records that could not be read, or only in part.
func (c *Console) faulty(r *http.Request) (*page, error) {
	query := r.URL.Query()
	p := &page{Title: "Faulty records"}
	found, err := operationsv1.NewOperationsServiceClient(c.Conn).ListFaultyRecords(r.Context(), &operationsv1.ListFaultyRecordsRequest{Collection: query.Get("collection"), PageSize: pageSize, PageToken: query.Get("page_token")})
	if err != nil {
		return p.refuse(err)
	}
	t := &table{Caption: "Records that could not be read, or only in part", None: "All records could be read.", Head: []column{{Name: "Record"}, {Name: "Field"}, {Name: "In Odoo"}, {Name: "Problem"}, {Name: "Since"}}}
	for _, f := range found.GetFaultyRecords() {
		for _, fault := range f.GetFaults() {
			t.Rows = append(t.Rows, []value{c.ref(f.GetName(), nil), words(fault.GetField()), words(fmt.Sprintf("%s %d, %s", fault.GetOdooModel(), fault.GetOdooId(), fault.GetOdooField())), {Text: cut(clean(fault.GetProblem()), longestText)}, c.when(f.GetSince())})
		}
	}
	s := section{Table: t}
	if next := found.GetNextPageToken(); next != "" {
		s.More = &value{Text: "Next page", Link: with("/faulty", "collection", query.Get("collection"), "page_token", next)}
	}
	p.Sections = []section{s}
	return p, nil
}

// consumers shows who follows the business events, and how far each is behind.
func (c *Console) consumers(r *http.Request) (*page, error) {
	found, err := eventv1.NewEventServiceClient(c.Conn).ListConsumers(r.Context(), &eventv1.ListConsumersRequest{})
	if err != nil {
		return nil, err
	}
	t := &table{Caption: "Who follows the business events", None: "Nobody follows the business events under a name.", Head: []column{{Name: "Consumer"}, {Name: "Connected"}, {"Events behind", true}, {"Acknowledged up to", true}, {Name: "Last acknowledged"}, {Name: "Whose"}}}
	for _, one := range found.GetConsumers() {
		connected := value{Text: "no", Mark: "bad"}
		if one.GetConnected() {
			connected = value{Text: "yes", Mark: "good"}
		}
		t.Rows = append(t.Rows, []value{words(one.GetName()), connected, numeral(fmt.Sprint(one.GetLag())), numeral(fmt.Sprint(one.GetAcknowledgedSequence())), c.when(one.GetAcknowledgeTime()), words(one.GetOwner())})
	}
	return &page{Title: "Consumers", Sections: []section{{Table: t}}}, nil
}
