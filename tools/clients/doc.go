// Package clients runs one table of scenarios (clients/scenarios.json) in every language
// against a real meshd over a simulated Odoo: reading, filtering, paging, a watch over a
// kill of the mesh, a wish that is sent twice, an Odoo that hangs, and a field of another
// owner. It is a module of its own, so that `make test` needs Go alone.
package clients
