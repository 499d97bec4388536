// Package capture brings what happens in Odoo into the mesh. Detectors ask Odoo what
// may have changed (stamps, newcomers, counts, census, sweep, orphans, recheck); each
// suspicion has a cause; impact finds which records show a suspicious row; and
// reconcile reads those records and stores what really differs.
//
// Each detector owns its errors: a model that cannot be read backs off alone and
// shows as degraded of the collections that it feeds, while all others are followed.
// Each collection is brought up to date by a worker of its own.
//
// Nothing is missed for longer than one overlap. docs/decisions/0014 has the whole
// algorithm as a table: mechanism, what it catches, latency, calls, test.
package capture
