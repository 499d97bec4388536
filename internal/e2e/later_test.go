package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// sentWith sends a command over REST with a header beside its id.
func (m *mesh) sentWith(t testing.TB, path, key, header, value, body string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.rest+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	request.Header.Set(header, value)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, answer
}

// A command that is sent while Odoo is down, to be carried out later, is answered at once
// and done once Odoo is back, and only then.
func TestWhatIsPutOffIsDoneWhenOdooIsBack(t *testing.T) {
	t.Parallel()
	p := simulated(t, 19, 10)
	m := start(t, settings(t, p))
	p.sim.Faults().Down(true)
	eventually(t, func() (bool, any) { r := m.ready(t); return !r.Odoo.Reachable, r })
	const swab = `{"displayName": "Swab", "sku": "SW-LATER", "kind": "KIND_CONSUMABLE", "category": {"id": "1"}}`
	later := func() *commandv1.Intent {
		t.Helper()
		response, body := m.sentWith(t, "/v1/products", "later-1", "Prefer", "respond-async", swab)
		made := &productv1.CreateProductResponse{}
		if err := protojson.Unmarshal(body, made); err != nil || response.StatusCode != http.StatusAccepted || response.Header.Get("Preference-Applied") != "respond-async" {
			t.Fatalf("%d %v %s: %v", response.StatusCode, response.Header, body, err)
		}
		return made.GetIntent()
	}
	first := later()
	if again := later(); first.GetState() != commandv1.State_STATE_DEFERRED || again.GetName() != first.GetName() {
		t.Errorf("%v, and again %v", first, again)
	}
	p.sim.Faults().Down(false)
	eventually(t, func() (bool, any) {
		status, body := m.get(t, "/v1/"+first.GetName(), nil)
		i := &commandv1.Intent{}
		err := protojson.Unmarshal(body, i)
		return status == http.StatusOK && err == nil && i.GetState() == commandv1.State_STATE_DONE && strings.HasPrefix(i.GetDocument(), "products/"), string(body)
	})
	if rows := p.rows(t, "product.product", []any{[]any{"default_code", "=", "SW-LATER"}}, []any{"name"}); len(rows) != 1 {
		t.Errorf("Odoo has %v", rows)
	}
}

// imported sends lines under an id, and gives the last word on them.
func (m *mesh) imported(t *testing.T, key, lines string) *commandv1.ImportProgress {
	t.Helper()
	response, body := m.sentWith(t, "/v1/products:importSupplierPrices", key, "Content-Type", "application/x-ndjson", lines)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", response.StatusCode, body)
	}
	last := &productv1.ImportSupplierPricesResponse{}
	for line := range bytes.Lines(body) {
		last.Reset()
		if err := protojson.Unmarshal(line, last); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if r := last.GetRow(); r.GetOutcome() == commandv1.ImportedRow_OUTCOME_REFUSED || r.GetOutcome() == commandv1.ImportedRow_OUTCOME_UNFINISHED {
			t.Errorf("%v", r)
		}
	}
	return last.GetProgress()
}

// A list of prices is entered once, however often it is sent.
func TestAListOfPricesThatIsSentTwiceIsEnteredOnce(t *testing.T) {
	t.Parallel()
	const rows = 200
	p := simulated(t, 19, 10)
	supplier := p.create(t, "res.partner", map[string]any{"name": "Asks", "is_company": true, "supplier_rank": 1})
	currency := p.currency(t)
	var list strings.Builder
	for n := range rows {
		sku := fmt.Sprintf("LIST-%d", n)
		p.create(t, "product.product", p.goods(map[string]any{"name": sku, "default_code": sku}))
		fmt.Fprintf(&list, "{\"sku\": %q, \"supplierPrice\": {\"supplier\": %q, \"price\": {\"currencyCode\": %q, \"units\": \"%d\", \"nanos\": 250000000}}}\n", sku, supplierName(supplier), currency, n+1)
	}
	m := start(t, settings(t, p))
	inOdoo := func() []raw {
		return p.rows(t, "product.supplierinfo", []any{[]any{"partner_id", "=", supplier}}, []any{"price", "product_tmpl_id", "write_date"})
	}
	first := m.imported(t, "list-1", list.String())
	if !first.GetComplete() || first.GetDone() != rows || first.GetCreated()+first.GetChanged() != rows {
		t.Errorf("%v", first)
	}
	entered := inOdoo()
	if len(entered) != rows {
		t.Fatalf("Odoo has %d prices", len(entered))
	}
	response, body := m.sentWith(t, "/v1/products:importSupplierPrices", "list-2", "Content-Type", "application/json", "{}")
	if response.StatusCode != http.StatusUnsupportedMediaType || !bytes.Contains(body, []byte("application/x-ndjson")) {
		t.Errorf("what is no lines: %d %s", response.StatusCode, body)
	}
	again := m.imported(t, "list-1", list.String())
	if !again.GetComplete() || again.GetDone() != rows || again.GetRefused()+again.GetUnfinished() > 0 {
		t.Errorf("%v", again)
	}
	if now := inOdoo(); !reflect.DeepEqual(now, entered) {
		t.Errorf("sending it again leaves %d prices, of which some differ: %v", len(now), again)
	}
	t.Logf("first %v; again %v", first, again)
}
