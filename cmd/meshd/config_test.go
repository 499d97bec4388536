package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// meshdSays runs the program, and tells its exit code with what it wrote.
func meshdSays(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	code = run(t.Context(), args, nil, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

func TestAFileOfSettingsIsWrittenOnceAndChecked(t *testing.T) {
	dir := t.TempDir()
	file, key := filepath.Join(dir, "mesh.yaml"), filepath.Join(dir, "key")
	if code, _, errs := meshdSays(t, "config", "init", file); code != 0 {
		t.Fatalf("init: %d, %s", code, errs)
	}
	if code, _, errs := meshdSays(t, "config", "init", file); code != 2 || !strings.Contains(errs, "is there already") {
		t.Errorf("a second time: %d, %s", code, errs)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, out, _ := meshdSays(t, "config", "init"); out != string(written) {
		t.Error("the standard output gets another file")
	}
	if code, _, errs := meshdSays(t, "config", "check", "--config", file); code != 2 || !strings.Contains(errs, "odoo-password-file") {
		t.Errorf("without the key: %d, %s", code, errs)
	}
	if err := os.WriteFile(key, []byte("marked-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := []string{"config", "check", "--config", file, "--odoo-password-file", key}
	code, out, errs := meshdSays(t, good...)
	if code != 0 || !strings.Contains(out, "odoo-db: \"hospital\"\n") || !strings.Contains(out, "would start") || strings.Contains(out, "marked-secret") {
		t.Errorf("check: %d, %s%s", code, out, errs)
	}
	for flag, want := range map[string]string{
		"--access-file=" + filepath.Join(dir, "none.yaml"): "none.yaml",
		"--grpc-addr=0.0.0.0:9090":                         "grpc-addr",
		"--poll-interval=0s":                               "poll-interval",
	} {
		if code, _, errs := meshdSays(t, append(good, flag)...); code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%s: %d, %s", flag, code, errs)
		}
	}
}

// The alerts ask for metrics that there are, as the manual describes them.
func TestAlertsAreAboutMetricsThatThereAre(t *testing.T) {
	rules, err := os.ReadFile("../../docs/deploy/prometheus-rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	manual := ""
	for _, page := range []string{"operations", "identity"} {
		text, err := os.ReadFile("../../docs/" + page + ".md")
		if err != nil {
			t.Fatal(err)
		}
		manual += string(text)
	}
	var read struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal(rules, &read); err != nil {
		t.Fatal(err)
	}
	if len(read.Groups) != 1 || len(read.Groups[0].Rules) == 0 {
		t.Fatalf("no rules: %+v", read)
	}
	for _, rule := range read.Groups[0].Rules {
		named := regexp.MustCompile(`mesh_[a-z_]+`).FindAllString(rule.Expr, -1)
		if rule.Alert == "" || len(named) == 0 {
			t.Errorf("%+v is about nothing", rule)
		}
		for _, metric := range named {
			if !strings.Contains(manual, "`"+metric) {
				t.Errorf("%s is about %s, which no manual has", rule.Alert, metric)
			}
		}
	}
}
