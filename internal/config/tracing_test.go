package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"odoomesh/internal/telemetry"
)

func TestTheHeadersOfTheCollectorStandInAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "headers")
	write(t, path, "Authorization: Bearer a:b=\r\n\nX-Tenant:ward\n")
	c, err := load(t, given{flags: []string{"--trace-endpoint=http://localhost:4318", "--trace-ratio=0.5", "--trace-headers-file=" + path}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Collector()
	if err != nil {
		t.Fatal(err)
	}
	want := telemetry.Collector{Endpoint: "http://localhost:4318", Ratio: 0.5, Headers: map[string]string{"Authorization": "Bearer a:b=", "X-Tenant": "ward"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{"hunter2", "a b: hunter2", ": hunter2", "X-Key: hunter2\x00"} {
		write(t, path, "X-Tenant: ward\n"+text)
		_, err := load(t, given{flags: []string{"--trace-headers-file=" + path}})
		if err == nil || !strings.Contains(err.Error(), "trace-headers-file: line 2") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := c.Collector(); err == nil {
			t.Errorf("%q was taken later", text)
		}
	}
}
