package e2e

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"odoomesh/internal/odoosim"
	"odoomesh/internal/race"
)

// transaction is what somebody does in Odoo's database at once. All of it bears the
// stamp of the beginning, and nobody sees it before the end.
type transaction interface {
	write(t testing.TB, model string, ids []int64, field, value string)
	remove(t testing.TB, model string, ids []int64)
	commit(t testing.TB)
}

// begin opens a transaction: in the simulated Odoo, or with what ODOO_PSQL names in
// the database of a live one.
func (p *person) begin(t testing.TB) transaction {
	t.Helper()
	if p.sim != nil {
		tx := p.sim.Begin()
		t.Cleanup(tx.Rollback)
		return simulatedTransaction{tx}
	}
	return sqlTransaction{database(t).do(t, "BEGIN")}
}

type simulatedTransaction struct{ tx *odoosim.Tx }

func (s simulatedTransaction) write(t testing.TB, model string, ids []int64, field, value string) {
	t.Helper()
	if err := s.tx.Write(model, ids, map[string]any{field: value}); err != nil {
		t.Fatal(err)
	}
}

func (s simulatedTransaction) remove(t testing.TB, model string, ids []int64) {
	t.Helper()
	if err := s.tx.Unlink(model, ids); err != nil {
		t.Fatal(err)
	}
}

func (s simulatedTransaction) commit(t testing.TB) {
	t.Helper()
	if err := s.tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// sqlTransaction stamps as Odoo does: with the time at which it began.
type sqlTransaction struct{ sql *sql }

func (s sqlTransaction) write(t testing.TB, model string, ids []int64, field, value string) {
	t.Helper()
	s.sql.do(t, fmt.Sprintf("UPDATE %s SET %s = '%s', write_date = now() AT TIME ZONE 'UTC' WHERE id IN (%s)",
		tableOf(model), field, strings.ReplaceAll(value, "'", "''"), listOf(ids)))
}

func (s sqlTransaction) remove(t testing.TB, model string, ids []int64) {
	t.Helper()
	s.sql.do(t, fmt.Sprintf("DELETE FROM %s WHERE id IN (%s)", tableOf(model), listOf(ids)))
}

func (s sqlTransaction) commit(t testing.TB) { s.sql.do(t, "COMMIT") }

func tableOf(model string) string { return strings.ReplaceAll(model, ".", "_") }

func listOf(ids []int64) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ","), "[]")
}

// sql is a session with Odoo's database.
type sql struct {
	in   io.WriteCloser
	said chan string
	n    int
}

// database opens a session with the command that ODOO_PSQL holds; the test is
// skipped without one.
func database(t testing.TB) *sql {
	t.Helper()
	command := os.Getenv("ODOO_PSQL")
	if command == "" {
		t.Skip("ODOO_PSQL is not set")
	}
	cmd := exec.Command("sh", "-c", "exec "+command+" -qAtX -v ON_ERROR_STOP=1 2>&1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &sql{in: in, said: make(chan string)}
	go func() {
		defer close(s.said)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.said <- lines.Text()
		}
	}()
	t.Cleanup(func() {
		in.Close()
		for range s.said { // until it has ended
		}
		_ = cmd.Wait() // a refused statement has failed the test already
	})
	return s
}

// do runs one statement to its end.
func (s *sql) do(t testing.TB, statement string) *sql {
	t.Helper()
	s.n++
	mark := fmt.Sprintf("statement %d is done", s.n)
	if _, err := fmt.Fprintf(s.in, "%s;\n\\echo %s\n", statement, mark); err != nil {
		t.Fatal(err)
	}
	var said []string
	for line := range s.said {
		if line == mark {
			return s
		}
		said = append(said, line)
	}
	t.Fatalf("the database ended the session over %.200s: %s", statement, strings.Join(said, "\n"))
	return nil
}

// crowd is how many suppliers come, and how many of them go.
func (p *person) crowd() (come, gone int) {
	if p.sim != nil {
		return 120, 30
	}
	return 5000, 300
}

// transactions is what holds of transactions that are long, large, or past Odoo.
func transactions(t *testing.T, s *stage) {
	if s.sim == nil {
		database(t) // or nothing of this
	}
	come, gone := s.crowd()
	var ids []int64
	for part := range slices.Chunk(make([]int, come), 500) {
		var table []any
		for range part {
			table = append(table, []any{fmt.Sprintf("Crowd %d %s", len(ids)+len(table), s.mark), "1"})
		}
		ids = append(ids, s.load(t, "res.partner", []any{"name", "supplier_rank"}, table)...)
	}
	s.equalsOdoo(t, s.person)
	t.Run("one that commits late is seen", func(t *testing.T) { commitsLate(t, s, ids[:1]) })
	t.Run("one of very many rows is seen as a whole", func(t *testing.T) { commitsLate(t, s, ids) })
	t.Run("many deletions become tombstones", func(t *testing.T) { manyGo(t, s, ids[come-gone:]) })
	t.Run("what vanished comes back", func(t *testing.T) { comesBack(t, s, ids[0]) })
	s.stop() // the mesh would hold back the deletion of nearly all suppliers
	tx := s.begin(t)
	tx.remove(t, "res.partner", ids[:come-gone])
	tx.commit(t)
	s.made = nil
}

func TestSimulatedTransactions(t *testing.T) {
	t.Parallel()
	for _, major := range race.Fewer(16, 17, 18, 19) {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel() // most of it is waiting
			p := simulated(t, major, 20)
			transactions(t, &stage{p, start(t, settings(t, p))})
		})
	}
}

func TestLiveTransactions(t *testing.T) {
	p := live(t)
	transactions(t, &stage{p, start(t, settings(t, p))})
}
