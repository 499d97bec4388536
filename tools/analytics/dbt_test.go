package analytics

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What of dbt's templates the project uses. dbt itself is Python: here its SQL is what
// counts, so that anything else in a template is a fault of the project.
var (
	source  = regexp.MustCompile(`\{\{ *source\('mesh', '(\w+)'\) *\}\}`)
	ref     = regexp.MustCompile(`\{\{ *ref\('(\w+)'\) *\}\}`)
	configs = regexp.MustCompile(`\{\{ *config\([^}]*\) *\}\}`)
	related = regexp.MustCompile(`^ref\('(\w+)'\)$`)
)

// render makes SQL of a model or a test.
func render(t *testing.T, name, text string) string {
	t.Helper()
	text = configs.ReplaceAllString(text, "")
	text = source.ReplaceAllString(text, `main."$1"`)
	text = ref.ReplaceAllString(text, `dbt."$1"`)
	if strings.Contains(text, "{{") || strings.Contains(text, "{%") {
		t.Fatalf("%s has a template that this test does not know:\n%s", name, text)
	}
	return text
}

// project makes the models of the dbt project in the order in which they need each other,
// and runs its tests: none may find a row.
func project(t *testing.T, db *sql.DB) {
	t.Helper()
	models, tests := files(t, "docs/dbt/models"), files(t, "docs/dbt/tests")
	if _, err := db.Exec("CREATE SCHEMA dbt"); err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	var build func(name string)
	build = func(name string) {
		text, known := models[name]
		if !known {
			t.Fatalf("there is no model %s", name)
		}
		if made[name] {
			return
		}
		made[name] = true
		for _, needed := range ref.FindAllStringSubmatch(text, -1) {
			build(needed[1])
		}
		if _, err := db.Exec(fmt.Sprintf("CREATE VIEW dbt.%q AS %s", name, render(t, name, text))); err != nil {
			t.Fatalf("model %s: %v", name, err)
		}
		query(t, db, fmt.Sprintf("SELECT * FROM dbt.%q", name))
	}
	for name := range models {
		build(name)
	}
	for name, text := range tests {
		if _, first, n := query(t, db, render(t, name, text)); n > 0 {
			t.Errorf("test %s finds %d rows, such as %v", name, n, first)
		}
	}
	if n := generic(t, db); n < 30 || len(tests) < 3 || len(made) < 10 {
		t.Errorf("%d generic tests, %d others, %d models: that is not all", n, len(tests), len(made))
	}
}

// generic runs the tests of columns, as dbt makes them.
func generic(t *testing.T, db *sql.DB) (ran int) {
	t.Helper()
	for _, file := range []string{"docs/dbt/models/staging/schema.yml", "docs/dbt/models/marts/schema.yml"} {
		var schema struct {
			Models []struct {
				Name    string
				Columns []struct {
					Name  string
					Tests []any
				}
			}
		}
		if err := yaml.Unmarshal([]byte(read(t, file)), &schema); err != nil {
			t.Fatal(err)
		}
		for _, m := range schema.Models {
			for _, c := range m.Columns {
				for _, one := range c.Tests {
					ran++
					if _, first, n := query(t, db, assertion(t, m.Name, c.Name, one)); n > 0 {
						t.Errorf("%s.%s: %v fails for %d rows, such as %v", m.Name, c.Name, one, n, first)
					}
				}
			}
		}
	}
	return ran
}

// assertion is the SQL of one generic test.
func assertion(t *testing.T, model, column string, test any) string {
	t.Helper()
	switch test := test.(type) {
	case string:
		switch test {
		case "unique":
			return fmt.Sprintf("SELECT %[2]s FROM dbt.%[1]s WHERE %[2]s IS NOT NULL GROUP BY 1 HAVING count(*) > 1", model, column)
		case "not_null":
			return fmt.Sprintf("SELECT * FROM dbt.%s WHERE %s IS NULL", model, column)
		}
	case map[string]any:
		if r, ok := test["relationships"].(map[string]any); ok {
			to := related.FindStringSubmatch(fmt.Sprint(r["to"]))
			return fmt.Sprintf("SELECT c.%[2]s FROM dbt.%[1]s c LEFT JOIN dbt.%[3]s p ON p.%[4]s = c.%[2]s WHERE c.%[2]s IS NOT NULL AND p.%[4]s IS NULL", model, column, to[1], r["field"])
		}
	}
	t.Fatalf("%s.%s has a test that is not known here: %v", model, column, test)
	return ""
}

// files reads the SQL files below a folder, by name.
func files(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(filepath.Join(home, root)), folder, func(at string, _ fs.DirEntry, err error) error {
		if err == nil && path.Ext(at) == ".sql" {
			all[strings.TrimSuffix(path.Base(at), ".sql")] = read(t, at)
		}
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%s has no SQL: %v", folder, err)
	}
	return all
}
