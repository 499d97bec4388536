package odoo

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"odoomesh/internal/clock"
)

const (
	dialTimeout     = 10 * time.Second
	idleTimeout     = 30 * time.Second // shorter than servers keep theirs, so that few calls meet a dead one
	maxErrorBody    = 64 << 10         // read from an answer that is refused, so that its connection can be used again
	maxTrustedBytes = 4 << 20          // of an announced length that is believed before the bytes are there
)

// poster sends requests to one Odoo. Connections are pooled, go to no
// proxy, and follow no redirect, which could carry the password elsewhere.
type poster struct {
	client *http.Client
	root   *url.URL
	limit  int64
	clock  clock.Clock
	// odooSeconds is Odoo's own clock as of its latest answer, in Unix seconds.
	odooSeconds atomic.Int64
}

func newPoster(c Config) (*poster, error) {
	root, err := c.root()
	if err != nil {
		return nil, err
	}
	tlsConfig := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("odoo: reading the CA file: %w", err)
		}
		tlsConfig.RootCAs = x509.NewCertPool()
		if !tlsConfig.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("odoo: the CA file %s holds no certificate", c.CAFile)
		}
	}
	transport := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     tlsConfig,
		TLSHandshakeTimeout: dialTimeout,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        c.MaxCalls,
		MaxIdleConnsPerHost: c.MaxCalls,
		IdleConnTimeout:     idleTimeout,
	}
	return &poster{
		client: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		root:  root,
		limit: c.MaxResponseBytes,
		clock: c.clock(),
	}, nil
}

// message is one request to Odoo.
type message struct {
	method, path string
	header       http.Header
	body         []byte
}

// post sends a body of XML and gives the whole answer. It fails with
// *TransportError.
func (p *poster) post(ctx context.Context, path string, body []byte) ([]byte, error) {
	resp, err := p.send(ctx, message{http.MethodPost, path, http.Header{"Content-Type": {"text/xml; charset=utf-8"}}, body})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		_, _ = io.CopyN(io.Discard, resp.Body, maxErrorBody)
		return nil, p.refused(resp)
	}
	answer, err := p.readAll(ctx, resp)
	if err != nil {
		return nil, err
	}
	if isPage(answer) {
		return nil, pageInstead(resp)
	}
	p.noteTime(resp)
	return answer, nil
}

// send sends a message and gives the answer as it begins, whatever its status.
// The caller closes its body. It fails with *TransportError.
func (p *poster) send(ctx context.Context, m message) (*http.Response, error) {
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	req, err := http.NewRequestWithContext(traced, m.method, p.root.JoinPath(m.path).String(), bytes.NewReader(m.body))
	if err != nil {
		return nil, &TransportError{Kind: Unreachable, Err: errors.New("the request cannot be made")}
	}
	req.Header = m.header
	req.Header.Set("User-Agent", "odoomesh")
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, failed(ctx, err, connected.Load())
	}
	return resp, nil
}

func (p *poster) readAll(ctx context.Context, resp *http.Response) ([]byte, error) {
	if resp.ContentLength > p.limit {
		return nil, p.tooLarge()
	}
	var answer bytes.Buffer
	answer.Grow(int(min(max(resp.ContentLength, 0), maxTrustedBytes)) + bytes.MinRead)
	if _, err := answer.ReadFrom(io.LimitReader(resp.Body, p.limit+1)); err != nil {
		return nil, failed(ctx, err, true)
	}
	if int64(answer.Len()) > p.limit {
		return nil, p.tooLarge()
	}
	return answer.Bytes(), nil
}

func (p *poster) tooLarge() error {
	return &TransportError{Kind: TooLarge, Sent: true, Err: fmt.Errorf("more than %d bytes", p.limit)}
}

// failed turns an error of the HTTP client into a TransportError without the
// URL, of which net/http repeats every part.
func failed(ctx context.Context, err error, sent bool) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	// net/http repeats a call on a fresh connection only when nothing of it was
	// written, so a call that ends in dialling was never sent.
	var network *net.OpError
	if errors.As(err, &network) && network.Op == "dial" {
		sent = false
	}
	kind := NoAnswer
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		kind, err = Canceled, context.Canceled
	case ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		kind, err = Timeout, context.DeadlineExceeded
	case !sent:
		kind = Unreachable
	}
	return &TransportError{Kind: kind, Sent: sent, Err: err}
}

// refused is an answer whose HTTP status says that Odoo's end point did not give
// it: XML-RPC answers 200 whatever happens, and JSON-2's refusals have a body of
// Odoo's own. It comes from something in front of Odoo, or there is no Odoo.
func (p *poster) refused(resp *http.Response) error {
	e := &TransportError{Kind: Blocked, Sent: true, Status: resp.StatusCode, Err: errors.New("not from Odoo's end point, but from something before it")}
	asked := retryAfter(resp.Header, p.clock.Now())
	switch {
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusServiceUnavailable && asked > 0:
		e.Kind, e.RetryAfter, e.Err = RateLimited, asked, errors.New("fewer calls are asked for")
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		e.Err = errors.New("a redirect, which is not followed; configure the URL that Odoo answers on")
	case resp.StatusCode >= 500:
		e.Kind, e.Err = NoAnswer, errors.New("from Odoo, or from what stands in front of it")
	}
	return e
}

// isPage tells whether a body is a page for people, such as one for maintenance.
func isPage(body []byte) bool {
	head := bytes.ToLower(bytes.TrimLeft(body[:min(len(body), 200)], " \t\r\n\uFEFF"))
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}

func pageInstead(resp *http.Response) error {
	return &TransportError{Kind: Blocked, Sent: true, Status: resp.StatusCode, Err: errors.New("an HTML page, and no answer of Odoo's")}
}

// noteTime keeps Odoo's clock as an answer of Odoo's tells it.
func (p *poster) noteTime(resp *http.Response) {
	if t, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		p.odooSeconds.Store(t.Unix())
	}
}

// serverTime is Odoo's clock as of its latest answer.
func (p *poster) serverTime() time.Time {
	seconds := p.odooSeconds.Load()
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
