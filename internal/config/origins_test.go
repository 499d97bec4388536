package config_test

import (
	"strings"
	"testing"
)

func TestOriginsAreExact(t *testing.T) {
	for origin, taken := range map[string]bool{
		"https://ward.example": true, "http://localhost:5173": true,
		"*": false, "ward.example": false, "https://ward.example/": false, "https://*.example": false, "ftp://x": false, "https://u@x": false,
	} {
		_, err := load(t, given{flags: []string{"--cors-allowed-origins", origin}})
		if got := err == nil || !strings.Contains(err.Error(), "cors-allowed-origins"); got != taken {
			t.Errorf("%s: taken %v (%v)", origin, got, err)
		}
	}
}
