package command

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/fault"
	"odoomesh/internal/store"
)

// Who has carried out one command on a document does not carry out another that it
// excludes, also where the first was before that was noted.
func TestWhoHasDoneOneThingIsRefusedTheOther(t *testing.T) {
	w := newWorld(t)
	carry := func(by, id string, order int64) error {
		_, err := w.Carry(as(t, by), pressMethod, &orderv1.ReleaseOrderRequest{RequestId: id, Name: fmt.Sprint("orders/", order)})
		return err
	}
	if err := carry("ann", "first", 1); err != nil {
		t.Fatal(err)
	}
	w.Apart = func(_ context.Context, method string) []Apart {
		return []Apart{{From: []string{"things.pull", "things.press"}, Because: "who asks does not approve"}}
	}
	err := carry("ann", "second", 1)
	if fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_PERMITTED || !strings.Contains(err.Error(), "who asks does not approve") {
		t.Errorf("the same person: %v", err)
	}
	if err := carry("ann", "first", 1); err != nil {
		t.Errorf("what is done already is answered again: %v", err)
	}
	for by, order := range map[string]int64{"bob": 1, "ann": 2} {
		if err := carry(by, "third", order); err != nil {
			t.Errorf("%s on order %d: %v", by, order, err)
		}
	}
	// A ledger of before: nothing is noted, and the intents are there.
	facts := w.ledger.journal.Facts()
	var forgotten []store.Fact
	for _, tag := range []byte{doneTag, doneKnownTag} {
		for fact, err := range facts.Scan([]byte{tag}) {
			if err != nil {
				t.Fatal(err)
			}
			forgotten = append(forgotten, store.Fact{Key: fact.Key})
		}
	}
	facts.Close()
	if _, err := w.ledger.journal.Record(t.Context(), w.Clock.Now(), nil, forgotten); err != nil || len(forgotten) < 3 {
		t.Fatalf("%d facts, %v", len(forgotten), err)
	}
	w.ledger.doneKnown = false
	if err := carry("ann", "fourth", 1); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_PERMITTED {
		t.Errorf("with an older ledger: %v", err)
	}
}

// What was put off is looked at again when its turn comes: by then its caller may have
// carried out what excludes it by the nature of the command.
func TestWhoHasDoneOneThingMeanwhileIsRefusedTheOther(t *testing.T) {
	w := newWorld(t)
	const judges = orderv1.OrderService_CancelOrder_FullMethodName
	w.Register(Kind{Name: "things.judge", Method: judges, Request: &orderv1.CancelOrderRequest{}, Begin: func(r proto.Message) (Command, error) {
		var g Given
		name := r.(*orderv1.CancelOrderRequest).GetName()
		return presses{name, g.ID("name", "orders", name), w.house, new(bool)}, g.Err()
	}, Apart: []Apart{{From: []string{"things.press"}, Because: "who presses does not judge"}}})
	ctx := as(t, "ann")
	w.down()
	w.run(t)
	if _, err := w.press(deferring(ctx), "first", 1); err != nil {
		t.Fatal(err)
	}
	if i, err := w.Carry(deferring(ctx), judges, &orderv1.CancelOrderRequest{RequestId: "second", Name: "orders/1"}); err != nil || i.GetState() != stateDeferred {
		t.Fatalf("%v, %v", i, err)
	}
	w.up()
	if i := w.state(t, ctx, "second", stateRefused); !strings.Contains(i.GetExplanation(), "who presses does not judge") {
		t.Errorf("%v", i)
	}
}

// makes makes the thing 7, and learns that it did only when Odoo has answered.
type makes struct {
	house          *house
	made, answered chan struct{}
}

func (makes) Document() string { return "" }

func (m makes) Look(context.Context, *Work) (Standing, error) {
	select {
	case <-m.made:
		return Standing{Stage: Done, Document: "orders/7", Model: "thing", ID: 7, Evidence: "thing 7 is there", Noted: true}, nil
	default:
		return Standing{Evidence: "nothing is there"}, nil
	}
}

func (makes) Check(context.Context, *Work) error { return nil }

func (m makes) Do(context.Context, *Work) error {
	close(m.made)
	<-m.answered
	return nil
}

// Who is making a document does not carry out on it what the making excludes, in the moment
// in which Odoo has it and the mesh does not know yet that it is the one.
func TestWhoIsMakingADocumentIsRefusedTheOther(t *testing.T) {
	w := newWorld(t)
	made, answered := make(chan struct{}), make(chan struct{})
	const making = orderv1.OrderService_CreateOrder_FullMethodName
	w.Register(Kind{Name: "things.make", Method: making, Request: &orderv1.CreateOrderRequest{}, Begin: func(proto.Message) (Command, error) {
		return makes{w.house, made, answered}, nil
	}})
	w.Apart = func(context.Context, string) []Apart {
		return []Apart{{From: []string{"things.make"}, Because: "who asks does not approve"}}
	}
	ann := as(t, "ann")
	ended := make(chan error, 1)
	go func() {
		_, err := w.Carry(ann, making, &orderv1.CreateOrderRequest{RequestId: "make"})
		ended <- err
	}()
	<-made
	if _, err := w.press(ann, "early", 7); fault.ReasonOf(err) != errorsv1.Reason_REASON_CONTENTION {
		t.Errorf("while it is being made: %v", err)
	}
	if _, err := w.press(as(t, "bob"), "another", 7); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	w.run(t)
	if i, err := w.press(deferring(ann), "later", 7); err != nil || i.GetState() != stateDeferred {
		t.Fatalf("%v, %v", i, err)
	}
	close(answered)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if i := w.state(t, ann, "later", stateRefused); !strings.Contains(i.GetExplanation(), "who asks does not approve") {
		t.Errorf("%v", i)
	}
	if _, err := w.press(ann, "early", 7); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_PERMITTED {
		t.Errorf("when it is made: %v", err)
	}
}
