package e2e

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"odoomesh/internal/devcert"
)

// secrets are those of a test, by what they are, in the forms in which they could show.
type secrets map[string]string

// in tells which of the secrets stand in a text: as they are, in base64 or in hexadecimal
// digits.
func (s secrets) in(text []byte) (found []string) {
	for what, is := range s {
		for _, form := range []string{is, base64.StdEncoding.EncodeToString([]byte(is))[:len(is)], hex.EncodeToString([]byte(is))} {
			if bytes.Contains(text, []byte(form)) {
				found = append(found, what)
				break
			}
		}
	}
	return found
}

// noSecret stands in the data folder, for all to read who can read that.
const noSecret = "Marked-Purpose-that-is-no-secret"

// heard keeps what meshd says to others.
type heard struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (w *heard) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.bytes.Write(p)
}

func (w *heard) text() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.bytes.Bytes())
}

// A mesh that is full of secrets works, refuses, and crashes, and everything that it has
// written by then is looked through: logs, the crash's dump, answers, metrics, traces, the
// audit, all files of the data folder, and what other processes can see of it.
func TestNoSecretIsWrittenAnywhere(t *testing.T) {
	for name, encrypted := range map[string]bool{"as it is": false, "encrypted": true} {
		t.Run(name, func(t *testing.T) { t.Parallel(); noSecretIsWritten(t, encrypted) })
	}
}

func noSecretIsWritten(t *testing.T, encrypted bool) {
	ownProcess(t)
	p := simulated(t, 19, 10)
	kept, data := t.TempDir(), t.TempDir()
	known := secrets{
		"Odoo's password": "Marked-Odoo-Passw0rd-7f3a", "a bearer token": "Marked-Bearer-Token-91ce", "a wrong bearer token": "Marked-Wrong-Token-33d0",
		"a wrong password": "Marked-Wrong-Passw0rd-5e5e", "the secret of hints": "Marked-Hint-Secret-4b4b4b", "a wrong secret of hints": "Marked-Wrong-Hint-8c8c8c",
		"the collector's key": "Marked-Collector-Key-2d2d", "a token's signature": "Marked-Signature-of-a-token-6a6a",
		"the client's secret at the provider": "Marked-Client-Secret-1f1f1f",
		"the encryption key":                  strings.Repeat("c0ffee4711abcdef", 4),
		"the key of backups":                  strings.Repeat("ba5eba11cafe4242", 4),
	}
	put := func(name, text string) string {
		path := filepath.Join(kept, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	p.sim.SetPassword(p.user, known["Odoo's password"])
	p.password = ""
	if _, err := devcert.Write(kept, []string{"127.0.0.1"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(kept, "server-key.pem")
	pem, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	known["the key of the certificate"] = strings.Split(string(pem), "\n")[1][:48]

	traces := &heard{}
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(traces, r.Body) }))
	defer collector.Close()
	access := put("access.yaml", fmt.Sprintf("principals:\n- {name: ann, token_sha256: %x, rights: {\"*\": [read, write, operate]}}\n- {name: portal, supplier: suppliers/7, rights: {product: [read]}}\n",
		sha256.Sum256([]byte(known["a bearer token"]))))
	settings := put("settings.yaml", "odoo-password-command: [cat, "+put("password", known["Odoo's password"]+"\n")+"]\n")
	args := []string{
		"--config", settings, "--access-file", access, "--hint-secret-file", put("hint", known["the secret of hints"]+"\n"),
		"--tls-cert-file", filepath.Join(kept, "server.pem"), "--tls-key-file", keyFile,
		"--trace-endpoint", collector.URL, "--trace-ratio", "1", "--trace-headers-file", put("headers", "Authorization: Bearer "+known["the collector's key"]+"\n"),
		"--oidc-issuer", "https://127.0.0.1:1", "--oidc-audience", "mesh", "--oidc-client-id", "mesh", "--public-url", "https://127.0.0.1",
		"--oidc-client-secret-file", put("client", known["the client's secret at the provider"]+"\n"), "--log-level", "debug",
	}
	if encrypted {
		args = append(args, "--encryption-key-file", put("key", known["the encryption key"]+"\n"), "--backup-key-file", put("backup-key", known["the key of backups"]+"\n"))
	}
	s := spawn(t, p, arguments(p, data, args...)...)

	answers := &heard{}
	client := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	call := func(method, path, token, body string) (int, []byte) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, strings.Replace(s.rest, "http:", "https:", 1)+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Host = "127.0.0.1" // as public-url has it
		if token != "" {
			request.Header.Set("Authorization", token)
		}
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		if method != http.MethodPost || path != "/v1/apiKeys" && path != "/v1/streamTickets" { // these answers are to hold one
			_ = answer.Header.Write(answers)
			_, _ = answers.Write(text)
		}
		return answer.StatusCode, text
	}
	ann := "Bearer " + known["a bearer token"]
	eventually(t, func() (bool, any) {
		code, text := call(http.MethodGet, "/v1/products?page_size=1", ann, "")
		return code == http.StatusOK, string(text)
	})
	code, made := call(http.MethodPost, "/v1/apiKeys", ann, `{"principal": "portal", "purpose": "`+noSecret+`"}`)
	var created struct{ Secret, Key, Token string }
	if err := json.Unmarshal(made, &created); code != http.StatusOK || err != nil {
		t.Fatalf("no key was made: %d %s", code, made)
	}
	key := created.Secret + created.Key + created.Token
	known["a partner's key"] = strings.Split(key, "_")[min(3, strings.Count(key, "_"))]
	if !strings.HasPrefix(key, "mesh_") || len(known["a partner's key"]) < 20 {
		t.Fatalf("this is no key: %s", made)
	}
	var page struct{ Ticket string }
	if code, made := call(http.MethodPost, "/v1/streamTickets", "Bearer "+key, "{}"); code != http.StatusOK || json.Unmarshal(made, &page) != nil {
		t.Fatalf("no ticket was made: %d %s", code, made)
	}
	known["a ticket for a stream"] = page.Ticket
	basic := base64.StdEncoding.EncodeToString([]byte("mesh:" + known["a wrong password"]))
	known["a wrong password, as it is sent"] = basic
	known["a code of a provider"], known["the state of a sign-in"] = "Marked-Code-9d9d9d9d", "Marked-State-8e8e8e"
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	token := part(`{"alg":"RS256","kid":"1"}`) + "." + part(`{"iss":"https://127.0.0.1:1","aud":"mesh","exp":4102444800}`) + "." + known["a token's signature"]
	for _, c := range []struct {
		method, path, token, body string
		code                      int
	}{
		{http.MethodGet, "/v1/products?page_size=1", "Bearer " + key, "", 200},
		{http.MethodGet, "/v1/products/1?read_mask=sku", ann, "", 200},
		{http.MethodGet, "/v1/products?ticket=" + page.Ticket, "", "", 400},
		{http.MethodGet, "/v1/events:watch?ticket=" + page.Ticket, "", "", 0},
		{http.MethodGet, "/v1/products/1", "Bearer " + key + "0", "", 401},
		{http.MethodGet, "/v1/products/1", "Bearer " + known["a wrong bearer token"], "", 401},
		{http.MethodGet, "/v1/products/1", "Basic " + basic, "", 401},
		{http.MethodGet, "/v1/products/1", "Bearer " + token, "", 401},
		{http.MethodGet, "/v1/orders/1", "Bearer " + key, "", 403},
		{http.MethodPost, "/v1/lots/1:hold", ann, `{"reason": "recalled", "requestId": "5f1d7a86-4d6b-4c39-8a52-0c2b5d1f5f0e"}`, 0},
		{http.MethodPost, "/v1/lots/1:hold", ann, `{"reason": `, 400},
		{http.MethodPost, "/hints/odoo/" + known["the secret of hints"], "", `{"_model": "product.product"}`, 204},
		{http.MethodPost, "/hints/odoo/" + known["a wrong secret of hints"], "", `{"_model": "product.product"}`, 404},
		{http.MethodGet, "/signin?by-name=", "", "", 0}, // the provider is down
		{http.MethodGet, "/signin/callback?code=Marked-Code-9d9d9d9d&state=Marked-State-8e8e8e", "", "", 0},
		{http.MethodGet, "/v1/operations/status", ann, "", 200},
		{http.MethodGet, "/v1/apiKeys", ann, "", 200},
		{http.MethodGet, "/readyz", ann, "", 200},
		{http.MethodGet, "/metrics", "", "", 200},
		{http.MethodGet, "/v1/auditRecords", ann, "", 200},
	} {
		if code, text := call(c.method, c.path, c.token, c.body); c.code != 0 && code != c.code {
			t.Errorf("%s %.20s: %d, want %d: %s", c.method, c.path, code, c.code, text)
		}
	}
	eventually(t, func() (bool, any) { return len(traces.text()) > 0, "no traces" })
	for _, name := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.cmd.Process.Pid, name))
		if err != nil {
			t.Fatal(err)
		}
		if found := known.in(text); len(found) > 0 {
			t.Errorf("%s of the process shows %v", name, found)
		}
	}
	if err := s.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	<-s.ended
	if !strings.Contains(s.text(), "goroutine 1 ") {
		t.Error("it has left no dump")
	}
	for name, text := range map[string][]byte{"what it said": []byte(s.text()), "its answers": answers.text(), "its traces": traces.text()} {
		if found := known.in(text); len(found) > 0 {
			t.Errorf("%s shows %v", name, found)
		}
	}
	open := false
	err = filepath.WalkDir(data, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if found := known.in(text); len(found) > 0 {
			t.Errorf("the file %s shows %v", name, found)
		}
		open = open || bytes.Contains(text, []byte(noSecret))
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(data, "audit", "signing.key")); err != nil || strings.HasPrefix(string(text), "PRIVATE+KEY+") == encrypted {
		t.Errorf("the audit's signing key is open: %t, %v", !encrypted, err)
	}
	// What was looked for would have been found, or is encrypted.
	if open == encrypted {
		t.Errorf("the purpose of a key can be read in the data folder: %t", open)
	}
}
