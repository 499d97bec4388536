package odooproxy

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strings"

	"odoomesh/internal/odoosim/xmlrpc"
)

// Call is one request to Odoo as the proxy understands it.
type Call struct {
	// Model is the model that is called, "common" for the service that tells the
	// version and signs in, and empty for a page.
	Model string
	// Method is the method, or the path of a page.
	Method string
	// JSON tells that it came over JSON-2.
	JSON bool
	// Request is what came.
	Request *http.Request

	ended <-chan struct{}
}

// known is the call without what only its own time needs.
func (c Call) known() Call { return Call{Model: c.Model, Method: c.Method, JSON: c.JSON} }

func callOf(r *http.Request, body []byte) Call {
	if path, isJSON := strings.CutPrefix(r.URL.Path, "/json/2/"); isJSON {
		model, method, _ := strings.Cut(path, "/")
		return Call{Model: model, Method: method, JSON: true, Request: r}
	}
	page := Call{Method: r.URL.Path, Request: r}
	if !strings.HasPrefix(r.URL.Path, "/xmlrpc/2/") {
		return page
	}
	sent, err := xmlrpc.Decode(bytes.NewReader(body))
	if err != nil {
		return page
	}
	if strings.HasSuffix(r.URL.Path, "/common") {
		return Call{Model: "common", Method: sent.Method, Request: r}
	}
	c := Call{Request: r}
	if len(sent.Params) > 4 {
		c.Model, _ = sent.Params[3].(string)
		c.Method, _ = sent.Params[4].(string)
	}
	return c
}

// Match chooses calls.
type Match func(Call) bool

// Any chooses every call, those for a page included.
func Any(Call) bool { return true }

// Model chooses the calls of some models.
func Model(names ...string) Match {
	return func(c Call) bool { return slices.Contains(names, c.Model) }
}

// Method chooses the calls of some methods, whatever the model.
func Method(names ...string) Match {
	return func(c Call) bool { return slices.Contains(names, c.Method) }
}

// SignIn chooses the calls that sign in, over XML-RPC or JSON-2.
func SignIn(c Call) bool {
	return c.Model == "common" && c.Method == "authenticate" || c.JSON && c.Model == "res.users" && c.Method == "context_get"
}

// Data chooses the calls of models, and leaves out those that ask for the version
// or sign in.
func Data(c Call) bool { return c.Model != "" && c.Model != "common" && !SignIn(c) }

// Both chooses what two choose together.
func Both(a, b Match) Match { return func(c Call) bool { return a(c) && b(c) } }

// answer is what Odoo has answered, before it is sent on.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

// carryOut lets Odoo carry a call out and keeps its answer.
func carryOut(odoo http.Handler, r *http.Request) *answer {
	a := &answer{status: http.StatusOK, header: http.Header{}}
	odoo.ServeHTTP(a, r)
	return a
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

func (a *answer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.Header().Del("Content-Length")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // the caller may have gone away
}
