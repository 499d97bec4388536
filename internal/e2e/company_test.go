package e2e

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/race"
)

func TestAnOrderIsOfTheCompanyThatIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			ofAnotherCompany(t, simulated(t, major, 10))
		})
	}
}

func TestLiveAnOrderIsOfTheCompanyThatIsAskedFor(t *testing.T) { ofAnotherCompany(t, live(t)) }

// secondCompany is one with a warehouse, which the mesh's user may see until leave is called.
func (p *person) secondCompany(t *testing.T) (company int64, leave func()) {
	t.Helper()
	first := p.rows(t, "res.company", []any{}, []any{"currency_id"})[0]
	company = p.create(t, "res.company", map[string]any{"name": "Second " + p.mark, "currency_id": first.id("currency_id")})
	linked := func(command int) {
		for _, user := range p.rows(t, "res.users", []any{[]any{"login", "in", []any{p.user, "admin"}}}, []any{"id"}) {
			p.write(t, "res.users", user.id("id"), map[string]any{"company_ids": []any{[]any{command, company, false}}})
		}
	}
	linked(4)
	if len(p.rows(t, "stock.warehouse", []any{[]any{"company_id", "=", company}}, []any{"id"})) == 0 {
		p.create(t, "stock.warehouse", map[string]any{"name": "Second " + p.mark, "code": "W2", "company_id": company})
	}
	return company, func() { linked(3) }
}

func ofAnotherCompany(t *testing.T, p *person) {
	on := shelfOf(t, p)
	company, leave := p.secondCompany(t)
	defer leave()
	ask := func(mark string, company int64) *orderv1.CreateOrderRequest {
		return &orderv1.CreateOrderRequest{RequestId: mark, CompanyId: company, Order: &orderv1.Order{
			Supplier: fmt.Sprintf("suppliers/%d", on.supplier), Origin: mark, Lines: []*orderv1.OrderLine{{
				Product: productName(on.product), Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{Units: 2},
			}},
		}}
	}
	whose := func(order string) int64 {
		return p.row(t, "purchase.order", idOf(t, order), "company_id").id("company_id")
	}
	m := start(t, settings(t, p))
	made, err := m.orders.CreateOrder(t.Context(), ask(p.mark+"-second", company))
	if err != nil {
		t.Fatal(err)
	}
	name := made.GetOrder().GetName()
	if whose(name) != company || made.GetOrder().GetProvenance().GetCompanyId() != company || len(made.GetIntent().GetDeviations()) > 0 {
		t.Errorf("the order is of company %d, and deviates by %v", whose(name), made.GetIntent().GetDeviations())
	}
	if _, err := m.orders.ReleaseOrder(t.Context(), &orderv1.ReleaseOrderRequest{RequestId: p.mark + "-release", Name: name}); err != nil {
		t.Fatal(err)
	}
	order, err := m.orders.GetOrder(t.Context(), &orderv1.GetOrderRequest{Name: name, ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := m.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: order.GetReceipts()[0], ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.receipts.ReceiveReceipt(t.Context(), &receiptv1.ReceiveReceiptRequest{RequestId: p.mark + "-receive", Name: receipt.GetName(), Lines: []*receiptv1.ReceivedLine{
		{LineId: receipt.GetLines()[0].GetId(), Quantity: &decimal.Decimal{Value: "10"}, LotNumber: "C-" + p.mark, ExpirationDate: ends()},
	}}); err != nil {
		t.Fatal(err)
	}
	there := p.rows(t, "stock.quant", []any{[]any{"product_id", "=", on.product}, []any{"location_id.usage", "=", "internal"}}, []any{"quantity", "company_id"})
	if len(there) != 1 || there[0]["quantity"] != 10.0 || there[0].id("company_id") != company {
		t.Errorf("what has come lies at %v", there)
	}
	_, err = m.orders.CreateOrder(t.Context(), ask(p.mark+"-nobody", 999_999))
	wantInvalid(t, err, "company_id")

	c := settings(t, p)
	c.Companies = []string{fmt.Sprint(company)}
	of := start(t, c)
	if made, err = of.orders.CreateOrder(t.Context(), ask(p.mark+"-served", 0)); err != nil {
		t.Fatal(err)
	}
	if got := whose(made.GetIntent().GetDocument()); got != company || made.GetOrder() == nil {
		t.Errorf("where one company is served, an order is of %d, and read back as %v", got, made.GetOrder())
	}
	_, err = of.orders.CreateOrder(t.Context(), ask(p.mark+"-foreign", 1))
	if wantInvalid(t, err, "company_id"); err != nil && !strings.Contains(err.Error(), "company_id") {
		t.Error(err)
	}
	if n := len(p.rows(t, "purchase.order", []any{[]any{"origin", "in", []any{p.mark + "-nobody", p.mark + "-foreign"}}}, []any{"id"})); n != 0 {
		t.Errorf("%d orders were made that were refused", n)
	}
}
