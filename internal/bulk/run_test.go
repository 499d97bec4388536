package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/odoo"
	"odoomesh/internal/store/badgerstore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const method = productv1.ProductService_CreateProduct_FullMethodName

// house is an Odoo in which products are made by their external ids.
type house struct {
	mu   sync.Mutex
	made map[string]int64
	// calls counts what makes something; down fails so many reads.
	calls, down int
}

func (h *house) SearchRead(context.Context, string, odoo.Domain, []string, odoo.ReadOptions) ([]odoo.Row, error) {
	return nil, nil
}

func (h *house) Call(_ context.Context, _, method string, args []any, kwargs map[string]any) (any, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch method {
	case "check_object_reference":
		if h.down > 0 {
			h.down--
			return nil, &odoo.TransportError{Kind: odoo.Unreachable, Err: errors.New("connection refused")}
		}
		if id := h.made[kwargs["xml_id"].(string)]; id != 0 {
			return []any{"product.product", id}, nil
		}
		return nil, &odoo.Fault{Code: 2, Kind: odoo.Missing, Message: "No record found"}
	case "load":
		h.calls++
		id := strings.TrimPrefix(args[1].([]any)[0].([]any)[0].(string), "mesh.")
		if h.made[id] == 0 {
			h.made[id] = int64(len(h.made) + 1)
		}
		return map[string]any{"ids": []any{h.made[id]}}, nil
	}
	return nil, fmt.Errorf("nobody calls %s", method)
}

func (h *house) CallOn(context.Context, string, string, []int64, []any, map[string]any) (any, error) {
	return int64(1), nil
}
func (h *house) May(context.Context, string, string) (bool, error) { return true, nil }
func (h *house) Language() string                                  { return "" }
func (h *house) Companies() []int64                                { return nil }
func (h *house) Server() (odoo.Server, bool)                       { return odoo.Server{}, true }

// makes makes a product; one that is called "bad" is none, one that is called "full" is
// refused by a rule, and "there" is there.
type makes struct{ name string }

func (m makes) Document() string { return "" }

func (m makes) Check(context.Context, *command.Work) error {
	if m.name == "panics" {
		panic("nobody expected that")
	}
	if m.name == "full" {
		return command.Refused("The shelf is full.")
	}
	return nil
}

func (m makes) Holds(context.Context, *command.Work) (string, bool, error) {
	return "products/7", m.name == "there", nil
}

func (m makes) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	id, err := w.Odoo.Find(ctx, w.External(0))
	if err != nil || id == 0 {
		return command.Standing{}, err
	}
	return command.Standing{Stage: command.Done, Document: fmt.Sprint("products/", id), Model: "product.product", ID: id, Evidence: "it has the external id " + w.External(0)}, nil
}

func (m makes) Do(ctx context.Context, w *command.Work) error {
	_, err := w.Odoo.Load(ctx, "product.product", []string{"id"}, [][]string{{w.External(0)}})
	return err
}

func newImport(t *testing.T) (Import, *house) {
	t.Helper()
	log, err := badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{made: map[string]int64{}}
	d := command.New(command.Config{
		Ledger: log, Client: h, LongestRequest: time.Hour, Patience: time.Minute, Zone: func() *time.Location { return time.UTC },
		Refresh: func(context.Context, string) error { return nil },
		Clock:   clock.System{}, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
	})
	d.Register(command.Kind{Name: "products.create", Method: method, Request: &productv1.CreateProductRequest{}, Begin: func(r proto.Message) (command.Command, error) {
		name := r.(*productv1.CreateProductRequest).GetProduct().GetDisplayName()
		var g command.Given
		if name == "bad" {
			g.Wrong("product.display_name", "say how it is called")
		}
		return makes{name}, g.Err()
	}})
	t.Cleanup(func() { d.Close(); _ = log.Close() })
	i := New(d, method)
	i.Clock = hurried{}
	return i, h
}

// hurried is a clock by which nobody waits for long.
type hurried struct{ clock.System }

func (h hurried) After(d time.Duration) <-chan time.Time { return h.System.After(d / 100) }

// rows are products by their names; cut, where it is not nil, ends them.
func rows(header *commandv1.ImportHeader, cut error, names ...string) (s Stream, told map[int64]*commandv1.ImportedRow, last func() *commandv1.ImportProgress) {
	told = map[int64]*commandv1.ImportedRow{}
	var progress *commandv1.ImportProgress
	n := 0
	return Stream{
		Receive: func() (*commandv1.ImportHeader, Row, error) {
			if n == len(names) {
				if cut != nil {
					return nil, Row{}, cut
				}
				return nil, Row{}, io.EOF
			}
			name := names[n]
			n++
			h := header
			if n > 1 {
				h = nil
			}
			if name == "header" {
				return header, Row{}, nil
			}
			if name == "unreadable" {
				return h, Row{Wrong: fault.Invalid(fault.Violation("row", "no JSON"))}, nil
			}
			r := Row{Request: &productv1.CreateProductRequest{Product: &productv1.Product{DisplayName: name}}}
			if name != "" && name[0] == '=' {
				r.Once, r.OnceAt = name, "product.sku"
			}
			return h, r, nil
		},
		Row:      func(r *commandv1.ImportedRow) error { told[r.GetRow()] = r; return nil },
		Progress: func(p *commandv1.ImportProgress) error { progress = p; return nil },
	}, told, func() *commandv1.ImportProgress { return progress }
}

func outcomes(told map[int64]*commandv1.ImportedRow) string {
	var all []string
	for n := range int64(len(told)) {
		all = append(all, strings.ToLower(strings.TrimPrefix(told[n+1].GetOutcome().String(), "OUTCOME_")))
	}
	return strings.Join(all, " ")
}

func TestEachRowIsToldAndStopsNoOther(t *testing.T) {
	i, h := newImport(t)
	header := &commandv1.ImportHeader{RequestId: "list-1", Rows: 8}
	s, told, last := rows(header, nil, "a", "bad", "unreadable", "b", "full", "there", "a", "=c", "=c", "panics", "header")
	if err := i.Run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got := outcomes(told); got != "created refused refused created refused unchanged refused created refused unfinished refused" {
		t.Errorf("%s", got)
	}
	if p := told[2].GetProblems(); len(p) != 1 || p[0].GetField() != "product.display_name" || told[2].GetReason() != "INVALID_ARGUMENT" || told[2].GetIntent() != "" {
		t.Errorf("%v", told[2])
	}
	if told[5].GetReason() != "BUSINESS_RULE" || !strings.Contains(told[5].GetExplanation(), "shelf") || told[6].GetDocument() != "products/7" {
		t.Errorf("%v, %v", told[5], told[6])
	}
	if !strings.Contains(told[7].GetProblems()[0].GetDescription(), "row 1 ") || told[9].GetProblems()[0].GetField() != "product.sku" || !strings.Contains(told[9].GetProblems()[0].GetDescription(), "row 8 ") {
		t.Errorf("%v, %v", told[7], told[9])
	}
	if p := last(); !p.GetComplete() || p.GetDone() != 11 || p.GetTotal() != 11 || p.GetCreated() != 3 || p.GetRefused() != 6 || p.GetUnfinished() != 1 || p.GetUnchanged() != 1 {
		t.Errorf("%v", p)
	}
	if told[1].GetIntent() == "" || told[1].GetDocument() == "" || h.calls != 3 {
		t.Errorf("%v, %d calls", told[1], h.calls)
	}
}

// Whatever was cut off, left out, mended or moved: what was done is not done again.
func TestAnImportGoesOnWhereItWas(t *testing.T) {
	i, h := newImport(t)
	header := &commandv1.ImportHeader{RequestId: "list-1"}
	gone := errors.New("connection reset")
	s, _, _ := rows(header, gone, "a", "b", "bad", "c")
	if err := i.Run(t.Context(), s); !errors.Is(err, gone) {
		t.Fatal(err)
	}
	h.down = 3 // and Odoo does not answer at first
	s, told, last := rows(header, nil, "c", "mended", "d", "b", "a")
	if err := i.Run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got := outcomes(told); got != "created created created created created" || len(h.made) != 5 || h.calls != 5 {
		t.Errorf("%s, %d made by %d calls: %v", got, len(h.made), h.calls, last())
	}
	// Another import is another wish.
	s, _, _ = rows(&commandv1.ImportHeader{RequestId: "list-2"}, nil, "a")
	if err := i.Run(t.Context(), s); err != nil || len(h.made) != 6 {
		t.Errorf("%v, %d made", err, len(h.made))
	}
}

func TestAValidationChangesNothing(t *testing.T) {
	i, h := newImport(t)
	s, told, last := rows(&commandv1.ImportHeader{ValidateOnly: true}, nil, "a", "bad", "full", "there")
	if err := i.Run(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got := outcomes(told); got != "valid refused refused unchanged" || h.calls != 0 || !last().GetComplete() {
		t.Errorf("%s, %d calls", got, h.calls)
	}
	if list, err := i.Desk.List(t.Context(), &commandv1.ListIntentsRequest{}); err != nil || len(list.GetIntents()) > 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestAnImportSaysWhichItIs(t *testing.T) {
	i, h := newImport(t)
	rest := metadata.NewIncomingContext(t.Context(), metadata.Pairs("idempotency-key", "k1", "prefer", "respond-async"))
	for name, tt := range map[string]struct {
		ctx    context.Context
		header *commandv1.ImportHeader
		names  []string
		says   string
	}{
		"no id":       {t.Context(), nil, []string{"a"}, "header.request_id"},
		"long":        {t.Context(), &commandv1.ImportHeader{RequestId: strings.Repeat("x", 81)}, []string{"a"}, "80"},
		"blank":       {t.Context(), &commandv1.ImportHeader{RequestId: "a b"}, []string{"a"}, "visible"},
		"two":         {rest, &commandv1.ImportHeader{RequestId: "k2"}, []string{"a"}, "Idempotency-Key"},
		"no rows":     {t.Context(), nil, nil, "no row"},
		"by a header": {rest, nil, []string{"a"}, ""},
	} {
		s, _, last := rows(tt.header, nil, tt.names...)
		err := i.Run(tt.ctx, s)
		if tt.says == "" {
			if err != nil || last().GetCreated() != 1 {
				t.Errorf("%s: %v, %v", name, err, last())
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if h.calls != 1 {
		t.Errorf("%d calls", h.calls)
	}
}
