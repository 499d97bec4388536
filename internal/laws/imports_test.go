package laws

import (
	"maps"
	"slices"
	"testing"
)

// importLaw forbids imports between packages.
type importLaw struct {
	says string
	// broken tells what a package imports against the law.
	broken func(pkg string, imports []string) []string
	// except names packages that may, each with the reason.
	except map[string]string
}

// only lets nobody but the owners import the packages that match.
func only(matches func(imported string) bool, owners ...string) func(string, []string) []string {
	return func(pkg string, imports []string) []string {
		if within(pkg, owners...) {
			return nil
		}
		return slices.DeleteFunc(imports, func(i string) bool { return !matches(i) })
	}
}

// limited lets the packages at and below a folder import nothing else of this
// module but what is named.
func limited(folder string, allowed ...string) func(string, []string) []string {
	return func(pkg string, imports []string) []string {
		if !within(pkg, folder) {
			return nil
		}
		return slices.DeleteFunc(imports, func(i string) bool { return !ours(i) || within(i, allowed...) })
	}
}

func ours(imported string) bool {
	return imported == module || within(imported, "cmd", "gateway", "gen", "internal", "proto", "services")
}

// canonical packages hold what records are made of; the reasons of refusals are
// for whoever refuses, what the contract says of methods for whoever holds it, what became
// of commands for whoever carries them out, and the envelope in which a store keeps a
// record for the engine.
func canonical(imported string) bool {
	return within(imported, "gen") && !within(imported, "gen/go/mesh/errors", "gen/go/mesh/internalpb", "gen/go/mesh/command", "gen/go/mesh/options")
}

func odoo(imported string) bool { return within(imported, "internal/odoo") }

func importLaws() []importLaw {
	return []importLaw{
		{
			says: "The engine knows a domain only through what the domain hands it: it does not import services.",
			broken: only(func(i string) bool { return within(i, "services") },
				"services", "cmd", "internal/app", "internal/bench", "internal/demo", "internal/e2e", "internal/laws", "internal/tools"),
		},
		{
			says: "A service goes to Odoo through the engine alone.",
			broken: func(pkg string, imports []string) []string {
				if !within(pkg, "services") {
					return nil
				}
				return slices.DeleteFunc(imports, func(i string) bool { return !odoo(i) })
			},
		},
		{
			says: "The contract's records and the client of Odoo meet in mapping alone.",
			broken: func(pkg string, imports []string) []string {
				if pkg == "internal/mapping" || !slices.ContainsFunc(imports, canonical) {
					return nil
				}
				return slices.DeleteFunc(imports, func(i string) bool { return !odoo(i) })
			},
			except: map[string]string{
				"internal/bench": "it measures the mesh beside Odoo, as a client of both",
			},
		},
		{
			says: "The mapping knows no domain's messages: what makes them stands in the domain's mapping.yaml and its converters.",
			broken: func(pkg string, imports []string) []string {
				if !within(pkg, "internal/mapping") {
					return nil
				}
				return slices.DeleteFunc(imports, func(i string) bool { return !canonical(i) || within(i, "gen/go/mesh/types", "gen/go/mesh/options") })
			},
		},
		{
			says:   "The client of Odoo knows nothing canonical, and no other part of the mesh.",
			broken: limited("internal/odoo", "internal/odoo", "internal/clock", "internal/secret", "internal/xmlscan"),
		},
		{
			says:   "Where a secret stands has nothing to do with what it opens.",
			broken: limited("internal/secret", "internal/clock"),
		},
		{
			says:   "The simulated Odoo is an Odoo: it knows the wire, and nothing of the mesh.",
			broken: limited("internal/odoosim", "internal/odoosim", "internal/clock", "internal/xmlscan"),
		},
		{
			says:   "What stands before an Odoo in tests knows the wire, and nothing of the mesh.",
			broken: limited("internal/odooproxy", "internal/odooproxy", "internal/odoosim/xmlrpc"),
		},
		{
			says:   "Stores keep bytes: they know neither vocabulary.",
			broken: limited("internal/store", "internal/store", "internal/clock"),
		},
		{
			says:   "What Odoo does not own is kept beside it: the book knows the contract and stores, and nothing of how Odoo is read.",
			broken: limited("internal/owned", "internal/owned", "internal/store", "internal/index", "internal/clock", "internal/resource", "gen"),
		},
		{
			says:   "Records are mapped and reconciled without knowing who keeps what Odoo does not own.",
			broken: only(func(i string) bool { return within(i, "internal/owned") }, "internal/owned", "internal/command", "services", "internal/app", "internal/e2e"),
		},
		{
			says:   "Badger is imported in badgerstore alone.",
			broken: only(func(i string) bool { return within(i, "github.com/dgraph-io/badger/v4") }, "internal/store/badgerstore"),
		},
		{
			says:   "A gRPC status is made in fault, and passed on by app and gateway.",
			broken: only(func(i string) bool { return i == "google.golang.org/grpc/status" }, "internal/fault", "internal/app", "gateway"),
			except: map[string]string{
				"docs/examples/go-consumer": "it shows how a client of the mesh reads one, without the mesh's own packages",
			},
		},
		{
			says:   "Only app and the programs know everything: nobody else imports app.",
			broken: only(func(i string) bool { return i == "internal/app" }, "cmd", "internal/bench", "internal/e2e"),
		},
		{
			says:   "Only app knows the list of services, and the programs that check names against it.",
			broken: only(func(i string) bool { return i == "services" }, "internal/app", "cmd", "internal/bench", "internal/e2e"),
		},
	}
}

func TestPackagesImportWhatTheyMay(t *testing.T) {
	imports := map[string]map[string]bool{}
	for _, s := range tree(t) {
		if imports[s.pkg] == nil {
			imports[s.pkg] = map[string]bool{}
		}
		for _, i := range s.imports() {
			imports[s.pkg][i] = true
		}
	}
	for _, law := range importLaws() {
		for pkg, reason := range law.except {
			if reason == "" {
				t.Errorf("%s: the exception %s gives no reason", law.says, pkg)
			}
		}
		for _, pkg := range slices.Sorted(maps.Keys(imports)) {
			wrong := law.broken(pkg, slices.Sorted(maps.Keys(imports[pkg])))
			if _, excepted := law.except[pkg]; len(wrong) > 0 && !excepted {
				t.Errorf("%s imports %v. The law: %s", pkg, wrong, law.says)
			}
		}
	}
}

func TestTheImportLawsCatchWhatBreaksThem(t *testing.T) {
	for i, tt := range []struct {
		pkg     string
		imports []string
		broken  bool
	}{
		{"services/order", []string{"gen/go/mesh/order/v1", "internal/read", "internal/store", "context"}, false},
		{"services/inventory/stockbook", []string{"internal/journal", "services/inventory"}, false},
		{"services/event", []string{"internal/odoo"}, true},
		{"services/event", []string{"internal/app"}, true},
		{"internal/capture", []string{"services/inventory/stockbook"}, true},
		{"gateway", []string{"services/order"}, true},
		{"internal/app", []string{"services/order"}, false},
		{"internal/capture", []string{"gen/go/mesh/order/v1", "internal/odoo"}, true},
		{"internal/mapping", []string{"gen/go/mesh/types/v1", "internal/odoo"}, false},
		{"internal/mapping", []string{"gen/go/mesh/order/v1", "internal/odoo"}, true},
		{"services/order", []string{"gen/go/mesh/order/v1", "internal/mapping"}, false},
		{"internal/fault", []string{"gen/go/mesh/errors/v1", "internal/odoo"}, false},
		{"internal/odoo/xmlrpc", []string{"gen/go/mesh/types/v1"}, true},
		{"internal/odoosim", []string{"internal/odoo"}, true},
		{"internal/odoosim", []string{"internal/odoosim/orm"}, false},
		{"internal/store/storetest", []string{"gen/go/mesh/types/v1"}, true},
		{"internal/capture", []string{"github.com/dgraph-io/badger/v4/options"}, true},
		{"internal/rpc", []string{"google.golang.org/grpc/status"}, true},
		{"gateway", []string{"google.golang.org/grpc/status"}, false},
		{"internal/read", []string{"internal/app"}, true},
		{"internal/capture", []string{"services"}, true},
		{"internal/owned", []string{"internal/store", "gen/go/mesh/options/v1"}, false},
		{"internal/owned", []string{"internal/mapping"}, true},
		{"internal/reconcile", []string{"internal/owned"}, true},
		{"services/inventory", []string{"internal/owned"}, false},
	} {
		var said []string
		for _, law := range importLaws() {
			if len(law.broken(tt.pkg, slices.Clone(tt.imports))) > 0 {
				said = append(said, law.says)
			}
		}
		if (len(said) > 0) != tt.broken {
			t.Errorf("case %d: %s imports %v: broken laws %q, want some: %v", i, tt.pkg, tt.imports, said, tt.broken)
		}
	}
}
