package usage

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"odoomesh/internal/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const get, list = "/mesh.order.v1.OrderService/GetOrder", "/mesh.order.v1.OrderService/ListOrders"

func open(t testing.TB, file string) *Table {
	t.Helper()
	return Open(Config{File: file, Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler)})
}

func TestWhoCallsWhatSurvivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "usage.json")
		run := func(table *Table, calls func()) {
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- table.Run(ctx) }()
			calls()
			stop()
			<-ended
		}
		began := time.Now().UTC().Truncate(time.Second)
		first := open(t, file)
		run(first, func() {
			first.Count("ann", get, "portal/2.1 grpc-go/1.84.0")
			time.Sleep(time.Hour)
			first.Count("ann", get, "portal/2.1 grpc-go/1.80.0")
			first.Count("ann", get, "")
			first.Count("bob", list, "portal/2.1")
		})
		second := open(t, file)
		run(second, func() { second.Count("ann", get, "portal/2.1") })
		rows := open(t, file).Rows()
		if len(rows) != 3 {
			t.Fatalf("%+v", rows)
		}
		want := Row{Key{"ann", get, "portal/2.1"}, 3, began, began.Add(time.Hour)}
		if rows[0].Client != None || rows[1] != want || rows[2].Principal != "bob" {
			t.Errorf("%+v, want %+v in the middle", rows, want)
		}
		if !second.Since().Equal(first.Since()) {
			t.Error("a restart forgets since when calls are counted")
		}
		// What nobody has called for more than a year makes room.
		time.Sleep(keepFor + time.Second)
		late := open(t, file)
		run(late, func() { late.Count("bob", list, "portal/3.0") })
		if rows := open(t, file).Rows(); len(rows) != 1 || rows[0].Client != "portal/3.0" {
			t.Errorf("%+v", rows)
		}
	})
}

func TestAFileThatCannotBeReadBeginsAnew(t *testing.T) {
	file := filepath.Join(t.TempDir(), "usage.json")
	if err := os.WriteFile(file, []byte(`{"rows":[{"principal":`), 0o600); err != nil {
		t.Fatal(err)
	}
	table := open(t, file)
	table.Count("ann", get, "x")
	if rows := table.Rows(); len(rows) != 1 {
		t.Errorf("%+v", rows)
	}
}

// Whoever makes up clients costs no more memory than any other.
func TestMadeUpClientsAreOthers(t *testing.T) {
	table := open(t, filepath.Join(t.TempDir(), "usage.json"))
	table.Count("mallory", get, strings.Repeat("x", longestClient+1))
	table.Count("mallory", get, "sm\u00f6rg\u00e5s/1")
	var calls sync.WaitGroup
	for i := range 4 {
		calls.Go(func() {
			for j := range 250 {
				table.Count("mallory", get, fmt.Sprintf("made-up/%d.%d", i, j))
			}
		})
	}
	calls.Wait()
	table.Count("ann", get, "portal/2.1")
	var sum, others int64
	rows := table.Rows()
	for _, r := range rows {
		sum += r.Calls
		if r.Client == Others {
			others = r.Calls
		}
	}
	if len(rows) != mostClients+2 || sum != 1003 || others != 1002-mostClients {
		t.Errorf("%d rows, %d calls, %d of others", len(rows), sum, others)
	}
}

func TestTheTableIsBounded(t *testing.T) {
	table := open(t, filepath.Join(t.TempDir(), "usage.json"))
	for i := range mostRows + 5 {
		table.Count("ann", fmt.Sprint("/m/", i), "")
	}
	if len(table.Rows()) != mostRows || table.Uncounted() != 5 {
		t.Errorf("%d rows, %d uncounted", len(table.Rows()), table.Uncounted())
	}
}

func FuzzProduct(f *testing.F) {
	for _, seed := range []string{"", "grpc-go/1.84.0", "a b", " ", "\x00", "Mozilla/5.0 (X11)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, agent string) {
		got := product(agent)
		if got == "" || len(got) > longestClient || strings.ContainsAny(got, " \n\x00") {
			t.Errorf("%q is called %q", agent, got)
		}
	})
}

// The cost of being counted, in each call.
func BenchmarkCount(b *testing.B) {
	table := open(b, filepath.Join(b.TempDir(), "usage.json"))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			table.Count("ann", get, "portal/2.1 grpc-go/1.84.0")
		}
	})
}
