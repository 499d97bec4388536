package odoosim_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/kolo/xmlrpc"

	"odoomesh/internal/odoosim"
)

// client is a plain XML-RPC client on kolo/xmlrpc's wire format.
type client struct {
	url  string
	http http.Client
}

// fault is what the server refused with.
type fault struct {
	code int
	text string
}

func (f *fault) Error() string { return fmt.Sprintf("fault %d: %s", f.code, f.text) }

func dial(url string) *client {
	return &client{url: url, http: http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
}

func (c *client) call(service, method string, args ...any) (any, error) {
	body, err := xmlrpc.EncodeMethodCall(method, args...)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Post(c.url+"/xmlrpc/2/"+service, "text/xml", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	var f xmlrpc.FaultError
	if err := xmlrpc.Response(raw).Err(); errors.As(err, &f) {
		return nil, &fault{f.Code, f.String}
	} else if err != nil {
		return nil, err
	}
	var got any
	err = xmlrpc.Response(raw).Unmarshal(&got)
	return got, err
}

func (c *client) as(uid int, password, model, method string, args, kwargs any) (any, error) {
	return c.call("object", "execute_kw", "sim", uid, password, model, method, args, kwargs)
}

// caller is a client on a test server of its own.
type caller struct {
	*client
	t testing.TB
}

func newCaller(t testing.TB, s *odoosim.Sim) caller {
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return caller{dial(srv.URL), t}
}

func (c caller) must(model, method string, args []any, kwargs map[string]any) any {
	c.t.Helper()
	if kwargs == nil {
		kwargs = map[string]any{}
	}
	got, err := c.as(2, "admin", model, method, args, kwargs)
	if err != nil {
		c.t.Fatalf("%s.%s: %v", model, method, err)
	}
	return got
}
