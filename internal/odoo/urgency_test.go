package odoo

import (
	"context"
	"testing"
	"testing/synctest"
)

// What is read for the copy waits behind commands, at its model's door and in the queue; as
// soon as a command waits for it, it goes before them.
func TestWhatACommandWaitsForGoesAsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold, order := make(chan struct{}), make(chan string, 10)
		cfg := testConfig("https://erp.example")
		cfg.MaxCalls = 2
		c := clientOver(t, cfg, func(_ context.Context, r Request) (any, error) {
			if r.Method == "hold" {
				<-hold
				return nil, nil
			}
			order <- r.Method
			return nil, nil
		})
		call := func(ctx context.Context, model, method string) {
			go func() {
				if _, err := c.Call(ctx, model, method, nil, nil); err != nil {
					t.Error(err)
				}
			}()
			synctest.Wait()
		}
		commands := WithPriority(t.Context(), PriorityCommand)
		capture := WithPriority(t.Context(), PriorityCapture)
		for range 2 {
			call(commands, "m", "hold")
		}
		first, urgency := WithUrgency(capture)
		call(first, "m", "in the queue")
		call(capture, "m", "another of the copy") // with it the model's door is shut
		atTheDoor, doors := WithUrgency(capture)
		call(atTheDoor, "m", "at the door")
		call(commands, "m", "command")
		for _, u := range []*Urgency{urgency, doors} {
			u.RaiseTo(WithPriority(t.Context(), PriorityCensus)) // which raises nothing
			u.RaiseTo(WithPriority(t.Context(), PriorityUnsettled))
			synctest.Wait()
		}
		hold <- struct{}{} // one place alone: two that begin at once have no order
		synctest.Wait()
		close(hold)
		synctest.Wait()
		for _, want := range []string{"in the queue", "at the door", "command", "another of the copy"} {
			if got := <-order; got != want {
				t.Errorf("%s began, want %s", got, want)
			}
		}
	})
}
