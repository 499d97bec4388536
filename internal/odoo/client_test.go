package odoo

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The recorded answers of each version, byte for byte, through the client.
func TestRecordedAnswers(t *testing.T) {
	for version := OldestMajor; version <= NewestMajor; version++ {
		t.Run(Version{Major: version}.String(), func(t *testing.T) {
			answers := map[string]string{
				"version": "version", "authenticate": "authenticate", "search_read": "search_read_products",
				"search": "empty_list", "do_print_picking": "fault_none", "create": "fault_user_error",
			}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var body strings.Builder
				if err := r.Write(&body); err != nil {
					t.Error(err)
				}
				_, rest, _ := strings.Cut(body.String(), "<?xml")
				call, err := parseCall("", rest)
				if err != nil {
					t.Error(err)
				}
				_, _ = w.Write(wire(t, version, answers[call.method]))
			}))
			defer server.Close()
			c := connected(t, testConfig(server.URL))
			ctx := context.Background()

			found, ok := c.Server()
			if !ok || found.Version.Major != version || found.Version.Minor != 0 || found.UserID != 2 {
				t.Errorf("connected to %+v", found)
			}
			if c.LastServerTime().IsZero() {
				t.Error("Odoo's clock was not kept")
			}
			products, err := c.SearchRead(ctx, "product.product", nil, []string{"name"}, ReadOptions{})
			if err != nil || len(products) != 3 {
				t.Fatalf("read %d products, %v", len(products), err)
			}
			for _, p := range products {
				name, err := p.String("name")
				if err != nil || name == "" || p.ID() == 0 {
					t.Errorf("%v: name %q, %v", p.ID(), name, err)
				}
				if barcode, err := p.Text("barcode"); err != nil || barcode != "" && len(barcode) < 8 {
					t.Errorf("barcode %q, %v", barcode, err)
				}
				if unit, ok, err := p.Many2One("uom_id"); err != nil || !ok || unit.Name != "Units" {
					t.Errorf("unit %+v, %v", unit, err)
				}
				if at, err := p.Time("write_date"); err != nil || at.Year() != 2026 {
					t.Errorf("written at %v, %v", at, err)
				}
				if _, err := p.Decimal("standard_price", 2); err != nil {
					t.Error(err)
				}
				if _, err := p.IDs("seller_ids"); err != nil {
					t.Error(err)
				}
			}
			ids, err := c.Search(ctx, "product.product", Where("id", "=", -1), ReadOptions{})
			if err != nil || len(ids) != 0 {
				t.Errorf("found %v, %v", ids, err)
			}
			_, err = c.CallOn(ctx, "stock.picking", "do_print_picking", []int64{1}, nil, nil)
			if !isFault(err, NotMarshalled) || !MayHaveExecuted(err) {
				t.Errorf("a method that returns None: %v", err)
			}
			_, err = c.Call(ctx, "res.partner", "create", []any{map[string]any{"email": "x"}}, nil)
			if !isFault(err, BusinessRule) || MayHaveExecuted(err) {
				t.Errorf("a refused record: %v", err)
			}
		})
	}
}

func TestConnectSaysWhy(t *testing.T) {
	unknownDatabase := recordedFaults(t)[0].String
	odooWith := func(version string, uid any) func(*testing.T) string {
		return func(t *testing.T) string {
			f := newFakeOdoo(t, nil)
			f.set(version, uid)
			return f.URL
		}
	}
	answering := func(h http.HandlerFunc) func(*testing.T) string {
		return func(t *testing.T) string {
			s := httptest.NewServer(h)
			t.Cleanup(s.Close)
			return s.URL
		}
	}
	tests := []struct {
		name   string
		server func(*testing.T) string
		reason ConnectReason
	}{
		{"wrong password", odooWith("18.0", false), WrongCredentials},
		{"too old", odooWith("15.0", 2), UnsupportedVersion},
		{"too new", odooWith("20.0", 2), UnsupportedVersion},
		{"no version", odooWith("", 2), NotOdoo},
		{"down", func(t *testing.T) string {
			s := httptest.NewServer(nil)
			s.Close()
			return s.URL
		}, Down},
		{"behind a proxy that is up", answering(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }), Down},
		{"a web site", answering(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>hello</html>")) }), NotOdoo},
		{"nothing there", answering(http.NotFound), NotOdoo},
		{"another XML-RPC server", answering(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(responseBody(nil, kfault(0, "no such method")))
		}), NotOdoo},
		{"a redirect", answering(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusMovedPermanently)
		}), NotOdoo},
		{"unknown database", answering(func(w http.ResponseWriter, r *http.Request) {
			var body strings.Builder
			_ = r.Write(&body)
			if strings.Contains(body.String(), "<methodName>version<") {
				_, _ = w.Write(wire(t, 18, "version"))
				return
			}
			_, _ = w.Write(responseBody(nil, kfault(1, unknownDatabase)))
		}), NoSuchDatabase},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Connect(context.Background(), testConfig(tt.server(t)))
			var got *ConnectError
			if !errors.As(err, &got) || got.Reason != tt.reason {
				t.Fatalf("got %v, want reason %d", err, tt.reason)
			}
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

func TestConnectCanBeRepeatedAndNoticesAnUpgrade(t *testing.T) {
	f := newFakeOdoo(t, func(received) (any, error) { return true, nil })
	c, err := New(testConfig(f.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := context.Background()
	if _, err := c.Call(ctx, "res.partner", "x", nil, nil); !errors.Is(err, ErrNotConnected) || MayHaveExecuted(err) {
		t.Errorf("a call before connecting: %v", err)
	}
	f.set("17.0", 2)
	if s, err := c.Connect(ctx); err != nil || s.Version.Major != 17 {
		t.Fatalf("got %+v, %v", s, err)
	}
	f.set("saas~18.4", 7)
	if s, err := c.Connect(ctx); err != nil || s.Version != (Version{Major: 18, Minor: 4, Raw: "saas~18.4"}) || s.UserID != 7 {
		t.Fatalf("got %+v, %v", s, err)
	}
	if _, err := c.Call(ctx, "res.partner", "x", nil, nil); err != nil {
		t.Error(err)
	}
	if got := f.last(t).params[1]; got != int64(7) {
		t.Errorf("called as user %v", got)
	}
}

func TestHelpersSendWhatOdooExpects(t *testing.T) {
	var result any
	f := newFakeOdoo(t, func(received) (any, error) { return result, nil })
	c := connected(t, testConfig(f.URL))
	ctx := context.Background()
	tests := []struct {
		name   string
		result any
		call   func() (any, error)
		method string
		args   []any
		kwargs map[string]any
		want   any
	}{
		{
			"search_read", []any{map[string]any{"id": 5}},
			func() (any, error) {
				rows, err := c.SearchRead(ctx, "m", Where("a", ">=", 1).And("b", "=", nil), []string{"x"},
					ReadOptions{Order: "id", Limit: 2, Offset: 4, Context: map[string]any{"lang": "en_US"}})
				return len(rows), err
			},
			"search_read",
			[]any{[]any{[]any{"a", ">=", int64(1)}, []any{"b", "=", false}}},
			map[string]any{"fields": []any{"x"}, "order": "id", "limit": int64(2), "offset": int64(4), "context": map[string]any{"active_test": false, "lang": "en_US"}},
			1,
		},
		{
			"read", []any{map[string]any{"id": 5}},
			func() (any, error) {
				rows, err := c.Read(ctx, "m", []int64{5, 6}, []string{"x"}, ReadOptions{ActiveTest: true})
				return len(rows), err
			},
			"read", []any{[]any{int64(5), int64(6)}, []any{"x"}},
			map[string]any{"context": map[string]any{"active_test": true}}, 1,
		},
		{
			"search", []any{3, 4},
			func() (any, error) { return c.Search(ctx, "m", nil, ReadOptions{}) },
			"search", []any{[]any{}}, map[string]any{"context": map[string]any{"active_test": false}}, []int64{3, 4},
		},
		{
			"search_count", 9,
			func() (any, error) { return c.SearchCount(ctx, "m", nil, ReadOptions{}) },
			"search_count", []any{[]any{}}, map[string]any{"context": map[string]any{"active_test": false}}, int64(9),
		},
		{
			"fields_get", map[string]any{"state": map[string]any{"type": "selection", "string": "State", "required": true, "store": true, "selection": []any{[]any{"draft", "Draft"}}}},
			func() (any, error) { return c.FieldsGet(ctx, "m", []string{"type"}) },
			"fields_get", []any{}, map[string]any{"attributes": []any{"type"}},
			map[string]Field{"state": {Name: "state", Type: "selection", Label: "State", Required: true, Store: true, Selection: []Choice{{"draft", "Draft"}}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			result = tt.result
			got, err := tt.call()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			call := f.last(t)
			if call.method != tt.method || call.model != "m" {
				t.Errorf("called %s.%s", call.model, call.method)
			}
			if diff := cmp.Diff(tt.args, call.args); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.kwargs, call.kwargs); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, call := range map[string]func() error{
		"search_read": func() error { _, err := c.SearchRead(ctx, "m", nil, nil, ReadOptions{}); return err },
		"search":      func() error { _, err := c.Search(ctx, "m", nil, ReadOptions{}); return err },
		"count":       func() error { _, err := c.SearchCount(ctx, "m", nil, ReadOptions{}); return err },
		"fields":      func() error { _, err := c.FieldsGet(ctx, "m", nil); return err },
	} {
		t.Run("wrong shape of "+name, func(t *testing.T) {
			result = "what"
			var got *TransportError
			if err := call(); !errors.As(err, &got) || got.Kind != BadAnswer {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestReadingNothingCallsNothing(t *testing.T) {
	f := newFakeOdoo(t, func(c received) (any, error) { t.Errorf("called %s", c.method); return nil, nil })
	c := connected(t, testConfig(f.URL))
	if rows, err := c.Read(context.Background(), "m", nil, []string{"x"}, ReadOptions{}); err != nil || len(rows) != 0 {
		t.Errorf("got %v, %v", rows, err)
	}
	if _, err := c.CallOn(context.Background(), "m", "unlink", nil, nil, nil); err == nil || MayHaveExecuted(err) {
		t.Errorf("a call on no records: %v", err)
	}
}
