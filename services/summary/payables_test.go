package summary

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/exact"
	"odoomesh/internal/fault"
	"odoomesh/internal/resource"
	"odoomesh/internal/scope"
)

// reading is a caller with the right to read some domains.
func reading(ctx context.Context, s *scope.Scope, domains ...string) context.Context {
	rights := map[string][]optionsv1.Access{}
	for _, domain := range domains {
		rights[domain] = []optionsv1.Access{optionsv1.Access_ACCESS_READ}
	}
	ctx = access.WithPrincipal(ctx, access.NewPrincipal("caller", rights))
	if s != nil {
		ctx = scope.With(ctx, s)
	}
	return ctx
}

// amount is some money, below nought now and then.
func (d drawn) amount(name, currency string) *money.Money {
	units := rapid.SampledFrom([]int64{0, 0, 1, 7, 120, -30, 1 << 40}).Draw(d.T, name)
	nanos := rapid.SampledFrom([]int32{0, 10_000_000, 999_999_999}).Draw(d.T, name+" nanos")
	if units < 0 {
		nanos = -nanos
	}
	return &money.Money{CurrencyCode: currency, Units: units, Nanos: nanos}
}

// day is a day around today; none now and then.
func (d drawn) day(w *world, name string) *date.Date {
	if rapid.IntRange(0, 4).Draw(d.T, name+" unset") == 0 {
		return nil
	}
	t := w.now.AddDate(0, 0, rapid.IntRange(-40, 40).Draw(d.T, name))
	return &date.Date{Year: int32(t.Year()), Month: int32(t.Month()), Day: int32(t.Day())}
}

// writeOwed writes an invoice, an order or a supplier, or deletes one: as dirty as data gets.
func (d drawn) writeOwed(w *world, silent bool) {
	company := rapid.Int64Range(0, 3).Draw(d.T, "company")
	put := func(m proto.Message, collection string, ids ...int64) {
		if !silent && rapid.IntRange(0, 4).Draw(d.T, "gone") == 0 {
			m = nil
		}
		w.put(d.T, silent, company, m, collection, ids...)
	}
	currency := rapid.SampledFrom([]string{"EUR", "EUR", "USD", "", "łŁ"}).Draw(d.T, "currency")
	supplier := func(name string) string {
		return named("suppliers", rapid.Int64Range(0, 4).Draw(d.T, name))
	}
	switch rapid.IntRange(0, 9).Draw(d.T, "what") {
	case 0:
		id := d.id("supplier", 4)
		put(&supplierv1.Supplier{Name: resource.Name("suppliers", id), DisplayName: fmt.Sprintf("Supplier %d", id)}, "suppliers", id)
	case 1, 2, 3, 4, 5:
		id := d.id("invoice", 9)
		put(&invoicev1.Invoice{
			Name: resource.Name(invoices, id), Type: invoicev1.InvoiceType(rapid.IntRange(0, 3).Draw(d.T, "type")), State: invoicev1.State(rapid.IntRange(0, 3).Draw(d.T, "state")),
			PaymentState: invoicev1.PaymentState(rapid.IntRange(0, 7).Draw(d.T, "paid")), Supplier: supplier("named"), LegalSupplier: supplier("legal"), CurrencyCode: currency,
			DueDate: d.day(w, "due"), TotalAmount: d.amount("total", currency), ResidualAmount: d.amount("residual", currency),
		}, invoices, id)
	default:
		id := d.id("order", 6)
		o := &orderv1.Order{Name: resource.Name(orders, id), State: orderv1.State(rapid.IntRange(3, 5).Draw(d.T, "state")), Supplier: supplier("named"), LegalSupplier: supplier("legal"), CurrencyCode: currency}
		for range rapid.IntRange(0, 3).Draw(d.T, "lines") {
			o.Lines = append(o.Lines, &orderv1.OrderLine{Type: orderv1.LineType(rapid.IntRange(0, 2).Draw(d.T, "line")), Quantity: d.quantity("ordered"), ReceivedQuantity: d.quantity("received"),
				BilledQuantity: d.quantity("billed"), UntaxedAmount: d.amount("untaxed", currency), UnitPrice: d.amount("price", currency), DiscountPercent: &decimal.Decimal{Value: "2.5"}})
		}
		put(o, orders, id)
	}
}

// naivePayables lists invoices and orders, and adds up what they say.
func naivePayables(t *rapid.T, w *world, r *summaryv1.SummarizePayablesRequest, by string, met []int64, own string, priced bool) []*summaryv1.PayableSum {
	type sum struct {
		*summaryv1.PayableSum
		amounts map[string]*big.Rat
	}
	found := map[string]*sum{}
	of := func(kept *internalv1.CacheRecord, legal, name, currency string) *sum {
		company := kept.GetCompanyId()
		if legal == "" {
			legal = name
		}
		named := func(supplier string) bool { return supplier == "" || supplier == legal || supplier == name }
		if len(met) > 0 && company != 0 && !slices.Contains(met, company) || r.GetCompanyId() != 0 && company != r.GetCompanyId() || !named(r.GetSupplier()) || !named(own) {
			return nil
		}
		key := &summaryv1.PayableSum{CurrencyCode: currency}
		sorted := ""
		for word := range strings.SplitSeq(by, ",") {
			switch word {
			case "supplier":
				key.Supplier = legal
				sorted += legal + " "
			case "company":
				key.CompanyId, key.Company = company, kept.GetCompany()
				sorted += fmt.Sprint(company, " ")
			}
		}
		sorted += "/" + currency
		if found[sorted] == nil {
			found[sorted] = &sum{key, map[string]*big.Rat{}}
		}
		return found[sorted]
	}
	add := func(s *sum, what string, amount *big.Rat) {
		if s.amounts[what] == nil {
			s.amounts[what] = new(big.Rat)
		}
		s.amounts[what].Add(s.amounts[what], amount)
	}
	today := w.now.In(w.sheets.Zone()).Format(time.DateOnly)
	text := func(d *date.Date) string {
		return fmt.Sprintf("%04d-%02d-%02d", d.GetYear(), d.GetMonth(), d.GetDay())
	}
	each(t, w, invoices, func() *invoicev1.Invoice { return &invoicev1.Invoice{} }, func(_ []int64, kept *internalv1.CacheRecord, i *invoicev1.Invoice) {
		refund, residual, total := i.GetType() == invoicev1.InvoiceType_INVOICE_TYPE_REFUND, exact.Money(i.GetResidualAmount()), exact.Money(i.GetTotalAmount())
		draft := i.GetState() == invoicev1.State_STATE_DRAFT
		if !draft && (i.GetState() != invoicev1.State_STATE_POSTED || residual.Sign() == 0) {
			return
		}
		s := of(kept, i.GetLegalSupplier(), i.GetSupplier(), i.GetCurrencyCode())
		if s == nil {
			return
		}
		switch {
		case draft && refund:
			s.DraftRefundCount++
			add(s, "draft refunds", total)
		case draft:
			s.DraftBillCount++
			add(s, "draft bills", total)
		case refund:
			s.OpenRefundCount++
			add(s, "refunds", residual)
		default:
			s.OpenBillCount++
			add(s, "bills", residual)
			if i.GetPaymentState() == invoicev1.PaymentState_PAYMENT_STATE_IN_PAYMENT {
				s.InPaymentBillCount++
				add(s, "paying", residual)
			}
			if due := i.GetDueDate(); due != nil {
				if text(due) < today {
					s.OverdueBillCount++
					add(s, "overdue", residual)
				}
				if s.GetEarliestDueDate() == nil || text(due) < text(s.GetEarliestDueDate()) {
					s.EarliestDueDate = due
				}
			}
		}
	})
	each(t, w, orders, func() *orderv1.Order { return &orderv1.Order{} }, func(_ []int64, kept *internalv1.CacheRecord, o *orderv1.Order) {
		open := false
		for _, l := range o.GetLines() {
			ordered, received, billed := exact.Decimal(l.GetQuantity()), exact.Decimal(l.GetReceivedQuantity()), exact.Decimal(l.GetBilledQuantity())
			coming := ordered.Sign() > 0 && received.Cmp(ordered) < 0
			if o.GetState() != orderv1.State_STATE_CONFIRMED || l.GetType() != orderv1.LineType_LINE_TYPE_PRODUCT || !coming && received.Cmp(billed) == 0 {
				continue
			}
			s := of(kept, o.GetLegalSupplier(), o.GetSupplier(), o.GetCurrencyCode())
			if s == nil {
				continue
			}
			one := exact.Less(exact.Money(l.GetUnitPrice()), exact.Decimal(l.GetDiscountPercent()))
			if ordered.Sign() != 0 {
				one = new(big.Rat).Quo(exact.Money(l.GetUntaxedAmount()), ordered)
			}
			worth := func(more, less *big.Rat) *big.Rat {
				n := new(big.Rat).Sub(more, less)
				return n.Mul(n, one)
			}
			if received.Cmp(billed) > 0 {
				s.UnbilledLineCount++
				add(s, "unbilled", worth(received, billed))
			}
			if received.Cmp(billed) < 0 {
				s.UnreceivedLineCount++
				add(s, "unreceived", worth(billed, received))
			}
			if coming && !open {
				open = true
				s.OpenOrderCount++
			}
			if coming {
				add(s, "outstanding", worth(ordered, received))
			}
		}
	})
	var all []*summaryv1.PayableSum
	for _, key := range slices.Sorted(maps.Keys(found)) {
		s := found[key]
		told := func(what string) *money.Money {
			n := s.amounts[what]
			if n == nil {
				n = new(big.Rat)
			}
			return exact.AsMoney(n, s.GetCurrencyCode())
		}
		if priced {
			net := new(big.Rat)
			for what, sign := range map[string]int64{"bills": 1, "refunds": -1} {
				if n := s.amounts[what]; n != nil {
					net.Add(net, new(big.Rat).Mul(n, big.NewRat(sign, 1)))
				}
			}
			s.OpenBillAmount, s.OverdueBillAmount, s.InPaymentBillAmount, s.OpenRefundAmount, s.NetAmount = told("bills"), told("overdue"), told("paying"), told("refunds"), exact.AsMoney(net, s.GetCurrencyCode())
			s.DraftBillAmount, s.DraftRefundAmount = told("draft bills"), told("draft refunds")
			s.EstimatedUnbilledAmount, s.EstimatedUnreceivedAmount, s.OutstandingAmount = told("unbilled"), told("unreceived"), told("outstanding")
		}
		all = append(all, s.PayableSum)
	}
	return all
}

func (d drawn) askPayables(w *world) {
	t := d.T
	by := rapid.SampledFrom([]string{"", "supplier", "company", "currency", "company,supplier", "supplier,currency,company"}).Draw(t, "by")
	r := &summaryv1.SummarizePayablesRequest{GroupBy: by, PageSize: int32(rapid.IntRange(1, 4).Draw(t, "size"))}
	if by == "" {
		by = "supplier"
	}
	if rapid.IntRange(0, 3).Draw(t, "of one") == 0 {
		r.Supplier = resource.Name("suppliers", d.id("supplier", 5))
	}
	if rapid.IntRange(0, 3).Draw(t, "of a company") == 0 {
		r.CompanyId = d.id("company", 4)
	}
	who := rapid.SampledFrom([]*scope.Scope{nil, {Companies: []int64{1, 3}}, {Supplier: "suppliers/2"}, {Finance: true}, {HidePrices: true}}).Draw(t, "who")
	var met []int64
	own, priced := "", true
	if who != nil {
		met, own, priced = who.Companies, who.Supplier, !who.HidePrices
	}
	want := naivePayables(t, w, r, by, met, own, priced)
	var got []*summaryv1.PayableSum
	for {
		page, err := w.service.SummarizePayables(reading(context.Background(), who, "summary", "invoice"), r)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.GetSums()) > int(r.GetPageSize()) || page.GetNextPageToken() != "" && len(page.GetSums()) == 0 || who != nil && page.GetPosition() != 0 {
			t.Fatalf("a page is %v", page)
		}
		for _, s := range page.GetSums() {
			if shown := s.GetSupplierDisplayName(); shown != "" && shown != fmt.Sprintf("Supplier %d", keyID("suppliers", s.GetSupplier())) {
				t.Fatalf("%s is called %q", s.GetSupplier(), shown)
			}
			s.SupplierDisplayName = ""
		}
		got = append(got, page.GetSums()...)
		if r.PageToken = page.GetNextPageToken(); r.PageToken == "" {
			break
		}
	}
	if diff := gocmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Fatalf("%v (-want +got):\n%s", r, diff)
	}
}

// Whatever is written, in whatever order, and whoever asks: what is owed is what listing
// invoices and orders and adding them up gives, on pages of any size.
func TestPayablesAreWhatTheListsAddUpTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, d := newWorld(t), drawn{t}
		for range rapid.IntRange(0, 20).Draw(t, "loaded") {
			d.writeOwed(w, true)
		}
		w.fill(t)
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			for range rapid.IntRange(0, 12).Draw(t, "changes") {
				d.writeOwed(w, false)
			}
			if rapid.IntRange(0, 9).Draw(t, "truncated") == 0 {
				w.oldest = w.at + 1
			}
			d.askPayables(w)
		}
		for _, collection := range []string{invoices, orders} {
			for key := range w.records[collection] {
				w.put(t, false, 0, nil, collection, resource.IDs([]byte(key))...)
			}
		}
		d.askPayables(w)
		if left := w.sheets.owed; len(left.invoices)+len(left.orders) > 0 {
			t.Fatalf("%d invoices and %d orders are left", len(left.invoices), len(left.orders))
		}
	})
}

// A refund is what the supplier owes, a draft is not owed yet, a bill is overdue from the day
// after its due date where the hospital is, and what an order says is told beside it.
func TestWhatASupplierOwesAndIsOwed(t *testing.T) {
	w := newWorld(t)
	w.now = time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC)
	euro := func(units int64) *money.Money { return &money.Money{CurrencyCode: "EUR", Units: units} }
	november := func(day int32) *date.Date { return &date.Date{Year: 2026, Month: 11, Day: day} }
	posted, draft := invoicev1.State_STATE_POSTED, invoicev1.State_STATE_DRAFT
	bill, refund := invoicev1.InvoiceType_INVOICE_TYPE_BILL, invoicev1.InvoiceType_INVOICE_TYPE_REFUND
	id := int64(0)
	invoice := func(company int64, change func(*invoicev1.Invoice)) {
		id++
		i := &invoicev1.Invoice{Type: bill, State: posted, Supplier: "suppliers/8", LegalSupplier: "suppliers/7", CurrencyCode: "EUR", DueDate: november(30), TotalAmount: euro(1000), ResidualAmount: euro(100)}
		change(i)
		w.put(t, true, company, i, invoices, id)
	}
	invoice(1, func(i *invoicev1.Invoice) { i.DueDate = november(29) })
	invoice(1, func(*invoicev1.Invoice) {})
	invoice(2, func(i *invoicev1.Invoice) { i.Type, i.DueDate, i.ResidualAmount = refund, november(1), euro(250) })
	invoice(1, func(i *invoicev1.Invoice) { i.State = draft })
	invoice(1, func(i *invoicev1.Invoice) { i.State, i.Type = draft, refund })
	invoice(1, func(i *invoicev1.Invoice) { i.State = invoicev1.State_STATE_CANCELLED })
	invoice(1, func(i *invoicev1.Invoice) { i.ResidualAmount = euro(0) })
	invoice(1, func(i *invoicev1.Invoice) { i.CurrencyCode, i.ResidualAmount = "USD", &money.Money{Units: 5} })
	invoice(1, func(i *invoicev1.Invoice) { i.Supplier, i.LegalSupplier = "suppliers/9", "suppliers/9" })
	line := func(ordered, received, billed string) *orderv1.OrderLine {
		return &orderv1.OrderLine{Type: orderv1.LineType_LINE_TYPE_PRODUCT, Quantity: &decimal.Decimal{Value: ordered}, ReceivedQuantity: &decimal.Decimal{Value: received}, BilledQuantity: &decimal.Decimal{Value: billed},
			UntaxedAmount: euro(40), UnitPrice: euro(20), DiscountPercent: &decimal.Decimal{Value: "50"}}
	}
	w.put(t, true, 1, &orderv1.Order{State: orderv1.State_STATE_CONFIRMED, Supplier: "suppliers/7", CurrencyCode: "EUR", Lines: []*orderv1.OrderLine{line("4", "3", "1"), line("4", "4", "5"), line("0", "2", "0"), {Type: orderv1.LineType_LINE_TYPE_NOTE}}}, orders, 1)
	w.put(t, true, 1, &orderv1.Order{State: orderv1.State_STATE_CANCELLED, Supplier: "suppliers/7", CurrencyCode: "EUR", Lines: []*orderv1.OrderLine{line("4", "3", "1")}}, orders, 2)
	w.put(t, true, 1, &supplierv1.Supplier{Name: "suppliers/7", DisplayName: "Nordmed"}, "suppliers", 7)
	w.fill(t)
	is := func(what string, who *scope.Scope, r *summaryv1.SummarizePayablesRequest, want ...string) {
		t.Helper()
		answer, err := w.service.SummarizePayables(reading(t.Context(), who, "invoice"), r)
		if err != nil {
			t.Fatal(err)
		}
		text := func(m *money.Money) string {
			if m == nil {
				return "-"
			}
			return exact.Text(exact.Money(m))
		}
		var got []string
		for _, s := range answer.GetSums() {
			got = append(got, fmt.Sprintf("%s %s %s: %d bills %s, %d overdue %s since %d, %d refunds %s, net %s; drafts %d %s, %d %s; %d unbilled %s, %d unreceived %s, %d open %s", s.GetSupplier(), s.GetSupplierDisplayName(), s.GetCurrencyCode(),
				s.GetOpenBillCount(), text(s.GetOpenBillAmount()), s.GetOverdueBillCount(), text(s.GetOverdueBillAmount()), s.GetEarliestDueDate().GetDay(), s.GetOpenRefundCount(), text(s.GetOpenRefundAmount()), text(s.GetNetAmount()),
				s.GetDraftBillCount(), text(s.GetDraftBillAmount()), s.GetDraftRefundCount(), text(s.GetDraftRefundAmount()), s.GetUnbilledLineCount(), text(s.GetEstimatedUnbilledAmount()), s.GetUnreceivedLineCount(), text(s.GetEstimatedUnreceivedAmount()),
				s.GetOpenOrderCount(), text(s.GetOutstandingAmount())))
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	euros := "suppliers/7 Nordmed EUR: 2 bills 200, 1 overdue 100 since 29, 1 refunds 250, net -50; drafts 1 1000, 1 1000; 2 unbilled 40, 1 unreceived 10, 1 open 10"
	dollars := "suppliers/7 Nordmed USD: 1 bills 5, 0 overdue 0 since 30, 0 refunds 0, net 5; drafts 0 0, 0 0; 0 unbilled 0, 0 unreceived 0, 0 open 0"
	other := "suppliers/9  EUR: 1 bills 100, 0 overdue 0 since 30, 0 refunds 0, net 100; drafts 0 0, 0 0; 0 unbilled 0, 0 unreceived 0, 0 open 0"
	is("everything", nil, &summaryv1.SummarizePayablesRequest{}, euros, dollars, other)
	is("of a contact of it", nil, &summaryv1.SummarizePayablesRequest{Supplier: "suppliers/7"}, euros, dollars)
	is("a supplier", &scope.Scope{Supplier: "suppliers/9"}, &summaryv1.SummarizePayablesRequest{}, other)
	is("a finance platform", &scope.Scope{Finance: true}, &summaryv1.SummarizePayablesRequest{Supplier: "suppliers/9"}, other)
	is("a company", &scope.Scope{Companies: []int64{2}}, &summaryv1.SummarizePayablesRequest{},
		"suppliers/7  EUR: 0 bills 0, 0 overdue 0 since 0, 1 refunds 250, net -250; drafts 0 0, 0 0; 0 unbilled 0, 0 unreceived 0, 0 open 0")
	is("who meets no price", &scope.Scope{HidePrices: true}, &summaryv1.SummarizePayablesRequest{Supplier: "suppliers/9"},
		"suppliers/9  EUR: 1 bills -, 0 overdue - since 30, 0 refunds -, net -; drafts 0 -, 0 -; 0 unbilled -, 0 unreceived -, 0 open -")
	is("all", nil, &summaryv1.SummarizePayablesRequest{GroupBy: "currency"}, "  EUR: 3 bills 300, 1 overdue 100 since 29, 1 refunds 250, net 50; drafts 1 1000, 1 1000; 2 unbilled 40, 1 unreceived 10, 1 open 10", strings.Replace(dollars, "suppliers/7 Nordmed", " ", 1))
	// Half an hour later it is another day in Berlin already, and in Lisbon it is not.
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	w.sheets.Zone = func() *time.Location { return berlin }
	is("in Berlin", nil, &summaryv1.SummarizePayablesRequest{Supplier: "suppliers/9"}, strings.Replace(other, "0 overdue 0", "1 overdue 100", 1))
}

// A carrier meets no bills, and without invoices there is nothing to be told.
func TestPayablesAreRefusedToWhoMeetsNoBills(t *testing.T) {
	w := newWorld(t)
	w.fill(t)
	for what, c := range map[string]struct {
		ctx    context.Context
		r      *summaryv1.SummarizePayablesRequest
		reason errorsv1.Reason
	}{
		"a carrier":          {reading(t.Context(), &scope.Scope{Carrier: "x"}, "summary", "invoice"), &summaryv1.SummarizePayablesRequest{}, errorsv1.Reason_REASON_NOT_PERMITTED},
		"by product":         {reading(t.Context(), nil, "invoice"), &summaryv1.SummarizePayablesRequest{GroupBy: "product"}, errorsv1.Reason_REASON_INVALID_ARGUMENT},
		"a token of nothing": {reading(t.Context(), nil, "invoice"), &summaryv1.SummarizePayablesRequest{PageToken: "x"}, errorsv1.Reason_REASON_INVALID_PAGE_TOKEN},
	} {
		_, err := w.service.SummarizePayables(c.ctx, c.r)
		var refusal *fault.Error
		if fault.ReasonOf(err) != c.reason || !errors.As(err, &refusal) {
			t.Errorf("%s: %v", what, err)
		}
	}
	without := NewSheets(Config{Log: w.sheets.Log, Cache: w.sheets.Cache, Read: w.sheets.Read, Zone: w.sheets.Zone, Clock: w.sheets.Clock, Logger: w.sheets.Logger})
	service, err := New(w.sheets.Read, without)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := service.SummarizePayables(reading(t.Context(), nil, "invoice"), &summaryv1.SummarizePayablesRequest{}); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_SUPPORTED {
		t.Errorf("without invoices: %v", err)
	}
}
