package odoosim_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"odoomesh/internal/odoosim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFaultsCanBeSwitchedOn(t *testing.T) {
	partner := func(name string) []any { return []any{map[string]any{"name": name}} }
	for _, c := range []struct {
		name     string
		kind     odoosim.Kind
		executed bool
		code     int // of the XML-RPC fault, 0: none comes
	}{
		{"bad gateway", odoosim.BadGateway, false, 0},
		{"dropped before", odoosim.DropBefore, false, 0},
		{"dropped after the commit", odoosim.DropAfterCommit, true, 0},
		{"serialization", odoosim.Serialization, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSim(t, odoosim.Options{})
			call := newCaller(t, s)
			s.Faults().FailNext(1, c.kind)
			_, err := call.as(2, "admin", "res.partner", "create", partner("Once"), map[string]any{})
			var f *fault
			if err == nil || errors.As(err, &f) != (c.code != 0) || f != nil && f.code != c.code {
				t.Errorf("the caller sees %v", err)
			}
			found := call.must("res.partner", "search_count", []any{[]any{leafOf("name", "=", "Once")}}, nil)
			if (found == int64(1)) != c.executed {
				t.Errorf("%v records after the fault, executed should be %v", found, c.executed)
			}
		})
	}
}

// A load that loses against another transaction answers no fault but a message.
func TestLoadThatLosesAnswersAMessage(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	call := newCaller(t, s)
	s.Faults().FailNext(1, odoosim.Serialization)
	args := []any{[]any{"id", "name"}, rows([]any{"mesh.x", "X"})}
	got := call.must("res.partner", "load", args, nil).(map[string]any)
	if got["ids"] != false || len(got["messages"].([]any)) != 1 {
		t.Errorf("load answers %v", got)
	}
	if got := call.must("res.partner", "load", args, nil).(map[string]any); got["ids"] == false {
		t.Errorf("the second try answers %v", got)
	}
}

// A transaction in which a step failed half way cannot be committed.
func TestFailedStepAbortsTheTransaction(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	tx := s.Begin()
	if _, err := tx.Create("res.partner", map[string]any{"email": "nameless"}); err == nil {
		t.Fatal("a contact without a name was created")
	}
	if err := tx.Commit(); err == nil {
		t.Error("the transaction could be committed")
	}
}

func TestDownRefusesAndComesBack(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	call := newCaller(t, s)
	s.Faults().Down(true)
	if got, err := call.call("common", "version"); err == nil {
		t.Errorf("a server that is down answers %v", got)
	}
	s.Faults().Down(false)
	if _, err := call.call("common", "version"); err != nil {
		t.Error(err)
	}
	if n := s.CallsOf("common", "version"); n != 1 {
		t.Errorf("%d calls are counted, want the one that arrived", n)
	}
}

// A caller who goes away ends the waiting of a slow answer, and the call stands.
func TestSlowAnswerAfterTheCommit(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	s.Faults().SlowFor(time.Hour)
	s.Faults().FailNext(1, odoosim.Slow)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		body := recorded(t, 17, "authenticate.request.xml")
		r := httptest.NewRequest("POST", "/xmlrpc/2/common", newBody(body)).WithContext(ctx)
		s.ServeHTTP(httptest.NewRecorder(), r)
	}()
	for s.Calls() == 0 {
		runtime.Gosched() // until the call has arrived
	}
	cancel()
	if got := <-done; got != http.ErrAbortHandler {
		t.Errorf("the handler ended with %v, want the connection dropped", got)
	}
}

func TestRandomFaultsRepeatWithTheirSeed(t *testing.T) {
	pattern := func() (out []int) {
		s := newSim(t, odoosim.Options{})
		s.Faults().FailRandomly(0.5, 7, odoosim.BadGateway)
		for range 40 {
			out = append(out, post(s, "/xmlrpc/2/common", recorded(t, 17, "version.request.xml")).Code)
		}
		return out
	}
	a, b := pattern(), pattern()
	bad := 0
	for i := range a {
		if a[i] != b[i] {
			t.Fatal("the same seed gives other faults")
		}
		if a[i] == http.StatusBadGateway {
			bad++
		}
	}
	if bad == 0 || bad == len(a) {
		t.Errorf("%d of %d calls failed", bad, len(a))
	}
}

// Readers, writers, open transactions and the scenario at once; run with -race.
func TestConcurrentUse(t *testing.T) {
	s := newSim(t, odoosim.Options{})
	if err := s.LoadClinical(30); err != nil {
		t.Fatal(err)
	}
	call := newCaller(t, s)
	open := s.Begin() // never blocks anybody
	if _, err := open.Create("res.partner", map[string]any{"name": "Open"}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 25 {
				if _, err := call.as(2, "admin", "product.product", "search_read", []any{[]any{leafOf("write_date", ">=", "2020-01-01 00:00:00")}},
					map[string]any{"fields": []any{"name", "seller_ids", "write_date"}, "order": "write_date, id"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for range 50 {
			if err := s.Step(); err != nil {
				t.Error(err)
			}
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	wg.Go(func() {
		if err := s.Play(ctx, time.Millisecond); err != nil {
			t.Error(err)
		}
	})
	for range 25 {
		tx := s.Begin()
		if _, err := tx.Create("res.partner", map[string]any{"name": "Person"}); err != nil {
			t.Error(err)
		}
		if err := tx.Commit(); err != nil {
			t.Error(err)
		}
	}
	cancel()
	wg.Wait()
	if err := open.Commit(); err != nil {
		t.Error(err)
	}
}
