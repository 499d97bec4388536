package odooproxy_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/odoo"
	"odoomesh/internal/odooproxy"
	"odoomesh/internal/odoosim"
)

// house is a client of a simulated Odoo with a proxy before it.
func house(t *testing.T, protocol odoo.Protocol) (*odooproxy.Proxy, *odoo.Client) {
	t.Helper()
	const key = "0123456789abcdef0123456789abcdef01234567"
	sim, err := odoosim.New(odoosim.Options{Version: 19, APIKey: key})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.LoadClinical(10); err != nil {
		t.Fatal(err)
	}
	proxy := odooproxy.New(sim)
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	cfg := odoo.DefaultConfig()
	cfg.URL, cfg.Database, cfg.User, cfg.Password, cfg.Protocol = server.URL, "sim", "admin", "admin", protocol
	if protocol == odoo.JSON2 {
		cfg.Password = key
	}
	client, err := odoo.Connect(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return proxy, client
}

func names(t *testing.T, c *odoo.Client) ([]odoo.Row, error) {
	t.Helper()
	return c.SearchRead(context.Background(), "product.product", nil, []string{"name", "standard_price", "uom_id"}, odoo.ReadOptions{Order: "id"})
}

func both(t *testing.T, test func(*testing.T, *odooproxy.Proxy, *odoo.Client)) {
	for _, protocol := range []odoo.Protocol{odoo.XMLRPC, odoo.JSON2} {
		t.Run(string(protocol), func(t *testing.T) {
			proxy, client := house(t, protocol)
			test(t, proxy, client)
		})
	}
}

func TestCallsPassAndAreCounted(t *testing.T) {
	both(t, func(t *testing.T, proxy *odooproxy.Proxy, client *odoo.Client) {
		rows, err := names(t, client)
		if err != nil || len(rows) == 0 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		if n := proxy.Seen(odooproxy.Both(odooproxy.Model("product.product"), odooproxy.Method("search_read"))); n != 1 {
			t.Errorf("saw %d reads of products, want 1", n)
		}
		if n := proxy.Seen(odooproxy.SignIn); n != 1 {
			t.Errorf("saw %d sign-ins, want 1", n)
		}
	})
}

func TestOneModelIsSpoiledAndOthersAreNot(t *testing.T) {
	both(t, func(t *testing.T, proxy *odooproxy.Proxy, client *odoo.Client) {
		for name, tt := range map[string]struct {
			trouble odooproxy.Trouble
			says    string
		}{
			"denied":    {odooproxy.Denied(), "access denied"},
			"raised":    {odooproxy.Raised("ZeroDivisionError", "float division by zero"), "ZeroDivisionError"},
			"cut":       {odooproxy.Cut(), "no answer"},
			"gateway":   {odooproxy.BadGateway(), "502"},
			"forbidden": {odooproxy.AfterCommit(odooproxy.Forbidden()), "403"},
			"redirect":  {odooproxy.Redirect(), "302"},
		} {
			end := proxy.Always(odooproxy.Model("product.product"), tt.trouble)
			if _, err := names(t, client); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%s: %v, want %q", name, err, tt.says)
			}
			if _, err := client.Search(context.Background(), "res.partner", nil, odoo.ReadOptions{}); err != nil {
				t.Errorf("%s: partners: %v", name, err)
			}
			end()
		}
		if _, err := names(t, client); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestAHangingCallIsLetGo(t *testing.T) {
	both(t, func(t *testing.T, proxy *odooproxy.Proxy, client *odoo.Client) {
		proxy.Always(odooproxy.Model("product.product"), odooproxy.Hang())
		ended := make(chan error, 1)
		seen := proxy.Seen(odooproxy.Any)
		go func() {
			_, err := names(t, client)
			ended <- err
		}()
		for proxy.Seen(odooproxy.Any) == seen {
			select {
			case err := <-ended:
				t.Fatalf("it did not hang: %v", err)
			default:
			}
		}
		proxy.Clear()
		if err := <-ended; err == nil {
			t.Error("a call that hung was answered")
		}
	})
}

func TestAValueIsPutIntoOneRow(t *testing.T) {
	both(t, func(t *testing.T, proxy *odooproxy.Proxy, client *odoo.Client) {
		rows, err := names(t, client)
		if err != nil {
			t.Fatal(err)
		}
		raw, name := "<string>spoiled</string>", "name"
		if protocolOf(client) == odoo.JSON2 {
			raw = `"spoiled"`
		}
		proxy.Always(odooproxy.Any, odooproxy.Value(rows[1].ID(), name, raw))
		spoiled, err := names(t, client)
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			want, _ := rows[i].String(name)
			if i == 1 {
				want = "spoiled"
			}
			if got, err := spoiled[i].String(name); err != nil || got != want {
				t.Errorf("row %d: %q, %v; want %q", i, got, err, want)
			}
			if _, _, err := spoiled[i].Many2One("uom_id"); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestTheDateIsShifted(t *testing.T) {
	both(t, func(t *testing.T, proxy *odooproxy.Proxy, client *odoo.Client) {
		before := client.LastServerTime()
		proxy.ShiftDate(-4 * time.Minute)
		if _, err := names(t, client); err != nil {
			t.Fatal(err)
		}
		if moved := client.LastServerTime().Sub(before); moved > -3*time.Minute {
			t.Errorf("the date moved by %s, want some 4 minutes back", moved)
		}
	})
}

func TestOnlyTheNextCallsAreSpoiled(t *testing.T) {
	both(t, func(t *testing.T, proxy *odooproxy.Proxy, client *odoo.Client) {
		proxy.Next(1, odooproxy.Data, odooproxy.BadGateway())
		var failed *odoo.TransportError
		if _, err := names(t, client); !errors.As(err, &failed) {
			t.Errorf("first: %v", err)
		}
		if _, err := names(t, client); err != nil {
			t.Errorf("second: %v", err)
		}
	})
}

func protocolOf(c *odoo.Client) odoo.Protocol {
	server, _ := c.Server()
	return server.Protocol
}
