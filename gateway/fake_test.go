package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	"odoomesh/gateway"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// products is a ProductService whose answers a test puts in.
type products struct {
	productv1.UnimplementedProductServiceServer
	get      func(context.Context, *productv1.GetProductRequest) (*productv1.Product, error)
	batchGet func(context.Context, *productv1.BatchGetProductsRequest) (*productv1.BatchGetProductsResponse, error)
	list     func(context.Context, *productv1.ListProductsRequest) (*productv1.ListProductsResponse, error)
	watch    func(*productv1.WatchProductsRequest, grpc.ServerStreamingServer[productv1.WatchProductsResponse]) error
}

func (p *products) GetProduct(ctx context.Context, req *productv1.GetProductRequest) (*productv1.Product, error) {
	return p.get(ctx, req)
}

func (p *products) BatchGetProducts(ctx context.Context, req *productv1.BatchGetProductsRequest) (*productv1.BatchGetProductsResponse, error) {
	return p.batchGet(ctx, req)
}

func (p *products) ListProducts(ctx context.Context, req *productv1.ListProductsRequest) (*productv1.ListProductsResponse, error) {
	return p.list(ctx, req)
}

func (p *products) WatchProducts(req *productv1.WatchProductsRequest, stream grpc.ServerStreamingServer[productv1.WatchProductsResponse]) error {
	return p.watch(req, stream)
}

func registerProducts(ctx context.Context, mux *runtime.ServeMux, conn grpc.ClientConnInterface) error {
	return productv1.RegisterProductServiceHandlerClient(ctx, mux, productv1.NewProductServiceClient(conn))
}

type interceptors struct {
	unary  grpc.UnaryServerInterceptor
	stream grpc.StreamServerInterceptor
}

func newHandler(t testing.TB, p *products, o gateway.Options, in interceptors) http.Handler {
	t.Helper()
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	conn := gateway.InProcess(in.unary, in.stream, o.Logger)
	productv1.RegisterProductServiceServer(conn, p)
	o.Register = append(o.Register, registerProducts)
	handler, err := gateway.New(conn, o)
	if err != nil {
		t.Fatalf("making the gateway: %v", err)
	}
	return handler
}

func newServer(t testing.TB, p *products) *httptest.Server {
	t.Helper()
	return serve(t, newHandler(t, p, gateway.Options{}, interceptors{}))
}

func serve(t testing.TB, handler http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

type reply struct {
	*http.Response
	body string
}

// send makes a request with the headers given as pairs, and reads the whole answer.
func send(t testing.TB, server *httptest.Server, method, path string, headers ...string) reply {
	t.Helper()
	return sendBody(t, server, method, path, nil, headers...)
}

func sendBody(t testing.TB, server *httptest.Server, method, path string, body io.Reader, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	client := *server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: reading the answer: %v", method, path, err)
	}
	return reply{Response: resp, body: string(text)}
}

type errorAnswer struct {
	Error struct {
		Code    int
		Message string
		Status  string
		Details []map[string]any
	}
}

// failure reads an answer as AIP-193 writes an error.
func (r reply) failure(t testing.TB) errorAnswer {
	t.Helper()
	return parseFailure(t, r.body)
}

func parseFailure(t testing.TB, text string) errorAnswer {
	t.Helper()
	var e errorAnswer
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	if err := d.Decode(&e); err != nil {
		t.Fatalf("no error in JSON: %v: %q", err, text)
	}
	return e
}

// reason answers the reason of the one ErrorInfo that an error has to have.
func (e errorAnswer) reason(t testing.TB) string {
	t.Helper()
	var reasons []string
	for _, detail := range e.Error.Details {
		if strings.HasSuffix(detail["@type"].(string), "google.rpc.ErrorInfo") {
			reasons = append(reasons, detail["reason"].(string))
		}
	}
	if len(reasons) != 1 {
		t.Fatalf("ErrorInfo: got %d, want 1: %v", len(reasons), e.Error.Details)
	}
	return reasons[0]
}

// realistic answers a product as Odoo's demo data has them, with six prices.
func realistic(name string) *productv1.Product {
	unit := &typesv1.UnitOfMeasure{
		Name: "units/1", DisplayName: "Units", ReferenceUnit: "units/1",
		FactorNumerator: &decimal.Decimal{Value: "1"}, FactorDenominator: &decimal.Decimal{Value: "1"},
		Rounding: &decimal.Decimal{Value: "0.01"},
	}
	p := &productv1.Product{
		Name: name, Etag: `"9f86d081884c7d65"`, Sku: "GLV-NIT-M", DisplayName: "Gloves, nitrile, powder-free, M",
		Description: "Examination gloves, EN 455, 100 in a box.", Gtin: "04006381333931",
		Provenance: &typesv1.Provenance{
			OdooInstance: "hospital", Company: "General Hospital", CompanyId: 1,
			SourceTime: timestamppb.New(at(1_700_000_000, 0)), ObservedTime: timestamppb.New(at(1_700_000_050, 123_456_000)),
			VerifiedTime: timestamppb.New(at(1_700_000_100, 987_654_321)), MappingVersion: 3, Revision: 4711,
		},
		Attributes:  map[string]string{"risk_class": "IIa", "shelf": "B-12"},
		Identifiers: []*productv1.Identifier{{Type: productv1.IdentifierType_IDENTIFIER_TYPE_GTIN, Value: "04006381333931"}},
		Category:    &productv1.Category{Id: 12, Path: "All / Consumables / Gloves"},
		Kind:        productv1.Kind_KIND_GOODS, SourceKind: "product",
		Tracking: productv1.Tracking_TRACKING_LOT, SourceTracking: "lot",
		BaseUnit: unit, PurchaseUnit: unit,
		Cost:           &money.Money{CurrencyCode: "EUR", Units: 4, Nanos: 250_000_000},
		CanBePurchased: true, Active: true, OdooTemplateId: 31,
		CreateTime: timestamppb.New(at(1_600_000_000, 0)), UpdateTime: timestamppb.New(at(1_700_000_000, 0)),
	}
	for i := range 6 {
		p.SupplierPrices = append(p.SupplierPrices, &productv1.SupplierPrice{
			Id: string(rune('1' + i)), Supplier: "suppliers/7", PartNumber: "NIT-100-M", ProductName: "Nitril M",
			MinQuantity: &decimal.Decimal{Value: "10"},
			Price:       &money.Money{CurrencyCode: "EUR", Units: 3, Nanos: 990_000_000}, LeadTimeDays: 5,
			ValidFrom: &date.Date{Year: 2026, Month: 1, Day: 1}, Company: "General Hospital", Sequence: int32(i),
		})
	}
	return p
}
