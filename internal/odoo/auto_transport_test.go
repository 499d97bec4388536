package odoo

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// both is an Odoo that speaks XML-RPC and JSON-2.
type both struct {
	*httptest.Server
	xml  *fakeOdoo
	json *fakeJSON2
}

func newBoth(t *testing.T, version string) *both {
	t.Helper()
	b := &both{
		xml:  newFakeOdoo(t, func(received) (any, error) { return "by XML-RPC", nil }),
		json: newFakeJSON2(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`"by JSON-2"`)) }),
	}
	b.set(version)
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/xmlrpc/") {
			b.xml.serve(w, r)
			return
		}
		b.json.ServeHTTP(w, r)
	}))
	t.Cleanup(b.Close)
	return b
}

// set makes it another release; one before 19 has no page with its version.
func (b *both) set(version string) {
	b.xml.set(version, 7)
	page := ""
	if version >= "19" {
		page = version
	}
	b.json.set(page, "mesh")
}

func autoConfig(url string, password Secret) Config {
	c := testConfig(url)
	c.Protocol, c.Password = Auto, password
	return c
}

func wantAnswer(t *testing.T, c *Client, want string) {
	t.Helper()
	got, err := c.Call(context.Background(), "m", "x", nil, nil)
	if err != nil || got != want {
		t.Errorf("got %v, %v, want %q", got, err, want)
	}
}

func TestAutoChooses(t *testing.T) {
	tests := []struct {
		name     string
		version  string
		password Secret
		want     Protocol
		tried    bool // the password went into a header
	}{
		{"19 and a key", "19.0", fakeKey, JSON2, true},
		{"19 and a password", "19.0", "s3cret", XMLRPC, false},
		{"19 and a password that looks like a key", "19.0", wrongKey, XMLRPC, true},
		{"19 and a key in capitals", "19.0", Secret(strings.ToUpper(fakeKey)), XMLRPC, false},
		{"18 and a key", "18.0", fakeKey, XMLRPC, false},
		{"16 and a password", "16.0", "s3cret", XMLRPC, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBoth(t, tt.version)
			c := connected(t, autoConfig(b.URL, tt.password))
			server, _ := c.Server()
			if server.Protocol != tt.want || server.UserID != 7 || server.Version.String() != tt.version {
				t.Errorf("connected to %+v", server)
			}
			wantAnswer(t, c, map[Protocol]string{JSON2: "by JSON-2", XMLRPC: "by XML-RPC"}[tt.want])
			if tried := len(b.json.calls) > 0; tried != tt.tried {
				t.Errorf("tried as a key: %t", tried)
			}
			if c.LastServerTime().IsZero() {
				t.Error("Odoo's clock was not kept")
			}
			if tt.want == JSON2 && len(b.xml.calls) > 0 {
				t.Error("XML-RPC, which is deprecated, was called")
			}
		})
	}
}

func TestAutoFollowsAnUpgrade(t *testing.T) {
	b := newBoth(t, "18.0")
	c := connected(t, autoConfig(b.URL, fakeKey))
	wantAnswer(t, c, "by XML-RPC")
	b.set("19.0")
	if _, err := c.Connect(context.Background()); err != nil {
		t.Fatal(err)
	}
	wantAnswer(t, c, "by JSON-2")
}

// What keeps callers from JSON-2 keeps nobody from XML-RPC.
func TestAutoWorksWhereJSON2IsKeptAway(t *testing.T) {
	b := newBoth(t, "19.0")
	keeper := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/json/") {
			http.Error(w, "not from outside", http.StatusForbidden)
			return
		}
		b.Config.Handler.ServeHTTP(w, r)
	}))
	defer keeper.Close()
	wantAnswer(t, connected(t, autoConfig(keeper.URL, fakeKey)), "by XML-RPC")
}

func TestAutoFails(t *testing.T) {
	b := newBoth(t, "19.0")
	b.xml.set("19.0", false)
	tests := []struct {
		name   string
		change func(*Config)
		reason ConnectReason
	}{
		{"wrong key", func(c *Config) { c.Password = wrongKey }, WrongCredentials},
		{"wrong password", func(c *Config) { c.Password = "wrong" }, WrongCredentials},
		{"wrong database", func(c *Config) { c.Database = "nodb" }, NoSuchDatabase},
		{"not there", func(c *Config) { c.URL += "/elsewhere" }, NotOdoo},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := autoConfig(b.URL, fakeKey)
			tt.change(&cfg)
			_, err := Connect(context.Background(), cfg)
			var got *ConnectError
			if !errors.As(err, &got) || got.Reason != tt.reason {
				t.Errorf("got %v", err)
			}
		})
	}
	b.Close()
	var down *ConnectError
	if _, err := Connect(context.Background(), autoConfig(b.URL, fakeKey)); !errors.As(err, &down) || down.Reason != Down {
		t.Errorf("got %v", err)
	}
}
