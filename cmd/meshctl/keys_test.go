package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"odoomesh/internal/config"
)

func TestKeysOfPartners(t *testing.T) {
	t.Parallel()
	hash := sha256.Sum256([]byte("open-sesame"))
	s := &site{t: t}
	access := s.file("access.yaml", "principals:\n- {name: op, token_sha256: "+hex.EncodeToString(hash[:])+", rights: {\"*\": [operate, read]}}\n"+
		"- {name: portal, rights: {product: [read]}}\n")
	s = newSite(t, 5, 0, func(c *config.Config) { c.AccessFile, c.Environment = access, "test" })
	op := []string{"--token-file", s.file("token", "open-sesame\n")}
	s.settled(op...)
	operate := func(args ...string) result { return s.run(append(args, op...)...) }
	as := func(key string) int {
		return meshctl(t, []string{"MESH_TOKEN=" + key}, "get", "products/5", "--server", s.addr).code
	}

	made := operate("keys", "create", "portal", "--purpose", "test system")
	key := strings.TrimSpace(made.out)
	if made.code != 0 || !strings.HasPrefix(key, "mesh_test_") || strings.ContainsAny(key, " \n") || strings.Contains(made.errs, key) {
		t.Fatalf("%+v", made)
	}
	if code := as(key); code != 0 {
		t.Errorf("with its key: %d", code)
	}
	if r := meshctl(t, []string{"MESH_TOKEN=" + key}, "keys", "list", "--server", s.addr); r.code != codeForbidden {
		t.Errorf("a partner sees keys: %+v", r)
	}
	name := "apiKeys/" + strings.Split(key, "_")[2]

	// The new key goes into a file that is its owner's alone, and was not there.
	out := filepath.Join(t.TempDir(), "portal.key")
	rotated := operate("keys", "rotate", name, "--overlap", "1h", "--out", out)
	content, err := os.ReadFile(out)
	next := strings.TrimSpace(string(content))
	if info, failed := os.Stat(out); rotated.code != 0 || err != nil || failed != nil || info.Mode() != 0o600 || rotated.out != "" || as(next) != 0 || as(key) != 0 {
		t.Errorf("%+v, %v, %v", rotated, err, failed)
	}
	if r := operate("keys", "rotate", "apiKeys/"+strings.Split(next, "_")[2], "--out", out); r.code != codeUsage {
		t.Errorf("a file was overwritten: %+v", r)
	}
	gone := filepath.Join(t.TempDir(), "gone.key")
	if r := operate("keys", "create", "nobody", "--purpose", "x", "--out", gone); r.code != codeUsage || !strings.Contains(r.errs, "no such principal") {
		t.Errorf("%+v", r)
	}
	if _, err := os.Stat(gone); !os.IsNotExist(err) {
		t.Errorf("a file is left of a key that was not made: %v", err)
	}

	if r := operate("keys", "revoke", name, "--reason", "moved"); r.code != 0 || as(key) != codeForbidden || as(next) != 0 {
		t.Errorf("%+v", r)
	}
	if r := operate("keys", "revoke", "apiKeys/aaaaaaaaaaaaaaaa", "--reason", "x"); r.code != codeNotFound {
		t.Errorf("%+v", r)
	}
	audited := operate("audit", "search", "--document", name)
	for _, want := range []string{"CreateApiKey", " active", "active to rotated", "rotated to revoked"} {
		if audited.code != 0 || !strings.Contains(audited.out, want) {
			t.Errorf("the audit does not say %q: %+v", want, audited)
		}
	}
	said := operate("audit", "export", "--document", name).out
	for _, want := range []string{`+ principal: \"portal\"`, `- expire_time: `, `+ successor: \"apiKeys/` + strings.Split(next, "_")[2], `+ revoke_reason: \"moved\"`} {
		if !strings.Contains(said, want) || strings.Contains(said, strings.Split(key, "_")[3]) || strings.Contains(said, strings.Split(next, "_")[3]) {
			t.Errorf("the audit does not say %s, or says a key: %s", want, said)
		}
	}
	list := operate("keys", "list", "-o", "json")
	if lines := strings.Split(strings.TrimSpace(list.out), "\n"); list.code != 0 || len(lines) != 2 || !strings.Contains(lines[1], `"API_KEY_STATE_REVOKED"`) || !strings.Contains(lines[1], `"revokedBy":"op"`) {
		t.Errorf("%+v", list)
	}
	if strings.Contains(list.out, strings.Split(next, "_")[3]) || strings.Contains(operate("keys", "list").out, strings.Split(next, "_")[3]) {
		t.Error("a list shows a key")
	}
}

// Where the access file is governed, who makes a key is told that somebody else has to confirm
// it, and until then it opens nothing.
func TestAKeyIsConfirmedByAnother(t *testing.T) {
	t.Parallel()
	s := &site{t: t}
	principals := "principals:\n- {name: portal, rights: {product: [read]}}\n"
	tokens := map[string][]string{}
	for _, name := range []string{"ann", "bob"} {
		hash := sha256.Sum256([]byte(name))
		principals += "- {name: " + name + ", token_sha256: " + hex.EncodeToString(hash[:]) + ", rights: {\"*\": [operate, read]}}\n"
		tokens[name] = []string{"--token-file", s.file(name, name+"\n")}
	}
	access := s.file("access.yaml", principals)
	s = newSite(t, 5, 0, func(c *config.Config) { c.AccessFile, c.Governed = access, true })
	s.settled(tokens["ann"]...)
	by := func(name string, args ...string) result { return s.run(append(args, tokens[name]...)...) }

	made := by("ann", "keys", "create", "portal", "--purpose", "test system")
	key := strings.TrimSpace(made.out)
	if made.code != 0 || !strings.Contains(made.errs, "another person than you") {
		t.Fatalf("%+v", made)
	}
	name := "apiKeys/" + strings.Split(key, "_")[2]
	get := func() result {
		return meshctl(t, []string{"MESH_TOKEN=" + key}, "get", "products/5", "--server", s.addr)
	}
	if r := get(); r.code != codeForbidden || !strings.Contains(r.errs, "not confirmed yet") {
		t.Errorf("before anybody has confirmed it: %+v", r)
	}
	if r := by("ann", "keys", "confirm", name); r.code != codeForbidden {
		t.Errorf("its maker: %+v", r)
	}
	if r := by("bob", "keys", "confirm", name); r.code != 0 || !strings.Contains(r.out, name+" speaks for portal") {
		t.Errorf("another: %+v", r)
	}
	if r := get(); r.code != 0 {
		t.Errorf("once it is confirmed: %+v", r)
	}
	if r := by("bob", "keys", "confirm", "apiKeys/aaaaaaaaaaaaaaaa"); r.code != codeNotFound {
		t.Errorf("one that is not there: %+v", r)
	}
}
