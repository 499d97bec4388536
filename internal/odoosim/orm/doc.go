// Package orm is a small engine that behaves like Odoo's ORM as seen from outside:
// models with stored, related, computed and company-dependent fields, domains,
// transactions whose stamp is their beginning, external ids and load.
//
// It promises that a reader sees only committed rows, that an open transaction
// blocks nobody, and that of two transactions that change the same row the later
// commit fails as PostgreSQL's does. What a given model does beyond its fields
// (defaults, computed values, rules) is said by the package that registers it.
package orm
