// Package usage counts who calls which method with which client, and when last: whether a
// method can go is decided from that list. It is kept in memory, bounded against clients
// that make names up, and written into one small file now and then: what was called in the
// last minute before a kill may be missing, and nothing waits for the disk.
package usage

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"odoomesh/internal/clock"
)

const (
	// mostRows bounds the table: some hundred principals that call every method.
	mostRows = 20_000
	// mostClients is how many clients of one principal are told apart.
	mostClients = 16
	// longestClient bounds the name of a client, in bytes.
	longestClient = 64
	// saveEvery is the pause between two looks whether there is something to be written.
	saveEvery = time.Minute
	// keepFor is how long it is known of a call that was made once: what is done once a
	// year is in the list when somebody looks.
	keepFor = 400 * 24 * time.Hour

	// None is a client that does not say what it is, Others are those beyond the bound,
	// and those with names that nobody could read.
	None   = "none"
	Others = "others"
)

// Key is what is told apart.
type Key struct{ Principal, Method, Client string }

// Row is how often something was called, and when.
type Row struct {
	Key
	Calls       int64
	First, Last time.Time
}

// row is a Row while it is counted; times are seconds.
type row struct {
	calls, last atomic.Int64
	first       int64
}

// Config is what a Table needs.
type Config struct {
	// File is where it is kept.
	File   string
	Clock  clock.Clock
	Logger *slog.Logger
}

// Table counts calls. It is safe for concurrent use.
type Table struct {
	Config
	since time.Time
	// uncounted are the calls for which there was no row.
	uncounted atomic.Int64

	mu      sync.RWMutex
	rows    map[Key]*row
	clients map[string]map[string]bool
	// saved is how many calls the file knows of.
	saved int64
}

// Open reads what was counted before. A file that cannot be read is told, and counting
// begins anew: nothing but a list depends on it. It starts nothing.
func Open(c Config) *Table {
	t := &Table{Config: c, since: c.Clock.Now(), rows: map[Key]*row{}, clients: map[string]map[string]bool{}}
	if err := t.load(); err != nil {
		t.rows, t.clients = map[Key]*row{}, map[string]map[string]bool{}
		c.Logger.LogAttrs(context.Background(), slog.LevelWarn, "who calls which method is counted anew, as the file cannot be read", slog.Any("error", err))
	}
	t.saved = t.sum()
	return t
}

// Count notes a call. agent is what the caller says of its program.
func (t *Table) Count(principal, method, agent string) {
	k := Key{principal, method, product(agent)}
	t.mu.RLock()
	r := t.rows[k]
	t.mu.RUnlock()
	if r == nil {
		if r = t.row(k); r == nil {
			t.uncounted.Add(1)
			return
		}
	}
	r.calls.Add(1)
	// Only where it says something new: calls would else wait for each other.
	if now := t.Clock.Now().Unix(); r.last.Load() < now {
		r.last.Store(now)
	}
}

// row finds or makes a row; nil where there are as many as there may be.
func (t *Table) row(k Key) *row {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.clients[k.Principal]
	if !known[k.Client] && len(known) >= mostClients {
		k.Client = Others
	}
	if r := t.rows[k]; r != nil {
		return r
	}
	if len(t.rows) >= mostRows {
		return nil
	}
	// What was read from a request holds all of it in memory.
	r := &row{first: t.Clock.Now().Unix()}
	t.put(Key{strings.Clone(k.Principal), strings.Clone(k.Method), strings.Clone(k.Client)}, r)
	return r
}

func (t *Table) put(k Key, r *row) {
	if t.clients[k.Principal] == nil {
		t.clients[k.Principal] = map[string]bool{}
	}
	if k.Client != Others {
		t.clients[k.Principal][k.Client] = true
	}
	t.rows[k] = r
}

// product is the first product of a User-Agent, such as "grpc-go/1.84.0".
func product(agent string) string {
	if i := strings.IndexByte(agent, ' '); i >= 0 {
		agent = agent[:i]
	}
	switch {
	case agent == "":
		return None
	case len(agent) > longestClient:
		return Others
	}
	for i := range len(agent) {
		if agent[i] <= 0x20 || agent[i] > 0x7e {
			return Others
		}
	}
	return agent
}

// Rows are all rows, by principal, method and client.
func (t *Table) Rows() []Row {
	t.mu.RLock()
	defer t.mu.RUnlock()
	all := make([]Row, 0, len(t.rows))
	for k, r := range t.rows {
		all = append(all, Row{Key: k, Calls: r.calls.Load(), First: time.Unix(r.first, 0).UTC(), Last: time.Unix(r.last.Load(), 0).UTC()})
	}
	slices.SortFunc(all, func(a, b Row) int { return Compare(a.Key, b.Key) })
	return all
}

// Compare orders rows.
func Compare(a, b Key) int {
	return slices.Compare([]string{a.Principal, a.Method, a.Client}, []string{b.Principal, b.Method, b.Client})
}

// Since is when counting began.
func (t *Table) Since() time.Time { return t.since }

// Uncounted is how many calls are in no row.
func (t *Table) Uncounted() int64 { return t.uncounted.Load() }

func (t *Table) sum() int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	n := t.uncounted.Load()
	for _, r := range t.rows {
		n += r.calls.Load()
	}
	return n
}

// Run writes what was counted until the context ends, and once more then.
func (t *Table) Run(ctx context.Context) error {
	failing := false
	for {
		going := clock.Sleep(ctx, t.Clock, saveEvery)
		err := t.save()
		if err != nil && !failing {
			t.Logger.LogAttrs(context.Background(), slog.LevelWarn, "who calls which method could not be written down", slog.Any("error", err))
		}
		if failing = err != nil; !going {
			return ctx.Err()
		}
	}
}

// forget drops what was not called for long.
func (t *Table) forget() {
	before := t.Clock.Now().Add(-keepFor).Unix()
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.rows, func(_ Key, r *row) bool { return r.last.Load() < before })
	t.clients = map[string]map[string]bool{}
	for k, r := range t.rows {
		t.put(k, r)
	}
}
