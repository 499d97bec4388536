package issuer

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"

	"odoomesh/internal/access"
)

// OnlyLocal keeps pages to browsers of this machine that speak for themselves: not to a
// proxy which passes on what comes from elsewhere, and not to a page that was led here
// under another name (DNS rebinding).
func OnlyLocal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, err := netip.ParseAddrPort(r.RemoteAddr)
		passedOn := false
		for _, name := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
			passedOn = passedOn || len(r.Header[name]) > 0
		}
		if err != nil || !at.Addr().Unmap().IsLoopback() || passedOn || !access.IsLocalHost(r.Host) {
			http.Error(w, "The issuer for development is for browsers of this machine.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// RoundTrip implements http.RoundTripper: who is in the same process need not go through
// a port to ask.
func (i *Issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	a := &answer{header: http.Header{}, code: http.StatusOK}
	i.ServeHTTP(a, r)
	return &http.Response{
		Status: http.StatusText(a.code), StatusCode: a.code, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()), Request: r,
	}, nil
}

// answer keeps what is answered.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(code int) { a.code = code }

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }
