package secret_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"odoomesh/internal/secret"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAFileIsReadAnewWhenItChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	write(t, path, "first\n")
	file := secret.NewFile(path)
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

func TestWhoElseMayUseAFile(t *testing.T) {
	for _, tt := range []struct {
		mode             os.FileMode
		refused, exposed string
	}{
		{0o600, "", ""},
		{0o640, "", ""}, // as a group's secret is mounted
		{0o644, "", "everybody on this machine may read"},
		{0o602, "everybody may write", ""},
	} {
		path := filepath.Join(t.TempDir(), "key")
		write(t, path, "hunter2\n")
		if err := os.Chmod(path, tt.mode); err != nil {
			t.Fatal(err)
		}
		_, err := secret.NewFile(path).Read()
		if (err == nil) != (tt.refused == "") || err != nil && !strings.Contains(err.Error(), tt.refused) {
			t.Errorf("%v: got %v", tt.mode, err)
		}
		if got := secret.Exposed(path); (got == "") != (tt.exposed == "") || !strings.Contains(got, tt.exposed) {
			t.Errorf("%v: got %q", tt.mode, got)
		}
	}
	if got := secret.Exposed("/no/such/file"); got != "" {
		t.Errorf("a file that is not there: %q", got)
	}
}
