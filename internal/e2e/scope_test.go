package e2e

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	searchv1 "odoomesh/gen/go/mesh/search/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/odoosim"
	"odoomesh/internal/race"
	"odoomesh/internal/scope"
)

// caller is a principal that is narrowed, and what it must never be sent.
type caller struct {
	name, keys string
	scope      *scope.Scope
	// foreign are texts that only foreign records have.
	foreign []string
}

// narrowed is a mesh with callers, and all that it has.
type narrowed struct {
	*mesh
	whole map[string]map[string]proto.Message // by collection and name
}

// Nothing that is foreign to a caller is sent to it, by no call, stream or route, and
// no price to one that has no prices.
func TestNobodyIsSentWhatIsForeign(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 18, 20)
	alpha := p.create(t, "res.partner", map[string]any{"name": "Alpha Supplies", "supplier_rank": 1})
	beta := p.create(t, "res.partner", map[string]any{"name": "Betaforeign Ltd", "supplier_rank": 1})
	product := p.create(t, "product.product", map[string]any{"name": "Shared article", "standard_price": 44410713.25, "list_price": 55510713.25})
	template := p.row(t, "product.product", product, "product_tmpl_id").id("product_tmpl_id")
	price, orders := map[int64]int64{}, map[int64]int64{}
	for partner, amount := range map[int64]float64{alpha: 66610713.25, beta: 77710713.25} {
		price[partner] = p.create(t, "product.supplierinfo", map[string]any{"partner_id": partner, "product_tmpl_id": template, "price": amount})
		orders[partner] = p.create(t, "purchase.order", map[string]any{"partner_id": partner, "partner_ref": map[int64]string{alpha: "REF-A", beta: "REF-FOREIGN"}[partner], "order_line": []any{
			[]any{int64(0), int64(0), map[string]any{"product_id": product, "product_qty": 2.0, "price_unit": amount}},
		}})
	}
	var second int64
	if err := p.sim.Do(func(tx *odoosim.Tx) error {
		euro, err := tx.Search("res.currency", []any{[]any{"name", "=", "EUR"}})
		if err != nil {
			return err
		}
		if second, err = tx.Create("res.company", map[string]any{"name": "Zweithaus", "currency_id": euro[0]}); err != nil {
			return err
		}
		users, err := tx.Search("res.users", []any{[]any{"login", "=", "admin"}})
		if err != nil {
			return err
		}
		if err := tx.Write("res.users", users, map[string]any{"company_ids": []any{[]any{int64(4), second, false}}}); err != nil {
			return err
		}
		if _, err := tx.Create("product.product", map[string]any{"name": "Zweitartikel", "company_id": second}); err != nil {
			return err
		}
		_, err = tx.Create("purchase.order", map[string]any{"partner_id": alpha, "company_id": second, "partner_ref": "REF-ZWEI"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	a, b := fmt.Sprintf("suppliers/%d", alpha), fmt.Sprintf("suppliers/%d", beta)
	callers := []caller{
		{"alpha", "supplier: " + a, &scope.Scope{Supplier: a}, []string{"Betaforeign", "REF-FOREIGN", "77710713", "44410713", "55510713"}},
		{"beta", "supplier: " + b, &scope.Scope{Supplier: b}, []string{"Alpha Supplies", "REF-A", "REF-ZWEI", "66610713", "44410713", "55510713", "Zweit"}},
		{"first", "companies: [1]", &scope.Scope{Companies: []int64{1}}, []string{"Zweit", "REF-ZWEI"}},
		{"second", fmt.Sprintf("companies: [%d]", second), &scope.Scope{Companies: []int64{second}}, []string{"REF-A", "REF-FOREIGN", "44410713"}},
		{"priceless", "hide_prices: true", &scope.Scope{HidePrices: true}, []string{"44410713", "55510713", "66610713", "77710713"}},
		{"carrier", "carrier: Nobody", &scope.Scope{Carrier: "Nobody"}, []string{"REF-", "66610713"}},
	}
	c := settings(t, p)
	c.AccessFile, c.Governed = filepath.Join(t.TempDir(), "access.yaml"), true
	file := "principals:\n"
	for _, name := range []string{"whole", "whole-too"} { // what is governed takes two
		file += fmt.Sprintf("- name: %s\n  token_sha256: %x\n  rights: {\"*\": [read, operate]}\n", name, sha256.Sum256([]byte(name)))
	}
	file += fmt.Sprintf("- name: orders-only\n  token_sha256: %x\n  rights: {order: [read]}\n", sha256.Sum256([]byte("orders-only")))
	for _, one := range callers {
		file += fmt.Sprintf("- name: %s\n  token_sha256: %x\n  rights: {\"*\": [read, write, operate]}\n  %s\n", one.name, sha256.Sum256([]byte(one.name)), one.keys)
	}
	if err := os.WriteFile(c.AccessFile, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	n := &narrowed{mesh: start(t, c)}
	n.readAll(t)
	for _, one := range race.Fewer(callers...) {
		t.Run(one.name, func(t *testing.T) { n.sweep(t, one) })
	}
	t.Run("nothing that is foreign is found", func(t *testing.T) {
		search := searchv1.NewSearchServiceClient(n.conn)
		find := func(as, q string) *searchv1.SearchResponse {
			out, err := search.Search(n.as(t, as), &searchv1.SearchRequest{Q: q})
			if err != nil {
				t.Fatal(err)
			}
			out.Freshness = nil
			return out
		}
		for _, q := range []string{"betaforeign", "ref-foreign", "REF-FOR", "REF-A", "alpha supplies", "ref-zwei", "zweitartikel", b, a, fmt.Sprintf("orders/%d", orders[beta]), "shared article"} {
			if len(find("whole", q).GetHits()) == 0 {
				t.Errorf("nobody finds %q", q)
			}
			for _, one := range callers {
				found := find(one.name, q)
				for _, foreign := range one.foreign {
					if text := protojson.Format(found); strings.Contains(text, foreign) {
						t.Errorf("%s finds by %q what is foreign: %s", one.name, q, text)
					}
				}
				if one.name != "priceless" && slices.Contains(one.foreign, strings.ToUpper(q)) && !proto.Equal(found, find(one.name, "such does not exist")) {
					t.Errorf("%s is answered otherwise for %q, which is foreign, than for what does not exist: %v", one.name, q, found)
				}
			}
		}
		for as, q := range map[string]string{"alpha": "ref-a", "beta": "betaforeign", "second": "ZWEITARTIKEL", "priceless": "alpha"} {
			if len(find(as, q).GetHits()) == 0 {
				t.Errorf("%s does not find its own by %q", as, q)
			}
		}
		reader := n.as(t, "orders-only")
		if out, err := search.Search(reader, &searchv1.SearchRequest{Q: "shared article"}); err != nil || len(out.GetHits()) > 0 || out.GetTruncated() {
			t.Errorf("who may not read products finds %v, %v", out, err)
		}
		if out, err := search.Search(reader, &searchv1.SearchRequest{Q: "ref-a"}); err != nil || len(out.GetHits()) != 1 || out.GetHits()[0].GetDetail() != "draft" {
			t.Errorf("who may read orders alone finds %v, %v", out, err)
		}
	})
	t.Run("a change of what is hidden", func(t *testing.T) {
		name := fmt.Sprintf("products/%d", product)
		before, err := n.products.GetProduct(n.as(t, "alpha"), &productv1.GetProductRequest{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		watch, err := n.products.WatchProducts(n.as(t, "alpha"), &productv1.WatchProductsRequest{Filter: fmt.Sprintf("name = %q", name)})
		if err == nil {
			_, err = watch.Recv() // the watch has begun
		}
		if err != nil {
			t.Fatal(err)
		}
		p.write(t, "product.supplierinfo", price[beta], map[string]any{"price": 77720713.25})
		eventually(t, func() (bool, any) {
			whole, err := n.products.GetProduct(n.as(t, "whole"), &productv1.GetProductRequest{Name: name})
			return err == nil && strings.Contains(protojson.Format(whole), "77720713"), whole
		})
		after, err := n.products.GetProduct(n.as(t, "alpha"), &productv1.GetProductRequest{Name: name})
		if err != nil || after.GetEtag() != before.GetEtag() {
			t.Errorf("the etag went from %s to %s, %v", before.GetEtag(), after.GetEtag(), err)
		}
		p.write(t, "product.supplierinfo", price[alpha], map[string]any{"price": 66620713.25})
		for {
			m, err := watch.Recv()
			if err != nil {
				t.Fatal(err)
			}
			if m.GetChangeType() == typesv1.ChangeType_CHANGE_TYPE_HEARTBEAT {
				continue
			}
			if len(m.GetProduct().GetSupplierPrices()) != 1 || m.GetProduct().GetSupplierPrices()[0].GetPrice().GetUnits() != 66620713 {
				t.Errorf("the first message is %v", m)
			}
			break
		}
	})
	t.Run("what is foreign takes as long as what does not exist", func(t *testing.T) {
		if race.Enabled {
			t.Skip("its times are those of the race detector")
		}
		n.takesAsLong(t, fmt.Sprintf("orders/%d", orders[beta]), "REF-FOREIGN")
	})
	t.Run("positions tell nothing, and are the caller's alone", func(t *testing.T) {
		positions := func(as, from string) (seen []string, err error) {
			watch, err := n.suppliers.WatchSuppliers(n.as(t, as), &supplierv1.WatchSuppliersRequest{Position: from})
			for len(seen) < 3 && err == nil {
				var m *supplierv1.WatchSuppliersResponse
				if m, err = watch.Recv(); err == nil {
					seen = append(seen, m.GetPosition())
				}
			}
			return seen, err
		}
		list := func(as, token string) (*orderv1.ListOrdersResponse, error) {
			return n.orders.ListOrders(n.as(t, as), &orderv1.ListOrdersRequest{PageSize: 1, PageToken: token})
		}
		seen, err := positions("alpha", "")
		if err != nil || seen[0] == seen[1] || len(seen[0]) != len(seen[2]) {
			t.Fatalf("%q, %v: whether something has changed elsewhere can be told", seen, err)
		}
		page, err := list("alpha", "")
		if err != nil || page.GetNextPageToken() == "" {
			t.Fatalf("%v, %v", page, err)
		}
		open, err := positions("whole", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := positions("alpha", seen[2]); err != nil {
			t.Errorf("it does not go on: %v", err)
		}
		if _, err := list("alpha", page.GetNextPageToken()); err != nil {
			t.Errorf("there is no next page: %v", err)
		}
		for whose, of := range map[string][2]string{"beta": {seen[0], page.GetNextPageToken()}, "whole": {seen[0], page.GetNextPageToken()}, "alpha": {open[0], ""}} {
			_, err := positions(whose, of[0])
			_, paged := list(whose, of[1])
			if refusalOf(err).reason != "FOREIGN_TOKEN" || of[1] != "" && refusalOf(paged).reason != "FOREIGN_TOKEN" {
				t.Errorf("%s goes on with what was another's: %v, %v", whose, err, paged)
			}
		}
	})
	t.Run("what is hidden cannot be asked for", func(t *testing.T) {
		list := func(r *orderv1.ListOrdersRequest) refusal {
			_, err := n.orders.ListOrders(n.as(t, "priceless"), r)
			return refusalOf(err)
		}
		got, err := n.products.ListProducts(n.as(t, "priceless"), &productv1.ListProductsRequest{Filter: "sales_price.units > 0 OR cost.units > 0"})
		if err != nil || len(got.GetProducts()) > 0 {
			t.Errorf("a filter by prices found %d products, %v", len(got.GetProducts()), err)
		}
		if r := list(&orderv1.ListOrdersRequest{OrderBy: "total_amount"}); r.reason != "INVALID_ORDER_BY" {
			t.Errorf("%v", r)
		}
		_, err = n.products.GetProduct(n.as(t, "priceless"), &productv1.GetProductRequest{Name: fmt.Sprintf("products/%d", product), ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"name", "cost.units"}}})
		if r := refusalOf(err); r.reason != "INVALID_FIELD_MASK" {
			t.Errorf("%v", err)
		}
	})
}

func (n *narrowed) as(t *testing.T, name string) context.Context {
	return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+name)
}

// rpcs are all methods of the mesh.
func rpcs() (all []protoreflect.MethodDescriptor) {
	protoregistry.GlobalFiles.RangeFiles(func(fd protoreflect.FileDescriptor) bool {
		for i := range fd.Services().Len() {
			for j := range fd.Services().Get(i).Methods().Len() {
				if m := fd.Services().Get(i).Methods().Get(j); strings.HasPrefix(string(m.FullName()), "mesh.") {
					all = append(all, m)
				}
			}
		}
		return true
	})
	return all
}

func newMessage(desc protoreflect.MessageDescriptor) proto.Message {
	found, err := protoregistry.GlobalTypes.FindMessageByName(desc.FullName())
	if err != nil {
		panic(err)
	}
	return found.New().Interface()
}

// ask calls any method, and reads a stream until it has nothing more for the moment.
func (n *narrowed) ask(ctx context.Context, m protoreflect.MethodDescriptor, request proto.Message) (answers []proto.Message, err error) {
	full := "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
	if !m.IsStreamingServer() {
		answer := newMessage(m.Output())
		return []proto.Message{answer}, n.conn.Invoke(ctx, full, request, answer)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := n.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, full)
	if err != nil {
		return nil, err
	}
	if err := stream.SendMsg(request); err != nil && err != io.EOF {
		return nil, err
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	for {
		answer := newMessage(m.Output())
		if err := stream.RecvMsg(answer); err == io.EOF {
			return answers, nil
		} else if err != nil {
			return answers, err
		}
		answers = append(answers, answer)
		if text := protojson.Format(answer); strings.Contains(text, "CHANGE_TYPE_HEARTBEAT") || strings.Contains(text, "mesh.heartbeat") {
			return answers, nil
		}
		r := answer.ProtoReflect()
		if reached := r.Descriptor().Fields().ByName("reached_event"); reached != nil && r.Get(reached).Int() == r.Get(r.Descriptor().Fields().ByName("newest_event")).Int() {
			return answers, nil
		}
	}
}

// filled is a request that asks for as much as it can.
func filled(m protoreflect.MethodDescriptor, name string) proto.Message {
	request := newMessage(m.Input())
	r := request.ProtoReflect()
	for field, value := range map[protoreflect.Name]any{"name": name, "number": name, "page_size": int32(1000), "include_current": true, "collection": "products"} {
		f := r.Descriptor().Fields().ByName(field)
		if f != nil && !f.IsList() {
			switch v := value.(type) {
			case string:
				if f.Kind() == protoreflect.StringKind {
					r.Set(f, protoreflect.ValueOfString(v))
				}
			case int32:
				if f.Kind() == protoreflect.Int32Kind {
					r.Set(f, protoreflect.ValueOfInt32(v))
				}
			case bool:
				if f.Kind() == protoreflect.BoolKind {
					r.Set(f, protoreflect.ValueOfBool(v))
				}
			}
		}
	}
	return request
}

// recordsIn are the records in an answer, by name.
func recordsIn(m proto.Message) map[string]proto.Message {
	found := map[string]proto.Message{}
	add := func(r protoreflect.Message) {
		if f := r.Descriptor().Fields().ByName("provenance"); f != nil {
			if name := r.Get(r.Descriptor().Fields().ByName("name")).String(); name != "" {
				found[name] = r.Interface()
			}
		}
	}
	add(m.ProtoReflect())
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Message() == nil || f.IsMap():
		case f.IsList():
			for i := range v.List().Len() {
				add(v.List().Get(i).Message())
			}
		default:
			add(v.Message())
		}
		return true
	})
	return found
}

// readAll reads all records as a caller who is not narrowed.
func (n *narrowed) readAll(t *testing.T) {
	t.Helper()
	n.whole = map[string]map[string]proto.Message{}
	for _, m := range rpcs() {
		if !strings.HasPrefix(string(m.Name()), "List") {
			continue
		}
		eventually(t, func() (bool, any) { // history may still be taken over
			answers, err := n.ask(n.as(t, "whole"), m, filled(m, ""))
			if err != nil {
				return false, fmt.Sprint(m.FullName(), err)
			}
			for name, r := range recordsIn(answers[0]) {
				collection, _, _ := strings.Cut(name, "/")
				if n.whole[collection] == nil {
					n.whole[collection] = map[string]proto.Message{}
				}
				n.whole[collection][name] = r
			}
			return true, nil
		})
	}
}

var someName = regexp.MustCompile(`"((suppliers|orders|requisitions|receipts|invoices|lots|movements|stockPositions|inventoryEvents)/[0-9]+)"`)

// own is what a refusal repeats of the request, and its examples.
var own = regexp.MustCompile(`no REF-FOREIGN\.|"resourceName": ?"REF-FOREIGN"|"REF-FOREIGN" is not written as in "[a-zA-Z]+/[-0-9a-f]+"|"resourceName": ?"[a-zA-Z]+/[-0-9]+"`)

// met are the records that a caller is to be sent.
func (n *narrowed) met(t *testing.T, c caller) map[string]bool {
	met := map[string]bool{}
	for collection, records := range n.whole {
		for name, r := range records {
			view, err := c.scope.View(collection, r.ProtoReflect().Descriptor())
			if err != nil {
				t.Fatal(err)
			}
			if view.Sees(r.(interface{ GetProvenance() *typesv1.Provenance }).GetProvenance().GetCompanyId(), r.ProtoReflect()) {
				met[name] = true
			}
		}
	}
	return met
}

func (n *narrowed) sweep(t *testing.T, c caller) {
	met := n.met(t, c)
	check := func(what, text string) {
		t.Helper()
		for _, foreign := range c.foreign {
			if at := strings.Index(text, foreign); at >= 0 {
				t.Fatalf("%s: %q is foreign: …%s…", what, foreign, text[max(0, at-200):min(len(text), at+100)])
			}
		}
		if c.scope.HidePrices && strings.Contains(text, `"units":`) {
			t.Fatalf("%s: a price in %.500s", what, text)
		}
		for _, found := range someName.FindAllStringSubmatch(text, -1) {
			if !met[found[1]] && (c.scope.Supplier == "" || !strings.Contains(found[2], "ots")) && !strings.Contains(text, "missing") {
				t.Fatalf("%s: %s is foreign, in %.2000s", what, found[1], text)
			}
		}
	}
	for _, m := range rpcs() {
		what := string(m.Name())
		answers, err := n.ask(n.as(t, c.name), m, filled(m, "REF-FOREIGN"))
		seen := map[string]bool{}
		for _, a := range answers {
			check(what, protojson.Format(a))
			for name := range recordsIn(a) {
				seen[name] = true
			}
		}
		switch code := status.Code(err); {
		case code == codes.OK, code == codes.PermissionDenied, code == codes.InvalidArgument, code == codes.NotFound:
		default:
			t.Errorf("%s: %v", what, err)
		}
		check(what, own.ReplaceAllString(fmt.Sprint(err), ""))
		for name := range seen {
			if !met[name] {
				t.Errorf("%s shows %s", what, name)
			}
		}
		if collection, ok := n.listed(m); ok && err == nil {
			for name := range n.whole[collection] {
				if met[name] != seen[name] {
					t.Errorf("%s: %s is met: %v, and shown: %v", what, name, met[name], seen[name])
				}
			}
		}
	}
	n.one(t, c, met, check)
	n.routes(t, c, check)
}

// listed is the collection that a method shows all of.
func (n *narrowed) listed(m protoreflect.MethodDescriptor) (string, bool) {
	what, ok := strings.CutPrefix(string(m.Name()), "List")
	if watched, is := strings.CutPrefix(string(m.Name()), "Watch"); is {
		what, ok = watched, true
	}
	if !ok {
		return "", false
	}
	what = strings.ToLower(what[:1]) + what[1:]
	return what, n.whole[what] != nil
}

// one asks for single records: a foreign one is answered as one that does not exist.
func (n *narrowed) one(t *testing.T, c caller, met map[string]bool, check func(string, string)) {
	for _, m := range rpcs() {
		if !strings.HasPrefix(string(m.Name()), "Get") && m.Name() != "TraceLot" && m.Name() != "VerifyRecord" {
			continue
		}
		for collection, records := range n.whole {
			none := collection + "/987654321"
			if collection == "stockPositions" {
				none += "-8-1-0-0"
			}
			_, missing := n.ask(n.as(t, c.name), m, filled(m, none))
			for i, name := range slices.Sorted(maps.Keys(records)) {
				if i%17 != 0 && met[name] {
					continue // of what is met, some are enough
				}
				answers, err := n.ask(n.as(t, c.name), m, filled(m, name))
				if err == nil {
					check(string(m.Name())+" "+name, protojson.Format(answers[0]))
				}
				if strings.HasPrefix(string(m.Name()), "Get") && !met[name] && (err == nil) != (missing == nil) {
					t.Errorf("%s %s: %v", m.Name(), name, err)
				}
				if err == nil || met[name] {
					continue
				}
				if got, want := strings.ReplaceAll(status.Convert(err).Message(), name, "X"), strings.ReplaceAll(status.Convert(missing).Message(), none, "X"); got != want {
					t.Errorf("%s %s: %q, and of one that does not exist %q", m.Name(), name, got, want)
				}
				if i > 20 {
					break
				}
			}
		}
	}
}

// routes asks every route of REST that reads.
func (n *narrowed) routes(t *testing.T, c caller, check func(string, string)) {
	for _, m := range rpcs() {
		rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
		for _, r := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
			pattern := r.GetGet()
			if pattern == "" {
				continue
			}
			paths := []string{pattern + "?"}
			if before, rest, ok := strings.Cut(pattern, "{name="); ok {
				collection, after, _ := strings.Cut(rest, "/*}")
				paths = nil
				for i, name := range slices.Sorted(maps.Keys(n.whole[collection])) {
					if i%15 == 0 || i < 5 {
						paths = append(paths, before+name+after+"?")
					}
				}
			}
			for _, path := range paths {
				path = strings.ReplaceAll(path, "{number=**}", "REF-FOREIGN")
				if strings.HasSuffix(path, ":watch?") {
					path += "include_current=true"
				}
				check("GET "+path, n.fetch(t, c.name, path))
			}
		}
	}
}

// fetch is what a route answers; of a stream, up to its first pause.
func (n *narrowed) fetch(t *testing.T, as, path string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, n.rest+strings.TrimSuffix(path, "?"), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+as)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var text strings.Builder
	for lines := bufio.NewReader(response.Body); ; {
		line, err := lines.ReadString('\n')
		text.WriteString(line)
		quiet := strings.Contains(line, "CHANGE_TYPE_HEARTBEAT") || strings.Contains(line, `"inventoryEvents":[]`)
		if err != nil || quiet && strings.Contains(path, ":") {
			return own.ReplaceAllString(text.String(), "")
		}
	}
}
