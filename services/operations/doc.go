// Package operations serves whoever runs the mesh: how it stands, whether one
// record equals Odoo, which records are faulty, reading a whole collection again, and
// the exceptions that people have to settle. It has no records of its own; what it
// tells comes from capture and from the board of exceptions.
package operations
