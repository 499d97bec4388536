// Package odooproxy is what can stand between the mesh and a right Odoo, for
// tests: rate limits, web filters, maintenance pages, gateways that cut answers,
// a clock that is wrong, values that no field should hold, a model that hangs. It
// spoils the calls that it is told to, counts all of them, and passes the others
// on as they are.
package odooproxy

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Trouble spoils one call. It answers by itself, or lets the call through to Odoo
// and spoils the answer.
type Trouble func(c Call, w http.ResponseWriter, odoo http.Handler)

// Proxy is an http.Handler before an Odoo. It is safe for concurrent use.
type Proxy struct {
	odoo http.Handler

	mu    sync.Mutex
	rules []*rule
	calls map[Call]int // by what is known of them
	shift time.Duration
}

type rule struct {
	match   Match
	trouble Trouble
	left    int // calls that it still spoils; below 0: all
	ended   chan struct{}
}

// New makes a proxy before a handler, such as a simulated Odoo.
func New(odoo http.Handler) *Proxy { return &Proxy{odoo: odoo, calls: map[Call]int{}} }

// To makes a proxy before the Odoo at a URL.
func To(root *url.URL) *Proxy { return New(httputil.NewSingleHostReverseProxy(root)) }

// Always spoils every call that matches, until the rule is ended or all are. Where
// several rules match a call, the one that was added first sees it first, and what
// it lets through meets the next.
func (p *Proxy) Always(m Match, t Trouble) (end func()) { return p.add(m, t, -1) }

// Next spoils the next n calls that match.
func (p *Proxy) Next(n int, m Match, t Trouble) (end func()) { return p.add(m, t, n) }

func (p *Proxy) add(m Match, t Trouble, n int) (end func()) {
	r := &rule{match: m, trouble: t, left: n, ended: make(chan struct{})}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = append(p.rules, r)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.end(r)
	}
}

// end takes a rule away and lets go of the calls that it holds. The caller holds mu.
func (p *Proxy) end(r *rule) {
	if i := slices.Index(p.rules, r); i >= 0 {
		p.rules = slices.Delete(p.rules, i, i+1)
		close(r.ended)
	}
}

// Clear ends all rules, and gives answers Odoo's own time again.
func (p *Proxy) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.rules) > 0 {
		p.end(p.rules[0])
	}
	p.shift = 0
}

// ShiftDate moves the Date header of Odoo's answers, as the clock of another
// machine in front of Odoo's database would be.
func (p *Proxy) ShiftDate(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shift = by
}

// Seen counts the calls that have come, spoiled or not.
func (p *Proxy) Seen(m Match) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for c, times := range p.calls {
		if m(c) {
			n += times
		}
	}
	return n
}

// ServeHTTP spoils the call or passes it on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller went away
	}
	c := callOf(r, body)
	p.mu.Lock()
	p.calls[c.known()]++
	shift := p.shift
	handler := p.odoo
	if shift != 0 {
		handler = shifted(handler, shift)
	}
	for _, rule := range slices.Backward(p.rules) {
		if rule.left == 0 || !rule.match(c) {
			continue
		}
		rule.left--
		handler = spoiled(c, rule, handler)
	}
	p.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	handler.ServeHTTP(w, r)
}

func spoiled(c Call, by *rule, odoo http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.Request, c.ended = r, by.ended
		by.trouble(c, w, odoo)
	})
}

func shifted(odoo http.Handler, by time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := carryOut(odoo, r)
		if t, err := http.ParseTime(answer.header.Get("Date")); err == nil {
			answer.header.Set("Date", t.Add(by).Format(http.TimeFormat))
		}
		answer.send(w)
	})
}
