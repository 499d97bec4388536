package access

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

// running lets a guard follow its file until the test ends.
func running(t *testing.T, g *Guard) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != context.Canceled {
			t.Error(err)
		}
	})
}

// after lets time pass, and all that follows from it.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestAChangedFileIsTakenWithoutARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, path, log := guarding(t, principalsOf(one("ann", "roles: [reader]"), one("bob", "roles: [reader]")))
		running(t, g)
		after(10 * time.Second)
		if !may(t, g, "ann", getOrder) || may(t, g, "ann", releaseOrder) || log.count("access file") != 0 {
			t.Fatal("an unchanged file was read again, or decides wrongly")
		}
		written(t, path, principalsOf(one("ann", "roles: [buyer]")))
		after(3 * time.Second)
		if !may(t, g, "ann", releaseOrder) {
			t.Error("the new file is not in force")
		}
		if _, err := g.Authenticate(bearing("bob"), getOrder); fault.ReasonOf(err) != errorsv1.Reason_REASON_UNAUTHENTICATED {
			t.Errorf("bob, who is gone: %v", err)
		}
		if n := log.count("read anew"); n != 1 {
			t.Errorf("it was told %d times", n)
		}
	})
}

func TestAFileThatCannotBeUsedLeavesTheOneBeforeInForce(t *testing.T) {
	good := principalsOf(one("ann", "roles: [buyer]"))
	for name, spoil := range map[string]func(t *testing.T, path string) error{
		"a role that is none": func(t *testing.T, path string) error {
			written(t, path, principalsOf(one("ann", "roles: [reader]"), one("bob", "roles: [king]")))
			return nil
		},
		"half of it":        func(t *testing.T, path string) error { written(t, path, good[:len(good)-10]); return nil },
		"nothing":           func(t *testing.T, path string) error { return os.Truncate(path, 0) },
		"gone":              func(t *testing.T, path string) error { return os.Remove(path) },
		"others may write":  func(t *testing.T, path string) error { return os.Chmod(path, 0o666) },
		"a folder in place": func(t *testing.T, path string) error { return replaceByFolder(path) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, path, log := guarding(t, good)
				g.metrics = newMetrics(prometheus.NewRegistry())
				running(t, g)
				if err := spoil(t, path); err != nil {
					t.Fatal(err)
				}
				after(time.Minute)
				at := g.Standing()
				if at.Problem == nil || at.Since.IsZero() || valueOf(t, g.metrics.bad) != 1 || !may(t, g, "ann", releaseOrder) {
					t.Errorf("%+v; the file before is not in force, or nothing says so", at)
				}
				if n := log.count("cannot be used"); n != 1 {
					t.Errorf("it was told %d times in a minute", n)
				}
				if err := os.RemoveAll(path); err != nil {
					t.Fatal(err)
				}
				written(t, path, good+one("bob", "roles: [reader]"))
				after(3 * time.Second)
				if at := g.Standing(); at.Problem != nil || valueOf(t, g.metrics.bad) != 0 || !may(t, g, "bob", getOrder) {
					t.Errorf("repaired, it is not taken: %+v", at)
				}
			})
		})
	}
}

func replaceByFolder(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return os.Mkdir(path, 0o700)
}

// What is mended by its mode alone is noticed as well.
func TestAFileThatOthersMayNotWriteAnyMoreIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, path, _ := guarding(t, principalsOf(one("ann", "roles: [buyer]")))
		running(t, g)
		for _, mode := range []os.FileMode{0o666, 0o600} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			after(3 * time.Second)
			if refused := g.Standing().Problem != nil; refused != (mode == 0o666) {
				t.Errorf("mode %o: %v", mode, g.Standing().Problem)
			}
		}
	})
}

// A file is not taken before it has rested: its second half may still come. Whoever asks
// for it says that it is complete.
func TestAFileIsTakenWhenItHasLookedTheSameTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, path, _ := guarding(t, principalsOf(one("ann", "roles: [reader]")))
		running(t, g)
		for i := range 5 { // somebody writes on, in half a second's steps
			written(t, path, principalsOf(one("ann", "roles: [buyer]"))+strings.Repeat("#", i))
			after(500 * time.Millisecond)
			written(t, path, principalsOf(one("ann", "roles: [buyer]"))+strings.Repeat("##", i+1))
			after(500 * time.Millisecond)
			if may(t, g, "ann", releaseOrder) {
				t.Fatal("a file was taken while it was written")
			}
		}
		after(2 * time.Second)
		if !may(t, g, "ann", releaseOrder) {
			t.Error("it is not taken when it rests")
		}
		written(t, path, principalsOf(one("ann", "roles: [reader]")))
		g.Reload()
		if may(t, g, "ann", releaseOrder) {
			t.Error("it is not taken at once when somebody asks")
		}
	})
}

// What is open stands no longer, two seconds after what it rests on was taken, and all else does.
func TestWhatIsOpenStandsUntilWhatItRestsOnIsTaken(t *testing.T) {
	ann := func(rest string) string { return principalsOf(one("ann", rest), one("bob", "roles: [reader]")) }
	notPermitted, unauthenticated := errorsv1.Reason_REASON_NOT_PERMITTED, errorsv1.Reason_REASON_UNAUTHENTICATED
	for _, tt := range []struct {
		name, method, before, after string
		want                        errorsv1.Reason
	}{
		{"the role", watchOrders, ann("roles: [reader]"), ann("rights: {product: [read]}"), notPermitted},
		{"the right", watchOrders, ann("rights: {order: [read]}"), ann("rights: {order: [write]}"), notPermitted},
		{"the single method", watchOrders, "roles:\n  w: {methods: [" + watchOrders + "]}\n" + ann("roles: [w]"), "roles:\n  w: {methods: [" + getOrder + "]}\n" + ann("roles: [w]"), notPermitted},
		{"the principal", watchOrders, ann("roles: [reader]"), principalsOf(one("bob", "roles: [reader]")), unauthenticated},
		{"the token", watchOrders, ann("roles: [reader]"), strings.Replace(ann("roles: [reader]"), hashOf("ann"), hashed, 1), unauthenticated},
		{"a company", watchOrders, ann("roles: [reader], companies: [1, 2]"), ann("roles: [reader], companies: [1]"), notPermitted},
		{"prices", watchOrders, ann("roles: [reader]"), ann("roles: [reader], hide_prices: true"), notPermitted},
		{"another supplier", watchOrders, ann("roles: [reader], supplier: suppliers/1"), ann("roles: [reader], supplier: suppliers/2"), notPermitted},
		{"a scope that the method does not have", watchIntents, ann("roles: [buyer]"), ann("roles: [buyer], companies: [1]"), notPermitted},
		{"the intents of others", watchIntents, ann("rights: {command: [read, operate]}"), ann("rights: {command: [read]}"), notPermitted},
		{"nothing of it", watchOrders, ann("roles: [buyer]"), ann("roles: [reader]"), 0},
		{"more is given", watchOrders, ann("rights: {order: [read]}"), ann("rights: {order: [read, operate]}"), 0},
		{"companies in another order", watchOrders, ann("roles: [reader], companies: [1, 2]"), ann("roles: [reader], companies: [2, 1]"), 0},
		{"a file that cannot be used", watchOrders, ann("roles: [reader]"), ann("roles: [king]"), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, path, _ := guarding(t, tt.before)
				running(t, g)
				stream, other := by(t, g, "ann"), by(t, g, "bob")
				ann, bob := From(stream), From(other)
				after(time.Minute)
				if err := g.Stands(stream, tt.method, ann); err != nil {
					t.Fatalf("before anything was taken: %v", err)
				}
				written(t, path, tt.after)
				after(2*time.Second + time.Millisecond)
				if err := g.Stands(stream, tt.method, ann); fault.ReasonOf(err) != tt.want {
					t.Errorf("refused with %v, want %v", err, tt.want)
				}
				if err := g.Stands(other, watchOrders, bob); err != nil {
					t.Errorf("what somebody else has open: %v", err)
				}
			})
		})
	}
}
