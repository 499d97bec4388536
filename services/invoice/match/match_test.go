package match

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

var (
	piece = unit("units/1", "Units", 1, 1)
	dozen = unit("units/2", "Dozens", 12, 1)
	kilo  = &typesv1.UnitOfMeasure{Name: "units/9", DisplayName: "kg", ReferenceUnit: "units/9", FactorNumerator: dec("1"), FactorDenominator: dec("1")}
)

func unit(name, display string, numerator, denominator int) *typesv1.UnitOfMeasure {
	return &typesv1.UnitOfMeasure{Name: name, DisplayName: display, ReferenceUnit: "units/1", Rounding: dec("0.01"),
		FactorNumerator: dec(fmt.Sprint(numerator)), FactorDenominator: dec(fmt.Sprint(denominator))}
}

func dec(text string) *decimal.Decimal { return &decimal.Decimal{Value: text} }

// eur is money in euros, of cents.
func eur(cents int64) *money.Money {
	return &money.Money{CurrencyCode: "EUR", Units: cents / 100, Nanos: int32(cents%100) * 10_000_000}
}

// line is a line of the order.
func orderLine(id, ordered, received string, u *typesv1.UnitOfMeasure, cents int64) *orderv1.OrderLine {
	return &orderv1.OrderLine{Id: id, Type: ordersProduct, Product: "products/" + id, Quantity: dec(ordered), ReceivedQuantity: dec(received), Unit: u, UnitPrice: eur(cents)}
}

func orderOf(lines ...*orderv1.OrderLine) *orderv1.Order {
	return &orderv1.Order{Name: "orders/1", State: orderv1.State_STATE_CONFIRMED, CurrencyCode: "EUR", Lines: lines}
}

func billLine(id, of, n string, u *typesv1.UnitOfMeasure, cents int64) *invoicev1.InvoiceLine {
	l := &invoicev1.InvoiceLine{Id: id, Type: billsProduct, OrderLineId: of, Quantity: dec(n), Unit: u, UnitPrice: eur(cents)}
	if q := number(l.GetQuantity()); q.IsInt() {
		l.UntaxedAmount = eur(cents * q.Num().Int64())
	}
	return l
}

func bill(lines ...*invoicev1.InvoiceLine) *invoicev1.Invoice {
	return &invoicev1.Invoice{Name: "invoices/50", Type: invoicev1.InvoiceType_INVOICE_TYPE_BILL, State: invoicev1.State_STATE_DRAFT, CurrencyCode: "EUR", Lines: lines,
		Company: "North", Supplier: "suppliers/7", LegalSupplier: "suppliers/3"}
}

// posted is another invoice, posted on a day of November.
func posted(i *invoicev1.Invoice, name string, day int32) *invoicev1.Invoice {
	i.Name, i.State, i.AccountingDate = name, invoicev1.State_STATE_POSTED, &date.Date{Year: 2026, Month: 11, Day: day}
	return i
}

func refund(i *invoicev1.Invoice) *invoicev1.Invoice {
	i.Type = refundType
	return i
}

func taxed(l *invoicev1.InvoiceLine, untaxed int64) *invoicev1.InvoiceLine {
	l.Taxes, l.UntaxedAmount = []*typesv1.Tax{{IncludedInPrice: true}}, eur(untaxed)
	return l
}

func rules(t testing.TB, texts ...string) Rules {
	t.Helper()
	r, err := ParseRules(texts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCompare(t *testing.T) {
	ten := func() *orderv1.Order { return orderOf(orderLine("1", "10", "10", piece, 200)) }
	for _, tt := range []struct {
		name      string
		order     *orderv1.Order
		bill      *invoicev1.Invoice
		others    []*invoicev1.Invoice
		asOrdered bool
		tolerance string
		// want is the verdict, with "!" where it blocks; says is in an explanation.
		want, says string
	}{
		{name: "as it came", order: ten(), bill: bill(billLine("1", "1", "10", piece, 200)), want: "MATCHED"},
		{name: "a part of it", order: ten(), bill: bill(billLine("1", "1", "4", piece, 200)), want: "MATCHED"},
		{name: "more than has come", order: orderOf(orderLine("1", "10", "6", piece, 200)), bill: bill(billLine("1", "1", "10", piece, 200)), want: "QUANTITY_DIFFERS!", says: "10 Units are billed with this, and 6 have come."},
		{name: "nothing has come", order: orderOf(orderLine("1", "10", "0", piece, 200)), bill: bill(billLine("1", "1", "10", piece, 200)), want: "NOT_RECEIVED!"},
		{name: "billed before it comes, as the product is", order: orderOf(orderLine("1", "10", "0", piece, 200)), bill: bill(billLine("1", "1", "10", piece, 200)), asOrdered: true, want: "MATCHED"},
		{name: "more than was ordered of such a product", order: orderOf(orderLine("1", "10", "0", piece, 200)), bill: bill(billLine("1", "1", "11", piece, 200)), asOrdered: true, want: "QUANTITY_DIFFERS!", says: "11 Units are billed with this, and 10 have come or"},
		{name: "another price", order: ten(), bill: bill(billLine("1", "1", "10", piece, 210)), want: "PRICE_DIFFERS!", says: "2.1 on the bill, and 2 on the order (EUR)"},
		{name: "a lower price", order: ten(), bill: bill(billLine("1", "1", "10", piece, 190)), want: "PRICE_DIFFERS!"},
		{name: "both", order: ten(), bill: bill(billLine("1", "1", "11", piece, 210)), want: "QUANTITY_AND_PRICE_DIFFER!"},
		{name: "within the percentage", order: ten(), bill: bill(billLine("1", "1", "10", piece, 210)), tolerance: "price=5%", want: "MATCHED"},
		{name: "beyond the percentage", order: ten(), bill: bill(billLine("1", "1", "10", piece, 211)), tolerance: "price=5%", want: "PRICE_DIFFERS!"},
		{name: "within the amount", order: ten(), bill: bill(billLine("1", "1", "10", piece, 210)), tolerance: "amount=1EUR", want: "MATCHED"},
		{name: "beyond the amount", order: ten(), bill: bill(billLine("1", "1", "10", piece, 210)), tolerance: "amount=0.99EUR", want: "PRICE_DIFFERS!"},
		{name: "an amount of another currency", order: ten(), bill: bill(billLine("1", "1", "10", piece, 210)), tolerance: "amount=9USD", want: "PRICE_DIFFERS!"},
		{name: "two lines share the amount", order: orderOf(orderLine("1", "10", "10", piece, 200), orderLine("2", "10", "10", piece, 200)),
			bill: bill(billLine("1", "1", "10", piece, 206), billLine("2", "2", "10", piece, 206)), tolerance: "amount=1EUR", want: "PRICE_DIFFERS!"},
		{name: "within the quantity", order: ten(), bill: bill(billLine("1", "1", "11", piece, 200)), tolerance: "quantity=10%", want: "MATCHED"},
		{name: "in dozens", order: orderOf(orderLine("1", "24", "24", piece, 100)), bill: bill(billLine("1", "1", "2", dozen, 1200)), want: "MATCHED"},
		{name: "too many dozens", order: orderOf(orderLine("1", "24", "23", piece, 100)), bill: bill(billLine("1", "1", "2", dozen, 1200)), want: "QUANTITY_DIFFERS!", says: "24 Units are billed with this, and 23 have come."},
		{name: "pieces of a dozen, rounded by Odoo", order: orderOf(orderLine("1", "1", "0.83", dozen, 1000)), bill: bill(billLine("1", "1", "10", piece, 83)), want: "MATCHED"},
		{name: "in another kind of unit", order: ten(), bill: bill(billLine("1", "1", "1", kilo, 200)), want: "QUANTITY_DIFFERS!", says: "billed in kg and ordered in Units"},
		{name: "one line in two", order: ten(), bill: bill(billLine("1", "1", "4", piece, 200), billLine("2", "1", "6", piece, 200)), want: "MATCHED"},
		{name: "one line in two, too many together", order: ten(), bill: bill(billLine("1", "1", "5", piece, 200), billLine("2", "1", "6", piece, 200)), want: "QUANTITY_DIFFERS!"},
		{name: "another bill is posted", order: ten(), bill: bill(billLine("1", "1", "5", piece, 200)), others: []*invoicev1.Invoice{posted(bill(billLine("9", "1", "6", piece, 200)), "invoices/9", 1)}, want: "QUANTITY_DIFFERS!"},
		{name: "another bill is a draft", order: ten(), bill: bill(billLine("1", "1", "5", piece, 200)), others: []*invoicev1.Invoice{bill(billLine("9", "1", "6", piece, 200))}, want: "MATCHED"},
		{name: "posted before the one that is too many", order: ten(), bill: posted(bill(billLine("1", "1", "10", piece, 200)), "invoices/50", 1),
			others: []*invoicev1.Invoice{posted(bill(billLine("9", "1", "5", piece, 200)), "invoices/60", 2)}, want: "MATCHED"},
		{name: "posted after", order: ten(), bill: posted(bill(billLine("1", "1", "5", piece, 200)), "invoices/50", 2),
			others: []*invoicev1.Invoice{posted(bill(billLine("9", "1", "10", piece, 200)), "invoices/60", 1)}, want: "QUANTITY_DIFFERS!"},
		{name: "a refund has taken back what was too many", order: ten(), bill: bill(billLine("1", "1", "5", piece, 200)),
			others: []*invoicev1.Invoice{posted(bill(billLine("9", "1", "6", piece, 200)), "invoices/9", 1), posted(refund(bill(billLine("9", "1", "1", piece, 200))), "invoices/10", 2)}, want: "MATCHED"},
		{name: "goods went back after they were billed", order: orderOf(orderLine("1", "10", "6", piece, 200)), bill: posted(bill(billLine("1", "1", "10", piece, 200)), "invoices/50", 1), want: "QUANTITY_DIFFERS!"},
		{name: "and were taken off the bill", order: orderOf(orderLine("1", "10", "6", piece, 200)), bill: posted(bill(billLine("1", "1", "10", piece, 200)), "invoices/50", 1),
			others: []*invoicev1.Invoice{posted(refund(bill(billLine("9", "1", "4", piece, 200))), "invoices/60", 2)}, want: "MATCHED"},
		{name: "a refund of what is billed, at any price", order: ten(), bill: refund(bill(billLine("1", "1", "4", piece, 150))), others: []*invoicev1.Invoice{posted(bill(billLine("9", "1", "10", piece, 200)), "invoices/9", 1)}, want: "MATCHED"},
		{name: "a refund of more than is billed", order: ten(), bill: refund(bill(billLine("1", "1", "4", piece, 200))), others: []*invoicev1.Invoice{posted(bill(billLine("9", "1", "3", piece, 200)), "invoices/9", 1)}, want: "QUANTITY_DIFFERS!", says: "4 Units are taken back, and 3 are billed"},
		{name: "no order at all", order: orderOf(), bill: bill(billLine("1", "", "1", nil, 9900)), want: "NO_ORDER"},
		{name: "no order where one is required", order: orderOf(), bill: bill(billLine("1", "", "1", nil, 9900)), tolerance: "order=required", want: "NO_ORDER!"},
		{name: "freight beside the order", order: ten(), bill: bill(billLine("1", "1", "10", piece, 200), billLine("2", "", "1", nil, 500)), want: "NO_ORDER!", says: "belongs to no order, and bills 5 EUR"},
		{name: "freight within the amount", order: ten(), bill: bill(billLine("1", "1", "10", piece, 200), billLine("2", "", "1", nil, 500)), tolerance: "amount=5EUR", want: "NO_ORDER"},
		{name: "something is taken off beside the order", order: ten(), bill: bill(billLine("1", "1", "10", piece, 200), billLine("2", "", "-1", nil, 500)), want: "NO_ORDER"},
		{name: "what Odoo adds is not compared", order: ten(), bill: bill(billLine("1", "1", "10", piece, 200), &invoicev1.InvoiceLine{Id: "2", Type: invoicev1.LineType_LINE_TYPE_ROUNDING, UntaxedAmount: eur(2)}), want: "MATCHED"},
		{name: "a price with taxes against one without", order: orderOf(func() *orderv1.OrderLine {
			l := orderLine("1", "10", "10", piece, 200)
			l.UntaxedAmount = eur(2000)
			return l
		}()), bill: bill(taxed(billLine("1", "1", "10", piece, 242), 2000)), want: "MATCHED"},
		{name: "the line is not there", order: ten(), bill: bill(billLine("1", "8", "1", piece, 200)), want: "NO_ORDER", says: "which it bills, is not there"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := Facts{Invoice: tt.bill, Orders: []*orderv1.Order{tt.order}, Others: append(tt.others, tt.bill), AsOrdered: map[string]bool{"products/1": tt.asOrdered}}
			if tt.tolerance != "" {
				f.Tolerance = rules(t, tt.tolerance).For(tt.bill)
			}
			m := Compare(f)
			got := strings.TrimPrefix(m.GetVerdict().String(), "MATCH_VERDICT_")
			if m.GetBlocks() {
				got += "!"
			}
			said := ""
			for _, l := range m.GetLines() {
				said += l.GetExplanation() + "\n"
			}
			if got != tt.want || !strings.Contains(said, tt.says) {
				t.Errorf("got %s, want %s\n%s", got, tt.want, said)
			}
			if m.GetVerdict() == matched && strings.TrimSpace(said) != "" {
				t.Errorf("it matches, and says %s", said)
			}
		})
	}
	cancelled := bill()
	cancelled.State = invoicev1.State_STATE_CANCELLED
	if m := Compare(Facts{Invoice: cancelled}); m != nil {
		t.Errorf("a cancelled bill is compared: %v", m)
	}
}

// What was let pass stays so while it is no worse.
func TestAnOverrideCoversWhatIsNoWorse(t *testing.T) {
	m := func(received, billed string, cents int64) *invoicev1.Match {
		return Compare(Facts{Invoice: bill(billLine("1", "1", billed, piece, cents)), Orders: []*orderv1.Order{orderOf(orderLine("1", "10", received, piece, 200))}})
	}
	o := &invoicev1.MatchOverride{Lines: Blocking(m("6", "10", 200))}
	for _, tt := range []struct {
		name  string
		o     *invoicev1.MatchOverride
		m     *invoicev1.Match
		cover bool
	}{
		{"nobody", nil, m("6", "10", 200), false}, {"the same", o, m("6", "10", 200), true}, {"more has come", o, m("8", "10", 200), true},
		{"less is billed", o, m("6", "9", 200), true}, {"more is billed", o, m("6", "11", 200), false},
		{"less has come", o, m("5", "10", 200), false}, {"another price", o, m("6", "10", 201), false}, {"all is well", o, m("10", "10", 200), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Covered(tt.o, tt.m); got != tt.cover {
				t.Errorf("covered: %v", got)
			}
		})
	}
}

func TestRules(t *testing.T) {
	all := rules(t, "price=1%", `company="North" price=2%`, "supplier=suppliers/3 price=3%", `company=North supplier=suppliers/8 price=4% amount=5.50EUR`)
	for _, tt := range []struct{ company, supplier, want string }{{"South", "suppliers/9", "1"}, {"North", "suppliers/9", "2"}, {"North", "suppliers/3", "3"}, {"North", "suppliers/8", "4"}, {"South", "suppliers/8", "1"}} {
		i := &invoicev1.Invoice{Company: tt.company, LegalSupplier: tt.supplier}
		if got := plain(all.For(i).Price); got != tt.want {
			t.Errorf("%v: %s%%", tt, got)
		}
	}
	for text, want := range map[string]string{
		"": "says nothing", "company=North": "says nothing", "price=2": "percentage", "price=2% price=3%": "twice", "amount=5": "money such as", "amount=5eur": "money such as",
		"order=maybe": "required or optional", "supplier=Medica price=1%": "suppliers/7", "colour=red": `no "colour"`, "price": "key=value", `company="" price=1%`: "empty", `company="North price=1%`: "key=value",
		"quantity=1000000%": "percentage",
	} {
		if _, err := ParseRules([]string{text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := ParseRules([]string{"price=1%", "quantity=1%"}); err == nil {
		t.Error("two rules for the same bills")
	}
}

func FuzzParseRules(f *testing.F) {
	for _, text := range []string{"price=2%", `company="Hospital North" supplier=suppliers/7 quantity=1.5% amount=5EUR order=required`, "a=b", `company="`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := ParseRules([]string{text})
		if err != nil {
			return
		}
		for _, n := range []interface{ Sign() int }{all[0].Quantity, all[0].Price, all[0].Amount} {
			if !isNil(n) && n.Sign() < 0 {
				t.Errorf("%q allows less than nothing", text)
			}
		}
	})
}
