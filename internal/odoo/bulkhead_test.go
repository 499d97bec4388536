package odoo

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
)

// One model takes two places at most, so that others are read beside it; who waits for
// it can give up, and a live read is not held back.
func TestOneModelLeavesPlacesToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		sent := make(chan string, 10)
		c := clientOver(t, testConfig("https://erp.example"), func(_ context.Context, r Request) (any, error) {
			sent <- r.Model + " " + r.Method
			if r.Method == "slow" {
				<-hold
			}
			return nil, nil
		})
		capture := WithPriority(context.Background(), PriorityCapture)
		call := func(ctx context.Context, model, method string) chan error {
			done := make(chan error, 1)
			go func() {
				_, err := c.Call(ctx, model, method, nil, nil)
				done <- err
			}()
			synctest.Wait()
			return done
		}
		first, second := call(capture, "stock.lot", "slow"), call(capture, "stock.lot", "slow")
		impatient, giveUp := context.WithCancel(capture)
		third := call(impatient, "stock.lot", "third")
		if err := <-call(capture, "product.product", "read"); err != nil {
			t.Error(err)
		}
		if err := <-call(context.Background(), "stock.lot", "live"); err != nil {
			t.Error(err)
		}
		giveUp()
		if err := <-third; err == nil {
			t.Error("a third call ran")
		}
		fourth := call(capture, "stock.lot", "fourth")
		close(hold)
		for _, done := range []chan error{first, second, fourth} {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		close(sent)
		var got []string
		for s := range sent {
			got = append(got, s)
		}
		if want := "[stock.lot slow stock.lot slow product.product read stock.lot live stock.lot fourth]"; fmt.Sprint(got) != want {
			t.Errorf("sent were %v", got)
		}
	})
}
