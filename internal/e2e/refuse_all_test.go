package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/odooproxy"
)

// Every command with bad input names the field, or the rule, and leaves no intent behind;
// every command that is only validated shows what it would do. Neither sends Odoo anything
// that changes something, nor does Odoo's database hold anything else than before.
func TestCommandsThatAreRefusedChangeNothing(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 10)
	refuseAll(t, p, p.sim)
}

func TestLiveCommandsThatAreRefusedChangeNothing(t *testing.T) {
	p := live(t)
	refuseAll(t, p, p.server(t))
}

// changes are the calls that change something.
func changes(c odooproxy.Call) bool {
	return slices.Contains([]string{"load", "create", "write", "unlink", "copy", "message_post"}, c.Method) || strings.HasPrefix(c.Method, "button_") || strings.HasPrefix(c.Method, "action_")
}

func refuseAll(t *testing.T, p *person, odoo http.Handler) {
	proxy := odooproxy.New(odoo)
	through := *p
	through.url = served(t, proxy)
	m := start(t, settings(t, &through))
	on := shelfOf(t, p)
	bought, err := purchased(m, on, p.mark+"-0", insisting(t))
	if err != nil {
		t.Fatal(err)
	}
	receipt, move := m.ordered(t, on, p.mark+"-1")
	draft := p.create(t, "purchase.order", map[string]any{"partner_id": on.supplier})
	bill := p.create(t, "account.move", map[string]any{"move_type": "in_invoice", "partner_id": on.supplier, "invoice_date": "2026-11-28", "ref": " v-" + strings.ToUpper(bought.mark) + " "})
	dateless := p.create(t, "account.move", map[string]any{"move_type": "in_invoice", "partner_id": on.supplier})
	eventually(t, func() (bool, any) {
		list, err := m.inventory.ListLots(t.Context(), &inventoryv1.ListLotsRequest{Filter: fmt.Sprintf("lot_number = %q", "A-"+bought.mark)})
		return err == nil && len(list.GetLots()) == 1, list
	})
	released, err := m.receipts.GetReceipt(t.Context(), &receiptv1.GetReceiptRequest{Name: receipt, ReadMode: liveMode})
	if err != nil {
		t.Fatal(err)
	}
	open := released.GetOrders()[0]
	lot := p.find(t, "stock.lot", "name", "A-"+bought.mark)
	lines := p.rows(t, "stock.move.line", []any{[]any{"picking_id", "=", idOf(t, bought.receipt)}, []any{"lot_id", "=", lot}}, []any{"move_id", "location_id", "location_dest_id"})
	stock, vendors := lines[0].id("location_dest_id"), lines[0].id("location_id")
	ward := p.create(t, "stock.location", map[string]any{"name": "Ward " + p.mark, "usage": "internal"})
	serials := p.create(t, "product.product", p.goods(map[string]any{"name": "Serial " + p.mark, "tracking": "serial"}))
	serial := p.create(t, "stock.lot", map[string]any{"name": "S-" + p.mark, "product_id": serials, "company_id": 1})
	names := strings.NewReplacer(
		"{stock}", fmt.Sprintf("stockPositions/%d-%d-%d-0-0", on.product, stock, lot), "{nolot}", fmt.Sprintf("stockPositions/%d-%d-0-0-0", on.product, stock),
		"{owned}", fmt.Sprintf("stockPositions/%d-%d-%d-1-0", on.product, stock, lot), "{outside}", fmt.Sprintf("stockPositions/%d-%d-%d-0-0", on.product, vendors, lot),
		"{serial}", fmt.Sprintf("stockPositions/%d-%d-%d-0-0", serials, stock, serial), "{strange}", fmt.Sprintf("stockPositions/%d-%d-%d-0-0", on.product, stock, serial),
		"{ward}", fmt.Sprint("locations/", ward), "{place}", fmt.Sprint("locations/", stock), "{vendors}", fmt.Sprint("locations/", vendors), "{doneline}", fmt.Sprint(lines[0].id("move_id")),
		"{kilo}", fmt.Sprint("units/", p.find(t, "uom.uom", "name", "kg")),
		"{supplier}", supplierName(on.supplier), "{product}", productName(on.product), "{order}", open, "{bought}", bought.order, "{draft}", fmt.Sprint("orders/", draft),
		"{receipt}", receipt, "{done}", bought.receipt, "{line}", move, "{bill}", fmt.Sprint("invoices/", bill), "{dateless}", fmt.Sprint("invoices/", dateless),
		"{posted}", bought.invoice, "{code}", "PUR-"+p.mark, "{seller}", "Purchases "+p.mark, "{currency}", p.currency(t),
		"{price}", fmt.Sprint(p.rows(t, "product.supplierinfo", []any{[]any{"partner_id", "=", on.supplier}}, []any{"id"})[0].id("id")),
		"{billline}", fmt.Sprint(p.rows(t, "account.move.line", []any{[]any{"move_id", "=", idOf(t, bought.invoice)}, []any{"display_type", "=", "product"}}, []any{"id"})[0].id("id")),
		"{lot}", fmt.Sprint("lots/", p.find(t, "stock.lot", "name", "A-"+bought.mark)), "{number}", "A-"+bought.mark,
		"{orderline}", fmt.Sprint(p.rows(t, "purchase.order.line", []any{[]any{"order_id", "=", idOf(t, open)}}, []any{"id"})[0].id("id")),
		"{boughtline}", fmt.Sprint(p.rows(t, "purchase.order.line", []any{[]any{"order_id", "=", idOf(t, bought.order)}}, []any{"id"})[0].id("id")),
	)
	sent, intents, held := proxy.Seen(changes), len(m.intents(t)), p.contents(t)
	for n, c := range slices.Concat(badInput, badMasterData) {
		status, answer := m.asks(t, names.Replace(c.path), fmt.Sprint(p.mark, "-bad-", n), names.Replace(c.body))
		if status < 400 || status >= 500 || !strings.Contains(answer, c.says) {
			t.Errorf("%s %s: %d %s; want %q", c.path, c.body, status, answer, c.says)
		}
	}
	for n, c := range slices.Concat(goodInput, goodMasterData) {
		body, path := strings.Replace(c.body, "{", `{"validateOnly": true, `, 1), c.path
		switch {
		case c.body == "{}":
			body = `{"validateOnly": true}`
		case strings.HasPrefix(path, patch) || slices.Contains([]string{anOrder, anInvoice, aProduct, aSupplier}, path): // whose body is the record
			body, path = c.body, path+"?validate_only=true"
		}
		status, answer := m.asks(t, names.Replace(path), fmt.Sprint(p.mark, "-only-", n), names.Replace(body))
		if status != http.StatusOK || !strings.Contains(answer, c.says) {
			t.Errorf("%s %s: %d %s; want %q", path, body, status, answer, c.says)
		}
	}
	if got := proxy.Seen(changes); got != sent {
		t.Errorf("%d calls that change something were sent to Odoo", got-sent)
	}
	if got := len(m.intents(t)); got != intents {
		t.Errorf("there are %d intents more", got-intents)
	}
	for table, is := range p.contents(t) {
		if was := held[table]; is != was {
			t.Errorf("Odoo's table %s was %s and is %s", table, was, is)
		}
	}
	t.Logf("%d commands with bad input and %d validations left %d tables and sequences as they were", len(badInput)+len(badMasterData), len(goodInput)+len(goodMasterData), len(held))
}

// patch stands before the path of a command that changes a record.
const patch = "PATCH "

// asks sends a command over REST.
func (m *mesh) asks(t testing.TB, path, key, body string) (status int, answer string) {
	t.Helper()
	method := http.MethodPost
	if rest, is := strings.CutPrefix(path, patch); is {
		method, path = http.MethodPatch, rest
	}
	return m.sent(t, method, path, key, body, &structpb.Struct{})
}

// intents are all there are.
func (m *mesh) intents(t testing.TB) []any {
	t.Helper()
	_, body := m.get(t, "/v1/intents", url.Values{"page_size": {"1000"}})
	var list struct{ Intents []any }
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	return list.Intents
}

// contents are the tables of Odoo's database, each with how many rows it has and a hash of
// them, and its sequences, which no rollback takes back; none without ODOO_PSQL. What Odoo
// notes of each sign-in is left out.
func (p *person) contents(t testing.TB) map[string]string {
	t.Helper()
	command := os.Getenv("ODOO_PSQL")
	if command == "" || p.sim != nil {
		return nil
	}
	cmd := exec.Command("sh", "-c", "exec "+command+" -qAtX -v ON_ERROR_STOP=1")
	cmd.Stdin = strings.NewReader(`
SELECT table_name, (xpath('/row/c/text()', query_to_xml(format(
  'SELECT count(*) || '' rows '' || coalesce(md5(string_agg(md5(t::text), '''' ORDER BY md5(t::text))), '''') AS c FROM %I t', table_name), false, true, '')))[1]
FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name !~ '^(res_users_log|res_device|bus_|ir_logging|ir_cron)';
SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE sequencename !~ '^(res_users_log|res_device|bus_|ir_logging|ir_cron)';`)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	held := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		table, content, _ := strings.Cut(line, "|")
		held[table] = content
	}
	return held
}

// asked is a command over REST, and a part of its answer.
type asked struct{ path, body, says string }

// newOrder is an order's request with its lines.
func newOrder(lines string) string {
	return `{"supplier": "{supplier}", "lines": [` + lines + `]}`
}

const (
	goodLine    = `{"product": "{product}", "quantity": {"value": "10"}, "unitPrice": {"units": "2"}}`
	anOrder     = "/v1/orders"
	anInvoice   = "/v1/invoices"
	aRelease    = "/v1/{draft}:release"
	aReceipt    = "/v1/{receipt}:receive"
	anAnswer    = "/v1/{order}:acknowledge"
	anAmendment = "/v1/{order}:amend"
	aSubmission = "/v1/{draft}:submit"
	anApproval  = "/v1/{draft}:approve"
	aTaking     = "/v1/{order}:acceptAcknowledgement"
	aNotice     = "/v1/{receipt}:announce"
	aMilestone  = "/v1/{receipt}:reportMilestone"
	aScrap      = "/v1/{stock}:scrap"
	aTransfer   = "/v1/{stock}:transfer"
	aCount      = "/v1/{stock}:adjust"
	aReturn     = "/v1/{done}:return"
	expiresThen = `"expirationDate": {"year": 2031, "month": 3, "day": 31}`
)

var goodInput = []asked{
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"product": "{product}", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "account.move"},
	{anOrder, newOrder(goodLine), "purchase.order"},
	{"/v1/{order}:cancel", `{}`, "button_cancel"},
	{aReceipt, `{"lines": [{"lineId": "{line}", "quantity": {"value": "3"}, "lotNumber": "V1", ` + expiresThen + `}]}`, "button_validate"},
	{aReceipt, `{"remainder": "REMAINDER_CLOSE", "lines": [{"lineId": "{line}", "quantity": {"value": "3"}, "lotNumber": "{number}"}]}`, "button_validate"},
	{anAnswer, `{"lines": [{"lineId": "{orderline}", "status": "ACKNOWLEDGEMENT_STATUS_ACCEPTED"}]}`, "orders.acknowledge"},
	{anAmendment, `{"lines": [{"id": "{orderline}", "quantity": {"value": "12"}, "requestedTime": "2031-01-01T00:00:00Z"}]}`, "write"},
	{anAmendment, `{"lines": [{"id": "{orderline}", "quantity": {"value": "0"}}, ` + goodLine + `]}`, "purchase.order.line"},
	{aNotice, `{"reference": "D1", "lines": [{"lineId": "{line}", "quantity": {"value": "3"}, "lotNumber": "V1", ` + expiresThen + `}]}`, "receipts.announce"},
	{aMilestone, `{"carrier": "X", "milestones": [{"type": "MILESTONE_TYPE_DELIVERED", "occurTime": "2026-11-28T10:00:00Z"}]}`, "receipts.reportMilestone"},
	{"/v1/{lot}:hold", `{"reason": "seen"}`, "lots.hold"},
	{aScrap, `{"quantity": {"value": "1"}, "reason": "broken"}`, "button_validate"},
	{aTransfer, `{"quantity": {"value": "1"}, "destinationLocation": "{ward}"}`, "button_validate"},
	{aCount, `{"countedQuantity": {"value": "3"}, "expectedQuantity": {"value": "4"}}`, "counted for local"},
	{aCount, `{"countedQuantity": {"value": "4"}, "expectedQuantity": {"value": "4"}}`, "stockPositions.adjust"},
	{aReturn, `{"reason": "damaged", "lines": [{"lineId": "{doneline}", "quantity": {"value": "1"}, "lotNumber": "{number}"}]}`, "button_validate"},
}

var badInput = []asked{
	{anOrder, `{}`, "order"},
	{anOrder, newOrder(``), "order.lines"},
	{anOrder, `{"supplier": "products/1", "lines": [` + goodLine + `]}`, "order.supplier"},
	{anOrder, `{"supplier": "suppliers/2000000000", "lines": [` + goodLine + `]}`, "suppliers/2000000000"},
	{anOrder, newOrder(`{"product": "products/2000000000", "quantity": {"value": "1"}, "unitPrice": {"units": "2"}}`), "order.lines[0].product"},
	{anOrder, newOrder(goodLine + `, {"product": "{product}", "quantity": {"value": "0"}, "unitPrice": {"units": "2"}}`), "order.lines[1].quantity"},
	{anOrder, newOrder(`{"product": "{product}", "quantity": {"value": "-3"}, "unitPrice": {"units": "2"}}`), "order.lines[0].quantity"},
	{anOrder, newOrder(`{"product": "{product}", "quantity": {"value": "1e3"}, "unitPrice": {"units": "2"}}`), "order.lines[0].quantity"},
	{anOrder, newOrder(`{"product": "{product}", "quantity": {"value": "1"}}`), "order.lines[0].unit_price"},
	{anOrder, newOrder(`{"product": "{product}", "quantity": {"value": "1"}, "unitPrice": {"units": "-2"}}`), "order.lines[0].unit_price"},
	{anOrder, newOrder(`{"product": "{product}", "quantity": {"value": "1"}, "unitPrice": {"units": "2", "currencyCode": "XXX"}}`), "currency_code"},
	{anOrder, newOrder(`{"product": "{product}", "quantity": {"value": "1"}, "unitPrice": {"units": "2"}, "unit": {"name": "units/2000000000"}}`), "order.lines[0].unit.name"},
	{anOrder, newOrder(`{"product": "{product}", "quantity": {"value": "0.000000001"}, "unitPrice": {"units": "2"}}`), "order.lines[0].quantity"},
	{anOrder, newOrder(goodLine + `, {"product": "{product}", "quantity": {"value": "1"}, "unitPrice": {"units": "2"}, "requestedTime": "2027-01-01T00:00:00Z"}`), "order.lines[0].requested_time"},
	{anOrder, `{"supplier": "{supplier}", "number": "P1", "lines": [` + goodLine + `]}`, "order.number"},
	{anOrder, `{"supplier": "{supplier}", "origin": "a\u001db", "lines": [` + goodLine + `]}`, "order.origin"},
	{anOrder, `{"supplier": "{supplier}", "colour": "red", "lines": [` + goodLine + `]}`, "colour"},
	{anOrder, `{`, "INVALID_ARGUMENT"},
	{aRelease, `{}`, "has no line"},
	{aRelease, `{"etag": "\"stale\""}`, "STALE_ETAG"},
	{"/v1/orders/2000000000:release", `{}`, "NOT_FOUND"},
	{"/v1/orders/0:release", `{}`, "name"},
	{"/v1/orders/3000000000:release", `{}`, "name"},
	{"/v1/{bought}:cancel", `{}`, "have been received"},
	{"/v1/{order}:cancel", `{"etag": "\"stale\""}`, "STALE_ETAG"},
	{"/v1/orders/2000000000:cancel", `{}`, "NOT_FOUND"},
	{aReceipt, `{}`, "lines"},
	{aReceipt, `{"lines": [{"lineId": "x", "quantity": {"value": "3"}, "lotNumber": "L"}]}`, "lines[0].line_id"},
	{aReceipt, `{"lines": [{"lineId": "2000000000", "quantity": {"value": "3"}, "lotNumber": "L"}]}`, "lines[0].line_id"},
	{aReceipt, `{"lines": [{"lineId": "{line}", "quantity": {"value": "0"}, "lotNumber": "L", ` + expiresThen + `}]}`, "lines[0].quantity"},
	{aReceipt, `{"lines": [{"lineId": "{line}", "quantity": {"value": "3"}}]}`, "lines[0].lot_number"},
	{aReceipt, `{"lines": [{"lineId": "{line}", "quantity": {"value": "3"}, "lotNumber": " L ", ` + expiresThen + `}]}`, "lines[0].lot_number"},
	{aReceipt, `{"lines": [{"lineId": "{line}", "quantity": {"value": "3"}, "lotNumber": "NEW"}]}`, "lines[0].expiration_date"},
	{aReceipt, `{"lines": [{"lineId": "{line}", "quantity": {"value": "3"}, "lotNumber": "{number}", "expirationDate": {"year": 2040, "month": 1, "day": 1}}]}`, "lines[0].expiration_date"},
	{aReceipt, `{"lines": [{"lineId": "{line}", "quantity": {"value": "3"}, "lotNumber": "NEW", "expirationDate": {"year": 2031, "month": 2, "day": 31}}]}`, "lines[0].expiration_date"},
	{aReceipt, `{"lines": [{"lineId": "{line}", "quantity": {"value": "3"}, "lotNumber": "{number}"}, {"lineId": "{line}", "quantity": {"value": "1"}, "lotNumber": "{number}"}]}`, "lines[1]"},
	{aReceipt, `{"etag": "\"stale\"", "lines": [{"lineId": "{line}", "quantity": {"value": "3"}, "lotNumber": "{number}"}]}`, "STALE_ETAG"},
	{"/v1/{done}:receive", `{"lines": [{"lineId": "{line}", "quantity": {"value": "3"}, "lotNumber": "{number}"}]}`, "done"},
	{"/v1/receipts/2000000000:receive", `{"lines": [{"lineId": "1", "quantity": {"value": "3"}, "lotNumber": "L"}]}`, "NOT_FOUND"},
	{anAmendment, `{}`, "lines"},
	{anAmendment, `{"lines": [{"id": "2000000000", "quantity": {"value": "3"}}]}`, "lines[0].id"},
	{anAmendment, `{"lines": [{"id": "x", "quantity": {"value": "3"}}]}`, "lines[0].id"},
	{anAmendment, `{"lines": [{"id": "{orderline}", "quantity": {"value": "-1"}}]}`, "lines[0].quantity"},
	{anAmendment, `{"lines": [{"id": "{orderline}", "product": "products/2000000000"}]}`, "lines[0].product"},
	{anAmendment, `{"lines": [{"id": "{orderline}", "receivedQuantity": {"value": "7"}}]}`, "lines[0].received_quantity"},
	{anAmendment, `{"lines": [{"id": "{orderline}", "unitPrice": {"units": "-2"}}]}`, "lines[0].unit_price"},
	{anAmendment, `{"lines": [{"id": "{orderline}", "unitPrice": {"units": "2", "currencyCode": "XXX"}}]}`, "lines[0].unit_price.currency_code"},
	{anAmendment, `{"lines": [{"id": "{orderline}", "description": "a\u001db"}]}`, "lines[0].description"},
	{anAmendment, `{"lines": [{"id": "{orderline}", "quantity": {"value": "3"}}, {"id": "{orderline}", "quantity": {"value": "4"}}]}`, "lines[1].id"},
	{anAmendment, `{"lines": [{"product": "products/2000000000", "quantity": {"value": "3"}, "unitPrice": {"units": "2"}}]}`, "lines[0].product"},
	{anAmendment, `{"lines": [{"product": "{product}", "quantity": {"value": "3"}}]}`, "lines[0].unit_price"},
	{anAmendment, `{"etag": "\"stale\"", "lines": [{"id": "{orderline}", "quantity": {"value": "3"}}]}`, "STALE_ETAG"},
	{"/v1/{bought}:amend", `{"lines": [{"id": "{boughtline}", "quantity": {"value": "3"}}]}`, "lines[0].quantity"},
	{"/v1/{draft}:amend", `{"lines": [` + goodLine + `]}`, "not released"},
	{"/v1/orders/2000000000:amend", `{"lines": [` + goodLine + `]}`, "NOT_FOUND"},
	{aSubmission, `{}`, "has no line"},
	{aSubmission, `{"comment": "a\u001db"}`, "comment"},
	{aSubmission, `{"etag": "\"stale\""}`, "STALE_ETAG"},
	{"/v1/{order}:submit", `{}`, "is no draft"},
	{"/v1/orders/2000000000:submit", `{}`, "NOT_FOUND"},
	{anApproval, `{}`, "has not been submitted"},
	{anApproval, `{"comment": "a\u001db"}`, "comment"},
	{anApproval, `{"etag": "\"stale\""}`, "STALE_ETAG"},
	{"/v1/{order}:approve", `{}`, "NOT_PERMITTED"},
	{"/v1/orders/2000000000:approve", `{}`, "NOT_FOUND"},
	{aTaking, `{}`, "reason"},
	{aTaking, `{"reason": " "}`, "reason"},
	{aTaking, `{"reason": "late is fine"}`, "has not answered otherwise"},
	{aTaking, `{"reason": "late is fine", "lineIds": ["2000000000"]}`, "line_ids[0]"},
	{aTaking, `{"reason": "late is fine", "lineIds": ["{orderline}"]}`, "line_ids[0]"},
	{aTaking, `{"reason": "late is fine", "etag": "\"stale\""}`, "STALE_ETAG"},
	{anAnswer, `{}`, "lines"},
	{anAnswer, `{"lines": [{"lineId": "2000000000", "status": "ACKNOWLEDGEMENT_STATUS_ACCEPTED"}]}`, "lines[0].line_id"},
	{anAnswer, `{"lines": [{"lineId": "{orderline}"}]}`, "lines[0].status"},
	{anAnswer, `{"lines": [{"lineId": "{orderline}", "status": "ACKNOWLEDGEMENT_STATUS_CHANGED"}]}`, "lines[0]"},
	{anAnswer, `{"lines": [{"lineId": "{orderline}", "status": "ACKNOWLEDGEMENT_STATUS_ACCEPTED", "quantity": {"value": "7"}}]}`, "lines[0].quantity"},
	{anAnswer, `{"lines": [{"lineId": "{orderline}", "status": "ACKNOWLEDGEMENT_STATUS_REJECTED", "quantity": {"value": "7"}}]}`, "lines[0].quantity"},
	{anAnswer, `{"lines": [{"lineId": "{orderline}", "status": "ACKNOWLEDGEMENT_STATUS_ACCEPTED"}, {"lineId": "{orderline}", "status": "ACKNOWLEDGEMENT_STATUS_REJECTED"}]}`, "lines[1].line_id"},
	{"/v1/{draft}:acknowledge", `{"lines": [{"lineId": "{orderline}", "status": "ACKNOWLEDGEMENT_STATUS_ACCEPTED"}]}`, "BUSINESS_RULE"},
	{aNotice, `{}`, "reference"},
	{aNotice, `{"reference": "D1"}`, "lines"},
	{aNotice, `{"reference": "D1", "lines": [{"lineId": "2000000000", "quantity": {"value": "1"}}]}`, "lines[0].line_id"},
	{aNotice, `{"reference": "D1", "lines": [{"lineId": "{line}", "quantity": {"value": "0"}}]}`, "lines[0].quantity"},
	{aNotice, `{"reference": "D1", "lines": [{"lineId": "{line}", "quantity": {"value": "1"}, "lotNumber": "a\u001db"}]}`, "lines[0].lot_number"},
	{aNotice, `{"reference": "D1", "lines": [{"lineId": "{line}", "quantity": {"value": "1"}, "lotNumber": "{number}", "expirationDate": {"year": 2040, "month": 1}}]}`, "2040-01-31 is announced"},
	{aNotice, `{"reference": "D1", "lines": [{"lineId": "{line}", "quantity": {"value": "1"}, "packageCode": "340123450000000012"}]}`, "lines[0].package_code"},
	{aNotice, `{"reference": "D1", "withdraw": true}`, "reference"},
	{"/v1/{done}:announce", `{"reference": "D1", "lines": [{"lineId": "1", "quantity": {"value": "1"}}]}`, "has come"},
	{"/v1/receipts/2000000000:announce", `{"reference": "D1", "lines": [{"lineId": "1", "quantity": {"value": "1"}}]}`, "NOT_FOUND"},
	{aMilestone, `{}`, "milestones"},
	{aMilestone, `{"milestones": [{"type": "MILESTONE_TYPE_DELIVERED"}]}`, "milestones[0].occur_time"},
	{aMilestone, `{"milestones": [{"occurTime": "2026-11-28T10:00:00Z"}]}`, "milestones[0].type"},
	{aMilestone, `{"trackingUrl": "javascript:alert(1)"}`, "tracking_url"},
	{"/v1/receipts/2000000000:reportMilestone", `{"carrier": "X"}`, "NOT_FOUND"},
	{anInvoice, `{}`, "invoice"},
	{anInvoice, `{"orders": ["{bought}"]}`, "invoice.invoice_date"},
	{anInvoice, `{"orders": [], "invoiceDate": {"year": 2026, "month": 11, "day": 28}}`, "invoice.orders"},
	{anInvoice, `{"orders": ["{bought}", "{order}"], "invoiceDate": {"year": 2026, "month": 11, "day": 28}}`, "invoice.orders"},
	{anInvoice, `{"orders": ["{bought}"], "invoiceDate": {"year": 2026, "month": 11, "day": 28}}`, "nothing to bill"},
	{anInvoice, `{"orders": ["{draft}"], "invoiceDate": {"year": 2026, "month": 11, "day": 28}}`, "not released"},
	{anInvoice, `{"orders": ["{bought}"], "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"orderLineId": "{boughtline}", "quantity": {"value": "1"}}]}`, "invoice.lines[0].quantity"},
	{anInvoice, `{"orders": ["{bought}"], "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"orderLineId": "{orderline}", "quantity": {"value": "1"}}]}`, "invoice.lines[0].order_line_id"},
	{anInvoice, `{"orders": ["orders/2000000000"], "invoiceDate": {"year": 2026, "month": 11, "day": 28}}`, "NOT_FOUND"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}}`, "invoice.lines"},
	{anInvoice, `{"supplier": "products/1", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"description": "x", "accountCode": "1", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.supplier"},
	{anInvoice, `{"supplier": "suppliers/2000000000", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"product": "{product}", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "NOT_FOUND"},
	{anInvoice, `{"supplier": "{supplier}", "lines": [{"product": "{product}", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.invoice_date"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"description": "x", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.lines[0].account_code"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"description": "x", "accountCode": "no such", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.lines[0].account_code"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"accountCode": "1", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.lines[0].description"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"product": "products/2000000000", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.lines[0].product"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"product": "{product}", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}, {"description": "x", "accountCode": "1", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.lines[1].account_code"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"product": "{product}", "unitPrice": {"units": "5"}}]}`, "invoice.lines[0].quantity"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"product": "{product}", "quantity": {"value": "1"}}]}`, "invoice.lines[0].unit_price"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"product": "{product}", "discountPercent": {"value": "101"}, "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.lines[0].discount_percent"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"product": "{product}", "taxes": [{"id": 2000000000}], "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.lines[0].taxes[0].id"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "currencyCode": "XXX", "lines": [{"product": "{product}", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.currency_code"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "lines": [{"product": "{product}", "orderLineId": "1", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.lines[0].order_line_id"},
	{anInvoice, `{"supplier": "{supplier}", "invoiceDate": {"year": 2026, "month": 11, "day": 28}, "supplierReference": " v-{number} ", "number": "B1", "lines": [{"product": "{product}", "quantity": {"value": "1"}, "unitPrice": {"units": "5"}}]}`, "invoice.number"},
	{"/v1/{bill}:post", `{}`, "ALREADY_EXISTS"},
	{"/v1/{dateless}:post", `{}`, "no invoice date"},
	{"/v1/{dateless}:post", `{"etag": "\"stale\""}`, "STALE_ETAG"},
	{"/v1/invoices/2000000000:post", `{}`, "NOT_FOUND"},
	{"/v1/{posted}:overrideMatch", `{}`, "reason"},
	{"/v1/{posted}:overrideMatch", `{"reason": "  "}`, "reason"},
	{"/v1/{posted}:overrideMatch", `{"reason": "a\u001db"}`, "reason"},
	{"/v1/{posted}:overrideMatch", `{"reason": "known"}`, "nothing to override"},
	{"/v1/{posted}:overrideMatch", `{"reason": "known", "etag": "\"stale\""}`, "STALE_ETAG"},
	{"/v1/invoices/2000000000:overrideMatch", `{"reason": "known"}`, "NOT_FOUND"},
	{aScrap, `{"reason": "broken"}`, "quantity"},
	{aScrap, `{"quantity": {"value": "1"}}`, "reason"},
	{aScrap, `{"quantity": {"value": "1"}, "reason": "  "}`, "reason"},
	{aScrap, `{"quantity": {"value": "0"}, "reason": "broken"}`, "quantity"},
	{aScrap, `{"quantity": {"value": "-1"}, "reason": "broken"}`, "quantity"},
	{aScrap, `{"quantity": {"value": "0.001"}, "reason": "broken"}`, "quantity"},
	{aScrap, `{"quantity": {"value": "5"}, "reason": "broken"}`, "Odoo has 4 of it there"},
	{aScrap, `{"quantity": {"value": "1"}, "unit": "{kilo}", "reason": "broken"}`, "unit"},
	{aScrap, `{"quantity": {"value": "1"}, "unit": "units/2000000000", "reason": "broken"}`, "unit"},
	{aScrap, `{"quantity": {"value": "1"}, "reason": "a\u001db"}`, "reason"},
	{aScrap, `{"quantity": {"value": "1"}, "reason": "broken", "etag": "\"stale\""}`, "STALE_ETAG"},
	{"/v1/{nolot}:scrap", `{"quantity": {"value": "1"}, "reason": "broken"}`, "is tracked"},
	{"/v1/{owned}:scrap", `{"quantity": {"value": "1"}, "reason": "broken"}`, "owner"},
	{"/v1/{outside}:scrap", `{"quantity": {"value": "1"}, "reason": "broken"}`, "no place of the house"},
	{"/v1/{strange}:scrap", `{"quantity": {"value": "1"}, "reason": "broken"}`, "there is no lots/"},
	{"/v1/{serial}:scrap", `{"quantity": {"value": "2"}, "reason": "broken"}`, "serials"},
	{"/v1/stockPositions/2000000000-1-0-0-0:scrap", `{"quantity": {"value": "1"}, "reason": "broken"}`, "products/2000000000"},
	{"/v1/stockPositions/1-2:scrap", `{"quantity": {"value": "1"}, "reason": "broken"}`, "name"},
	{aTransfer, `{"quantity": {"value": "1"}}`, "destination_location"},
	{aTransfer, `{"quantity": {"value": "9"}, "destinationLocation": "{ward}"}`, "Odoo has 4 of it there"},
	{aTransfer, `{"quantity": {"value": "1"}, "destinationLocation": "{place}"}`, "lie there already"},
	{aTransfer, `{"quantity": {"value": "1"}, "destinationLocation": "{vendors}"}`, "no place of the house"},
	{aTransfer, `{"quantity": {"value": "1"}, "destinationLocation": "locations/2000000000"}`, "destination_location"},
	{aCount, `{"countedQuantity": {"value": "3"}}`, "expected_quantity"},
	{aCount, `{"expectedQuantity": {"value": "4"}}`, "counted_quantity"},
	{aCount, `{"countedQuantity": {"value": "-1"}, "expectedQuantity": {"value": "4"}}`, "counted_quantity"},
	{aCount, `{"countedQuantity": {"value": "3"}, "expectedQuantity": {"value": "6"}}`, "Odoo has 4 there"},
	{aCount, `{"countedQuantity": {"value": "3"}, "expectedQuantity": {"value": "4"}, "etag": "\"stale\""}`, "STALE_ETAG"},
	{"/v1/{nolot}:adjust", `{"countedQuantity": {"value": "3"}, "expectedQuantity": {"value": "0"}}`, "is tracked"},
	{"/v1/{serial}:adjust", `{"countedQuantity": {"value": "2"}, "expectedQuantity": {"value": "0"}}`, "serials"},
	{aReturn, `{"reason": "damaged"}`, "lines"},
	{aReturn, `{"lines": [{"lineId": "{doneline}", "quantity": {"value": "1"}, "lotNumber": "{number}"}]}`, "reason"},
	{aReturn, `{"reason": "damaged", "lines": [{"lineId": "{doneline}", "quantity": {"value": "0"}, "lotNumber": "{number}"}]}`, "lines[0].quantity"},
	{aReturn, `{"reason": "damaged", "lines": [{"lineId": "{doneline}", "quantity": {"value": "5"}, "lotNumber": "{number}"}]}`, "4 have come"},
	{aReturn, `{"reason": "damaged", "lines": [{"lineId": "{doneline}", "quantity": {"value": "1"}}]}`, "lines[0].lot_number"},
	{aReturn, `{"reason": "damaged", "lines": [{"lineId": "{doneline}", "quantity": {"value": "1"}, "lotNumber": "NONE"}]}`, "lines[0].lot_number"},
	{aReturn, `{"reason": "damaged", "lines": [{"lineId": "2000000000", "quantity": {"value": "1"}, "lotNumber": "{number}"}]}`, "lines[0].line_id"},
	{aReturn, `{"reason": "damaged", "sourceLocation": "{ward}", "lines": [{"lineId": "{doneline}", "quantity": {"value": "1"}, "lotNumber": "{number}"}]}`, "0 lie there"},
	{aReturn, `{"reason": "damaged", "sourceLocation": "{vendors}", "lines": [{"lineId": "{doneline}", "quantity": {"value": "1"}, "lotNumber": "{number}"}]}`, "source_location"},
	{aReturn, `{"reason": "damaged", "lines": [{"lineId": "{doneline}", "quantity": {"value": "1"}, "lotNumber": "{number}"}, {"lineId": "{doneline}", "quantity": {"value": "1"}, "lotNumber": "{number}"}]}`, "lines[1]"},
	{"/v1/{receipt}:return", `{"reason": "damaged", "lines": [{"lineId": "{line}", "quantity": {"value": "1"}, "lotNumber": "{number}"}]}`, "nothing can go back"},
	{"/v1/receipts/2000000000:return", `{"reason": "damaged", "lines": [{"lineId": "1", "quantity": {"value": "1"}}]}`, "NOT_FOUND"},
	{"/v1/{lot}:hold", `{}`, "reason"},
	{"/v1/{lot}:releaseHold", `{"reason": "well"}`, "not held"},
	{"/v1/lots/2000000000:hold", `{"reason": "seen"}`, "NOT_FOUND"},
}
