package odoo_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"odoomesh/internal/odoo"
	"odoomesh/internal/odooproxy"
)

// behindProxy is a client of a simulated Odoo with a proxy before it.
func behindProxy(t *testing.T) (*odooproxy.Proxy, *odoo.Client) {
	t.Helper()
	sim, cfg := simulated(t, 17)
	proxy := odooproxy.New(sim)
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	cfg.URL = server.URL
	return proxy, connect(t, cfg)
}

func TestAPauseIsAskedForInSecondsOrUntilADate(t *testing.T) {
	for name, tt := range map[string]struct {
		trouble odooproxy.Trouble
		want    time.Duration
	}{
		"seconds":            {odooproxy.TooManyRequests("30"), 30 * time.Second},
		"a date":             {odooproxy.Status(http.StatusTooManyRequests, "Date", "Sat, 28 Nov 2026 14:00:00 GMT", "Retry-After", "Sat, 28 Nov 2026 14:02:00 GMT"), 2 * time.Minute},
		"nothing":            {odooproxy.TooManyRequests(""), time.Second},
		"rubbish":            {odooproxy.TooManyRequests("soon"), time.Second},
		"too long":           {odooproxy.TooManyRequests("999999999999"), time.Hour},
		"service overloaded": {odooproxy.Status(http.StatusServiceUnavailable, "Retry-After", "5"), 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			proxy, client := behindProxy(t)
			proxy.Next(1, odooproxy.Data, tt.trouble)
			_, err := client.SearchCount(context.Background(), "product.product", nil, odoo.ReadOptions{})
			var limited *odoo.TransportError
			if !errors.As(err, &limited) || limited.Kind != odoo.RateLimited || odoo.RetryAfter(err).Round(time.Second) != tt.want {
				t.Fatalf("got %v, again in %s, want %s", err, odoo.RetryAfter(err), tt.want)
			}
			seen := proxy.Seen(odooproxy.Any)
			if _, err := client.SearchCount(context.Background(), "res.partner", nil, odoo.ReadOptions{}); odoo.RetryAfter(err) <= 0 {
				t.Errorf("another call: %v", err)
			}
			if proxy.Seen(odooproxy.Any) != seen {
				t.Error("a call was sent during the pause")
			}
		})
	}
}

// A status without Odoo's own body says nothing about what Odoo has done.
func TestAnAnswerOfSomethingBeforeOdooLeavesTheOutcomeOpen(t *testing.T) {
	proxy, client := behindProxy(t)
	ctx := context.Background()
	for name, tt := range map[string]struct {
		trouble odooproxy.Trouble
		kind    odoo.TransportKind
	}{
		"forbidden":   {odooproxy.Forbidden(), odoo.Blocked},
		"not found":   {odooproxy.Status(http.StatusNotFound), odoo.Blocked},
		"redirect":    {odooproxy.Redirect(), odoo.Blocked},
		"page":        {odooproxy.Page(), odoo.Blocked},
		"bad gateway": {odooproxy.BadGateway(), odoo.NoAnswer},
		"cut":         {odooproxy.Cut(), odoo.NoAnswer},
	} {
		proxy.Next(1, odooproxy.Method("create"), odooproxy.AfterCommit(tt.trouble))
		if name == "cut" {
			proxy.Clear()
			proxy.Next(1, odooproxy.Method("create"), tt.trouble)
		}
		_, err := client.Call(ctx, "res.partner", "create", []any{map[string]any{"name": name}}, nil)
		var failed *odoo.TransportError
		if !errors.As(err, &failed) || failed.Kind != tt.kind || !odoo.MayHaveExecuted(err) {
			t.Errorf("%s: got %v, may have executed: %t", name, err, odoo.MayHaveExecuted(err))
		}
		if n, err := client.SearchCount(ctx, "res.partner", odoo.Where("name", "=", name), odoo.ReadOptions{}); err != nil || n != 1 {
			t.Errorf("%s: %d partners, %v", name, n, err)
		}
		if _, err := client.Call(ctx, "res.partner", "create", []any{map[string]any{"name": "right " + name}}, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
