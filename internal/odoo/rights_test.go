package odoo_test

import (
	"testing"

	"odoomesh/internal/odoo"
)

// What a user may do is asked in each release's own way, over each protocol.
func TestMay(t *testing.T) {
	for _, c := range []struct {
		release  int
		protocol odoo.Protocol
	}{{16, odoo.XMLRPC}, {17, odoo.XMLRPC}, {18, odoo.XMLRPC}, {19, odoo.XMLRPC}, {19, odoo.JSON2}} {
		sim, cfg := simulated(t, c.release)
		cfg.Protocol = c.protocol
		administrator := c.protocol == odoo.JSON2
		if administrator {
			sim.SetAPIKey("key") // of the one whom the simulated Odoo gives keys
			cfg.User, cfg.Password = "admin", "key"
		}
		client := connect(t, cfg)
		for _, want := range []struct {
			model, operation string
			may              bool
		}{{"purchase.order", "write", true}, {"account.journal", "write", administrator}, {"account.journal", "read", true}, {"no.such.model", "read", false}} {
			if may, err := client.May(t.Context(), want.model, want.operation); err != nil || may != want.may {
				t.Errorf("%d %s: %s %s: %v, %v", c.release, c.protocol, want.operation, want.model, may, err)
			}
		}
	}
}
