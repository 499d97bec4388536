package gather_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"odoomesh/internal/gather"
)

// odoo answers a key by its double, a second later, and notes what it was asked.
type odoo struct {
	mu    sync.Mutex
	asked [][]int
	// fails tells whether a question fails.
	fails func(keys []int) error
}

func (o *odoo) ask(ctx context.Context, keys []int) (func(int) int, error) {
	o.mu.Lock()
	o.asked = append(o.asked, slices.Sorted(slices.Values(keys)))
	o.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if o.fails != nil {
		if err := o.fails(keys); err != nil {
			return nil, err
		}
	}
	return func(k int) int { return 2 * k }, nil
}

func TestWhatIsAskedMeanwhileGoesAsOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, g := &odoo{}, &gather.Group[int, int]{}
		var all sync.WaitGroup
		for n := range 5 {
			all.Go(func() {
				if got, err := g.Do(gather.OneOfMany(t.Context()), "rows", n%4, o.ask); err != nil || got != 2*(n%4) {
					t.Errorf("%d: %d, %v", n, got, err)
				}
			})
			synctest.Wait()
		}
		all.Go(func() {
			if got, err := g.Do(gather.OneOfMany(t.Context()), "others", 7, o.ask); err != nil || got != 14 {
				t.Errorf("of another kind: %d, %v", got, err)
			}
		})
		all.Wait()
		if want := "[[0] [7] [0 1 2 3]]"; fmt.Sprint(o.asked) != want {
			t.Errorf("asked was %v; want %s", o.asked, want)
		}
		if _, err := g.Do(gather.OneOfMany(t.Context()), "rows", 9, o.ask); err != nil || len(o.asked) != 4 {
			t.Errorf("later: %v, %v", o.asked, err)
		}
	})
}

// Whose question is at fault is told by asking each alone.
func TestOneThatFailsFailsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := errors.New("3 is bad")
		o, g := &odoo{fails: func(keys []int) error {
			if slices.Contains(keys, 3) {
				return bad
			}
			return nil
		}}, &gather.Group[int, int]{}
		var all sync.WaitGroup
		for n := range 5 {
			all.Go(func() {
				got, err := g.Do(gather.OneOfMany(t.Context()), "rows", n, o.ask)
				if n == 3 && !errors.Is(err, bad) || n != 3 && (err != nil || got != 2*n) {
					t.Errorf("%d: %d, %v", n, got, err)
				}
			})
			synctest.Wait()
		}
		all.Wait()
	})
}

// Who gives up waiting does not keep the others from their answers, whether it is the one
// who asks for all or not.
func TestWhoGivesUpKeepsNobodyWaiting(t *testing.T) {
	for _, gone := range []int{0, 1, 2} {
		for _, after := range []time.Duration{time.Second / 2, 3 * time.Second / 2} {
			synctest.Test(t, func(t *testing.T) {
				o, g := &odoo{}, &gather.Group[int, int]{}
				var all sync.WaitGroup
				for n := range 4 {
					all.Go(func() {
						ctx := gather.OneOfMany(t.Context())
						if n == gone {
							short, cancel := context.WithTimeout(ctx, after)
							defer cancel()
							ctx = short
						}
						if got, err := g.Do(ctx, "rows", n, o.ask); n != gone && (err != nil || got != 2*n) {
							t.Errorf("%d gives up after %v; %d: %d, %v", gone, after, n, got, err)
						}
					})
					synctest.Wait()
				}
				all.Wait()
			})
		}
	}
}

// A question that hangs holds up nobody who is not one of many.
func TestOthersWaitForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gather.Group[int, int]
		hangs := make(chan struct{})
		hanging := make(chan error, 1)
		go func() {
			_, err := g.Do(gather.OneOfMany(t.Context()), "rows", 1, func(context.Context, []int) (func(int) int, error) {
				<-hangs
				return nil, errors.New("given up")
			})
			hanging <- err
		}()
		synctest.Wait()
		got, err := g.Do(t.Context(), "rows", 2, func(_ context.Context, keys []int) (func(int) int, error) {
			return func(n int) int { return 10 * n }, nil
		})
		if err != nil || got != 20 {
			t.Errorf("%d, %v", got, err)
		}
		close(hangs)
		if err := <-hanging; err == nil {
			t.Error("it was answered")
		}
	})
}
