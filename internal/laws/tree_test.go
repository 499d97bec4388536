package laws

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

const module = "odoomesh"

// source is one Go file that people wrote and that is no test.
type source struct {
	// name is its path from the root of the repository, pkg its folder; the root's is ".".
	name, pkg string
	lines     int
	file      *ast.File
}

func parse(name string, text []byte) (source, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
	return source{name: name, pkg: path.Dir(name), lines: strings.Count(string(text), "\n"), file: file}, err
}

// imports lists what the file imports; packages of this module without its name.
func (s source) imports() []string {
	var all []string
	for _, i := range s.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			all = append(all, strings.TrimPrefix(p, module+"/"))
		}
	}
	return all
}

// importName is what the file calls an imported package; empty where it does not import it.
func (s source) importName(wanted string) string {
	for _, i := range s.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err != nil || p != wanted {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return path.Base(wanted)
	}
	return ""
}

// within tells whether a package is the given one or lies below it.
func within(pkg string, above ...string) bool {
	for _, a := range above {
		if pkg == a || strings.HasPrefix(pkg, a+"/") {
			return true
		}
	}
	return false
}

// tree reads all sources of the repository.
func tree(t *testing.T) []source {
	t.Helper()
	root := os.DirFS("../..")
	var all []source
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || within(name, "gen", "third_party", "tools", "clients", "bin", "dist", "data")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		s, err := parse(name, text)
		all = append(all, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("found %d files: the laws looked in the wrong place", len(all))
	}
	return all
}
