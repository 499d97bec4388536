package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"odoomesh/internal/backup"
	"odoomesh/internal/clock"
	"odoomesh/internal/seal"
)

// A backup of a running mesh is in one private file, which verify reads without a mesh.
func TestABackupIsAFileThatCanBeVerified(t *testing.T) {
	t.Parallel()
	s := newSite(t, 5, 0, nil).settled()
	eventually(t, "a business event", func() bool {
		trial := filepath.Join(t.TempDir(), "trial.backup")
		var told shownBackup
		r := s.run("backup", trial, "-o", "json")
		return json.Unmarshal([]byte(r.out), &told) == nil && len(told.Parts) > 0 && told.Parts[0].Entries > 0
	})
	file := filepath.Join(t.TempDir(), "mesh.backup")
	r := s.run("backup", file)
	if r.code != 0 || r.errs != "" || !strings.Contains(r.out, "the mesh over erp") {
		t.Fatalf("%+v", r)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	verified := meshctl(t, nil, "backup", "verify", file)
	if verified.code != 0 || verified.out != r.out {
		t.Errorf("it was\n%s, verified it is\n%s%s", r.out, verified.out, verified.errs)
	}
	var told shownBackup
	if r := meshctl(t, nil, "backup", "verify", file, "-o", "json"); json.Unmarshal([]byte(r.out), &told) != nil || told.Instance != "erp" || told.Bytes != info.Size() || len(told.Parts) != 7 || told.Parts[0].Entries == 0 {
		t.Errorf("programs are told %s", r.out)
	}
	// The standard output is a backup as well, and nothing but that.
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"backup", "-"}, world{environ: []string{"MESH_SERVER=" + s.addr}, out: &out, errs: &errs, clock: clock.Func(atNoon)}); code != 0 {
		t.Fatal(code, errs.String())
	}
	piped := s.file("piped.backup", out.String())
	if r := meshctl(t, nil, "backup", "verify", piped); r.code != 0 {
		t.Errorf("%+v", r)
	}

	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"cut off": string(whole[:len(whole)-1]), "longer": string(whole) + "x", "something else": "PK"} {
		if r := meshctl(t, nil, "backup", "verify", s.file("b", text)); r.code != codeDamaged || r.out != "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// A backup that is sealed is seen to be whole without its key, and read with it.
func TestASealedBackupIsVerifiedWithItsKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var sealed bytes.Buffer
	key := strings.Repeat("5e", 32)
	raw, err := hex.DecodeString(key)
	if err == nil {
		err = backup.Write(t.Context(), &sealed, backup.Source{Time: atNoon(), Instance: "erp", Key: raw}, func(int64, int64) error { return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file, right, wrong := put("mesh.backup", sealed.String()), put("right.key", key+"\n"), put("wrong.key", strings.Repeat("ab", 32))
	cut := put("cut.backup", sealed.String()[:sealed.Len()-1])
	for _, tt := range []struct {
		name string
		env  []string
		args []string
		code int
		says string
	}{
		{"without a key", nil, []string{file}, 0, "sealed with the key " + seal.Name(raw) + ", whole as far as is seen without it"},
		{"with the key", nil, []string{file, "--backup-key-file", right}, 0, "the mesh over erp"},
		{"with the key in a variable", []string{"MESH_BACKUP_KEY=" + key}, []string{file}, 0, "the mesh over erp"},
		{"with the key of a command", nil, []string{file, "--backup-key-command", "cat," + right}, 0, "the mesh over erp"},
		{"with another key", nil, []string{file, "--backup-key-file", wrong}, codeKey, "sealed with the key " + seal.Name(raw) + ", and the key that is given is " + seal.Name(bytes.Repeat([]byte{0xab}, 32))},
		{"with no key that can be", []string{"MESH_BACKUP_KEY=hunter2"}, []string{file}, codeUsage, "64 hexadecimal digits"},
		{"cut off", nil, []string{cut}, codeDamaged, "it ends there, and is not complete"},
		{"cut off, with the key", nil, []string{cut, "--backup-key-file", right}, codeDamaged, "it ends there, and is not complete"},
	} {
		r := meshctl(t, tt.env, append([]string{"backup", "verify"}, tt.args...)...)
		if told := r.out + r.errs; r.code != tt.code || !strings.Contains(told, tt.says) || strings.Contains(told, key) || strings.Contains(told, "hunter2") {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
	var told shownBackup
	if r := meshctl(t, nil, "backup", "verify", file, "-o", "json"); json.Unmarshal([]byte(r.out), &told) != nil || !told.Sealed || told.Key != seal.Name(raw) || told.Time != nil {
		t.Errorf("programs are told %s", r.out)
	}
}

// Nothing is at the file's name, and what was there stays, where a backup fails.
func TestABackupThatFailsLeavesWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "mesh.backup")
	if err := os.WriteFile(file, []byte("the one before"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := meshctl(t, []string{"MESH_SERVER=127.0.0.1:1"}, "backup", file); r.code != codeDown {
		t.Errorf("%+v", r)
	}
	text, err := os.ReadFile(file)
	left, errDir := os.ReadDir(dir)
	if err != nil || errDir != nil || string(text) != "the one before" || len(left) != 1 {
		t.Errorf("there is %q and %v, %v, %v", text, left, err, errDir)
	}
	if r := meshctl(t, nil, "backup", dir); r.code != codeUsage {
		t.Errorf("a folder: %+v", r)
	}
	if r := meshctl(t, nil, "backup", "verify", filepath.Join(dir, "none")); r.code != codeUsage {
		t.Errorf("a file that is not there: %+v", r)
	}
}
