package access

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExplainTellsWhichRuleDecides(t *testing.T) {
	text := "roles:\n  clerk: {methods: [orders.create]}\n" + principalsOf(
		one("ann", "roles: [buyer], rights: {order: [write]}, break_glass: {roles: [receiver], minutes: 5}"),
		one("cid", "roles: [clerk], companies: [3, 1]"), one("med", "roles: [partner], supplier: suppliers/7"))
	g, _, _ := guarding(t, text)
	for _, tt := range []struct {
		principal, method string
		want              Decision
		rules             []string
		why               string
	}{
		{"ann", "orders.release", Always, []string{"rights of ann: write on order", "role buyer: " + releaseOrder}, "is given by rights of ann"},
		{"ann", "receipts.receive", NoRight, nil, "With broken glass it would have it."},
		{"ann", "invoices.post", NoRight, nil, "needs the right write on invoice, and neither a role nor a right of ann gives it."},
		{"cid", "orders.create", NoScope, []string{"role clerk: /mesh.order.v1.OrderService/CreateOrder"}, "narrowed down to companies 1, 3"},
		{"med", strings.TrimPrefix(getOrder, "/"), Narrowed, []string{"role partner: read on order"}, "narrowed down to supplier suppliers/7"},
		{"med", "/mesh.access.v1.AccessService/BreakGlass", Narrowed, nil, "needs no right"},
	} {
		e, err := g.Explain(tt.principal, tt.method)
		if err != nil || e.Decision != tt.want || !strings.Contains(e.Why, tt.why) {
			t.Errorf("%s, %s: %v, %q, %v", tt.principal, tt.method, e.Decision, e.Why, err)
		}
		if diff := cmp.Diff(tt.rules, e.Rules); diff != "" {
			t.Errorf("%s, %s: %s", tt.principal, tt.method, diff)
		}
	}
	if _, err := g.BreakGlass(by(t, g, "ann"), "x", 0); err != nil {
		t.Fatal(err)
	}
	if e, err := g.Explain("ann", "receipts.receive"); err != nil || e.Decision != Always || e.Until.IsZero() || !strings.HasPrefix(e.Rules[0], "broken glass, role receiver") {
		t.Errorf("%+v, %v", e, err)
	}
	for _, wrong := range [][2]string{{"an", "orders.release"}, {"ann", "orders.relaese"}} {
		if _, err := g.Explain(wrong[0], wrong[1]); err == nil || !strings.Contains(err.Error(), "did you mean") {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	local, err := Open(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := local.Cover(contractServices()...); err != nil {
		t.Fatal(err)
	}
	if e, err := local.Explain("local", "orders.release"); err != nil || e.Decision != NoRight {
		t.Errorf("without a file: %+v, %v", e, err)
	}
}

func TestDiffTellsDecisionsAndNotWords(t *testing.T) {
	parsed := func(text string) *File {
		f, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	base := principalsOf(one("ann", "rights: {order: [read]}"))
	for _, tt := range []struct {
		name, before, after string
		want                []Change
	}{
		{"the same in other words", base, "roles:\n  eyes: {about: sees orders, rights: {order: [read]}}\n" + principalsOf(one("ann", "roles: [eyes]")), nil},
		{"a method more", base, "roles:\n  r: {methods: [orders.release]}\n" + principalsOf(one("ann", "rights: {order: [read]}, roles: [r]")),
			[]Change{{Principal: "ann", Method: releaseOrder, Command: "orders.release", Before: "never", After: "always"}}},
		{"somebody new", "roles:\n  r: {methods: [" + getOrder + "]}\n" + principalsOf(one("bob", "roles: [r]")), "roles:\n  r: {methods: [" + getOrder + "]}\n" + principalsOf(one("bob", "roles: [r]"), one("med", "roles: [r], supplier: suppliers/7")),
			[]Change{{Principal: "med", Method: "/mesh.access.v1.AccessService/BreakGlass", Before: "never", After: "narrowed to supplier suppliers/7"},
				{Principal: "med", Method: "/mesh.access.v1.StreamTicketService/CreateStreamTicket", Before: "never", After: "narrowed to supplier suppliers/7"},
				{Principal: "med", Method: "/mesh.change.v1.ChangeService/GetHistory", Before: "never", After: "narrowed to supplier suppliers/7"},
				{Principal: "med", Method: "/mesh.change.v1.ChangeService/ListChanges", Before: "never", After: "narrowed to supplier suppliers/7"},
				{Principal: "med", Method: "/mesh.change.v1.ChangeService/ReadSnapshot", Before: "never", After: "narrowed to supplier suppliers/7"},
				{Principal: "med", Method: getOrder, Before: "never", After: "narrowed to supplier suppliers/7"},
				{Principal: "med", Method: "/mesh.search.v1.SearchService/Search", Before: "never", After: "narrowed to supplier suppliers/7"}}},
		{"a token", base, strings.Replace(base, hashOf("ann"), hashed, 1), []Change{{Principal: "ann", Before: "a token", After: "another token"}}},
		{"glass", base, "roles:\n  r: {methods: [orders.release]}\n" + principalsOf(one("ann", "rights: {order: [read]}, break_glass: {roles: [r], minutes: 5}")),
			[]Change{{Principal: "ann", Method: releaseOrder, Command: "orders.release", Before: "never", After: "never; for 5 minutes always"}}},
	} {
		if diff := cmp.Diff(tt.want, Diff(parsed(tt.before), parsed(tt.after))); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
	var scoped []string
	for _, c := range Diff(parsed(principalsOf(one("ann", "rights: {order: [read, write]}"))), parsed(principalsOf(one("ann", "rights: {order: [read, write]}, companies: [1]")))) {
		if c.Method == getOrder || c.Method == releaseOrder {
			scoped = append(scoped, c.Before+" -> "+c.After)
		}
	}
	if diff := cmp.Diff([]string{"always -> narrowed to companies 1", "always -> never"}, scoped); diff != "" {
		t.Errorf("a scope: %s", diff)
	}
}
