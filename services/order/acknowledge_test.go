package order

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/owned"
	"odoomesh/internal/store/badgerstore"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func quantity(text string) *decimal.Decimal { return &decimal.Decimal{Value: text} }

func eur(units int64, nanos int32) *money.Money {
	return &money.Money{CurrencyCode: "EUR", Units: units, Nanos: nanos}
}

// twoLines is an order of two lines below a heading.
func twoLines() *orderv1.Order {
	return &orderv1.Order{
		Name: "orders/42", Etag: `"now"`, State: orderv1.State_STATE_CONFIRMED, CurrencyCode: "EUR", Revision: 3,
		Lines: []*orderv1.OrderLine{
			{Id: "7", Type: orderv1.LineType_LINE_TYPE_SECTION},
			{Id: "8", Type: orderv1.LineType_LINE_TYPE_PRODUCT, Quantity: quantity("10.0"), UnitPrice: eur(2, 750_000_000), RequestedTime: timestamppb.New(noon)},
			{Id: "9", Type: orderv1.LineType_LINE_TYPE_PRODUCT, Quantity: quantity("4"), UnitPrice: eur(1, 0)},
		},
	}
}

// deskOf makes a service over a book of its own, of one order.
func deskOf(t *testing.T, o *orderv1.Order) *Service {
	t.Helper()
	journal, err := badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{Name: "owned"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	at := clock.Func(func() time.Time { return noon })
	book, err := owned.New(owned.Config{Journal: journal, Records: map[string]protoreflect.MessageType{"orders": o.ProtoReflect().Type()}, Clock: at})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Fitted(t.Context(), "orders", nil); err != nil {
		t.Fatal(err)
	}
	shown := func(context.Context, string, [][]byte) (int, error) { return 0, nil }
	return &Service{desk: command.New(command.Config{Clock: at, Registerer: prometheus.NewRegistry()}), owned: owned.NewWriter(book, nil, shown)}
}

// said tells why an acknowledgement is refused, and of an accepted one what it writes.
func said(t *testing.T, s *Service, o *orderv1.Order, etag string, lines ...*orderv1.AcknowledgedLine) (*acknowledge, owned.Write, error) {
	t.Helper()
	begun, err := s.beginAcknowledge(&orderv1.AcknowledgeOrderRequest{Name: "orders/42", Etag: etag, Lines: lines})
	if err != nil {
		return nil, owned.Write{}, err
	}
	c := begun.(*acknowledge)
	c.order = func(context.Context, string) (*orderv1.Order, error) { return o, nil }
	w := &command.Work{ID: "intent", Principal: "portal", Odoo: &command.Odoo{}}
	if err := c.Check(t.Context(), w); err != nil {
		return c, owned.Write{}, err
	}
	write, err := c.write(t.Context(), w)
	return c, write, err
}

func TestAcknowledgementsThatAreRefused(t *testing.T) {
	later := timestamppb.New(noon.Add(48 * time.Hour))
	with := func(state orderv1.State) func(*orderv1.Order) { return func(o *orderv1.Order) { o.State = state } }
	line := func(id string, status orderv1.AcknowledgementStatus) *orderv1.AcknowledgedLine {
		return &orderv1.AcknowledgedLine{LineId: id, Status: status}
	}
	of := func(l *orderv1.AcknowledgedLine) []*orderv1.AcknowledgedLine { return []*orderv1.AcknowledgedLine{l} }
	for name, c := range map[string]struct {
		order  func(*orderv1.Order)
		etag   string
		lines  []*orderv1.AcknowledgedLine
		reason errorsv1.Reason
		says   string
	}{
		"of a draft":             {order: with(orderv1.State_STATE_DRAFT), lines: of(line("8", accepted)), reason: errorsv1.Reason_REASON_BUSINESS_RULE, says: "draft"},
		"of a cancelled order":   {order: with(orderv1.State_STATE_CANCELLED), lines: of(line("8", accepted)), reason: errorsv1.Reason_REASON_BUSINESS_RULE, says: "cancelled"},
		"of another version":     {etag: `"before"`, lines: of(line("8", accepted)), reason: errorsv1.Reason_REASON_STALE_ETAG, says: "orders/42"},
		"of nothing":             {says: "lines: "},
		"of an unknown line":     {lines: of(line("99", accepted)), says: "lines[0].line_id"},
		"of a heading":           {lines: of(line("7", accepted)), says: "lines[0].line_id"},
		"of a line twice":        {lines: []*orderv1.AcknowledgedLine{line("8", accepted), line("9", accepted), line("8", rejected)}, says: "lines[2].line_id"},
		"without a status":       {lines: of(line("8", unanswered)), says: "lines[0].status"},
		"CHANGED in nothing":     {lines: of(line("8", changed)), says: "lines[0].status"},
		"CHANGED to the same":    {lines: of(&orderv1.AcknowledgedLine{LineId: "8", Status: changed, Quantity: quantity("10"), UnitPrice: eur(2, 750_000_000), PromisedTime: timestamppb.New(noon)}), says: "lines[0].status"},
		"ACCEPTED and less":      {lines: of(&orderv1.AcknowledgedLine{LineId: "8", Status: accepted, Quantity: quantity("9")}), says: "lines[0].quantity"},
		"ACCEPTED and dearer":    {lines: of(&orderv1.AcknowledgedLine{LineId: "8", Status: accepted, UnitPrice: eur(3, 0)}), says: "lines[0].unit_price"},
		"a quantity of nothing":  {lines: of(&orderv1.AcknowledgedLine{LineId: "8", Status: changed, Quantity: quantity("0")}), says: "lines[0].quantity"},
		"a quantity below 0":     {lines: of(&orderv1.AcknowledgedLine{LineId: "8", Status: changed, Quantity: quantity("-1")}), says: "lines[0].quantity"},
		"a price below 0":        {lines: of(&orderv1.AcknowledgedLine{LineId: "8", Status: changed, UnitPrice: eur(-1, 0)}), says: "lines[0].unit_price"},
		"a foreign currency":     {lines: of(&orderv1.AcknowledgedLine{LineId: "8", Status: changed, UnitPrice: &money.Money{CurrencyCode: "USD", Units: 2}}), says: "lines[0].unit_price.currency_code"},
		"a time that is none":    {lines: of(&orderv1.AcknowledgedLine{LineId: "8", Status: accepted, PromisedTime: &timestamppb.Timestamp{Nanos: -1}}), says: "lines[0].promised_time"},
		"BACKORDERED with a day": {lines: of(&orderv1.AcknowledgedLine{LineId: "8", Status: backordered, PromisedTime: later}), says: "lines[0].promised_time"},
		"REJECTED and delivered": {lines: of(&orderv1.AcknowledgedLine{LineId: "8", Status: rejected, Quantity: quantity("3"), PromisedTime: later, UnitPrice: eur(1, 0)}), says: "lines[0].quantity: leave it out: the line is not delivered (and 2 more)"},
	} {
		t.Run(name, func(t *testing.T) {
			o := twoLines()
			if c.order != nil {
				c.order(o)
			}
			if c.reason == 0 {
				c.reason = errorsv1.Reason_REASON_INVALID_ARGUMENT
			}
			_, _, err := said(t, deskOf(t, o), o, c.etag, c.lines...)
			if fault.ReasonOf(err) != c.reason || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %v of %q", err, c.reason, c.says)
			}
		})
	}
}

// What is kept says what will come, also where the supplier named nothing, and a price
// only where it is another.
func TestWhatAnAcknowledgementKeeps(t *testing.T) {
	promised := timestamppb.New(noon.Add(24 * time.Hour))
	now := timestamppb.New(noon)
	for name, c := range map[string]struct {
		said *orderv1.AcknowledgedLine
		want *orderv1.Acknowledgement
	}{
		"as ordered": {&orderv1.AcknowledgedLine{Status: accepted}, &orderv1.Acknowledgement{Status: accepted, Quantity: quantity("10.0")}},
		"in so many words": {&orderv1.AcknowledgedLine{Status: accepted, Quantity: quantity("10"), UnitPrice: &money.Money{Units: 2, Nanos: 750_000_000}, PromisedTime: promised},
			&orderv1.Acknowledgement{Status: accepted, Quantity: quantity("10"), PromisedTime: promised}},
		"later":      {&orderv1.AcknowledgedLine{Status: changed, PromisedTime: promised}, &orderv1.Acknowledgement{Status: changed, Quantity: quantity("10.0"), PromisedTime: promised}},
		"dearer":     {&orderv1.AcknowledgedLine{Status: changed, UnitPrice: &money.Money{Units: 3}}, &orderv1.Acknowledgement{Status: changed, Quantity: quantity("10.0"), UnitPrice: eur(3, 0)}},
		"less":       {&orderv1.AcknowledgedLine{Status: changed, Quantity: quantity("8"), Comment: "the rest is broken"}, &orderv1.Acknowledgement{Status: changed, Quantity: quantity("8"), Comment: "the rest is broken"}},
		"some day":   {&orderv1.AcknowledgedLine{Status: backordered}, &orderv1.Acknowledgement{Status: backordered, Quantity: quantity("10.0")}},
		"not at all": {&orderv1.AcknowledgedLine{Status: rejected, Comment: "sold out"}, &orderv1.Acknowledgement{Status: rejected, Quantity: quantity("0"), Comment: "sold out"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := twoLines()
			c.said.LineId, c.want.AcknowledgeTime, c.want.Revision = "8", now, 3
			_, write, err := said(t, deskOf(t, o), o, o.GetEtag(), c.said)
			if err != nil {
				t.Fatal(err)
			}
			got := fieldIn(write.Fields, "lines[8].acknowledgement").Message().Interface()
			if !proto.Equal(got, c.want) {
				t.Errorf("kept is\n%v, want\n%v", got, c.want)
			}
			if value := fieldIn(write.Fields, "lines[8].promised_time"); value.IsValid() != (c.want.PromisedTime != nil) {
				t.Errorf("promised is %v", value)
			}
		})
	}
}

func fieldIn(fields []owned.Field, path string) protoreflect.Value {
	for _, f := range fields {
		if f.Path == path {
			return f.Value
		}
	}
	return protoreflect.Value{}
}

// The order's status is the least favourable of what was said so far, and ACCEPTED only
// where all was said; a word replaces all of the one before.
func TestWhatIsSaidOfAnOrderOverAllLines(t *testing.T) {
	o := twoLines()
	s := deskOf(t, o)
	later := timestamppb.New(noon.Add(48 * time.Hour))
	for i, step := range []struct {
		line *orderv1.AcknowledgedLine
		want orderv1.AcknowledgementStatus
	}{
		{&orderv1.AcknowledgedLine{LineId: "8", Status: accepted, PromisedTime: later}, unanswered},
		{&orderv1.AcknowledgedLine{LineId: "8", Status: changed, Quantity: quantity("8")}, changed},
		{&orderv1.AcknowledgedLine{LineId: "9", Status: backordered}, backordered},
		{&orderv1.AcknowledgedLine{LineId: "8", Status: rejected}, rejected},
		{&orderv1.AcknowledgedLine{LineId: "8", Status: accepted}, backordered},
		{&orderv1.AcknowledgedLine{LineId: "9", Status: accepted}, accepted},
	} {
		c, write, err := said(t, s, o, "", step.line)
		if err != nil {
			t.Fatal(err)
		}
		status := unanswered
		if value := fieldIn(write.Fields, "acknowledgement_status"); value.IsValid() {
			status = orderv1.AcknowledgementStatus(value.Enum())
		}
		if status != step.want {
			t.Errorf("after step %d it is %v, want %v", i, status, step.want)
		}
		write.Intent = fmt.Sprint("intent ", i)
		if err := c.Keep(t.Context(), &command.Work{Odoo: &command.Odoo{}}, write); err != nil {
			t.Fatal(err)
		}
		state, err := s.owned.Get("orders", c.Key())
		if err != nil || fieldIn(state.Fields, "lines[8].promised_time").IsValid() != (i == 0) {
			t.Errorf("after step %d the book keeps %v, %v", i, state, err)
		}
	}
	// Two that have seen the same are told so: the desk tries the second again.
	c, write, err := said(t, s, o, "", &orderv1.AcknowledgedLine{LineId: "9", Status: rejected})
	if err != nil {
		t.Fatal(err)
	}
	*write.Seen--
	err = c.Keep(t.Context(), &command.Work{Odoo: &command.Odoo{}}, write)
	var revision *owned.RevisionError
	if fault.ReasonOf(err) != errorsv1.Reason_REASON_CONTENTION || !errors.As(err, &revision) {
		t.Error(err)
	}
}
