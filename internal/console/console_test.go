package console_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	searchv1 "odoomesh/gen/go/mesh/search/v1"
	summaryv1 "odoomesh/gen/go/mesh/summary/v1"
	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/console"
)

// answers is a connection that answers by method.
type answers map[string]proto.Message

func (a answers) Invoke(_ context.Context, method string, _, reply any, _ ...grpc.CallOption) error {
	_, name, _ := strings.Cut(method[1:], "/")
	if answer := a[name]; answer != nil {
		if refusal, is := answer.(*refusal); is {
			return status.Error(refusal.code, "You lack the right to "+name+".")
		}
		proto.Merge(reply.(proto.Message), answer)
		return nil
	}
	return status.Error(codes.PermissionDenied, "You lack the right to "+name+".")
}

func (answers) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, status.Error(codes.PermissionDenied, "You lack the right to it.")
}

type refusal struct {
	proto.Message
	code codes.Code
}

const hostile = "<script>alert(1)</script>\x00\x1b[31m \u202egnp.exe \"' onload=x é 😀 "

var noon = timestamppb.New(time.Date(2026, 3, 29, 10, 0, 0, 0, time.UTC))

func everything() answers {
	long := hostile + strings.Repeat("ß", 64<<10)
	product := &productv1.Product{Name: "products/1", DisplayName: long, Sku: hostile, Attributes: map[string]string{hostile: long}}
	location := &inventoryv1.Location{Name: "locations/8", CompleteName: hostile, Usage: inventoryv1.LocationUsage_LOCATION_USAGE_INTERNAL}
	lot := &inventoryv1.Lot{Name: "lots/17", LotNumber: hostile, Product: "products/1"}
	position := &inventoryv1.StockPosition{Name: "stockPositions/1", InHouse: true, Product: "products/1", Location: "locations/8", Lot: "lots/17", LotNumber: hostile, Quantity: &decimal.Decimal{Value: "0.1"}, ReservedQuantity: &decimal.Decimal{Value: "0.05"}}
	return answers{
		"GetStatus": &operationsv1.GetStatusResponse{State: "ready", Odoo: &operationsv1.OdooStatus{Reachable: true}, OpenExceptions: 1,
			StockProof: &operationsv1.StockProof{ProveTime: noon, Compared: 7}, Collections: []*operationsv1.CollectionStatus{{Collection: "products", Loaded: true, FaultyRecords: 2}}},
		"ListFaultyRecords": &operationsv1.ListFaultyRecordsResponse{FaultyRecords: []*operationsv1.FaultyRecord{{Name: "products/1"}}},
		"ListExceptions":    &operationsv1.ListExceptionsResponse{Exceptions: []*operationsv1.Exception{{Name: "exceptions/1", Summary: long, Subject: "javascript:alert(1)"}}},
		"GetProduct":        product, "ListProducts": &productv1.ListProductsResponse{Products: []*productv1.Product{product}},
		"BatchGetProducts":  &productv1.BatchGetProductsResponse{Products: []*productv1.Product{product}},
		"BatchGetLocations": &inventoryv1.BatchGetLocationsResponse{Locations: []*inventoryv1.Location{location}},
		"GetLocation":       location, "GetLot": lot, "BatchGetLots": &inventoryv1.BatchGetLotsResponse{Lots: []*inventoryv1.Lot{lot}},
		"ListStockPositions": &inventoryv1.ListStockPositionsResponse{StockPositions: []*inventoryv1.StockPosition{position, position}},
		"VerifyBalances":     &inventoryv1.VerifyBalancesResponse{Compared: 7},
		"Search":             &searchv1.SearchResponse{Hits: []*searchv1.Hit{{Name: "products/1", DisplayName: hostile}, {Name: "//evil.example/x", DisplayName: "elsewhere"}}},
		"GetJourney":         &tracev1.Journey{Milestones: []*tracev1.Milestone{{Summary: hostile, Document: "javascript:alert(1)", Number: hostile, OccurTime: noon}}},
		"TraceLot": &tracev1.LotTrace{Lot: lot, Steps: []*tracev1.Step{
			{Movement: "movements/1", SourceLocation: "locations/4", DestinationLocation: "locations/8", Quantity: &decimal.Decimal{Value: "3"}},
			{Movement: "movements/2", SourceLocation: "locations/8", DestinationLocation: "locations/4", Quantity: &decimal.Decimal{Value: "1"}},
		}, Whereabouts: []*tracev1.Whereabouts{{Location: "locations/8", InHouse: true, Quantity: &decimal.Decimal{Value: "2"}}}},
	}
}

func pagesOf(a answers, lead func(http.ResponseWriter, *http.Request) bool) *console.Console {
	berlin := func() *time.Location { return time.FixedZone("CEST", 7200) }
	return console.New(console.Config{Conn: a, Lead: lead, Zone: berlin, Environment: "test", Clock: clock.System{}, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
}

func get(c http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

var (
	inline = regexp.MustCompile(`(?i)<script[^>]*>[^<]|<style|\sstyle=|\son[a-z]+=["']?[a-z]+\(|javascript:[^ <]*"`)
	links  = regexp.MustCompile(`(?:href|action|src)="([^"]*)"`)
)

// Whatever Odoo holds is text on a page, and no page has a script or style of its own.
func TestPagesShowHostileTextAsText(t *testing.T) {
	c := pagesOf(everything(), nil)
	for _, path := range []string{"", "/", "/proof", "/search?q=%3Cscript%3E", "/journeys?number=%22%3E%3Cscript%3E", "/products", "/products/1", "/lots/17", "/lots/17/trace", "/locations/8",
		"/stock?product=products/1", "/stock?product=%3Cscript%3E", "/expiring", "/exceptions", "/faulty", "/records", "/nothing/here"} {
		w := get(c, "/console"+path)
		body := w.Body.String()
		if found := inline.FindString(body); found != "" || strings.Contains(body, "<script>alert") {
			t.Errorf("%s: %q", path, found)
		}
		if strings.ContainsAny(body, "\x00\x1b\u202e") {
			t.Errorf("%s has characters that nobody sees", path)
		}
		if p := w.Header().Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %q, %v", path, p, w.Header())
		}
		if w.Body.Len() > 44_000 {
			t.Errorf("%s has %d bytes", path, w.Body.Len())
		}
		for _, m := range links.FindAllStringSubmatch(body, -1) {
			if to := m[1]; !strings.HasPrefix(to, "/console") && !strings.HasPrefix(to, "/v1/") && to != "/docs/" && to != "#main" && to != "data:," {
				t.Errorf("%s leads to %s", path, to)
			}
		}
	}
}

func TestHomeSaysWhatIsNotWell(t *testing.T) {
	body := get(pagesOf(everything(), nil), "/console").Body.String()
	for _, want := range []string{"2 things are not well.", "At 2026-03-29 12:00:00 the movements added up", "in all 7 balances", "/console/exceptions", "/console/faulty?collection=products"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not said", want)
		}
	}
}

// What is in all is what the sums say, and who may not ask for them is told so beside the
// positions.
func TestSumsAreThoseOfTheService(t *testing.T) {
	a := everything()
	a["SummarizeStock"] = &summaryv1.SummarizeStockResponse{Sums: []*summaryv1.StockSum{{Product: "products/1", ProductDisplayName: hostile, OnHandQuantity: &decimal.Decimal{Value: "0.2"},
		ReservedQuantity: &decimal.Decimal{Value: "0.1"}, HeldQuantity: &decimal.Decimal{Value: "0.07"}, EstimatedValues: []*money.Money{{CurrencyCode: "EUR", Units: 3, Nanos: 100_000_000}}}}}
	a["ListExpiringStock"] = &summaryv1.ListExpiringStockResponse{NextPageToken: "next", ExpiringStock: []*summaryv1.ExpiringStock{{Product: "products/1", ProductDisplayName: hostile, Lot: "lots/17", LotNumber: "L17",
		HoldState: inventoryv1.HoldState_HOLD_STATE_HELD, ExpirationTime: noon, Quantity: &decimal.Decimal{Value: "4"}, EstimatedValue: &money.Money{CurrencyCode: "EUR", Units: 12}}}}
	a["SummarizeOrders"] = &summaryv1.SummarizeOrdersResponse{Sums: []*summaryv1.OrderSum{{OrderCount: 9, LineCount: 12, LateOrderCount: 2, LateLineCount: 3}}}
	a["SummarizePayables"] = &summaryv1.SummarizePayablesResponse{NextPageToken: "more", Sums: []*summaryv1.PayableSum{{Supplier: "suppliers/7", SupplierDisplayName: hostile, OpenBillCount: 1, OpenRefundCount: 1,
		EarliestDueDate: &date.Date{Year: 2026, Month: 11, Day: 28}, NetAmount: &money.Money{CurrencyCode: "EUR", Units: -2, Nanos: -500_000_000}}}}
	a["ListOrders"] = &orderv1.ListOrdersResponse{Orders: []*orderv1.Order{{Name: "orders/60", Number: "P00060", ExpectedDate: &date.Date{Year: 2026, Month: 12, Day: 10}, Late: true, DaysLate: 2, Lines: []*orderv1.OrderLine{
		{RequestedDate: &date.Date{Year: 2026, Month: 12, Day: 10}}, {RequestedDate: &date.Date{Year: 2026, Month: 11, Day: 29}, Late: true},
		{RequestedDate: &date.Date{Year: 2026, Month: 11, Day: 28}, Late: true}, {RequestedDate: &date.Date{Year: 2026, Month: 11, Day: 1}},
	}}}}
	c := pagesOf(a, nil)
	for path, wanted := range map[string][]string{
		"/stock?product=products/1": {"<bdi>0.2</bdi>", "<bdi>0.1</bdi>", "<bdi>0.07</bdi>", "3.10 EUR", "<bdi>0.05</bdi>"},
		"/expiring?days=3":          {"L17", "<small><bdi>held</bdi></small>", "(expired)", "12.00 EUR", "page_token=next"},
		"/payables":                 {"<bdi>-2.50 EUR</bdi>", ">2026-11-28<", "page_token=more"},
		"/late":                     {"Of 9 open orders 2 are late, with 3 of 12 open lines.", ">2026-11-28<", ">2026-12-10<"},
	} {
		body := get(c, "/console"+path).Body.String()
		for _, want := range wanted {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %q is not there", path, want)
			}
		}
		if found := inline.FindString(body); found != "" {
			t.Errorf("%s: %q", path, found)
		}
	}
	if w := get(pagesOf(everything(), nil), "/console/stock?product=products/1"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "You lack the right to SummarizeStock.") || !strings.Contains(w.Body.String(), "<bdi>0.05</bdi>") {
		t.Errorf("without the right to sums: %d %s", w.Code, w.Body)
	}
}

// Only an environment whose name says that it is one for trying looks so.
func TestProductionIsUnmistakable(t *testing.T) {
	for environment, look := range map[string]string{
		"production": "production", "prod-north": "production", "clinic": "production", "production-test": "production", "test-of-production": "production", "": "production", "live": "production",
		"test": "trying", "staging-2": "trying", "north-qa": "trying", "development": "development", "dev": "development", "demo": "development",
	} {
		c := console.New(console.Config{Conn: answers{}, Environment: environment, Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler)})
		if body := get(c, "/console").Body.String(); !strings.Contains(body, `<body class="`+look+`">`) || !strings.Contains(body, `<span class="env">`+environment+`</span>`) {
			t.Errorf("%s does not look like %s", environment, look)
		}
	}
	style := get(pagesOf(answers{}, nil), "/console/static/console.css").Body.String()
	for _, look := range []string{"production", "trying", "development"} {
		if !strings.Contains(style, "."+look+"{--env:#") {
			t.Errorf("%s has no colour", look)
		}
	}
}

// Whoever lacks a right is told which, and whoever is not signed in is led there.
func TestWithoutRights(t *testing.T) {
	c := pagesOf(answers{}, nil)
	if w := get(c, "/console"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "You lack the right to GetStatus.") {
		t.Errorf("home: %d", w.Code)
	}
	for _, path := range []string{"/products/1", "/proof", "/late", "/payables", "/consumers", "/events", "/lots/1/trace"} {
		if w := get(c, "/console"+path); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "You lack the right to ") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	led := pagesOf(answers{"GetProduct": &refusal{code: codes.Unauthenticated}}, func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, "/signin?return="+r.URL.Path, http.StatusSeeOther)
		return true
	})
	if w := get(led, "/console/products/1"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/signin?return=/console/products/1" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
}

func TestWhatIsAskedWronglyIsSaid(t *testing.T) {
	c := pagesOf(everything(), nil)
	for path, want := range map[string]string{"/stock?product=x": "Product: write a name such as products/42", "/stock?lot=products/1": "Lot: ", "/expiring?days=x": "Within days", "/expiring?days=-1": "Within days", "/events?last=x": "last: write how many", "/events?last=501": "last: write how many"} {
		if w := get(c, "/console"+path); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/console/products/1", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
	if w := get(c, "/console/products/"+strings.Repeat("9", 5000)); w.Code == http.StatusInternalServerError {
		t.Error("a long name is an error of the mesh")
	}
}
