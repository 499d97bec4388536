package access

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"pgregory.net/rapid"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// described is an access file as a property draws it: what a person would read in it.
type described struct {
	roles      map[string]describedRole
	principals []describedPrincipal
}

type describedRole struct {
	rights  map[string][]string
	methods []string
}

type describedPrincipal struct {
	name              string
	roles             []string
	rights            map[string][]string
	companies, prices bool
	supplier          bool
}

func (d described) text() string {
	var b strings.Builder
	list := func(words []string) string { return "[" + strings.Join(words, ", ") + "]" }
	rights := func(r map[string][]string) string {
		var parts []string
		for _, domain := range slices.Sorted(maps.Keys(r)) {
			parts = append(parts, fmt.Sprintf("%q: %s", domain, list(r[domain])))
		}
		return "rights: {" + strings.Join(parts, ", ") + "}"
	}
	b.WriteString("roles:\n")
	for _, name := range slices.Sorted(maps.Keys(d.roles)) {
		fmt.Fprintf(&b, "  %s: {%s, methods: %s}\n", name, rights(d.roles[name].rights), list(d.roles[name].methods))
	}
	b.WriteString("principals:\n")
	for _, p := range d.principals {
		rest := "roles: " + list(p.roles) + ", " + rights(p.rights)
		if p.companies {
			rest += ", companies: [1]"
		}
		if p.prices {
			rest += ", hide_prices: true"
		}
		if p.supplier {
			rest += ", supplier: suppliers/7"
		}
		b.WriteString(one(p.name, rest))
	}
	return b.String()
}

// allows is what a person would say who reads file and contract, method by method.
func (d described) allows(p describedPrincipal, option *optionsv1.MethodRule, domain, method string) bool {
	word := map[optionsv1.Access]string{optionsv1.Access_ACCESS_READ: "read", optionsv1.Access_ACCESS_WRITE: "write", optionsv1.Access_ACCESS_OPERATE: "operate"}[option.GetAccess()]
	right := option.GetAccess() == optionsv1.Access_ACCESS_KNOWN
	look := func(rights map[string][]string) {
		for _, of := range []string{domain, "*"} {
			right = right || slices.Contains(rights[of], word)
		}
	}
	look(p.rights)
	for _, name := range p.roles {
		look(d.roles[name].rights)
		right = right || slices.Contains(d.roles[name].methods, method)
	}
	switch option.GetRowScope() {
	case optionsv1.RowScope_ROW_SCOPE_NONE:
		return right && !p.companies && !p.prices && !p.supplier
	case optionsv1.RowScope_ROW_SCOPE_COMPANY:
		return right && !p.supplier
	}
	return right
}

func drawRights(t *rapid.T, domains []string) map[string][]string {
	return rapid.MapOfN(rapid.SampledFrom(domains), rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"read", "write", "operate"}), 1, 3, rapid.ID[string]), 0, 3).Draw(t, "rights")
}

// Of no method and no principal does the table say anything else than a person who reads
// the file, whatever the file says.
func TestTheTableSaysWhatTheFileSays(t *testing.T) {
	contract := theContract()
	domains := append(slices.Sorted(maps.Keys(contract.domains)), "*")
	var methods []string
	for _, name := range slices.Sorted(maps.Keys(contract.rules)) {
		if !contract.rules[name].known {
			methods = append(methods, name)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := described{roles: map[string]describedRole{}}
		for _, name := range []string{"alpha", "beta"} {
			d.roles[name] = describedRole{rights: drawRights(t, domains), methods: rapid.SliceOfNDistinct(rapid.SampledFrom(methods), 1, 4, rapid.ID[string]).Draw(t, "methods")}
		}
		for i := range rapid.IntRange(1, 4).Draw(t, "principals") {
			p := describedPrincipal{
				name: fmt.Sprintf("p%d", i), rights: drawRights(t, domains), roles: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"alpha", "beta"}), 0, 2, rapid.ID[string]).Draw(t, "roles"),
				companies: rapid.Bool().Draw(t, "companies"), prices: rapid.Bool().Draw(t, "prices"), supplier: rapid.Bool().Draw(t, "supplier"),
			}
			if len(p.rights) > 0 || len(p.roles) > 0 {
				d.principals = append(d.principals, p)
			}
		}
		if len(d.principals) == 0 {
			return
		}
		f, err := Parse([]byte(d.text()))
		if err != nil {
			if strings.Contains(err.Error(), "exclude each other") {
				return // that is another test's
			}
			t.Fatalf("%v in\n%s", err, d.text())
		}
		compiled := compile(contract.rules, f.principals...)
		for name, r := range contract.rules {
			option := optionOf(t, name)
			for _, p := range d.principals {
				got, _ := compiled.decide(name, f.Principal(p.name))
				if want := d.allows(p, option, r.domain, name); got.Allows() != want {
					t.Fatalf("%s for %s: %v, want %v, in\n%s", name, p.name, got, want, d.text())
				}
			}
		}
	})
}

func optionOf(t *rapid.T, method string) *optionsv1.MethodRule {
	if method == Metrics { // a page, which the contract does not have
		return &optionsv1.MethodRule{Access: optionsv1.Access_ACCESS_OPERATE, RowScope: optionsv1.RowScope_ROW_SCOPE_NONE}
	}
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(strings.ReplaceAll(strings.TrimPrefix(method, "/"), "/", ".")))
	if err != nil {
		t.Fatal(err)
	}
	return proto.GetExtension(found.Options(), optionsv1.E_Method).(*optionsv1.MethodRule)
}

// deciding is a guard with many principals, and a call of one in their middle.
func deciding(t testing.TB) (*Guard, context.Context) {
	var entries []string
	for i := range 200 {
		entries = append(entries, one(fmt.Sprintf("p%d", i), "roles: [buyer, integration], companies: [1, 3]"))
	}
	g, _, _ := guarding(t, principalsOf(entries...))
	return g, by(t, g, "p100")
}

func decideBoth(t testing.TB, g *Guard, ctx context.Context) {
	if g.Authorise(ctx, getOrder) != nil || g.Narrow(ctx, getOrder) != nil {
		t.Fatal("it is refused")
	}
}

func TestADecisionAllocatesNothing(t *testing.T) {
	g, ctx := deciding(t)
	if n := testing.AllocsPerRun(1000, func() { decideBoth(t, g, ctx) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A decision is right and scope together, as a call meets them.
func BenchmarkDecision(b *testing.B) {
	g, ctx := deciding(b)
	b.ReportAllocs()
	for b.Loop() {
		decideBoth(b, g, ctx)
	}
}
