package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/config"
)

// A template is a file that can be loaded, and says what holds without it: also where
// each # before a setting is taken away.
func TestATemplateIsTheDefaults(t *testing.T) {
	for name, text := range map[string]string{
		"as it is":          config.Template(),
		"without a comment": regexp.MustCompile(`(?m)^# ([a-z-]+: )`).ReplaceAllString(config.Template(), "$1"),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			key := filepath.Join(dir, "key")
			text = strings.Replace(text, "/etc/mesh/odoo-api-key", key, 1)
			file := filepath.Join(dir, "mesh.yaml")
			for path, content := range map[string]string{key: "secret\n", file: text} {
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			c, err := config.Load(config.Sources{Defaults: config.Default(), Environ: []string{"MESH_CONFIG=" + file}, Stdin: strings.NewReader(""), NeedsOdoo: true})
			if err != nil {
				t.Fatal(err)
			}
			want := []config.Setting{
				{Key: "odoo-url", Value: `"https://odoo.example.org"`}, {Key: "odoo-db", Value: `"hospital"`},
				{Key: "odoo-user", Value: `"mesh@example.org"`}, {Key: "odoo-password", Value: "set"}, {Key: "odoo-password-file", Value: `"` + key + `"`},
				{Key: "odoo-instance", Value: `"odoo.example.org/hospital"`}, // made of the others
			}
			if diff := cmp.Diff(want, c.Changed()); diff != "" {
				t.Errorf("what is not the default: (-want +got)\n%s", diff)
			}
		})
	}
}
