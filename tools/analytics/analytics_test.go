package analytics

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
)

// root is the repository.
const root = "../.."

// The export in each format becomes the same tables, in which the questions of the
// documentation have answers and the models and tests of the dbt project hold.
func TestAnExportInDuckDB(t *testing.T) {
	at := demo(t)
	var counts map[string]int
	for _, format := range []string{"parquet", "csv", "ndjson"} {
		t.Run(format, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "lake")
			export(t, at, dir, format)
			db := load(t, dir)
			got := rows(t, db, dir)
			if counts == nil {
				counts = got
			}
			for table, n := range counts {
				if got[table] != n {
					t.Errorf("%s has %d rows as %s, and %d as parquet", table, got[table], format, n)
				}
			}
			questions(t, db)
			project(t, db)
		})
	}
}

// export runs meshctl twice: what is sealed stays.
func export(t *testing.T, at, dir, format string) {
	t.Helper()
	for _, more := range [][]string{nil, {"--replace"}} {
		c := exec.Command(os.Getenv("MESHCTL"), append([]string{"export", "--server", at, "--to", dir, "--format", format}, more...)...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("MESHCTL has to name the tool; make test-analytics does: %v\n%s", err, out)
		}
	}
}

// load makes the tables, as load.sql says.
func load(t *testing.T, dir string) *sql.DB {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "load.sql"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	t.Chdir(dir)
	if _, err := db.Exec("SET threads = 1"); err != nil {
		t.Fatal(err)
	}
	for statement := range strings.SplitSeq(string(text), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%v\n%s", err, statement)
		}
	}
	return db
}

type manifest struct {
	Tables []struct {
		Name    string
		Rows    int
		Columns []struct{ Name, Type string }
	}
	Events struct {
		Parts []struct{ Rows int }
	}
	Proof struct{ Drifting, Compared int }
}

// rows counts what the tables have, and holds it to the manifest.
func rows(t *testing.T, db *sql.DB, dir string) map[string]int {
	t.Helper()
	var m manifest
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	if m.Proof.Drifting != 0 || m.Proof.Compared == 0 || len(m.Events.Parts) != 1 {
		t.Errorf("proof %+v, %d parts", m.Proof, len(m.Events.Parts))
	}
	counts, columns := map[string]int{}, columnsOf(t, db)
	for _, table := range m.Tables {
		var n int
		if err := db.QueryRow(fmt.Sprintf("SELECT count(*) FROM %q", table.Name)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if counts[table.Name] = n; n != table.Rows {
			t.Errorf("%s has %d rows, and the manifest says %d", table.Name, n, table.Rows)
		}
		var want []string
		for _, c := range table.Columns {
			want = append(want, c.Name+" "+c.Type)
		}
		if got := columns[table.Name]; !slices.Equal(got, want) {
			t.Errorf("%s has the columns %v, and the manifest says %v", table.Name, got, want)
		}
	}
	return counts
}

// columnsOf are the columns of all tables with their types, in their order.
func columnsOf(t *testing.T, db *sql.DB) map[string][]string {
	t.Helper()
	rows, err := db.Query("SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'main' ORDER BY table_name, ordinal_position")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string][]string{}
	for rows.Next() {
		var table, name, kind string
		if err := rows.Scan(&table, &name, &kind); err != nil {
			t.Fatal(err)
		}
		all[table] = append(all[table], name+" "+kind)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// questions runs the SQL of the documentation.
func questions(t *testing.T, db *sql.DB) {
	t.Helper()
	text := read(t, "docs/export.md")
	blocks := regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(blocks) < 8 {
		t.Fatalf("docs/export.md has %d questions", len(blocks))
	}
	for _, block := range blocks {
		names, values, n := query(t, db, block[1])
		if n == 0 && !strings.Contains(block[1], "o.late") {
			t.Errorf("no answer to\n%s", block[1])
		}
		if i := slices.Index(names, "differ"); i >= 0 && (values[i] != int64(0) || values[0] == int64(0)) {
			t.Errorf("%v differ of %v\n%s", values[i], values[0], block[1])
		}
	}
}

// query answers the names of the columns, the first row, and how many there are.
func query(t *testing.T, db *sql.DB, text string) (names []string, first []any, n int) {
	t.Helper()
	rows, err := db.Query(strings.TrimSuffix(strings.TrimSpace(text), ";"))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	defer rows.Close()
	if names, err = rows.Columns(); err != nil {
		t.Fatal(err)
	}
	for ; rows.Next(); n++ {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			first = values
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return names, first, n
}

func read(t *testing.T, path string) string {
	t.Helper()
	// Tests run in the folder of the export by now.
	text, err := os.ReadFile(filepath.Join(home, root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var home, _ = os.Getwd()

// demo starts a hospital in which nothing moves.
func demo(t *testing.T) (grpc string) {
	t.Helper()
	at, grpc, odoo := free(t), free(t), free(t)
	ctx, stop := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, os.Getenv("MESHD"), "demo", "--http-addr", at, "--grpc-addr", grpc, "--sim-addr", odoo, "--sim-every", "0", "--stock-proof-interval", "1s", "--time-zone", "Europe/Berlin")
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 20 * time.Second
	if err := c.Start(); err != nil {
		t.Fatal("MESHD has to name the server; make test-analytics does: ", err)
	}
	t.Cleanup(func() { stop(); _ = c.Wait() })
	deadline := time.Now().Add(2 * time.Minute)
	for {
		answer, err := http.Get("http://" + at + "/v1/operations/status")
		if err == nil {
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if strings.Contains(string(text), `"state":"ready"`) && strings.Contains(string(text), "proveTime") {
				return grpc
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("the demo does not get ready: ", err)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}
