package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"odoomesh/internal/config"
)

func TestThePasswordComesFromItsPlaces(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	write(t, file, "hunter2 \r\nsecond line\n")
	cases := []struct {
		name string
		given
		want string
	}{
		{"variable", given{env: []string{"MESH_ODOO_PASSWORD=hunter2"}}, "hunter2"},
		{"variable with an equals sign", given{env: []string{"MESH_ODOO_PASSWORD=a=b,c"}}, "a=b,c"},
		{"first line of a file", given{flags: []string{"--odoo-password-file=" + file}}, "hunter2 "},
		{"a command", given{flags: []string{"--odoo-password-command=echo,hunter2"}}, "hunter2"},
		{"standard input", given{flags: []string{"--odoo-password-stdin"}, stdin: "hunter2"}, "hunter2"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := load(t, c.given)
			if err != nil {
				t.Fatal(err)
			}
			if got.Password.Reveal() != c.want || got.Client().Password.Reveal() != c.want {
				t.Errorf("got %q", got.Password.Reveal())
			}
		})
	}
}

func TestAPasswordShowsItselfNowhere(t *testing.T) {
	c := config.Default()
	c.Password, c.EncryptionKey, c.PreviousKey = "hunter2", "hunter2", "hunter2"
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "config", c, "password", c.Password)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", c)
	for _, text := range []string{
		fmt.Sprintf("%v", c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%x", c.Password), fmt.Sprintf("%q", c.Password), fmt.Sprint(&c),
		string(asJSON), string(asYAML), log.String(),
	} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "68756e74657232") {
			t.Errorf("it shows: %s", text)
		}
	}
}

// Whatever stands in the file, what is wrong is a *config.Error, and a password
// that was put there by mistake is not repeated.
func FuzzFile(f *testing.F) {
	f.Add("log-level: debug\npoll-interval: 1s\nservices: [product]\n")
	f.Add("odoo-password: hunter2\n")
	f.Add("odoo-url: https://u:hunter2@x\nodoo: {url: [hunter2]}\n")
	f.Add("mapping-overlay: {a: b}\n? [x]\n: y\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "-command") {
			t.Skip("it names a program, which would be run")
		}
		_, err := load(t, given{file: text})
		var wrong *config.Error
		if err != nil && !errors.As(err, &wrong) {
			t.Errorf("%T: %v", err, err)
		}
		if err != nil && strings.Contains(err.Error(), "odoo-password: hunter2") {
			t.Errorf("the password leaks: %v", err)
		}
	})
}
