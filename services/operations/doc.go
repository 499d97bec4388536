// Package operations serves whoever runs the mesh: how it stands, whether one
// record equals Odoo, and reading a whole collection again. It has no records of
// its own; what it tells comes from capture.
package operations
