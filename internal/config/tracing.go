package config

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/net/http/httpguts"

	"odoomesh/internal/telemetry"
)

// Tracing is where spans of calls are sent, and of how many.
type Tracing struct {
	TraceEndpoint    string  `key:"trace-endpoint" doc:"URL of a collector that takes traces as OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces; https:// unless it is on this machine. Empty: nothing is traced."`
	TraceRatio       float64 `key:"trace-ratio" doc:"Part of the calls that are traced, from 0 to 1. Where a caller sends traceparent, its own decision counts instead."`
	TraceHeadersFile string  `key:"trace-headers-file" doc:"File with the headers that the collector asks for, one a line, such as Authorization: Bearer KEY."`
	TraceCAFile      string  `key:"trace-ca-file" doc:"PEM file with the authorities that may sign the collector's certificate, in place of the system's."`
}

func defaultTracing() Tracing { return Tracing{TraceRatio: 0.01} }

// Collector is what tracing takes. It reads the files that are named; a failure is an
// *Error.
func (t Tracing) Collector() (telemetry.Collector, error) {
	var found problems
	c := t.collector(&found)
	return c, found.err()
}

func (t Tracing) collector(found *problems) telemetry.Collector {
	c := telemetry.Collector{Endpoint: t.TraceEndpoint, Ratio: t.TraceRatio}
	var err error
	if c.Headers, err = readHeaders(t.TraceHeadersFile); err != nil {
		found.add("trace-headers-file", "%v", err)
	}
	if c.Authorities, err = readAuthorities(t.TraceCAFile); err != nil {
		found.add("trace-ca-file", "%v", err)
	}
	return c
}

func (t Tracing) check(found *problems) {
	if t.TraceEndpoint != "" {
		checkURL("trace-endpoint", t.TraceEndpoint, "set trace-headers-file instead",
			"plain http:// would show to the network who calls what; use https://, or a collector on this machine that passes traces on", found)
	}
	// Written so that a NaN is refused too.
	if !(t.TraceRatio >= 0 && t.TraceRatio <= 1) {
		found.add("trace-ratio", "%v is not from 0 to 1", t.TraceRatio)
	}
	t.collector(found)
}

// readAuthorities reads a PEM file of certificates.
func readAuthorities(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w; check the path and who may read it", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("it holds no certificate; write the authority's own, as PEM")
	}
	return pool, nil
}

// readHeaders reads a file of headers. Its errors quote nothing of it: it holds keys.
func readHeaders(path string) (map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w; check the path and who may read it", err)
	}
	headers := map[string]string{}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		name, value, found := strings.Cut(strings.TrimSpace(string(line)), ":")
		if name == "" && !found {
			continue
		}
		value = strings.TrimSpace(value)
		if !found || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, fmt.Errorf("line %d is no header; write name: value, such as Authorization: Bearer KEY", number)
		}
		headers[name] = value
	}
	if len(headers) == 0 {
		return nil, errors.New("there is no header; write name: value, such as Authorization: Bearer KEY")
	}
	return headers, nil
}
