package access

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/scope"
)

var update = flag.Bool("update", false, "write docs/roles.md anew")

// rolesInOrder are the ready roles in the order of their file.
func rolesInOrder(t *testing.T) (names []string, doc *document) {
	t.Helper()
	doc, err := decode(readyText)
	if err != nil {
		t.Fatal(err)
	}
	names = slices.SortedFunc(maps.Keys(doc.Roles), func(a, b string) int { return doc.line("roles", a) - doc.line("roles", b) })
	return names, doc
}

// everyRole is a file with a principal for each ready role, called like it.
func everyRole(t *testing.T) (*File, []string) {
	t.Helper()
	names, doc := rolesInOrder(t)
	var entries []string
	for _, name := range names {
		rest := "roles: [" + name + "]"
		if doc.Roles[name].Needs == "supplier" {
			rest += ", supplier: suppliers/7"
		}
		if doc.Roles[name].Needs == "carrier" {
			rest += ", carrier: Swift"
		}
		entries = append(entries, one(name, rest))
	}
	f, err := Parse([]byte(principalsOf(entries...)))
	if err != nil {
		t.Fatal(err)
	}
	return f, names
}

const rolesIntro = `# Roles

Generated from internal/access by ` + "`go test ./internal/access -run Documentation -update`" + `.

Who may call what stands in the access file (` + "`access-file`" + `). A principal has roles, rights, or both; nothing is allowed that none of them allows.
[access.md](access.md) says what a principal that is narrowed down meets of the records.

` + "```yaml" + `
roles:                              # your own, beside the ready ones below
  ward-clerk:
    about: Asks for what the ward needs.
    rights: {product: [read], order: [read], command: [read]}    # right on domain; "*" is every domain
    methods: [orders.create]                                     # single methods: commands, or /mesh.order.v1.OrderService/GetOrder
  master-data:
    about: The product information system.
    methods: [products.create, products.update]
conflicts:                          # your own, beside the ready ones below: of roles, or of methods that roles give
  - {between: ward-clerk, and: orders.release, because: who asks does not approve}
segregation:                        # what nobody does to a document who has done something else to it
  - {of: orders.release, from: [orders.create, orders.update], because: who asks does not approve}
owners:                             # who alone writes a field through the mesh: a role, or odoo for nobody
  - {field: products.gtin, owner: master-data, because: the product information system is its master}
principals:
  - name: ann
    token_sha256: 0f0c…64 hexadecimal digits…
    roles: [buyer]
  - name: bob
    token_sha256: 7c9e…
    roles: [receiver]
    break_glass: {roles: [buyer], minutes: 30}
  - name: night-desk
    token_sha256: 3b1d…
    roles: [buyer, receiver]
    accept_conflict: one person at night; the auditor sees every order of it on Mondays
  - name: portal-medline
    token_sha256: 90aa…
    roles: [partner]
    supplier: suppliers/7
  - name: ward-application          # without roles, as before there were any
    token_sha256: 5d20…
    rights: {product: [read]}
` + "```" + `

A file is used as a whole or not at all. A role that names a domain or a method that the contract does not have, a role that nobody has defined, and whatever else
is wrong are told at once, each with its line: ` + "`meshctl access check FILE`" + `. The ready roles cannot be changed by a file; give yours another name.

**It is read again without a restart.** meshd looks at the file every second, and takes a new one when it has looked the same twice; on SIGHUP at once. A file that cannot be
used leaves the one before in force: the log, ` + "`/readyz`, `meshctl status`, `mesh_access_file_refused` and an exception (`ACCESS_FILE`)" + ` say so. Where a right, a principal or a
token is taken, or a scope changes, the streams that rest on it end with NOT_PERMITTED or UNAUTHENTICATED within five seconds; calls that are under way end as they would have.

**It can be governed.** With ` + "`governed: true`" + ` it is changed by two persons, and no more by its file: [governance.md](governance.md), which says what ` + "`segregation`" + ` does, too. Who calls what is in ` + "`meshctl access usage`" + `.

**See before what it does.** ` + "`meshctl access diff OLD NEW`" + ` prints the decisions that change, by principal and method, without a mesh. ` + "`meshctl access explain ann orders.release orders/42`" + ` tells
which rule of the file in force decides, and whether ann meets the order; it needs the right to operate ` + "`access`" + `.

**Broken glass.** A principal with ` + "`break_glass`" + ` can take its roles for as many minutes (480 at most): ` + "`meshctl access break-glass --reason '…'`" + `, ` + "`POST /v1/access:breakGlass`" + `. It is logged as a
warning with the reason, counted in ` + "`mesh_access_glass_broken_total`" + `, and an exception (` + "`BREAK_GLASS`" + `) while it lasts. It ends by itself, when the file no longer allows it, and with the
process; the audit has its end, too. Its scope stays. Conflicts are not looked at there: it is what one does in their place.

`

func TestDocumentation(t *testing.T) {
	names, doc := rolesInOrder(t)
	f, _ := everyRole(t)
	c := theContract()
	commands := map[string]string{}
	for name, method := range c.commands {
		commands[method] = name
	}
	var b strings.Builder
	b.WriteString(rolesIntro + "## The ready roles\n\n| role | what it is for |\n|---|---|\n")
	for _, name := range names {
		about := strings.TrimSpace(doc.Roles[name].About)
		if needs := doc.Roles[name].Needs; needs != "" {
			about += " Needs the scope `" + needs + "`."
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, about)
	}
	b.WriteString("\n## What excludes each other\n\nNobody has both, unless the file says why (`accept_conflict`). A principal that has rights and no role is not looked at, so that files from before there were roles go on.\n\n| duty | and | because |\n|---|---|---|\n")
	for _, conflict := range doc.Conflicts {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", conflict.Between, conflict.And, conflict.Because)
	}
	b.WriteString("\n## Fields that can have an owner\n\n" +
		"With `owners` a field is written by those who have the role, and by nobody else: the command of another is refused with WRONG_OWNER, which names the field and its owner, and nothing is changed. A whole record may be sent back with such fields as they are. `odoo` as the owner leaves a field to the people in Odoo. What was put off is held to the owners of the moment in which it was taken on; with broken glass they are not looked at. `meshctl access explain` and `access diff` tell them.\n\n| field | commands that write it |\n|---|---|\n")
	for _, field := range c.written() {
		collection, name, _ := strings.Cut(field, ".")
		var by []string
		for command, fields := range c.writes {
			if strings.HasPrefix(command, collection+".") && slices.Contains(fields, name) {
				by = append(by, "`"+command+"`")
			}
		}
		slices.Sort(by)
		fmt.Fprintf(&b, "| `%s` | %s |\n", field, strings.Join(by, ", "))
	}
	b.WriteString("\n## Every method by every ready role\n\n● every call, ◐ what its scope leaves, – never. The last column says which callers with a scope the method admits at all: `companies` are those that are a part of the hospital, narrowed to companies or without prices; `partners` are suppliers, carriers and finance platforms.\n\n")
	b.WriteString("| method | needs | " + strings.Join(names, " | ") + " | scopes |\n|" + strings.Repeat("---|", len(names)+3) + "\n")
	for _, method := range slices.Sorted(maps.Keys(c.rules)) {
		r := c.rules[method]
		shown := strings.TrimPrefix(method, "/mesh.")
		if command := commands[method]; command != "" {
			shown += " (" + command + ")"
		}
		needs := rightName(r.access) + " " + r.domain
		if r.access == optionsv1.Access_ACCESS_KNOWN {
			needs = "to be known"
		}
		fmt.Fprintf(&b, "| `%s` | %s |", shown, needs)
		for _, name := range names {
			b.WriteString(" " + map[Decision]string{NoRight: "–", NoScope: "–", Narrowed: "◐", Always: "●"}[decide(r, f.Principal(name))] + " |")
		}
		fmt.Fprintf(&b, " %s |\n", admits(r))
	}
	const path = "../../docs/roles.md"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.String(), string(was)); diff != "" {
		t.Errorf("docs/roles.md is not what roles and contract say. Look whether every decision is meant, and run it with -update:\n%s", diff)
	}
}

func admits(r rule) string {
	var kinds []string
	if r.narrow(&scope.Scope{Companies: []int64{1}}) {
		kinds = append(kinds, "companies")
	}
	if r.narrow(&scope.Scope{Supplier: "suppliers/1"}) {
		kinds = append(kinds, "partners")
	}
	return strings.Join(kinds, ", ")
}

func TestReadyRolesKeepDutiesApart(t *testing.T) {
	f, _ := everyRole(t)
	c := theContract()
	for _, tt := range []struct {
		role, method string
		want         bool
	}{
		{"receiver", "receipts.receive", true}, {"receiver", "orders.release", false}, {"receiver", "lots.hold", true}, {"receiver", "lots.releaseHold", false},
		{"order-approver", "orders.approve", true}, {"order-approver", "orders.release", false}, {"buyer", "orders.approve", false}, {"buyer", "orders.amend", true},
		{"buyer", "orders.release", true}, {"buyer", "receipts.receive", false}, {"buyer", "invoices.post", false},
		{"accountant", "invoices.post", true}, {"accountant", "orders.release", false}, {"accountant", "invoices.reverse", true}, {"accountant", "suppliers.create", false},
		{"steward", "products.create", true}, {"steward", "suppliers.archive", true}, {"steward", "orders.create", false}, {"steward", "invoices.post", false}, {"buyer", "suppliers.create", false},
		{"reader", "orders.create", false}, {"reader", getOrder, true}, {"reader", "/mesh.operations.v1.OperationsService/GetStatus", false},
		{"auditor", "orders.create", false}, {"auditor", "/mesh.access.v1.AccessService/ExplainAccess", true}, {"auditor", "intents.retry", false},
		{"operator", "/mesh.operations.v1.OperationsService/Backup", true}, {"operator", "orders.release", false}, {"operator", "/mesh.access.v1.AccessService/ExplainAccess", false},
		{"administrator", getOrder, false}, {"administrator", "/mesh.access.v1.AccessService/ExplainAccess", true},
		{"partner", getOrder, true}, {"partner", "/mesh.inventory.v1.InventoryService/GetLot", false}, {"partner", "orders.acknowledge", true}, {"partner", "receipts.announce", true}, {"partner", "receipts.reportMilestone", false}, {"partner", "orders.release", false}, {"carrier", "receipts.reportMilestone", true}, {"carrier", "receipts.announce", false}, {"carrier", getOrder, false},
		{"quality", "lots.releaseHold", true}, {"integration", "orders.acknowledge", true}, {"integration", "orders.release", false},
	} {
		r, known := c.method(tt.method)
		if got := decide(r, f.Principal(tt.role)).Allows(); !known || got != tt.want {
			t.Errorf("%s may %s: %v", tt.role, tt.method, got)
		}
	}
	if !f.Principal("auditor").Operates("command") || f.Principal("buyer").Operates("command") {
		t.Error("the auditor does not see the intents of others, or a buyer does")
	}
}

// A method that writes has the name by which people know it.
func TestCommandsHaveTheirNames(t *testing.T) {
	got := slices.Sorted(maps.Keys(theContract().commands))
	want := []string{
		"approvedVendors.approve", "approvedVendors.create", "approvedVendors.update", "approvedVendors.withdraw",
		"intents.cancel", "intents.retry", "invoices.cancel", "invoices.create", "invoices.overrideMatch", "invoices.post", "invoices.reverse", "lots.hold", "lots.releaseHold", "orders.acceptAcknowledgement", "orders.acknowledge", "orders.amend", "orders.approve", "orders.cancel", "orders.create", "orders.release", "orders.submit", "orders.update", "products.archive", "products.create", "products.import", "products.importSupplierPrices", "products.restore", "products.setSupplierPrice", "products.update", "products.withdrawSupplierPrice", "receipts.announce", "receipts.receive", "receipts.reportMilestone", "receipts.return", "stockPositions.adjust", "stockPositions.scrap", "stockPositions.transfer",
		"suppliers.approve", "suppliers.archive", "suppliers.create", "suppliers.proposeApproval", "suppliers.restore", "suppliers.suspend", "suppliers.update",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrongWithRolesIsToldAtOnce(t *testing.T) {
	buyer := one("ann", "roles: [buyer]")
	for _, tt := range []struct {
		name, text string
		wrong      []string
	}{
		{"roles beside rights", principalsOf(one("ann", "roles: [buyer], rights: {event: [read]}")), nil},
		{"an own role", "roles:\n  clerk: {methods: [orders.create]}\n" + principalsOf(one("ann", "roles: [clerk]")), nil},
		{"a method by its full name", "roles:\n  clerk: {methods: [" + getOrder + ", mesh.order.v1.OrderService/ListOrders]}\n" + principalsOf(one("ann", "roles: [clerk]")), nil},
		{"everything at once", "roles:\n  clerk:\n    rights:\n      prodict: [reed]\n    methods:\n    - orders.stamp\n" + principalsOf(buyer, one("bob", "roles: [byer]")),
			[]string{`line 4: role "clerk": there is no domain "prodict"`, `"reed"`, `line 6: role "clerk": there is no method "orders.stamp"`, `line 9: principal 2 ("bob"): there is no role "byer" (did you mean "buyer"?)`}},
		{"a ready role defined again", "roles:\n  buyer: {rights: {order: [read]}}\n" + principalsOf(buyer), []string{`line 2: role "buyer" is one of the ready roles`}},
		{"a role that gives nothing", "roles:\n  idle: {about: nothing}\n" + principalsOf(buyer), []string{`line 2: role "idle": it gives nothing`}},
		{"a domain without rights", principalsOf(one("ann", "rights: {order: []}")), []string{"order has no rights"}},
		{"a method that nobody is given", "roles:\n  clerk: {methods: [/mesh.access.v1.AccessService/BreakGlass]}\n" + principalsOf(buyer), []string{"needs no right"}},
		{"a partner without a supplier", principalsOf(one("med", "roles: [partner], companies: [1]")), []string{`line 2: principal 1 ("med"): the role partner is for principals with the scope supplier`}},
		{"a carrier without one", principalsOf(one("dhl", "roles: [carrier], supplier: suppliers/7")), []string{"scope carrier"}},
		{"a partner with a supplier", principalsOf(one("med", "roles: [partner], supplier: suppliers/7")), nil},
		{"an own role with a need", "roles:\n  wagon: {rights: {receipt: [read]}, needs: carrier}\n" + principalsOf(one("dhl", "roles: [wagon]")), []string{"scope carrier"}},
		{"a need that is none", "roles:\n  wagon: {rights: {receipt: [read]}, needs: lorry}\n" + principalsOf(buyer), []string{`needs: "lorry" is none of companies`}},
		{"one role twice", "roles:\n  a: {rights: {order: [read]}}\n  a: {rights: {order: [write]}}\n" + principalsOf(buyer), []string{"already defined"}},
		{"two documents", principalsOf(buyer) + "---\n" + principalsOf(buyer), []string{"more than one document"}},
		{"a key that is none", "roles:\n  a: {right: {order: [read]}}\n" + principalsOf(buyer), []string{"line 2", "right"}},

		{"who orders and receives", principalsOf(one("ann", "roles: [buyer, receiver]")), []string{"line 2", "orders.release (role buyer) and receipts.receive (role receiver) exclude each other: who orders", "accept_conflict"}},
		{"with a reason", principalsOf(one("ann", "roles: [buyer, receiver], accept_conflict: night shift")), nil},
		{"who raises orders and receives", "roles:\n  clerk: {methods: [orders.amend, receipts.receive]}\n" + principalsOf(one("ann", "roles: [clerk]")), []string{"orders.amend (role clerk) and receipts.receive (role clerk) exclude each other: who orders more"}},
		{"a reason for nothing", principalsOf(one("ann", "roles: [buyer], accept_conflict: night shift")), []string{"do not exclude each other"}},
		{"a blank reason", principalsOf(one("ann", "roles: [buyer, receiver], accept_conflict: ' '")), []string{"exclude each other"}},
		{"an own role that does both", "roles:\n  all: {rights: {order: [write], invoice: [write]}}\n" + principalsOf(one("ann", "roles: [all]")), []string{"orders.release (role all) and invoices.post (role all)"}},
		{"administrator and auditor", principalsOf(one("ann", "roles: [administrator, auditor]")), []string{"the role administrator and the role auditor exclude each other"}},
		{"rights without a role are as they were", principalsOf(one("ann", `rights: {"*": [read, write, operate]}`)), nil},
		{"rights beside a role count", principalsOf(one("ann", "roles: [buyer], rights: {invoice: [write]}")), []string{"orders.release (role buyer) and invoices.post (rights of ann)"}},
		{"a conflict of one's own", "roles:\n  clerk: {methods: [orders.create]}\nconflicts:\n- {between: clerk, and: orders.release, because: no}\n" + principalsOf(one("ann", "roles: [clerk, buyer]")), []string{"the role clerk and orders.release (role buyer) exclude each other: no"}},
		{"a conflict of nothing", "conflicts:\n- {between: nobody, and: buyer}\n" + principalsOf(buyer), []string{`line 2: conflict 1: between: there is no role and no method "nobody"`, "say why"}},

		{"an order released by another", "segregation:\n- {of: orders.release, from: [orders.create, orders.update], because: no}\n" + principalsOf(buyer), nil},
		{"segregation of nothing", "segregation:\n- {of: orders.relase, from: [orders.creat]}\n- {of: orders.release}\n" + principalsOf(buyer), []string{`line 2: segregation 1: of: there is no command "orders.relase" (did you mean "orders.release"?)`, `no command "orders.creat" (did you mean "orders.create"?)`, "say why", "line 3: segregation 2: from: name the commands"}},
		{"segregation that could not be", "segregation:\n- {of: orders.release, from: [orders.release, receipts.receive], because: no}\n" + principalsOf(buyer), []string{"orders.release would exclude itself", "receipts.receive is not done to orders"}},

		{"glass", principalsOf(one("ann", "roles: [buyer], break_glass: {roles: [receiver], minutes: 30}")), nil},
		{"glass of no roles", principalsOf(one("ann", "roles: [buyer], break_glass: {minutes: 30}")), []string{"break_glass: name the roles"}},
		{"glass of unknown roles", principalsOf(one("ann", "roles: [buyer], break_glass: {roles: [king], minutes: 30}")), []string{`no role "king"`}},
		{"glass for ever", principalsOf(one("ann", "roles: [buyer], break_glass: {roles: [receiver], minutes: 481}")), []string{"481 is not between 1 and 480"}},
		{"glass for no time", principalsOf(one("ann", "roles: [buyer], break_glass: {roles: [receiver]}")), []string{"0 is not between"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.text))
			if (err != nil) != (len(tt.wrong) > 0) {
				t.Fatalf("error %v", err)
			}
			for _, w := range tt.wrong {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q is not in:\n%v", w, err)
				}
			}
		})
	}
}
