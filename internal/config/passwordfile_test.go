package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestAPasswordFileIsReadAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	write(t, path, "first\n")
	c, err := load(t, given{flags: []string{"--odoo-password-file=" + path}})
	if err != nil {
		t.Fatal(err)
	}
	file := c.Client().Passwords
	if s, err := file.Read(); err != nil || s.Reveal() != "first" || file.Changed() {
		t.Fatalf("read %q, %v, changed: %t", s.Reveal(), err, file.Changed())
	}
	later := time.Now()
	put := func(text string) {
		t.Helper()
		write(t, path, text)
		later = later.Add(time.Second)
		if err := os.Chtimes(path, later, later); err != nil {
			t.Fatal(err)
		}
	}
	put("first\nwith a remark\n")
	if file.Changed() {
		t.Error("the same password is another")
	}
	put("")
	if file.Changed() {
		t.Error("an empty file is a password")
	}
	put("third\n")
	for range 2 {
		if !file.Changed() {
			t.Error("another password is the same")
		}
	}
	if s, err := file.Read(); err != nil || s.Reveal() != "third" || file.Changed() {
		t.Errorf("read %q, %v, changed: %t", s.Reveal(), err, file.Changed())
	}
	// As Kubernetes replaces a secret: another file of the same size.
	other := path + ".new"
	write(t, other, "forth\n")
	if err := os.Chtimes(other, later, later); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	if !file.Changed() {
		t.Error("another file is the same")
	}
	if s, err := file.Read(); err != nil || s.Reveal() != "forth" {
		t.Errorf("read %q, %v", s.Reveal(), err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Read(); err == nil || file.Changed() {
		t.Error("a file that is gone is read")
	}
}

func TestAPasswordInAVariableStays(t *testing.T) {
	c, err := load(t, given{env: []string{"MESH_ODOO_PASSWORD=hunter2"}})
	if err != nil || c.Client().Passwords != nil {
		t.Errorf("got %v, %v", c.Client().Passwords, err)
	}
}
