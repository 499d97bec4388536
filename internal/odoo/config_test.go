package odoo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

func TestConfigRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Config)
		says   string
	}{
		{"userinfo", func(c *Config) { c.URL = "https://me:s3cret-key@erp.example" }, "carries a user or password"},
		{"unreadable", func(c *Config) { c.URL = "https://me:s3cret-key@[erp" }, "cannot be read"},
		{"no scheme", func(c *Config) { c.URL = "erp.example" }, "not of the form"},
		{"other scheme", func(c *Config) { c.URL = "ftp://erp.example" }, "not of the form"},
		{"no host", func(c *Config) { c.URL = "https://:8069" }, "not of the form"},
		{"query", func(c *Config) { c.URL = "https://erp.example?db=x" }, "query"},
		{"plain http", func(c *Config) { c.URL = "http://erp.example" }, "plain http"},
		{"plain http to a name like loopback", func(c *Config) { c.URL = "http://127.0.0.1.example" }, "plain http"},
		{"database", func(c *Config) { c.Database = "" }, "no database"},
		{"user", func(c *Config) { c.User = "" }, "no user"},
		{"password", func(c *Config) { c.Password = "" }, "no password"},
		{"protocol", func(c *Config) { c.Protocol = "soap" }, "no protocol"},
		{"size", func(c *Config) { c.MaxResponseBytes = 0 }, "response limit"},
		{"timeout", func(c *Config) { c.Timeout = 0 }, "timeout"},
		{"calls", func(c *Config) { c.MaxCalls = 0 }, "at once"},
		{"rate", func(c *Config) { c.CallsPerSecond = -1 }, "a second"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := testConfig("https://erp.example/")
			tt.change(&c)
			_, err := New(c)
			if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("got %v", err)
			}
		})
	}
	err := Config{}.Validate()
	for _, part := range []string{"URL", "database", "user", "password", "timeout"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing from %v", part, err)
		}
	}
}

func TestConfigTakes(t *testing.T) {
	for _, url := range []string{"https://erp.example", "https://erp.example:8443/odoo/", "http://127.0.0.1:8069", "http://[::1]:8069", "http://localhost"} {
		if err := testConfig(url).Validate(); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	c := testConfig("http://erp.example")
	c.Insecure = true
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

func TestDefaultsAreWhatTheyAreSaidToBe(t *testing.T) {
	c := DefaultConfig()
	if c.MaxResponseBytes != 268_435_456 || c.Timeout != time.Minute || c.MaxCalls != 4 || c.CallsPerSecond != 100 {
		t.Errorf("got %+v", c)
	}
}

func TestSecretsDoNotShow(t *testing.T) {
	c := testConfig("https://erp.example")
	shown := []string{fmt.Sprint(c.Password), fmt.Sprintf("%s %q %x %#v %d", c.Password, c.Password, c.Password, c.Password, c.Password), fmt.Sprintf("%+v %#v", c, c)}
	asJSON, err := json.Marshal(map[string]any{"password": c.Password})
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(map[string]any{"password": c.Password})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("configured", "password", c.Password, "config", c)
	shown = append(shown, string(asJSON), string(asYAML), log.String(), c.Password.String())
	for _, s := range shown {
		if strings.Contains(s, "s3cret") || strings.Contains(s, "733363726574") || !strings.Contains(s, "[redacted]") {
			t.Errorf("shown as %s", s)
		}
	}
	if c.Password.Reveal() != "s3cret-key" {
		t.Error("the secret is lost")
	}
}
