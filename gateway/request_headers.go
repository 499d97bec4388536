package gateway

import (
	"net/http"
	"strings"
)

const (
	headerForwardedFor  = "X-Forwarded-For"
	headerForwardedHost = "X-Forwarded-Host"
	// unreadable stands in metadata for an address or host that was given in a
	// form that cannot be passed on. It is nobody's address.
	unreadable = "unreadable"
)

// passedOn are the request headers that the router sees: those that become
// metadata, and those that it reads itself.
var passedOn = [...]string{
	"Authorization", "Content-Type", "Grpc-Timeout", "Idempotency-Key", "If-Match", "Prefer", "Te", "Traceparent", "Tracestate", "User-Agent",
}

// incoming is incomingHeader with one header more.
func incoming(more string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if name == more && more != "" {
			return strings.ToLower(more), true
		}
		return incomingHeader(name)
	}
}

// incomingHeader names the metadata that a request header becomes. The router
// itself passes on Authorization and where the call comes from.
func incomingHeader(name string) (string, bool) {
	switch name {
	case headerRequestID:
		return "x-request-id", true
	case "Traceparent":
		return "traceparent", true
	case "Tracestate":
		return "tracestate", true
	case "Idempotency-Key":
		return "idempotency-key", true
	case "If-Match":
		return "if-match", true
	case "Prefer":
		return "prefer", true
	case "User-Agent":
		return "user-agent", true
	default:
		return "", false
	}
}

// routedHeader is the request's header as the router has to see it: with the
// request's id, with one type to accept where events are wanted, and with
// nothing that the mesh does not read.
func routedHeader(r *http.Request, id []string, more string) http.Header {
	out := make(http.Header, 8)
	for _, name := range passedOn {
		if values, ok := r.Header[name]; ok {
			out[name] = values
		}
	}
	if values, ok := r.Header[more]; ok && more != "" {
		out[more] = values
	}
	out[headerRequestID] = id
	if wantsEvents(r.Header["Accept"]) {
		out["Accept"] = []string{mimeEvents}
	}
	if hops := hops(r.Header); len(hops) > 0 {
		out[headerForwardedFor] = []string{strings.Join(hops, ", ")}
	}
	return out
}

// hops answers where proxies say that the call comes from. A header that names
// the place in another way, or in letters that metadata cannot have, still shows
// that there was a proxy: who trusts callers of this machine has to know that. It stands
// before what X-Forwarded-For says, whose end alone is the last proxy's own word.
func hops(h http.Header) []string {
	var hops []string
	for _, name := range [...]string{"Forwarded", "Via"} {
		if len(h[name]) > 0 {
			hops = append(hops, unreadable)
		}
	}
	for _, name := range [...]string{"X-Real-Ip", headerForwardedFor} {
		for _, value := range h[name] {
			hops = append(hops, readable(value))
		}
	}
	return hops
}

// forwardedHosts answers the hosts that a proxy, or a script in a browser, puts
// beside the one that the request was sent to. The router would let them take
// the place of that one, which would hide it from who has to check it.
func forwardedHosts(r *http.Request) []string {
	var hosts []string
	for _, value := range r.Header[headerForwardedHost] {
		hosts = append(hosts, readable(value))
	}
	if r.Host != "" && readable(r.Host) == unreadable {
		hosts = append(hosts, unreadable)
	}
	return hosts
}

func readable(value string) string {
	for i := range len(value) {
		if value[i] < 0x20 || value[i] > 0x7e {
			return unreadable
		}
	}
	return value
}
