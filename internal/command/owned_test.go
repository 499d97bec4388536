package command

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/owned"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

func TestWhatTheBookRefusesIsToldWithTheField(t *testing.T) {
	own := &owned.OwnerError{Collection: "receipts", Field: "shipment.carrier", Owner: optionsv1.Owner_OWNER_ODOO, As: optionsv1.Owner_OWNER_CARRIER}
	for name, c := range map[string]struct {
		err   error
		want  errorsv1.Reason
		says  string
		event event
	}{
		"another's field": {own, errorsv1.Reason_REASON_WRONG_OWNER, "shipment.carrier: it belongs to ODOO here", refused},
		"no such field":   {&owned.UnknownFieldError{Collection: "orders", Field: "colour", Why: "there is no such field"}, errorsv1.Reason_REASON_INVALID_ARGUMENT, "colour: there is no such field", refused},
		"no such value":   {&owned.ValueError{Field: "hold_reason", Problem: "the value does not fit"}, errorsv1.Reason_REASON_INVALID_ARGUMENT, "hold_reason: the value does not fit", refused},
		"too much":        {&store.TooLargeError{What: "payload"}, errorsv1.Reason_REASON_BUSINESS_RULE, "in parts", refused},
		"a later write":   {&owned.RevisionError{Collection: "orders", Key: []byte{0, 0, 0, 0, 0, 0, 0, 42}, Seen: 1, Current: 2}, errorsv1.Reason_REASON_CONTENTION, "orders/42", lost},
		"before Odoo":     {owned.ErrNotFitted, errorsv1.Reason_REASON_ODOO_UNAVAILABLE, "has not reached Odoo", unsent},
		"not shown":       {fmt.Errorf("%w: no room", owned.ErrNotShown), errorsv1.Reason_REASON_UNKNOWN_OUTCOME, "does not show it yet", lost},
	} {
		t.Run(name, func(t *testing.T) {
			err := OwnedError(fmt.Errorf("writing: %w", c.err))
			if fault.ReasonOf(err) != c.want || !strings.Contains(err.Error(), c.says) || !errors.Is(err, c.err) && name != "too much" {
				t.Errorf("%v, want %v of %q", err, c.want, c.says)
			}
			if got := eventOf(err, false); got != c.event {
				t.Errorf("the intent meets %v, want %v", got, c.event)
			}
		})
	}
	if other := errors.New("the disk is gone"); OwnedError(other) != other || OwnedError(nil) != nil {
		t.Error("another error is changed")
	}
}

const sayMethod = "/test/Say"

// says keeps what a supplier says of an order.
type says struct{ Kept }

func (s says) write(w *Work) owned.Write {
	write := s.Write(w)
	write.Owner = optionsv1.Owner_OWNER_SUPPLIER_PORTAL
	write.Fields = []owned.Field{{Path: "acknowledgement_status", Value: protoreflect.ValueOfEnum(1)}}
	return write
}

func (s says) Check(_ context.Context, w *Work) error { return s.Try(s.write(w)) }

func (s says) Do(ctx context.Context, w *Work) error { return s.Keep(ctx, w, s.write(w)) }

// What Odoo does not own is written once, without Odoo, and is done only when it shows.
func TestWhatTheMeshKeepsIsDoneWhenItShows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.looks = func() error { return unreachable }
	journal, err := badgerstore.OpenLog(filepath.Join(t.TempDir(), "owned"), badgerstore.LogOptions{Name: "owned"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.Desk.Close()
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	book, err := owned.New(owned.Config{Journal: journal, Records: map[string]protoreflect.MessageType{"orders": (&orderv1.Order{}).ProtoReflect().Type()}, Clock: clock.System{}})
	if err != nil {
		t.Fatal(err)
	}
	hidden := 0
	writer := owned.NewWriter(book, nil, func(context.Context, string, [][]byte) (int, error) {
		if hidden--; hidden >= 0 {
			return 0, errors.New("no room")
		}
		return 1, nil
	})
	w.Register(Kind{Name: "things.say", Method: sayMethod, Own: true, Request: &orderv1.ReleaseOrderRequest{}, Begin: func(r proto.Message) (Command, error) {
		var g Given
		name := r.(*orderv1.ReleaseOrderRequest).GetName()
		return says{Kept{Name: name, Model: "thing", ID: g.ID("name", "orders", name), Book: writer}}, g.Err()
	}})
	say := func(r *orderv1.ReleaseOrderRequest) error {
		i, err := w.Carry(as(t, "portal"), sayMethod, r)
		if err == nil && !r.GetValidateOnly() && (i.GetState() != stateDone || !strings.HasPrefix(i.GetExplanation(), "The mesh holds")) {
			t.Errorf("%v", i)
		}
		return err
	}
	revision := func(want uint64) {
		t.Helper()
		if s, err := writer.Get("orders", (Kept{ID: 42}).Key()); err != nil || s.Revision != want {
			t.Errorf("the book has %+v, %v, want revision %d", s, err, want)
		}
	}
	request := &orderv1.ReleaseOrderRequest{Name: "orders/42", RequestId: "r1"}
	if err := say(request); fault.ReasonOf(err) != errorsv1.Reason_REASON_ODOO_UNAVAILABLE {
		t.Errorf("before Odoo was reached: %v", err)
	}
	if err := book.Fitted(t.Context(), "orders", nil); err != nil {
		t.Fatal(err)
	}
	if err := say(&orderv1.ReleaseOrderRequest{Name: "orders/42", ValidateOnly: true}); err != nil {
		t.Error(err)
	}
	revision(0)
	hidden = 3
	began := time.Now()
	if err := say(request); err != nil && fault.ReasonOf(err) != errorsv1.Reason_REASON_UNKNOWN_OUTCOME {
		t.Error(err)
	}
	w.state(t, as(t, "portal"), "r1", stateDone)
	if hidden > 0 || time.Since(began) < pauses[0] {
		t.Errorf("done after %s, and %d times it is not shown", time.Since(began), hidden)
	}
	if err := say(request); err != nil {
		t.Error(err)
	}
	revision(1)
	if w.house.pressed[42] != 0 || len(w.notes) != 1 {
		t.Errorf("in Odoo stands %v, want one note", w.notes)
	}
}
