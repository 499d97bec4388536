package access

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/fault"
)

var night = principalsOf(one("ann", "roles: [buyer], break_glass: {roles: [receiver], minutes: 30}"), one("bob", "roles: [buyer]"))

func TestBrokenGlassGivesMoreForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _, log := guarding(t, night)
		running(t, g)
		if may(t, g, "ann", receive) {
			t.Fatal("ann may receive before")
		}
		began := time.Now()
		b, err := g.BreakGlass(by(t, g, "ann"), "night delivery", 0)
		if err != nil || !b.Until.Equal(began.Add(30*time.Minute)) || !slices.Equal(b.Roles, []string{"receiver"}) {
			t.Fatalf("%+v, %v", b, err)
		}
		if !may(t, g, "ann", receive) || !may(t, g, "ann", releaseOrder) || may(t, g, "bob", receive) {
			t.Error("ann has not both roles, or bob has more as well")
		}
		if until, broken := From(by(t, g, "ann")).BrokenGlass(); !broken || !until.Equal(b.Until) {
			t.Error("the principal does not say so")
		}
		if log.count("level=WARN") != 1 || log.count(`reason="night delivery"`) != 1 || valueOf(t, g.metrics.open) != 1 || len(g.Broken()) != 1 {
			t.Errorf("it does not stand out: %+v", g.Broken())
		}
		open := by(t, g, "ann")

		after(30*time.Minute - time.Second)
		if !may(t, g, "ann", receive) {
			t.Error("it ended early")
		}
		after(time.Second)
		if may(t, g, "ann", receive) {
			t.Error("it did not end")
		}
		if err := g.Stands(open, receive, From(open)); fault.ReasonOf(err) != errorsv1.Reason_REASON_NOT_PERMITTED {
			t.Errorf("what rested on it: %v", err)
		}
		if err := g.Stands(open, watchOrders, From(open)); err != nil {
			t.Errorf("what did not rest on it: %v", err)
		}
		after(time.Second)
		if len(g.Broken()) != 0 || valueOf(t, g.metrics.open) != 0 || valueOf(t, g.metrics.broken.WithLabelValues("ann")) != 1 {
			t.Error("it still stands out, or was not counted")
		}
		first, err := g.BreakGlass(by(t, g, "ann"), "once more", time.Minute)
		if err != nil || !first.Before.IsZero() {
			t.Errorf("%+v, %v", first, err)
		}
		if longer, err := g.BreakGlass(by(t, g, "ann"), "longer", 0); err != nil || !longer.Before.Equal(first.Until) {
			t.Errorf("what it had already is not told: %+v, %v", longer, err)
		}
	})
}

// It ends on the second, even if nobody follows the file.
func TestBrokenGlassEndsWithoutAnybodyWhoLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _, _ := guarding(t, night)
		if _, err := g.BreakGlass(by(t, g, "ann"), "x", time.Minute); err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		if may(t, g, "ann", receive) {
			t.Error("it did not end")
		}
	})
}

func TestGlassIsNotBrokenWithoutNeed(t *testing.T) {
	g, _, _ := guarding(t, night)
	for _, tt := range []struct {
		name, by, reason string
		asked            time.Duration
		want             string
	}{
		{"who has none", "bob", "x", 0, "keeps nothing ready"},
		{"without a reason", "ann", " \t", 0, "reason: say why"},
		{"with a reason that prints nothing", "ann", "\u200b\u2060", 0, "reason: say why"},
		{"with a reason that says nothing", "ann", "...", 0, "reason: say why"},
		{"for too long", "ann", "x", 31 * time.Minute, "minutes: the access file allows 30 at most"},
	} {
		if _, err := g.BreakGlass(by(t, g, tt.by), tt.reason, tt.asked); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := g.BreakGlass(context.Background(), "x", 0); err == nil {
		t.Error("a stranger breaks glass")
	}
	if may(t, g, "ann", receive) || len(g.Broken()) != 0 {
		t.Error("a refusal gave something")
	}
}

func TestBrokenGlassAndTheFile(t *testing.T) {
	g, path, log := guarding(t, night)
	if _, err := g.BreakGlass(by(t, g, "ann"), "x", 0); err != nil {
		t.Fatal(err)
	}
	written(t, path, night+one("cid", "roles: [reader]"))
	g.Reload()
	if !may(t, g, "ann", receive) {
		t.Error("a new file that allows it ends it")
	}
	written(t, path, principalsOf(one("ann", "roles: [buyer]")))
	g.Reload()
	if may(t, g, "ann", receive) || len(g.Broken()) != 0 || log.count("does not allow it any more") != 1 {
		t.Error("a new file that does not allow it leaves it, or nobody is told")
	}
	again, err := Open(Config{File: path})
	if err != nil || len(again.Broken()) != 0 {
		t.Errorf("it survives a restart: %v", err)
	}
}

// The scope stays: who is narrowed down does not see more of the records.
func TestBrokenGlassKeepsTheScope(t *testing.T) {
	g, _, _ := guarding(t, principalsOf(one("ann", "roles: [reader], companies: [1], break_glass: {roles: [operator, buyer], minutes: 5}")))
	if _, err := g.BreakGlass(by(t, g, "ann"), "x", 0); err != nil {
		t.Fatal(err)
	}
	if may(t, g, "ann", releaseOrder) || !may(t, g, "ann", getOrder) || From(by(t, g, "ann")).scope.String() != "companies 1" {
		t.Error("broken glass widens the scope")
	}
}
