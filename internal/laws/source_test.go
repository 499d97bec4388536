package laws

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	longestFile    = 350
	longestComment = 15
)

// sourceLaw forbids something in a file.
type sourceLaw struct {
	says   string
	broken func(source) []string
	// except names packages that may, each with the reason.
	except map[string]string
}

func sourceLaws() []sourceLaw {
	return []sourceLaw{
		{
			says:   "Time comes in through a clock.Clock: time.Now, time.Since and time.Until stand in package clock alone.",
			broken: clockReads,
			except: map[string]string{
				"internal/clock": "it is the clock",
				"internal/bench": "it measures the time that others take",
			},
		},
		{says: "Nothing happens by being imported: no init function.", broken: initFunctions},
		{says: "Metrics belong to a registry that is handed in: none in a package variable.", broken: packageMetrics},
		{says: "A package is called by what it does.", broken: emptyNames},
		{says: "The models of Odoo's that a domain's commands read and write are named in its odoo.go alone.", broken: strayModels},
		{says: "A file has at most 350 lines.", broken: tooLong},
		{says: "A package comment has fewer than 15 lines.", broken: longComment},
	}
}

func clockReads(s source) []string {
	name := s.importName("time")
	if name == "" {
		return nil
	}
	var found []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && isNamed(sel.X, name) && slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
			found = append(found, "time."+sel.Sel.Name)
		}
		return true
	})
	return found
}

func isNamed(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}

func initFunctions(s source) []string {
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			return []string{"func init"}
		}
	}
	return nil
}

func packageMetrics(s source) []string {
	var names []string
	for _, i := range s.imports() {
		if strings.HasPrefix(i, "github.com/prometheus/") {
			names = append(names, s.importName(i))
		}
	}
	var found []string
	for _, d := range s.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		ast.Inspect(g, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && slices.ContainsFunc(names, func(name string) bool { return isNamed(sel.X, name) }) {
				found = append(found, "a package variable of "+sel.Sel.Name)
			}
			return true
		})
	}
	return found
}

func emptyNames(s source) []string {
	if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "misc", "shared"}, s.file.Name.Name) {
		return []string{"package " + s.file.Name.Name}
	}
	return nil
}

// model is what Odoo calls a model; other texts that begin with "product." are fields of a
// request.
var model = regexp.MustCompile(`^(?:(?:account|mail|purchase|res|stock|uom)(?:\.[a-z_]+)+|product\.(?:product|template|supplierinfo|packaging|uom))$`)

func strayModels(s source) []string {
	if !within(s.pkg, "services") || path.Base(s.name) == "odoo.go" {
		return nil
	}
	var found []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING && model.MatchString(strings.Trim(text.Value, "`\"")) {
			found = append(found, text.Value)
		}
		return true
	})
	return found
}

func tooLong(s source) []string {
	if s.lines > longestFile {
		return []string{fmt.Sprintf("%d lines", s.lines)}
	}
	return nil
}

func longComment(s source) []string {
	if n := strings.Count(s.file.Doc.Text(), "\n"); n >= longestComment {
		return []string{fmt.Sprintf("a package comment of %d lines", n)}
	}
	return nil
}

func TestFilesKeepTheLaws(t *testing.T) {
	for _, s := range tree(t) {
		for _, law := range sourceLaws() {
			if _, excepted := law.except[s.pkg]; excepted {
				continue
			}
			if found := law.broken(s); len(found) > 0 {
				t.Errorf("%s has %s. The law: %s", s.name, strings.Join(found, ", "), law.says)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	comments := map[string]int{}
	for _, s := range tree(t) {
		comments[s.pkg] += min(1, len(s.file.Doc.Text()))
	}
	for pkg, n := range comments {
		if n != 1 {
			t.Errorf("%s has %d package comments, want 1", pkg, n)
		}
	}
}

func TestTheSourceLawsCatchWhatBreaksThem(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		broken     bool
	}{
		{"a clock read", "package a\nimport \"time\"\nvar f = time.Now\n", true},
		{"under another name", "package a\nimport t \"time\"\nfunc f() { _ = t.Since(t.Time{}) }\n", true},
		{"somebody else's Now", "package a\nfunc f(time c) { time.Now() }\n", false},
		{"an init", "package a\nfunc init() {}\n", true},
		{"a method called init", "package a\ntype b int\nfunc (b) init() {}\n", false},
		{"a metric", "package a\nimport \"github.com/prometheus/client_golang/prometheus\"\nvar c = prometheus.NewCounter(prometheus.CounterOpts{})\n", true},
		{"a metric in a function", "package a\nimport \"github.com/prometheus/client_golang/prometheus\"\nfunc f() { var c prometheus.Counter; _ = c }\n", false},
		{"an empty name", "package helpers\n", true},
		{"a long file", "package a\n" + strings.Repeat("\n", longestFile), true},
		{"a long comment", strings.Repeat("// a\n", longestComment) + "package a\n", true},
	} {
		s, err := parse("a/a.go", []byte(tt.text))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		broken := false
		for _, law := range sourceLaws() {
			broken = broken || len(law.broken(s)) > 0
		}
		if broken != tt.broken {
			t.Errorf("%s: broken %v, want %v", tt.name, broken, tt.broken)
		}
	}
}

func TestAModelIsNamedInOneFileOfADomain(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		broken     bool
	}{
		{"services/order/limit.go", "package order\nvar _ = row(\"res.company\", 1)\n", true},
		{"services/inventory/goods/stock.go", "package goods\nconst stock = `stock.move.line`\n", true},
		{"services/order/odoo.go", "package order\nconst company = \"res.company\"\n", false},
		{"services/product/create.go", "package product\nconst at = \"product.category\"\n", false},
		{"internal/odoo/locale.go", "package odoo\nconst users = \"res.users\"\n", false},
	} {
		s, err := parse(tt.name, []byte(tt.text))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if found := strayModels(s); (len(found) > 0) != tt.broken {
			t.Errorf("%s: found %v, want some: %v", tt.name, found, tt.broken)
		}
	}
}
