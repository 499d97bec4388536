package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/odoosim"
)

// Deletions that are held back are an exception: it is listed, a person says that it is
// known, and it closes when it is settled.
func TestExceptionsAreSeenAndAcknowledged(t *testing.T) {
	t.Parallel()
	s := newSite(t, 10, 120, nil).settled()
	if r := s.run("exceptions", "list"); r.code != 0 || r.out != "" {
		t.Errorf("without exceptions: %+v", r)
	}
	s.do(func(tx *odoosim.Tx) error { return tx.Unlink("product.product", s.spare) })
	if held := s.run("resync", "products"); held.code != codeHeldBack {
		t.Fatalf("%+v", held)
	}
	var e operationsv1.Exception
	eventually(s.t, "the exception", func() bool {
		r := s.run("exceptions", "list", "-o", "json")
		return strings.Count(r.out, "\n") == 1 && protojson.Unmarshal([]byte(r.out), &e) == nil
	})
	if e.GetSubject() != "products" || e.GetNumbers()["held"] != "120" || e.GetState() != operationsv1.ExceptionState_EXCEPTION_STATE_OPEN {
		t.Errorf("got %v", &e)
	}
	if r := s.run("exceptions", "list"); !strings.Contains(r.out, "open") || !strings.Contains(r.out, "deletions held") || !strings.Contains(r.out, "120 products seem to be gone") {
		t.Errorf("%+v", r)
	}
	if r := s.run("status"); !strings.Contains(r.out, "1 open, 0 acknowledged") {
		t.Errorf("%+v", r)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"exceptions acknowledge " + e.GetName(), codeUsage, "--reason"},
		{"exceptions acknowledge exceptions/999 --reason known", codeNotFound, "exceptions/999"},
		{"exceptions acknowledge " + e.GetName() + " --reason known --etag old", codeError, "has changed"},
		{"exceptions get products/1", codeUsage, "exceptions"},
		{"exceptions", codeUsage, "list, get, acknowledge"},
	} {
		if r := s.run(strings.Fields(c.args)...); r.code != c.code || !strings.Contains(r.errs, c.says) {
			t.Errorf("%s: %+v, want code %d", c.args, r, c.code)
		}
	}
	if r := s.run("exceptions", "acknowledge", e.GetName(), "--reason", "an import is being undone"); r.code != 0 || !strings.Contains(r.out, "acknowledged") || !strings.Contains(r.out, "an import is being undone") {
		t.Errorf("%+v", r)
	}
	if r := s.run("resync", "products", "--accept-deletions"); r.code != 0 {
		t.Errorf("%+v", r)
	}
	eventually(s.t, "no exception", func() bool { return s.run("exceptions", "list").out == "" })
	if r := s.run("exceptions", "get", e.GetName()); r.code != 0 || !strings.Contains(r.out, "closed") || !strings.Contains(r.out, "an import is being undone") {
		t.Errorf("%+v", r)
	}
	if r := s.run("exceptions", "list", "--closed"); strings.Count(r.out, "\n") != 2 {
		t.Errorf("%+v", r)
	}
	if r := s.run("faulty"); r.code != 0 || r.out != "" {
		t.Errorf("%+v", r)
	}
}

func TestStatusSaysWhatCannotBeRead(t *testing.T) {
	var out, errs bytes.Buffer
	c := &client{world: world{out: &out, errs: &errs, clock: clock.Func(atNoon)}}
	if err := c.status(&operationsv1.GetStatusResponse{
		State: "degraded", Odoo: &operationsv1.OdooStatus{Instance: "erp"}, OpenExceptions: 2, AcknowledgedExceptions: 1,
		Clock: &operationsv1.ClockStatus{State: operationsv1.ClockState_CLOCK_STATE_DISAGREES, Offset: durationpb.New(-7 * time.Hour), Evidence: "The clock of Odoo's database is 7h0m0s behind the mesh's."},
		Collections: []*operationsv1.CollectionStatus{{Collection: "suppliers", Loaded: true, FaultyRecords: 3, Degradations: []*operationsv1.Degradation{
			{Model: "res.partner", Reason: "suppliers may be old", Cause: "429 Too Many Requests", Since: timestamppb.New(noon.Add(-time.Minute))},
		}}},
	}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2 open, 1 acknowledged", "3 records could not be read", "disagrees by 7h0m (behind). The clock of Odoo's database is 7h0m0s behind the mesh's.", "degraded"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	if want := "suppliers are degraded since 1m0s ago: res.partner cannot be read; suppliers may be old (429 Too Many Requests)"; !strings.Contains(errs.String(), want) {
		t.Errorf("%q is not in %s", want, errs.String())
	}
	for state, want := range map[operationsv1.ClockState]string{
		operationsv1.ClockState_CLOCK_STATE_UNSPECIFIED: "", operationsv1.ClockState_CLOCK_STATE_UNKNOWN: "unknown", operationsv1.ClockState_CLOCK_STATE_KNOWN: "known",
	} {
		if got := clockLine(&operationsv1.ClockStatus{State: state}); got != want {
			t.Errorf("%v: %q", state, got)
		}
	}
}
