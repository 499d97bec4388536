// Package e2e tests the whole mesh as its users meet it: over gRPC and REST, in
// front of an Odoo that people work in meanwhile. It promises that one suite runs
// on the simulated Odoo of every release and, with ODOO_URL, ODOO_DB, ODOO_USER and
// ODOO_PASSWORD set, on a live one, where it leaves behind only what it has booked.
//
// What the mesh should answer is worked out by an oracle for each domain, which
// reads Odoo itself and shares no code with the mapping. The program meshd is tried
// as a process: what it refuses to start with, and what a crash leaves behind.
package e2e
