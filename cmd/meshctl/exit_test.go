package main

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"odoomesh/internal/build"
	"odoomesh/internal/config"
	"odoomesh/internal/odoosetup"
)

func everyFailureHasASentenceAndACode(t *testing.T, s *site) {
	cases := []struct {
		args string
		code int
		says string
	}{
		{"get products/5 products/99999", codeNotFound, "there is no products/99999"},
		{"get products/x", codeUsage, "(INVALID_NAME)"},
		{"get unicorns/1", codeUsage, "there are products, suppliers"},
		{"get", codeUsage, "requires at least 1 arg"},
		{"list unicorns", codeUsage, "there are products, suppliers"},
		{"list products --filter nothing=1", codeUsage, "(INVALID_FILTER) Mend the filter"},
		{"list products --order-by lines", codeUsage, "(INVALID_ORDER_BY)"},
		{"list products --page-size 5000", codeUsage, "page_size"},
		{"list products --all --limit 3", codeUsage, "all limit"},
		{"get products/5 --live --max-staleness 1s", codeUsage, "exclude each other"},
		{"watch products --position nonsense", codeUsage, "(INVALID_PAGE_TOKEN)"},
		{"resync unicorns", codeUsage, "there are products, suppliers"},
		{"faulty unicorns", codeUsage, "there are products, suppliers"},
		{"history unicorns/1", codeUsage, "there are products, suppliers"},
		{"history product/99999", codeNotFound, "There is no products/99999"},
		{"changes unicorns", codeUsage, "there are products, suppliers"},
		{"trace no-such-lot", codeUsage, "there is no lot with the number no-such-lot"},
		{"status --server " + s.http, codeDown, "that is the port of REST. Give that of gRPC"},
		{"status --tls-ca-file " + s.file("ca.pem", authority(t)), codeDown, "It speaks no TLS: leave out --tls-ca-file"},
		{"frobnicate", codeUsage, "unknown command"},
		{"list products --colour", codeUsage, "unknown flag"},
		{"list products -o xml", codeUsage, "-o is table, wide, csv, yaml, json or name here"},
		{"status --watch=10ms", codeUsage, "--watch is a second or more"},
		{"status -o csv", codeUsage, "-o is table or json here"},
		{"list products --columns sku,displayNme", codeUsage, "did you mean display_name?"},
		{"list products --columns sku.x", codeUsage, "sku has no fields of its own"},
		{"list products -o json --columns sku", codeUsage, "json shows whole records"},
		{"list prodcts", codeUsage, "did you mean products?"},
		{"status --server nowhere", codeUsage, "host:port"},
		{"status --server 127.0.0.1:1", codeDown, "cannot be reached: dial tcp 127.0.0.1:1"},
		{"status --token-file /nonexistent", codeUsage, "--token-file"},
		{"status --tls-ca-file /nonexistent", codeUsage, "--tls-ca-file"},
		{"status --tls-ca-file exit_test.go", codeUsage, "no PEM certificate"},
	}
	for _, c := range cases {
		t.Run(c.args, func(t *testing.T) {
			r := s.run(strings.Fields(c.args)...)
			if r.code != c.code || !strings.Contains(r.errs, c.says) {
				t.Errorf("%+v, want code %d and %q", r, c.code, c.says)
			}
			if strings.Count(r.errs, "\n") != 1 || !strings.HasPrefix(r.errs, "meshctl: ") {
				t.Errorf("more or less than a sentence: %q", r.errs)
			}
		})
	}
	partial := newSite(t, 5, 0, func(c *config.Config) { c.Services = []string{"operations"} })
	if r := partial.run("list", "products"); r.code != codeError || !strings.Contains(r.errs, "does not offer this") {
		t.Errorf("a mesh without the domain: %+v", r)
	}
	if r := partial.run("status"); r.code != 0 {
		t.Errorf("a mesh without records: %+v", r)
	}
	if r := s.run("get", "products/5", "products/99999", "products/6", "-o", "json"); strings.Count(r.out, "\n") != 2 || r.code != codeNotFound {
		t.Errorf("what exists is not shown beside what does not: %+v", r)
	}
}

func TestOdooAwayIsTold(t *testing.T) {
	t.Parallel()
	s := newSite(t, 10, 0, nil).settled()
	s.sim.Faults().Down(true)
	for _, args := range []string{"verify products/5", "get products/5 --live", "resync products"} {
		if r := s.run(strings.Fields(args)...); r.code != codeDown || !strings.Contains(r.errs, "ODOO_UNAVAILABLE") {
			t.Errorf("%s: %+v", args, r)
		}
	}
	if r := s.odoo("mapping", "check"); r.code != codeDown {
		t.Errorf("%+v", r)
	}
	if r := s.run("get", "products/5"); r.code != 0 {
		t.Errorf("the copy is not shown: %+v", r)
	}
}

func TestTokensAndTLS(t *testing.T) {
	t.Parallel()
	// A certificate for 127.0.0.1, as httptest has one.
	tls := httptest.NewUnstartedServer(nil)
	tls.StartTLS()
	tls.Close()
	pair := tls.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256([]byte("open-sesame"))
	s := &site{t: t}
	cert := s.file("cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})))
	private := s.file("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	entries := "principals:\n- name: op\n  token_sha256: " + hex.EncodeToString(hash[:]) + "\n  rights: {\"*\": [operate, read]}\n"
	access := s.file("access.yaml", entries)
	s = newSite(t, 5, 0, func(c *config.Config) { c.TLSCertFile, c.TLSKeyFile, c.AccessFile = cert, private, access })
	token := s.file("token", "open-sesame\nignored\n")
	s.settled("--tls-ca-file", cert, "--token-file", token)
	for args, want := range map[string]int{
		"status --tls-ca-file " + cert + " --token-file " + token:        0,
		"status --tls-ca-file " + cert:                                   codeForbidden,
		"status --tls-ca-file " + cert + " --token-file " + private:      codeForbidden,
		"status --token-file " + token:                                   codeDown,
		"list products --tls-ca-file " + cert + " --token-file " + token: 0,
	} {
		if r := s.run(strings.Fields(args)...); r.code != want {
			t.Errorf("%s: %+v, want code %d", args, r, want)
		}
	}
	for args, says := range map[string]string{
		"status --token-file " + token: "It hangs up: where it speaks TLS, give --tls-ca-file.",
		"status --server " + s.http + " --tls-ca-file " + cert + " --token-file " + token: "that is the port of REST. Give that of gRPC",
	} {
		if r := s.run(strings.Fields(args)...); !strings.Contains(r.errs, says) {
			t.Errorf("%s: %q, want %q in it", args, r.errs, says)
		}
	}
	if r := meshctl(t, []string{"MESH_TOKEN=open-sesame"}, "status", "--server", s.addr, "--tls-ca-file", cert); r.code != 0 {
		t.Errorf("by the environment: %+v", r)
	}
}

func TestCertificatesToDevelopWith(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "tls")
	if r := meshctl(t, nil, "cert", "dev", "--dir", dir); r.code != 0 || strings.Count(r.out, "\n") != 6 {
		t.Fatalf("%+v", r)
	}
	for _, name := range []string{"ca-key.pem", "server-key.pem", "client-key.pem"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if r := meshctl(t, nil, "cert", "dev", "--dir", dir); r.code == 0 || !strings.Contains(r.errs, "not overwritten") {
		t.Errorf("again: %+v", r)
	}
	path := func(name string) string { return filepath.Join(dir, name) }
	s := newSite(t, 5, 0, func(c *config.Config) {
		c.TLSCertFile, c.TLSKeyFile, c.TLSClientCAFile, c.TLSClientCert = path("server.pem"), path("server-key.pem"), path("ca.pem"), "required"
	})
	ca := " --tls-ca-file " + path("ca.pem")
	certificate := " --tls-cert-file " + path("client.pem")
	s.settled(strings.Fields(ca + certificate + " --tls-key-file " + path("client-key.pem"))...)
	for args, want := range map[string]int{
		"status" + ca + certificate + " --tls-key-file " + path("client-key.pem"): 0,
		"status" + ca:               codeDown,
		"status" + ca + certificate: codeUsage,
		"status" + ca + certificate + " --tls-key-file " + path("server-key.pem"): codeUsage,
	} {
		if r := s.run(strings.Fields(args)...); r.code != want {
			t.Errorf("%s: %+v, want code %d", args, r, want)
		}
	}
}

func TestAnotherMachineIsReachedByTLSAlone(t *testing.T) {
	for server, plain := range map[string]bool{
		"127.0.0.1:9090": true, "[::1]:9090": true, "localhost:9090": true, "[::ffff:127.0.0.1]:9090": true,
		"mesh.example:9090": false, "10.0.0.1:9090": false, "127.0.0.1.evil.example:9090": false,
	} {
		transport, err := (&client{server: server}).transport()
		if err != nil || (transport.Info().SecurityProtocol == "insecure") != plain {
			t.Errorf("%s: %v, %v", server, transport, err)
		}
	}
}

func TestCodesOfWhatOdooLacks(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
	}{
		{&odoosetup.NoModuleError{}, codeNoFit}, {&odoosetup.NoWebhooksError{}, codeNoVersion}, {&odoosetup.NoRightError{Err: errors.New("x")}, codeForbidden},
		{context.Canceled, codeError}, {nil, 0},
	} {
		if got := exitCode(c.err); got != c.code {
			t.Errorf("%v: code %d, want %d", c.err, got, c.code)
		}
	}
	if !strings.Contains(meshctl(t, nil, "--help").out, "Exit codes:") {
		t.Error("the help does not list the exit codes")
	}
}

// authority is a certificate that signs none of the servers here.
func authority(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	defer server.Close()
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}

func TestEachSettingThatIsWrongHasALine(t *testing.T) {
	t.Parallel()
	s := &site{t: t}
	r := meshctl(t, nil, "mapping", "check", "--config", s.file("mesh.yaml", "odoo-url: nix\nodoo-bd: x\n"))
	if r.code != codeUsage || !strings.HasPrefix(r.errs, "meshctl: configuration:\n  odoo-bd: ") || !strings.Contains(r.errs, "\n  odoo-user: ") {
		t.Errorf("%+v", r)
	}
}

func TestTheProgramSaysWhichVersionItIs(t *testing.T) {
	t.Parallel()
	for _, asked := range []string{"--version", "version"} {
		if r := meshctl(t, nil, asked); r.code != 0 || r.out != "meshctl version "+build.Text()+"\n" {
			t.Errorf("%s: %+v", asked, r)
		}
	}
}

func TestAQuestionNeedsNoStopBehindIt(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{"did you mean products?": "did you mean products?", "It is gone.": "It is gone.", "it is gone": "it is gone."} {
		if got := withStop(message); got != want {
			t.Errorf("%q: %q, want %q", message, got, want)
		}
	}
}
