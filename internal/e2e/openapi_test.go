package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
)

// Every GET of the document that the mesh serves can be called as the document says:
// with a value for each parameter that it requires, written into the place that it
// names.
func TestEveryGETOfTheDocumentAnswers(t *testing.T) {
	t.Parallel()
	m := start(t, settings(t, hospitalAtWork(t, 18, 60)))
	var document struct {
		Paths map[string]map[string]struct {
			Responses  map[string]struct{ Content map[string]any }
			Parameters []struct {
				Name, In string
				Required bool
			}
		}
	}
	m.getJSON(t, "/openapi.json", &document)
	orders, err := orderv1.NewOrderServiceClient(m.conn).ListOrders(t.Context(), &orderv1.ListOrdersRequest{PageSize: 1})
	if err != nil || len(orders.GetOrders()) == 0 {
		t.Fatalf("no order: %v", err)
	}
	// So that there is an intent to ask for.
	held := &inventoryv1.HoldLotRequest{Name: m.firstName(t, "lots"), RequestId: "document", Reason: "the document is read"}
	if _, err := m.inventory.HoldLot(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	// And an approved vendor.
	proposed := &supplierv1.CreateApprovedVendorRequest{RequestId: "document-vendor", ApprovedVendor: &supplierv1.ApprovedVendor{Product: m.firstName(t, "products"), Supplier: m.firstName(t, "suppliers"), Reason: "the document is read"}}
	if _, err := supplierv1.NewApprovedVendorServiceClient(m.conn).CreateApprovedVendor(t.Context(), proposed); err != nil {
		t.Fatal(err)
	}
	called := 0
	for path, operations := range document.Paths {
		operation, ok := operations["get"]
		if !ok {
			continue
		}
		called++
		collection, _, _ := strings.Cut(strings.TrimPrefix(path, "/v1/"), "/")
		collection, _, _ = strings.Cut(collection, ":")
		if collection == "exceptions" && strings.Contains(path, "{") {
			continue // a mesh that is well has none
		}
		if collection == "consumers" && strings.Contains(path, "{") {
			continue // nobody follows events under a name here: the tests of meshctl do
		}
		if collection == "proposals" || collection == "governedDocuments" {
			continue // nothing is governed here: TestWhatIsGovernedIsChangedByTwo calls them
		}
		target, query := path, url.Values{}
		for _, p := range operation.Parameters {
			if !p.Required {
				continue
			}
			value, known := map[string]string{"number": orders.GetOrders()[0].GetNumber(), "q": orders.GetOrders()[0].GetNumber(), "principal": "local", "method": "orders.release"}[p.Name]
			if !known {
				value = m.firstName(t, collection)
			}
			if p.In == "query" {
				query.Set(p.Name, value)
				continue
			}
			if !known {
				_, value, _ = strings.Cut(value, "/")
			}
			target = strings.Replace(target, "{"+p.Name+"}", url.PathEscape(value), 1)
		}
		if len(query) > 0 {
			target += "?" + query.Encode()
		}
		_, stream := operation.Responses["200"].Content["text/event-stream"]
		m.answers(t, target, stream)
	}
	if called < 40 {
		t.Errorf("%d operations were called", called)
	}
}

// firstName is the name of a record of a collection.
func (m *mesh) firstName(t *testing.T, collection string) string {
	t.Helper()
	if collection == "operations" {
		collection = "products"
	}
	var list map[string]json.RawMessage
	found := ""
	eventually(t, func() (bool, any) {
		m.getJSON(t, "/v1/"+collection+"?page_size=1", &list)
		var records []struct{ Name string }
		if json.Unmarshal(list[collection], &records) == nil && len(records) > 0 {
			found = records[0].Name
		}
		return found != "", list
	})
	return found
}

func (m *mesh) getJSON(t *testing.T, path string, into any) {
	t.Helper()
	response := m.request(t, path)
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		t.Fatalf("GET %s: %d: %v", path, response.StatusCode, err)
	}
}

func (m *mesh) request(t *testing.T, path string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.rest+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return response
}

// answers asks for JSON, or for the first line of a stream of it.
func (m *mesh) answers(t *testing.T, path string, stream bool) {
	t.Helper()
	var response *http.Response
	// A mesh that has just loaded takes history over for a moment, and says so.
	eventually(t, func() (bool, any) {
		response = m.request(t, path)
		if response.StatusCode == http.StatusServiceUnavailable {
			return response.Body.Close() != nil, path
		}
		return true, nil
	})
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("GET %s: %d", path, response.StatusCode)
		return
	}
	var answer map[string]any
	if !stream {
		if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || len(answer) == 0 {
			t.Errorf("GET %s: %v (%v)", path, answer, err)
		}
		return
	}
	line, err := bufio.NewReader(response.Body).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &answer)
	}
	if err != nil || answer["error"] != nil {
		t.Errorf("GET %s: %s (%v)", path, line, err)
	}
}
