package e2e

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What meshd cannot start with ends it at once, with a code of its own and one
// sentence that says what to do and gives nothing secret away.
func TestRefusalsToStart(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 20)
	p.password = "admin"
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	overlay := filepath.Join(t.TempDir(), "overlay.yaml")
	if err := os.WriteFile(overlay, []byte("domain: product\nattributes:\n  shelf: x_shelf_of_ours\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	locked := t.TempDir()
	spawn(t, p, arguments(p, locked)...)
	const secret = "S3cret-that-nobody-may-see"
	for _, c := range []struct {
		rule     string
		dir      string
		password string
		args     []string
		code     int
		says     []string
	}{
		{"a port is taken", "", p.password, []string{"--grpc-addr", taken.Addr().String()}, 3, []string{taken.Addr().String(), "grpc-addr"}},
		{"the data folder is in use", locked, p.password, nil, 4, []string{locked}},
		{"no such database", "", p.password, []string{"--odoo-db", "nowhere"}, 5, []string{"nowhere"}},
		{"a wrong password", "", secret, nil, 6, []string{"odoo-user"}},
		{"not an Odoo", "", p.password, []string{"--odoo-url", web.URL}, 7, []string{"odoo"}},
		{"the mapping names a field that Odoo has not", "", p.password, []string{"--mapping-overlay", overlay}, 8, []string{"x_shelf_of_ours", "product.product", "18"}},
		{"a company that is not there", "", p.password, []string{"--odoo-companies", "1,77"}, 11, []string{": 77; it may see 1 (", "odoo-companies"}},
		{"a language that is not active", "", p.password, []string{"--odoo-lang", "de_DE"}, 2, []string{"odoo-lang", "de_DE", "en_US (English (US))"}},
		{"a time zone that is none", "", p.password, []string{"--time-zone", "Europe/Berlyn"}, 2, []string{"time-zone", "Europe/Berlyn"}},
		{"other machines without TLS", "", p.password, []string{"--grpc-addr", "0.0.0.0:0"}, 2, []string{"grpc-addr", "tls-cert-file"}},
		{"an unknown setting", "", p.password, []string{"--grcp-addr", "127.0.0.1:0"}, 2, []string{"grcp-addr"}},
		{"no address of an Odoo", "", p.password, []string{"--odoo-url", ""}, 2, []string{"odoo-url"}},
		{"an address with a password in it", "", p.password, []string{"--odoo-url", "http://mesh:" + secret + "@127.0.0.1:8069"}, 2, []string{"odoo-url"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			dir := c.dir
			if dir == "" {
				dir = t.TempDir()
			}
			code, out := refusedStart(t, c.password, arguments(p, dir, c.args...)...)
			sentence := lastSentence(out)
			t.Logf("%d %s", code, sentence)
			if code != c.code {
				t.Errorf("it ended with %d, want %d:\n%s", code, c.code, out)
			}
			if !strings.HasPrefix(sentence, "meshd: ") {
				t.Errorf("its last words are for no person: %s", sentence)
			}
			for _, word := range c.says {
				if !strings.Contains(strings.ToLower(sentence), strings.ToLower(word)) {
					t.Errorf("it does not say %q: %s", word, sentence)
				}
			}
			if strings.Contains(out, secret) || strings.Contains(out, "Traceback") {
				t.Errorf("it gives away what nobody may see:\n%s", out)
			}
		})
	}
}

// An Odoo that is down keeps nobody from starting: without a copy the mesh says
// that it is loading, and with one it serves at once.
func TestStartWhileOdooIsDown(t *testing.T) {
	t.Parallel()
	p := simulated(t, 17, 20)
	dir := t.TempDir()
	p.sim.Faults().Down(true)
	cold := spawn(t, p, arguments(p, dir)...)
	if r := cold.ready(t); r.Status != "loading" || r.Code != http.StatusServiceUnavailable {
		t.Errorf("cold, it says %+v", r)
	}
	code, body := cold.get(t, "/v1/products", nil)
	if code != http.StatusServiceUnavailable || !strings.Contains(string(body), "NOT_LOADED") {
		t.Errorf("cold, it answers %d %s", code, body)
	}
	p.sim.Faults().Down(false)
	cold.await(t, "ready")
	want := len(cold.allProducts(t))
	cold.kill()

	p.sim.Faults().Down(true)
	warm := spawn(t, p, arguments(p, dir)...)
	if have := len(warm.allProducts(t)); have != want {
		t.Errorf("warm, it has %d products of %d", have, want)
	}
	if r := warm.ready(t); r.Status != "degraded" || r.Code != http.StatusOK {
		t.Errorf("warm, it says %+v", r)
	}
	p.sim.Faults().Down(false)
	warm.await(t, "ready")
	warm.equalsOdoo(t, p)
}

// A data folder belongs to one Odoo: in another's records its positions, numbers
// of events and balances would mean nothing.
func TestADataFolderBelongsToOneOdoo(t *testing.T) {
	t.Parallel()
	p := simulated(t, 18, 20)
	dir := t.TempDir()
	// A start that reaches no Odoo of that name leaves the folder to the next.
	if code, out := refusedStart(t, p.password, arguments(p, dir, "--odoo-db", "misspelt")...); code != 5 {
		t.Fatalf("it ended with %d, want 5:\n%s", code, out)
	}
	first := spawn(t, p, arguments(p, dir)...)
	first.await(t, "ready")
	first.kill()

	other := simulated(t, 18, 20)
	code, out := refusedStart(t, other.password, arguments(other, dir)...)
	if sentence := lastSentence(out); code != 2 || !strings.Contains(sentence, "data-dir: "+dir) || !strings.Contains(sentence, strings.TrimPrefix(p.url, "http://")) {
		t.Errorf("it ended with %d, want 2 and the names of both:\n%s", code, out)
	}
	// The same Odoo can come under another name, when somebody says so.
	if err := os.Remove(filepath.Join(dir, "odoo")); err != nil {
		t.Fatal(err)
	}
	renamed := spawn(t, p, arguments(p, dir, "--odoo-instance", "hospital")...)
	renamed.await(t, "ready")
}
