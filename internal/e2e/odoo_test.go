package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"odoomesh/internal/clock"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odoosim"
)

// person is somebody who works in Odoo, by XML-RPC as any client does: the same
// on the simulated Odoo and on a live one.
type person struct {
	url, database string
	// user is the mesh's.
	user, password string
	client         *odoo.Client
	// major is Odoo's release, 16 to 19.
	major int
	// sim is nil in front of a live Odoo.
	sim *odoosim.Sim
	// made are the records that stand in Odoo because of the tests, oldest first.
	made []madeRecord
	// mark makes the names of the tests' own records unlike any others.
	mark string
}

type madeRecord struct {
	model string
	id    int64
}

// simulated is a simulated Odoo with so many products.
func simulated(t testing.TB, major, products int) *person {
	t.Helper()
	return simulatedWith(t, major, func(sim *odoosim.Sim) error { return sim.LoadClinical(products) })
}

func simulatedWith(t testing.TB, major int, fill func(*odoosim.Sim) error) *person {
	t.Helper()
	// What a mesh finds at its start is older than this moment as a rule; what was written
	// in it is read again and again until nobody else can have written in it, too.
	var filled atomic.Bool
	stamp := clock.Func(func() time.Time {
		now := clock.System{}.Now()
		if !filled.Load() {
			now = now.Add(-time.Minute)
		}
		return now
	})
	sim, err := odoosim.New(odoosim.Options{Version: major, Clock: stamp})
	if err != nil {
		t.Fatal(err)
	}
	if err := fill(sim); err != nil {
		t.Fatal(err)
	}
	filled.Store(true)
	return playedBy(t, sim)
}

// playedBy is a person who works in a simulated Odoo.
func playedBy(t testing.TB, sim *odoosim.Sim) *person {
	t.Helper()
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	p := &person{url: server.URL, database: "sim", user: "admin", password: "admin", sim: sim}
	p.signIn(t)
	return p
}

// live is the Odoo that the environment names; the test is skipped without one. The mesh
// may have a user of its own there, with fewer rights than people have.
func live(t testing.TB) *person {
	t.Helper()
	p := &person{url: os.Getenv("ODOO_URL"), database: os.Getenv("ODOO_DB"), user: os.Getenv("ODOO_USER"), password: os.Getenv("ODOO_PASSWORD")}
	if p.url == "" {
		t.Skip("ODOO_URL is not set")
	}
	p.signIn(t)
	if user := os.Getenv("ODOO_MESH_USER"); user != "" {
		p.user, p.password = user, os.Getenv("ODOO_MESH_PASSWORD")
	}
	return p
}

// server is Odoo as a handler, for what stands before it.
func (p *person) server(t testing.TB) http.Handler {
	t.Helper()
	if p.sim != nil {
		return p.sim
	}
	root, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	return httputil.NewSingleHostReverseProxy(root)
}

func (p *person) signIn(t testing.TB) {
	t.Helper()
	c := odoo.DefaultConfig()
	c.URL, c.Database, c.User, c.Password = p.url, p.database, p.user, odoo.Secret(p.password)
	c.CallsPerSecond = 0
	client, err := odoo.Connect(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	server, _ := client.Server()
	p.client, p.major = client, server.Version.Major
	p.mark = fmt.Sprintf("e2e%x", clock.System{}.Now().UnixNano())
}

func (p *person) call(t testing.TB, model, method string, args []any, kwargs map[string]any) any {
	t.Helper()
	v, err := p.client.Call(t.Context(), model, method, args, kwargs)
	if err != nil {
		t.Fatalf("%s.%s: %v\n%s", model, method, err, odoo.TraceOf(err))
	}
	return v
}

func (p *person) create(t testing.TB, model string, vals map[string]any) int64 {
	t.Helper()
	id := p.call(t, model, "create", []any{vals}, nil).(int64)
	p.made = append(p.made, madeRecord{model, id})
	return id
}

func (p *person) write(t testing.TB, model string, id int64, vals map[string]any) {
	t.Helper()
	p.call(t, model, "write", []any{[]any{id}, vals}, nil)
}

func (p *person) unlink(t testing.TB, model string, id int64) {
	t.Helper()
	p.call(t, model, "unlink", []any{[]any{id}}, nil)
	p.made = slices.DeleteFunc(p.made, func(m madeRecord) bool { return m == madeRecord{model, id} })
}

// load imports rows as a person does with a table, and gives their ids.
func (p *person) load(t testing.TB, model string, columns []any, rows []any) []int64 {
	t.Helper()
	result, _ := p.call(t, model, "load", []any{columns, rows}, map[string]any{"context": map[string]any{"tz": "UTC"}}).(map[string]any)
	ids, ok := result["ids"].([]any)
	if !ok {
		t.Fatalf("load into %s was refused: %v", model, result["messages"])
	}
	var out []int64
	for _, id := range ids {
		out = append(out, id.(int64))
		p.made = append(p.made, madeRecord{model, id.(int64)})
	}
	return out
}

// rows reads whole rows; those of a whole model, archived ones too, without ids.
func (p *person) rows(t testing.TB, model string, domain []any, fields []any) []raw {
	t.Helper()
	found := p.call(t, model, "search_read", []any{domain, fields},
		map[string]any{"order": "id", "context": map[string]any{"active_test": false}}).([]any)
	out := make([]raw, len(found))
	for i, row := range found {
		out[i] = row.(map[string]any)
	}
	return out
}

// table is a whole model by id.
func (p *person) table(t testing.TB, model string, fields ...any) map[int64]raw {
	t.Helper()
	out := map[int64]raw{}
	for _, r := range p.rows(t, model, []any{}, fields) {
		out[r.id("id")] = r
	}
	return out
}

// has tells whether a model has a field: some come with a module of Odoo's.
func (p *person) has(t testing.TB, model, field string) bool {
	t.Helper()
	fields := p.call(t, model, "fields_get", []any{[]any{field}}, map[string]any{"attributes": []any{"type"}}).(map[string]any)
	return fields[field] != nil
}

// tidy deletes what the tests made or, where Odoo does not let it go, archives it.
func (p *person) tidy(t testing.TB) {
	t.Helper()
	models := map[string][]any{}
	var order []string
	for _, m := range slices.Backward(p.made) {
		if models[m.model] == nil {
			order = append(order, m.model)
		}
		models[m.model] = append(models[m.model], m.id)
	}
	for _, model := range order {
		ids := models[model]
		_, err := p.client.Call(t.Context(), model, "unlink", []any{ids}, nil)
		var fault *odoo.Fault
		if errors.As(err, &fault) && fault.Kind == odoo.Missing {
			continue // went with the record that it belonged to
		}
		if err != nil {
			t.Logf("archiving %d of %s, which cannot be deleted: %v", len(ids), model, err)
			p.call(t, model, "write", []any{ids, map[string]any{"active": false}}, nil)
		}
	}
	p.made = nil
}

// goods are the values that make a product one whose stock is counted.
func (p *person) goods(vals map[string]any) map[string]any {
	if p.major < 18 {
		vals["detailed_type"] = "product"
	} else {
		vals["type"], vals["is_storable"] = "consu", true
	}
	return vals
}

// templateOf is the template of a product.
func (p *person) templateOf(t testing.TB, product int64) int64 {
	t.Helper()
	return p.rows(t, "product.product", []any{[]any{"id", "=", product}}, []any{"product_tmpl_id"})[0].id("product_tmpl_id")
}

func (p *person) find(t testing.TB, model, field string, value any) int64 {
	t.Helper()
	found := p.rows(t, model, []any{[]any{field, "=", value}}, []any{"id"})
	if len(found) == 0 {
		t.Fatalf("Odoo has no %s with %s = %v", model, field, value)
	}
	return found[0].id("id")
}
