package odoo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/odoo/json2"
)

// Each recorded call is sent as it was recorded, through the client's own
// methods, and its answer comes back as XML-RPC would give it.
func TestRecordedJSON2(t *testing.T) {
	var now recordedJSON2
	f := newFakeJSON2(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(now.Status)
		_, _ = w.Write(now.Response)
	})
	c := connected(t, json2Config(f.URL))
	for _, recorded := range recordedJSON2Calls(t) {
		path := strings.TrimPrefix(recorded.Request.Path, "/json/2/")
		model, method, _ := strings.Cut(path, "/")
		if model == "res.users" || recorded.Status == http.StatusUnauthorized {
			continue // Connect's own
		}
		now = recorded
		t.Run(path, func(t *testing.T) {
			body, err := json.Marshal(recorded.Request.Body)
			if err != nil {
				t.Fatal(err)
			}
			decoded, err := json2.Decode(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			kwargs := decoded.(map[string]any)
			r := Request{Model: model, Method: method, Kwargs: kwargs}
			if list, on := kwargs["ids"].([]any); on {
				delete(kwargs, "ids")
				for _, id := range list {
					r.IDs = append(r.IDs, id.(int64))
				}
			}
			got, err := c.call(context.Background(), r)
			if diff := cmp.Diff(recorded.Request.Body, f.last(t).body); diff != "" || f.last(t).path != recorded.Request.Path {
				t.Errorf("sent to %s: %s", f.last(t).path, diff)
			}
			if recorded.Status != http.StatusOK {
				var fault *Fault
				if !errors.As(err, &fault) || strings.Contains(err.Error(), "File \"") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want, err := json2.Decode(bytes.NewReader(recorded.Response))
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Error(err, diff)
			}
		})
	}
}

func TestJSON2IsReadIntoRows(t *testing.T) {
	recorded := recordedJSON2Calls(t)[0]
	f := newFakeJSON2(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", "Mon, 23 Nov 2026 15:00:00 GMT")
		_, _ = w.Write(recorded.Response)
	})
	c := connected(t, json2Config(f.URL))
	server, _ := c.Server()
	if server.Protocol != JSON2 || server.UserID != 7 || server.Version.Major != 19 {
		t.Errorf("connected to %+v", server)
	}
	products, err := c.SearchRead(context.Background(), "product.product", Where("type", "!=", "service"), []string{"name"}, ReadOptions{Limit: 2})
	if err != nil || len(products) != 2 {
		t.Fatal(products, err)
	}
	unit, _, unitErr := products[0].Many2One("uom_id")
	sellers, sellersErr := products[1].IDs("seller_ids")
	barcode, barcodeErr := products[0].Text("barcode")
	at, timeErr := products[0].Time("write_date")
	if err := errors.Join(unitErr, sellersErr, barcodeErr, timeErr); err != nil || unit != (Ref{ID: 1, Name: "Units"}) || len(sellers) != 3 || barcode != "" || at.IsZero() {
		t.Error(unit, sellers, barcode, at, err)
	}
	sent := f.last(t)
	if sent.path != "/json/2/product.product/search_read" || sent.header.Get("Authorization") != "bearer "+fakeKey || sent.header.Get("X-Odoo-Database") != "db" {
		t.Errorf("sent to %s", sent.path)
	}
	want := map[string]any{"domain": []any{[]any{"type", "!=", "service"}}, "fields": []any{"name"}, "limit": 2.0, "context": map[string]any{"active_test": false}}
	if diff := cmp.Diff(want, sent.body); diff != "" {
		t.Error(diff)
	}
	if got := c.LastServerTime().Format("15:04:05"); got != "15:00:00" {
		t.Errorf("Odoo's clock is %s", got)
	}
}

func TestConnectingByJSON2(t *testing.T) {
	f := newFakeJSON2(t, nil)
	tests := []struct {
		name   string
		change func(*Config)
		reason ConnectReason
	}{
		{"wrong key", func(c *Config) { c.Password = wrongKey }, WrongCredentials},
		{"another user's key", func(c *Config) { c.User = "admin" }, WrongCredentials},
		{"a password that no header carries", func(c *Config) { c.Password = "pass\nword" }, WrongCredentials},
		{"wrong database", func(c *Config) { c.Database = "nodb" }, NoSuchDatabase},
		{"not there", func(c *Config) { c.URL += "/elsewhere" }, NotOdoo},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := json2Config(f.URL)
			tt.change(&cfg)
			_, err := Connect(context.Background(), cfg)
			var got *ConnectError
			if !errors.As(err, &got) || got.Reason != tt.reason || strings.Contains(err.Error(), cfg.Password.Reveal()) {
				t.Errorf("got %v", err)
			}
		})
	}
	f.set("", "mesh")
	if _, err := Connect(context.Background(), json2Config(f.URL)); err == nil || !strings.Contains(err.Error(), "an Odoo before 19 speaks XML-RPC only") {
		t.Errorf("an Odoo without JSON-2: %v", err)
	}
	f.set("20.0", "mesh")
	var unsupported *ConnectError
	if _, err := Connect(context.Background(), json2Config(f.URL)); !errors.As(err, &unsupported) || unsupported.Reason != UnsupportedVersion {
		t.Errorf("an Odoo 20: %v", err)
	}
}

func TestJSON2CallsBeforeConnectAreNotSent(t *testing.T) {
	f := newFakeJSON2(t, nil)
	for _, protocol := range Protocols() {
		cfg := json2Config(f.URL)
		cfg.Protocol = protocol
		c, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Call(context.Background(), "m", "x", nil, nil); !errors.Is(err, ErrNotConnected) || MayHaveExecuted(err) {
			t.Errorf("%s: %v", protocol, err)
		}
	}
}

func TestJSON2AnswersThatAreNoAnswers(t *testing.T) {
	tests := []struct {
		name     string
		handler  http.HandlerFunc
		kind     TransportKind
		executed bool
	}{
		{"connection closed", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, NoAnswer, true},
		{"cut short", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`[{"id": 1}, `))
		}, NoAnswer, true},
		{"refusal cut short", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(http.StatusInternalServerError)
		}, NoAnswer, true},
		{"bad gateway", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, NoAnswer, true},
		{"forbidden by a proxy", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }, Blocked, true},
		{"JSON of a proxy's", func(w http.ResponseWriter, _ *http.Request) {
			writeJSON(w, http.StatusTooManyRequests, map[string]any{"message": "slow down"})
		}, RateLimited, true},
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusTemporaryRedirect)
		}, Blocked, true},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, Blocked, true},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, BadAnswer, true},
		{"too large, announced", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = w.Write(make([]byte, 100000))
		}, TooLarge, true},
		{"too large, in pieces", func(w http.ResponseWriter, _ *http.Request) {
			for range 100 {
				_, _ = w.Write(bytes.Repeat([]byte(" "), 1000))
				w.(http.Flusher).Flush()
			}
		}, TooLarge, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := json2Config(newFakeJSON2(t, tt.handler).URL)
			cfg.MaxResponseBytes = 10_000
			_, err := connected(t, cfg).Call(context.Background(), "m", "x", nil, nil)
			wantTransport(t, err, tt.kind, tt.executed)
		})
	}
	exact := `"` + strings.Repeat("x", 9_998) + `"`
	cfg := json2Config(newFakeJSON2(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(exact)) }).URL)
	cfg.MaxResponseBytes = 10_000
	if _, err := connected(t, cfg).Call(context.Background(), "m", "x", nil, nil); err != nil {
		t.Errorf("as large as may be: %v", err)
	}
}

func TestJSON2RefusesWhatItCannotSend(t *testing.T) {
	f := newFakeJSON2(t, nil)
	c := connected(t, json2Config(f.URL))
	calls := len(f.calls)
	for _, r := range []Request{
		{Model: "purchase.order", Method: "message_subscribe", IDs: []int64{1}, Args: []any{[]int64{3}}},
		{Model: "res.partner", Method: "create", Args: []any{map[string]any{"name": "hidden\v"}}},
		{Model: "../../web", Method: "login"},
		{Model: "res.partner", Method: "x/y"},
		{Model: "res.partner", Method: ".."},
	} {
		_, err := c.call(context.Background(), r)
		var got *ArgumentError
		if !errors.As(err, &got) || MayHaveExecuted(err) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s.%s: %v", r.Model, r.Method, err)
		}
	}
	if len(f.calls) != calls {
		t.Error("something was sent")
	}
}

// None is no fault over JSON-2, and a create of one record answers its id.
func TestJSON2ResultsAreXMLRPCs(t *testing.T) {
	f := newFakeJSON2(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/create") {
			_, _ = w.Write([]byte("[50]"))
			return
		}
		_, _ = w.Write([]byte("null"))
	})
	c := connected(t, json2Config(f.URL))
	if got, err := c.CallOn(context.Background(), "purchase.order", "button_cancel", []int64{1}, nil, nil); got != nil || err != nil {
		t.Error(got, err)
	}
	if got, err := c.Call(context.Background(), "res.partner", "create", []any{map[string]any{"name": "x"}}, nil); got != int64(50) || err != nil {
		t.Error(got, err)
	}
}
