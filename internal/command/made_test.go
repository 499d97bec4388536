package command

import (
	"testing"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
)

// What an Odoo that was put back lost was made by no command any more.
func TestWhatOdooLostWasMadeByNobody(t *testing.T) {
	i := &commandv1.Intent{Command: "things.press", OdooRecord: "thing,42", State: stateDone}
	if fact, known := made(i); !known || string(fact.Value) != "things.press" {
		t.Errorf("done: %v, %v", fact, known)
	}
	i.State = stateLost
	if fact, known := made(i); !known || fact.Value != nil {
		t.Errorf("lost: %v, %v", fact, known)
	}
	i.State = stateRefused
	if _, known := made(i); known {
		t.Error("refused")
	}
}
