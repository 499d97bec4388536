package clients

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

const token = "token-of-the-ward"

// access lets the ward read and order; GTINs are the product system's.
const access = `roles:
  ward: {about: asks and orders, rights: {product: [read, write], order: [read, write], supplier: [read]}}
  pim: {about: is the master of products, rights: {product: [read, write]}}
owners:
- {field: products.gtin, owner: pim, because: it is kept there}
principals:
- {name: ward, token_sha256: %x, roles: [ward], accept_conflict: a test has one caller}
- {name: pim, token_sha256: %x, roles: [pim]}
`

// world is a simulated Odoo, which a demo brings up and through which the test changes it,
// and a mesh of its own over it, which is killed and started again.
type world struct {
	whole           *testing.T
	demo, mesh      *process
	url, grpc       string // of the mesh
	demoURL, folder string
	odooURL         string
	start           []string
	plain           string // name of products/1
	template, user  string // their ids in Odoo
}

type process struct{ *exec.Cmd }

func (p *process) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func (p *process) kill() {
	_ = p.Process.Signal(syscall.SIGCONT)
	_ = p.Process.Kill()
	_ = p.Wait()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ports := freePorts(t, 5)
	w := &world{whole: t, url: "http://" + ports[0], grpc: ports[1], demoURL: "http://" + ports[2], odooURL: "http://" + ports[4], folder: t.TempDir()}
	w.demo = launch(t, nil, "demo", "--sim-every", "0", "--http-addr", ports[2], "--grpc-addr", ports[3], "--sim-addr", ports[4])
	eventually(t, func() error { return ready(w.demoURL) })
	file := filepath.Join(w.folder, "access.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, access, sha256.Sum256([]byte(token)), sha256.Sum256([]byte("token-of-the-master"))), 0o600); err != nil {
		t.Fatal(err)
	}
	w.start = []string{"serve", "--http-addr", ports[0], "--grpc-addr", ports[1], "--odoo-url", "http://" + ports[4], "--odoo-db", "demo", "--odoo-user", "admin",
		"--data-dir", filepath.Join(w.folder, "data"), "--access-file", file}
	w.startMesh(t)
	var product struct{ DisplayName, OdooTemplateID string }
	w.get(t, w.demoURL+"/v1/products/1", &product)
	w.plain, w.template, w.user = product.DisplayName, product.OdooTemplateID, w.signIn(t)
	return w
}

func launch(t *testing.T, env []string, arguments ...string) *process {
	t.Helper()
	p := &process{exec.Command(os.Getenv("MESHD"), arguments...)}
	p.Env = append(os.Environ(), env...)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	p.Stderr, p.Stdout = log, log
	if err := p.Start(); err != nil {
		t.Fatal("MESHD has to name the program; make test-clients does: ", err)
	}
	t.Cleanup(func() {
		p.kill()
		if text, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("%v\n%s", arguments, text[max(0, len(text)-4000):])
		}
	})
	return p
}

func (w *world) startMesh(t *testing.T) {
	t.Helper()
	// It outlives the scenario that starts it anew.
	w.mesh = launch(w.whole, []string{"MESH_ODOO_PASSWORD=admin"}, w.start...)
	w.await(t)
}

func (w *world) await(t *testing.T) {
	t.Helper()
	eventually(t, func() error { return ready(w.url) })
}

func ready(url string) error {
	answer, err := http.Get(url + "/readyz")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var told struct{ Status string }
	if err := json.NewDecoder(answer.Body).Decode(&told); err != nil || told.Status != "ready" {
		return fmt.Errorf("%s is %q (%v)", url, told.Status, err)
	}
	return nil
}

// rename changes the name of a product in Odoo, as people do.
func (w *world) rename(t *testing.T, name string) {
	t.Helper()
	const method = `<?xml version="1.0"?><methodCall><methodName>execute_kw</methodName><params>` +
		`<param><value><string>demo</string></value></param><param><value><int>%s</int></value></param><param><value><string>admin</string></value></param>` +
		`<param><value><string>product.template</string></value></param><param><value><string>write</string></value></param>` +
		`<param><value><array><data><value><array><data><value><int>%s</int></value></data></array></value>` +
		`<value><struct><member><name>name</name><value><string>%s</string></value></member></struct></value></data></array></value></param></params></methodCall>`
	if answer := w.odoo(t, "object", fmt.Sprintf(method, w.user, w.template, name)); !strings.Contains(answer, "<boolean>1</boolean>") {
		t.Fatalf("renaming: %s", answer)
	}
}

// signIn answers the id of the user in Odoo.
func (w *world) signIn(t *testing.T) string {
	t.Helper()
	const method = `<?xml version="1.0"?><methodCall><methodName>authenticate</methodName><params><param><value><string>demo</string></value></param>` +
		`<param><value><string>admin</string></value></param><param><value><string>admin</string></value></param><param><value><struct></struct></value></param></params></methodCall>`
	found := regexp.MustCompile(`<int>(\d+)</int>`).FindStringSubmatch(w.odoo(t, "common", method))
	if found == nil {
		t.Fatal("Odoo knows no user admin")
	}
	return found[1]
}

func (w *world) odoo(t *testing.T, service, call string) string {
	t.Helper()
	answer, err := http.Post(w.odooURL+"/xmlrpc/2/"+service, "text/xml", strings.NewReader(call))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// awaitName waits until the mesh has a name, so that the next watch begins with it.
func (w *world) awaitName(t *testing.T, name string) {
	t.Helper()
	eventually(t, func() error {
		var product struct{ DisplayName string }
		w.get(t, w.url+"/v1/products/1", &product)
		if product.DisplayName != name {
			return fmt.Errorf("it is called %q", product.DisplayName)
		}
		return nil
	})
}

func (w *world) get(t *testing.T, url string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(url, w.url) {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, what func() error) {
	t.Helper()
	err := what()
	for end := time.Now().Add(5 * time.Minute); err != nil && time.Now().Before(end); err = what() {
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func freePorts(t *testing.T, n int) []string {
	t.Helper()
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().String())
	}
	return ports
}
