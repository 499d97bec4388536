package access

import (
	"strings"
	"testing"

	"odoomesh/internal/clock"
)

// What is kept apart is told by explain and diff, and is not looked at with broken glass.
func TestWhatIsKeptApartIsTold(t *testing.T) {
	buyers := "principals:\n" + one("ann", "roles: [buyer], break_glass: {roles: [quality], minutes: 5}")
	text := "segregation:\n- {of: orders.release, from: [orders.create], because: who asks does not approve}\n" + buyers
	f, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Parse([]byte(buyers))
	if err != nil {
		t.Fatal(err)
	}
	changes := Diff(plain, f)
	if len(changes) != 1 || changes[0].Command != "orders.release" || !strings.HasPrefix(changes[0].After, "always, not where it has itself done orders.create") {
		t.Errorf("%+v", changes)
	}
	g, err := Open(Config{File: "governed", Governed: []byte(text), Clock: clock.System{}})
	if err == nil {
		err = g.Cover(contractServices()...)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx := WithPrincipal(t.Context(), g.File().Principal("ann"))
	if apart := g.Apart(ctx, releaseOrder); len(apart) != 1 || apart[0].From[0] != "orders.create" || apart[0].Because == "" {
		t.Errorf("%+v", apart)
	}
	if apart := g.Apart(ctx, getOrder); len(apart) != 0 {
		t.Errorf("%+v", apart)
	}
	if e, err := g.Explain("ann", "orders.release"); err != nil || !strings.Contains(e.Why, "But not where it has itself done orders.create.") {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := g.BreakGlass(ctx, "night", 0); err != nil {
		t.Fatal(err)
	}
	more := WithPrincipal(t.Context(), g.now.Load().broken["ann"])
	if apart := g.Apart(more, releaseOrder); len(apart) != 0 {
		t.Errorf("with broken glass: %+v", apart)
	}
	// A governed file is not read, whatever becomes of it.
	g.Reload()
	if g.Standing().Problem != nil || g.File().Principal("ann") == nil {
		t.Error("a governed file was read anew")
	}
	if err := g.Put([]byte("principals: []")); err == nil || g.File().Principal("ann") == nil {
		t.Errorf("a file that cannot be used was put in force: %v", err)
	}
	if err := g.Put([]byte(buyers)); err != nil || len(g.Apart(ctx, releaseOrder)) != 0 {
		t.Errorf("%v", err)
	}
}
