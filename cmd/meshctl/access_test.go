package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"odoomesh/internal/config"
	"odoomesh/services"
)

// holder is an entry of an access file, whose token is the principal's name.
func holder(name, rest string) string {
	sum := sha256.Sum256([]byte(name))
	return "- {name: " + name + ", token_sha256: " + hex.EncodeToString(sum[:]) + ", " + rest + "}\n"
}

func accessFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "access.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAccessFilesAreCheckedAndCompared(t *testing.T) {
	good := accessFile(t, "principals:\n"+holder("ann", "roles: [buyer]")+holder("med", "roles: [partner], supplier: suppliers/7"))
	other := accessFile(t, "roles:\n  w: {methods: [orders.create]}\nprincipals:\n"+holder("ann", "roles: [buyer]")+holder("med", "roles: [partner, w], supplier: suppliers/7")+holder("bob", "roles: [w]"))
	bad := accessFile(t, "principals:\n"+holder("ann", "roles: [byer]")+holder("med", "roles: [partner]"))
	for _, tt := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"access", "check", good}, 0, []string{"ann", "buyer", "supplier suppliers/7"}},
		{[]string{"access", "check", good, "-o", "json"}, 0, []string{`"principal":"med"`, `"roles":["partner"]`}},
		{[]string{"access", "check", bad}, 2, []string{`line 2: principal 1 ("ann"): there is no role "byer" (did you mean "buyer"?)` + "\n", `line 3: principal 2 ("med"): the role partner is for principals with the scope supplier`}},
		{[]string{"access", "check", good + ".none"}, 2, []string{"no such file"}},
		{[]string{"access", "diff", good, good}, 0, []string{"No decision changes."}},
		{[]string{"access", "diff", good, other}, 5, []string{"bob", "orders.create", "never", "always"}},
		{[]string{"access", "diff", good, other, "-o", "json"}, 5, []string{`"principal":"bob"`, `"command":"orders.create","before":"never","after":"always"`}},
		{[]string{"access", "diff", good, bad}, 2, []string{"byer"}},
		{[]string{"access", "diff", good}, 2, []string{"accepts 2 arg"}},
		{[]string{"access"}, 2, []string{"explain, break-glass, check, diff"}},
		{[]string{"access", "break-glass"}, 2, []string{"--reason"}},
	} {
		r := meshctl(t, nil, tt.args...)
		if r.code != tt.code {
			t.Errorf("%v: code %d, %s%s", tt.args, r.code, r.out, r.errs)
		}
		for _, text := range tt.says {
			if !strings.Contains(r.out+r.errs, text) {
				t.Errorf("%v does not say %q: %s%s", tt.args, text, r.out, r.errs)
			}
		}
		if strings.Contains(strings.Join(tt.args, " "), "diff "+good+" "+other) && strings.Contains(r.out, "med") {
			t.Errorf("%v: a command changes for a partner, who cannot be let in: %s", tt.args, r.out)
		}
	}
}

// By the name of each command, as the desk and people know it, a role can be given it.
func TestARoleCanNameEveryCommand(t *testing.T) {
	var names []string
	for _, d := range services.All() {
		for _, k := range d.Commands {
			names = append(names, k.Name)
		}
	}
	path := accessFile(t, "roles:\n  all: {methods: ["+strings.Join(names, ", ")+"]}\nprincipals:\n"+holder("ann", "roles: [all], accept_conflict: a test"))
	if r := meshctl(t, nil, "access", "check", path); r.code != 0 || len(names) < 5 {
		t.Errorf("%v: %s", names, r.errs)
	}
}

// Through a running mesh: the rule that decides, on a real record; more for a while; and
// a file that cannot be used.
func TestAccessOfARunningMesh(t *testing.T) {
	file := "principals:\n" + holder("root", "roles: [administrator]") + holder("ops", "roles: [operator]") +
		holder("ann", "roles: [buyer], break_glass: {roles: [receiver], minutes: 30}")
	path := accessFile(t, file)
	s := newSite(t, 5, 0, func(c *config.Config) { c.AccessFile = path })
	as := func(name string, args ...string) result {
		return meshctl(t, []string{"MESH_SERVER=" + s.addr, "MESH_TOKEN=" + name}, args...)
	}
	s.settled("--token-file", s.file("token", "ops"))
	var found []struct{ Name string }
	for line := range strings.Lines(as("ann", "list", "suppliers", "-o", "json").out) {
		var one struct{ Name string }
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(err)
		}
		found = append(found, one)
	}
	if len(found) < 2 {
		t.Fatalf("%d suppliers", len(found))
	}
	mine, others := found[0].Name, found[1].Name
	with := file + holder("med", "roles: [partner], supplier: "+mine)
	if err := os.WriteFile(path, []byte(with), 0o600); err != nil {
		t.Fatal(err)
	}
	const getSupplier = "/mesh.supplier.v1.SupplierService/GetSupplier"
	eventually(t, "the new principal", func() bool { return as("root", "access", "explain", "med", getSupplier).code == 0 })
	for _, tt := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"ann", "orders.release"}, 0, []string{"always", "role buyer"}},
		{[]string{"ann", "receipts.receive"}, codeForbidden, []string{"never", "With broken glass it would have it."}},
		{[]string{"med", getSupplier, mine}, 0, []string{"narrowed", mine + " is met", "The record names " + mine, "approval_status"}},
		{[]string{"med", getSupplier, others}, codeForbidden, []string{"narrowed", others + " is not met", "The record does not name " + mine + " in legal_supplier or name."}},
		{[]string{"ann", getSupplier, "suppliers/999999"}, codeForbidden, []string{"no such record"}},
		{[]string{"ann", getSupplier, "intents/9"}, codeUsage, []string{"no records intents"}},
		{[]string{"an", getSupplier}, codeUsage, []string{`did you mean "ann"?`}},
		{[]string{"med", getSupplier, others, "-o", "json"}, codeForbidden, []string{`"decision":"DECISION_NARROWED"`}},
	} {
		r := as("root", append([]string{"access", "explain"}, tt.args...)...)
		if r.code != tt.code {
			t.Errorf("%v: code %d, %s%s", tt.args, r.code, r.out, r.errs)
		}
		for _, text := range tt.says {
			if !strings.Contains(r.out+r.errs, text) {
				t.Errorf("%v does not say %q: %s%s", tt.args, text, r.out, r.errs)
			}
		}
	}
	if r := as("ann", "access", "explain", "med", getSupplier); r.code != codeForbidden || !strings.Contains(r.errs, "operate on access") {
		t.Errorf("a buyer is told about others: %d, %s", r.code, r.errs)
	}

	if r := as("ops", "access", "break-glass", "--reason", "x"); r.code != codeForbidden {
		t.Errorf("who has no glass breaks it: %+v", r)
	}
	if r := as("ann", "access", "break-glass", "--reason", "night delivery", "--minutes", "31"); r.code != codeUsage || !strings.Contains(r.errs, "30 at most") {
		t.Errorf("%+v", r)
	}
	if r := as("ann", "access", "break-glass", "--reason", "night delivery"); r.code != 0 || !strings.Contains(r.out, "You have receiver until") {
		t.Errorf("%+v", r)
	}
	if r := as("root", "access", "explain", "ann", "receipts.receive"); r.code != 0 || !strings.Contains(r.out, "broken glass, role receiver") {
		t.Errorf("%+v", r)
	}
	eventually(t, "the exception", func() bool {
		r := as("ops", "exceptions", "list", "--filter", "kind = BREAK_GLASS")
		return strings.Contains(r.out, "ann has broken the glass")
	})
	if r := as("ops", "status"); !strings.Contains(r.out, "ann has receiver until") || !strings.Contains(r.out, "night delivery") {
		t.Errorf("%+v", r)
	}

	if err := os.WriteFile(path, []byte(strings.Replace(with, "[operator]", "[king]", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the word of a file that cannot be used", func() bool {
		r := as("ops", "status")
		return strings.Contains(r.out, `there is no role "king"`) && strings.Contains(r.out, "degraded")
	})
	eventually(t, "its exception", func() bool {
		kinds := as("ops", "exceptions", "list", "-o", "json").out
		return slices.ContainsFunc(strings.Split(kinds, "\n"), func(l string) bool {
			return strings.Contains(l, "EXCEPTION_KIND_ACCESS_FILE") && strings.Contains(l, "meshctl access check")
		})
	})
}
