package e2e

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	changev1 "odoomesh/gen/go/mesh/change/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/odoosim"
)

// What changed is told with what it was, to each caller as far as it meets it, and the
// history of a record is the same in the other order.
func TestWhatChangedIsTold(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 18, 20)
	kept := p.create(t, "product.product", map[string]any{"name": "Kanüle  16G 🩹", "standard_price": 4.25, "default_code": "OLD"})
	partner := p.create(t, "res.partner", map[string]any{"name": "Alpha Supplies", "supplier_rank": 1})
	twin := p.create(t, "res.partner", map[string]any{"name": "Alpha Suplies", "supplier_rank": 1})
	order := p.create(t, "purchase.order", map[string]any{"partner_id": twin, "order_line": []any{
		[]any{int64(0), int64(0), map[string]any{"product_id": kept, "product_qty": 2.0, "price_unit": 7.0}},
	}})
	c := settings(t, p)
	c.AccessFile = filepath.Join(t.TempDir(), "access.yaml")
	file := "principals:\n"
	for name, keys := range map[string]string{
		"whole": `rights: {"*": [read, operate]}`, "priceless": "rights: {\"*\": [read]}\n  hide_prices: true",
		"alpha": fmt.Sprintf("rights: {\"*\": [read]}\n  supplier: suppliers/%d", partner), "orders-only": "rights: {order: [read]}", "nothing": "rights: {event: [read]}",
	} {
		file += fmt.Sprintf("- name: %s\n  token_sha256: %x\n  %s\n", name, sha256.Sum256([]byte(name)), keys)
	}
	if err := os.WriteFile(c.AccessFile, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	m := start(t, c)
	changes := changev1.NewChangeServiceClient(m.conn)
	as := func(name string) context.Context {
		return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+name)
	}
	list := func(name string, r *changev1.ListChangesRequest) []*changev1.Change {
		t.Helper()
		var all []*changev1.Change
		for {
			page, err := changes.ListChanges(as(name), r)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all = append(all, page.GetChanges()...)
			if r.PageToken = page.GetNextPageToken(); r.PageToken == "" {
				return all
			}
		}
	}
	name := fmt.Sprintf("products/%d", kept)
	began := time.Now()
	in := func(check func(*changev1.Change) bool) {
		t.Helper()
		eventually(t, func() (bool, any) {
			all := list("whole", &changev1.ListChangesRequest{StartTime: timestamppb.New(began), PageSize: 1})
			return slices.ContainsFunc(all, check), all
		})
	}
	is := func(name string, kind typesv1.ChangeType) func(*changev1.Change) bool {
		return func(c *changev1.Change) bool { return c.GetName() == name && c.GetChangeType() == kind }
	}
	const created, updated, deleted = typesv1.ChangeType_CHANGE_TYPE_CREATED, typesv1.ChangeType_CHANGE_TYPE_UPDATED, typesv1.ChangeType_CHANGE_TYPE_DELETED
	p.write(t, "product.product", kept, map[string]any{"default_code": "NEW", "active": true})
	in(is(name, updated))
	p.write(t, "product.product", kept, map[string]any{"standard_price": 5.5})
	in(func(c *changev1.Change) bool { return slices.Contains(c.GetChangedFields().GetPaths(), "cost") })
	gone := p.create(t, "product.product", map[string]any{"name": "Gone soon"})
	goneName := fmt.Sprintf("products/%d", gone)
	in(is(goneName, created))
	p.unlink(t, "product.product", gone)
	in(is(goneName, deleted))
	orderName := fmt.Sprintf("orders/%d", order)
	if err := p.sim.Do(func(tx *odoosim.Tx) error {
		wizard, err := tx.Create("base.partner.merge.automatic.wizard", map[string]any{"partner_ids": []int64{twin, partner}, "dst_partner_id": partner})
		if err == nil {
			_, err = tx.Call("base.partner.merge.automatic.wizard", "action_merge", []int64{wizard}, nil)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	in(is(fmt.Sprintf("suppliers/%d", twin), deleted))
	in(is(orderName, updated))

	since := &changev1.ListChangesRequest{StartTime: timestamppb.New(began), Collections: []string{"products"}}
	t.Run("with what it was", func(t *testing.T) {
		all := list("whole", since)
		i := slices.IndexFunc(all, is(name, updated))
		first := all[i]
		if got := first.GetChangedFields().GetPaths(); !slices.Equal(got, []string{"sku"}) || first.GetDisplayName() != "Kanüle  16G 🩹" || first.GetSourceTime() == nil ||
			first.GetPrevious().AsMap()["sku"] != "OLD" || first.GetCurrent().AsMap()["sku"] != "NEW" || len(first.GetCurrent().GetFields()) != 1 {
			t.Errorf("%v", first)
		}
		i = slices.IndexFunc(all, is(goneName, deleted))
		if one := all[i]; one.GetPrevious().AsMap()["displayName"] != "Gone soon" || one.GetCurrent() != nil || one.GetDisplayName() != "Gone soon" {
			t.Errorf("%v", one)
		}
		if !slices.IsSortedFunc(all, func(a, b *changev1.Change) int {
			return a.GetRecordedTime().AsTime().Compare(b.GetRecordedTime().AsTime())
		}) {
			t.Error("they are not in order")
		}
	})
	t.Run("as far as the caller meets it", func(t *testing.T) {
		for as, want := range map[string]bool{"whole": true, "priceless": false} {
			told := slices.ContainsFunc(list(as, &changev1.ListChangesRequest{}), func(one *changev1.Change) bool { return strings.Contains(protojson.Format(one), "\"cost\"") })
			if told != want {
				t.Errorf("%s is told what a product costs: %v", as, told)
			}
		}
		history, err := changes.GetHistory(as("priceless"), &changev1.GetHistoryRequest{Name: name})
		if err != nil || len(history.GetChanges()) != 1 {
			t.Errorf("%v, %v", history, err)
		}
		all := list("alpha", &changev1.ListChangesRequest{})
		if !slices.ContainsFunc(all, is(orderName, created)) || slices.ContainsFunc(all, is(fmt.Sprintf("suppliers/%d", twin), deleted)) || strings.Contains(fmt.Sprint(all), "Suplies") {
			t.Errorf("a supplier is told %v", all)
		}
		for _, one := range list("orders-only", &changev1.ListChangesRequest{}) {
			if one.GetCollection() != "orders" {
				t.Errorf("%v", one)
			}
		}
		for caller, r := range map[string]*changev1.ListChangesRequest{"orders-only": since, "nothing": {}} {
			if _, err := changes.ListChanges(as(caller), r); refusalOf(err).reason != "NOT_PERMITTED" {
				t.Errorf("%s: %v", caller, err)
			}
		}
		for _, unknown := range []string{goneName, "products/999999"} {
			if _, err := changes.GetHistory(as("alpha"), &changev1.GetHistoryRequest{Name: unknown}); refusalOf(err).reason != "NOT_FOUND" {
				t.Errorf("%s: %v", unknown, err)
			}
		}
	})
	t.Run("the history of one record", func(t *testing.T) {
		var paths []string
		r := &changev1.GetHistoryRequest{Name: name, PageSize: 1}
		for {
			page, err := changes.GetHistory(as("whole"), r)
			if err != nil || page.GetOlderDropped() {
				t.Fatal(page, err)
			}
			for _, one := range page.GetChanges() {
				paths = append(paths, one.GetChangedFields().GetPaths()...)
			}
			if r.PageToken = page.GetNextPageToken(); r.PageToken == "" {
				break
			}
			if _, err := changes.GetHistory(as("alpha"), r); refusalOf(err).reason != "FOREIGN_TOKEN" {
				t.Errorf("another caller's token: %v", err)
			}
			if _, err := changes.GetHistory(as("whole"), &changev1.GetHistoryRequest{Name: goneName, PageToken: r.PageToken}); refusalOf(err).reason != "INVALID_PAGE_TOKEN" {
				t.Errorf("another record's token: %v", err)
			}
		}
		if !slices.Equal(paths, []string{"cost", "sku"}) {
			t.Errorf("%v", paths)
		}
		page, err := changes.GetHistory(as("whole"), &changev1.GetHistoryRequest{Name: goneName})
		if err != nil || len(page.GetChanges()) != 2 || page.GetChanges()[0].GetChangeType() != deleted || page.GetChanges()[1].GetChangeType() != created {
			t.Errorf("%v, %v", page, err)
		}
	})
	t.Run("what cannot be is refused", func(t *testing.T) {
		for field, r := range map[string]*changev1.ListChangesRequest{
			"collections": {Collections: []string{"product"}}, "position": {Position: "x"}, "page_token": {PageToken: "x"}, "page_size": {PageSize: 1001},
			"": {Position: "x", StartTime: timestamppb.Now()},
		} {
			if _, err := changes.ListChanges(as("whole"), r); refusalOf(err).reason == "" || field != "" && !slices.Contains(refusalOf(err).fields, field) {
				t.Errorf("%v: %v", r, err)
			}
		}
	})
	t.Run("a watch begins at a time", func(t *testing.T) {
		watch, err := m.products.WatchProducts(as("whole"), &productv1.WatchProductsRequest{StartTime: timestamppb.New(began)})
		if err != nil {
			t.Fatal(err)
		}
		for {
			got, err := watch.Recv()
			if err != nil {
				t.Fatal(err)
			}
			if got.GetProduct().GetName() == name {
				if got.GetProduct().GetSku() != "NEW" {
					t.Errorf("%v", got)
				}
				// A list goes on from the position of a watch.
				behind := list("whole", &changev1.ListChangesRequest{Position: got.GetPosition()})
				if len(behind) == 0 || slices.ContainsFunc(behind, func(c *changev1.Change) bool { return slices.Contains(c.GetChangedFields().GetPaths(), "sku") }) {
					t.Errorf("behind the watch: %v", behind)
				}
				break
			}
		}
	})
}

// The documentation shows real answers.
func TestTheAnswersInTheDocumentationOfChanges(t *testing.T) {
	t.Parallel()
	p := hospitalAtWork(t, 18, 20)
	product := p.create(t, "product.product", map[string]any{"name": "Cannula 16G", "default_code": "CAN-16", "standard_price": 4.25})
	m := start(t, settings(t, p))
	name := fmt.Sprintf("products/%d", product)
	p.write(t, "product.product", product, map[string]any{"standard_price": 5.5})
	got := &changev1.GetHistoryResponse{}
	eventually(t, func() (bool, any) {
		got.Reset()
		restInto(t, m, "/v1/"+name+":history", nil, got)
		return len(got.GetChanges()) == 1, got
	})
	listed := &changev1.ListChangesResponse{}
	restInto(t, m, "/v1/changes", url.Values{"start_time": {time.Now().Add(-time.Hour).Format(time.RFC3339)}, "collections": {"products"}}, listed)
	if len(listed.GetChanges()) != 1 || listed.GetPosition() == "" {
		t.Errorf("%v", listed)
	}
	one := got.GetChanges()[0]
	if one.GetRecordedTime() == nil || one.GetSourceTime() == nil {
		t.Errorf("%v", one)
	}
	text, err := os.ReadFile("../../docs/changes.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```json\n")
	shown, _, _ := strings.Cut(rest, "```")
	want := &changev1.Change{}
	if err := protojson.Unmarshal([]byte(shown), want); err != nil {
		t.Fatal(err)
	}
	want.Name, want.RecordedTime, want.SourceTime = name, one.GetRecordedTime(), one.GetSourceTime()
	if protojson.Format(want) != protojson.Format(one) {
		t.Errorf("the answer is %s", protojson.Format(one))
	}
}
