package odoo

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// serve answers the connecting calls, and every other with h.
func serve(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		if _, err := body.ReadFrom(r.Body); err != nil {
			return
		}
		switch text := body.String(); {
		case strings.Contains(text, "<methodName>version<"):
			_, _ = w.Write(responseBody(map[string]any{"server_serie": "18.0"}, nil))
		case strings.Contains(text, "<methodName>authenticate<"):
			_, _ = w.Write(responseBody(2, nil))
		default:
			h(w, r)
		}
	}
}

func wantTransport(t *testing.T, err error, kind TransportKind, mayHaveExecuted bool) {
	t.Helper()
	var got *TransportError
	if !errors.As(err, &got) || got.Kind != kind {
		t.Fatalf("got %v, want %v", err, kind)
	}
	if MayHaveExecuted(err) != mayHaveExecuted {
		t.Errorf("may have executed: %t, want %t", !mayHaveExecuted, mayHaveExecuted)
	}
	for _, secret := range []string{"s3cret", "127.0.0.1", "localhost"} {
		if kind != Unreachable && strings.Contains(err.Error(), secret) {
			t.Errorf("%q is in %v", secret, err)
		}
	}
}

func TestAnswersThatAreNoAnswers(t *testing.T) {
	tests := []struct {
		name     string
		handler  http.HandlerFunc
		kind     TransportKind
		executed bool
	}{
		{"connection closed", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, NoAnswer, true},
		{"cut short", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("<?xml"))
		}, NoAnswer, true},
		{"bad gateway", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, NoAnswer, true},
		{"forbidden by a proxy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, Blocked, true},
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusTemporaryRedirect)
		}, Blocked, true},
		{"not found", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, Blocked, true},
		{"a page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, Blocked, true},
		{"a page for people", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("\n<!DOCTYPE html><html>")) }, Blocked, true},
		{"something else", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) }, BadAnswer, true},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, BadAnswer, true},
		{"too large, announced", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = w.Write(make([]byte, 100000))
		}, TooLarge, true},
		{"too large, in pieces", func(w http.ResponseWriter, _ *http.Request) {
			for range 100 {
				_, _ = w.Write(make([]byte, 1000))
				w.(http.Flusher).Flush()
			}
		}, TooLarge, true},
		{"too large when unpacked", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(make([]byte, 1<<20))
			_ = z.Close()
		}, TooLarge, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(serve(tt.handler))
			defer server.Close()
			cfg := testConfig(server.URL)
			cfg.MaxResponseBytes = 10_000
			_, err := connected(t, cfg).Call(context.Background(), "m", "x", nil, nil)
			wantTransport(t, err, tt.kind, tt.executed)
		})
	}
}

func TestUnreachableMeansNothingWasSent(t *testing.T) {
	server := httptest.NewServer(serve(nil))
	c := connected(t, testConfig(server.URL))
	server.Close()
	// A connection that was kept may swallow one call before it is known to be
	// dead, and then nobody can tell what became of it.
	c.Close()
	_, err := c.Call(context.Background(), "m", "x", nil, nil)
	wantTransport(t, err, Unreachable, false)
}

// deadline is a context whose deadline passes when the test says so.
type deadline struct {
	context.Context
	passed chan struct{}
}

func (d deadline) Deadline() (time.Time, bool) { return time.Unix(1<<40, 0), true }
func (d deadline) Done() <-chan struct{}       { return d.passed }
func (d deadline) Err() error {
	select {
	case <-d.passed:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func TestDeadlinesAndCancelling(t *testing.T) {
	arrived := make(chan struct{}, 10)
	server := httptest.NewServer(serve(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	defer server.Close()

	t.Run("the deadline passes on the way", func(t *testing.T) {
		c := connected(t, testConfig(server.URL))
		ctx := deadline{Context: context.Background(), passed: make(chan struct{})}
		go func() {
			<-arrived
			close(ctx.passed)
		}()
		_, err := c.Call(ctx, "m", "x", nil, nil)
		wantTransport(t, err, Timeout, true)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
	t.Run("cancelled on the way", func(t *testing.T) {
		c := connected(t, testConfig(server.URL))
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			<-arrived
			cancel()
		}()
		_, err := c.Call(ctx, "m", "x", nil, nil)
		wantTransport(t, err, Canceled, true)
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	t.Run("cancelled before", func(t *testing.T) {
		c := connected(t, testConfig(server.URL))
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := c.Call(ctx, "m", "x", nil, nil)
		wantTransport(t, err, Canceled, false)
	})
}

func TestGzipIsRead(t *testing.T) {
	server := httptest.NewServer(serve(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("gzip is not accepted")
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(responseBody("packed", nil))
		_ = z.Close()
	}))
	defer server.Close()
	got, err := connected(t, testConfig(server.URL)).Call(context.Background(), "m", "x", nil, nil)
	if err != nil || got != "packed" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestCallsRunAtOnceOverKeptConnections(t *testing.T) {
	var mu sync.Mutex
	connections := 0
	together := sync.WaitGroup{}
	together.Add(4)
	server := httptest.NewUnstartedServer(serve(func(w http.ResponseWriter, _ *http.Request) {
		together.Done()
		together.Wait() // until four are here
		_, _ = w.Write(responseBody(true, nil))
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			mu.Lock()
			connections++
			mu.Unlock()
		}
	}
	server.Start()
	defer server.Close()
	c := connected(t, testConfig(server.URL))
	var calls sync.WaitGroup
	for i := range 4 {
		calls.Go(func() {
			if _, err := c.Call(context.Background(), "m", fmt.Sprint(i), nil, nil); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	for range 10 {
		if _, err := c.Connect(context.Background()); err != nil {
			t.Error(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if connections > 4 {
		t.Errorf("%d connections for four calls at once", connections)
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(serve(nil))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(server.URL)
	cfg.CAFile = file
	connected(t, cfg)

	cfg.CAFile = ""
	_, err := Connect(context.Background(), cfg)
	var refused *ConnectError
	if !errors.As(err, &refused) || refused.Reason != Down || MayHaveExecuted(err) {
		t.Errorf("an unknown authority: %v", err)
	}

	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{empty, "no such file"} {
		cfg.CAFile = name
		if _, err := New(cfg); err == nil {
			t.Errorf("%s was taken for a CA file", name)
		}
	}
}

func TestArgumentsThatCannotBeSentAreNamed(t *testing.T) {
	f := newFakeOdoo(t, nil)
	c := connected(t, testConfig(f.URL))
	_, err := c.Call(context.Background(), "res.partner", "create", []any{map[string]any{"name": "hidden\vname"}}, nil)
	var got *ArgumentError
	if !errors.As(err, &got) || MayHaveExecuted(err) {
		t.Fatalf("got %v", err)
	}
	if text := err.Error(); !strings.Contains(text, "args[0].name") || !strings.Contains(text, "U+000B") || strings.Contains(text, "hidden") {
		t.Error(text)
	}
}
