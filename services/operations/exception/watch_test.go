package exception

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"odoomesh/internal/access"
	"odoomesh/internal/capture"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/store/badgerstore"
)

// What is wrong is an exception within a second, for as long as it is; a look that fails
// changes nothing, and is tried again.
func TestWatchOpensAndCloses(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := &world{dir: dir, reached: make(chan string, 100)}
		w.open(t)
		w.Clock = clock.System{}
		var mu sync.Mutex
		var wrong []Cause
		var fails error
		set := func(causes []Cause, err error) {
			mu.Lock()
			defer mu.Unlock()
			wrong, fails = causes, err
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- w.Watch(ctx, []Watch{{held, func(context.Context) ([]Cause, error) {
				mu.Lock()
				defer mu.Unlock()
				return wrong, fails
			}}})
		}()
		look := func(want string) {
			t.Helper()
			time.Sleep(time.Second)
			synctest.Wait()
			if got := fmt.Sprint(w.list(t, "state != CLOSED")); got != want {
				t.Errorf("there are %s, want %s", got, want)
			}
		}
		look("[]")
		set([]Cause{DeletionsHeld("products", 120)}, nil)
		look("[exceptions/1]")
		look("[exceptions/1]")
		set(nil, nil)
		look("[]")
		set([]Cause{DeletionsHeld("products", 120)}, nil)
		look("[exceptions/2]")
		set(nil, errors.New("it cannot be looked up"))
		look("[exceptions/2]") // what is not known stays as it was
		set(nil, nil)
		look("[]")
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
		if err := w.Journal.(*badgerstore.Log).Close(); err != nil {
			t.Fatal(err)
		}
	})
}

type trail struct {
	failure     error
	unwitnessed time.Duration
}

func (f trail) Ready() error               { return f.failure }
func (f trail) Unwitnessed() time.Duration { return f.unwitnessed }

type guard struct {
	standing access.Standing
	broken   []access.BrokenGlass
}

func (g guard) Standing() access.Standing    { return g.standing }
func (g guard) Broken() []access.BrokenGlass { return g.broken }

func TestWhatIsWrongIsSaid(t *testing.T) {
	noon := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	well, changed := trail{}, func() (command.Change, bool) {
		return command.Change{Etag: "1", Evidence: []string{"S00004 was given twice"}}, true
	}
	for _, tt := range []struct {
		name  string
		watch []Watch
		// want are subject, and a part of summary and detail, of each cause.
		want [][3]string
	}{
		{"nothing", Trust(guard{}, trail{unwitnessed: time.Hour}), nil},
		{"the audit cannot be written", Trust(guard{}, trail{failure: errors.New("disk full")}), [][3]string{{"audit", "commands are refused", "disk full"}}},
		{"no witness for an hour", Trust(guard{}, trail{unwitnessed: time.Hour + time.Second}), [][3]string{{"witness", "more than an hour", "meshctl audit witness"}}},
		{"a broken glass", Trust(guard{broken: []access.BrokenGlass{{Principal: "ward", Roles: []string{"buyer"}, Until: noon, Reason: "fire"}}}, well), [][3]string{{"ward", "the roles buyer until 2026-11-29T12:00:00Z", "fire"}}},
		{"an access file that is wrong", Trust(guard{standing: access.Standing{Problem: errors.New("line 3")}}, well), [][3]string{{"access", "the one before is in force", "line 3"}}},
		{"another Odoo", []Watch{Odoo(changed)}, [][3]string{{"odoo", "nothing is written", "S00004 was given twice"}}},
		{"another Odoo, perhaps", []Watch{Odoo(func() (command.Change, bool) { return command.Change{}, true })}, nil},
		{"models that cannot be read", of(degraded([]capture.Status{{Collection: "orders"}, {Collection: "lots", Copy: capture.Copy{}, Degraded: []capture.Trouble{{Model: "stock.lot", Reason: "no right"}, {Reason: "slow"}}}})),
			[][3]string{{"lots", "A part of what makes lots", "stock.lot: no right\nslow"}}},
		{"deletions that are held", of(heldDeletions([]capture.Status{{Collection: "orders", Held: 7}})), [][3]string{{"orders", "7 orders", "--accept-deletions"}}},
		{"entries that were skipped", of(skipped([]capture.Skipped{{Position: 5, Name: "orders/1", Reason: "too large"}, {Name: "orders/2", Reason: "torn"}})),
			[][3]string{{"log/5", "An entry", "orders/1: too large"}, {"orders/2", "An entry", "torn"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var found []Cause
			for _, w := range tt.watch {
				causes, err := w.Causes(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				found = append(found, causes...)
			}
			if len(found) != len(tt.want) {
				t.Fatalf("found %v", found)
			}
			for i, want := range tt.want {
				if c := found[i]; c.Subject != want[0] || !strings.Contains(c.Summary, want[1]) || !strings.Contains(c.Detail, want[2]) {
					t.Errorf("%+v, want %v", c, want)
				}
			}
		})
	}
}

func of(causes []Cause) []Watch { return []Watch{Looks(0, func() []Cause { return causes })} }
