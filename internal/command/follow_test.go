package command

import (
	"strconv"
	"strings"
	"testing"

	orderv1 "odoomesh/gen/go/mesh/order/v1"
)

// What follows is put off once, whether or not there is room or Odoo answers, in the name
// of who has asked for what it follows from, and outlives a restart.
func TestWhatFollowsIsPutOffOnce(t *testing.T) {
	w := newWorld(t)
	w.DeferredLimit = 0
	w.down()
	const method = orderv1.OrderService_ReleaseOrder_FullMethodName
	request := &orderv1.ReleaseOrderRequest{RequestId: "follows-1", Name: "orders/42"}
	if i, err := w.Followed(t.Context(), "erp", method, request); err != nil || i != nil {
		t.Fatalf("%v, %v", i, err)
	}
	for range 2 {
		if i, err := w.Follow(t.Context(), "erp", method, request); err != nil || i.GetState() != stateDeferred || i.GetPrincipal() != "erp" {
			t.Fatalf("%v, %v", i, err)
		}
	}
	if n, _, _ := w.Deferred(); n != 1 {
		t.Errorf("%d wait", n)
	}
	w.restart(t)
	if i, err := w.Follow(t.Context(), "erp", method, request); err != nil || i.GetState() != stateDeferred {
		t.Fatalf("%v, %v", i, err)
	}
	w.run(t)
	w.up()
	w.empty(t)
	if w.pressed[42] != 1 {
		t.Errorf("pressed %v", w.pressed)
	}
	if i, err := w.Followed(t.Context(), "erp", method, request); err != nil || i.GetState() != stateDone {
		t.Errorf("%v, %v", i, err)
	}
}

// Which command has brought Odoo to hold a row is known once it is done.
func TestWhatACommandMadeIsKnown(t *testing.T) {
	w := newWorld(t)
	i, err := w.press(as(t, "erp"), "r1", 42)
	if err != nil {
		t.Fatal(err)
	}
	model, text, _ := strings.Cut(i.GetOdooRecord(), ",")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if name, err := w.Made(model, id); err != nil || name != i.GetCommand() || id == 0 {
		t.Errorf("%q, %v of %v", name, err, i)
	}
	if name, err := w.Made(model, id+1); err != nil || name != "" {
		t.Errorf("%q, %v", name, err)
	}
	if w.AtWork(i.GetCommand()) {
		t.Error("what is done is at work")
	}
}
