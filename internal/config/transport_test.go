package config_test

import (
	"testing"

	"odoomesh/internal/odoo"
)

func TestTheTransportReachesTheClient(t *testing.T) {
	for _, want := range odoo.Protocols() {
		c, err := load(t, given{flags: []string{"--odoo-transport=" + string(want)}, env: []string{"MESH_ODOO_PASSWORD=an-api-key"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Client(); got.Protocol != want || got.Password.Reveal() != "an-api-key" {
			t.Errorf("the client gets transport %q, want %q", got.Protocol, want)
		}
	}
}
