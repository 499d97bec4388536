// Package change brings what happens in Odoo into the mesh: it looks for changed
// rows, reads the records that show them, and keeps what really differs.
//
// The order is the promise: a change is durable in the log before the cache
// shows it and before a watcher hears of it. The cache follows the log and holds
// the position it has reached, so after a crash it goes on from there; a lost
// cache is filled again from Odoo.
//
// Nothing is missed for longer than one overlap. A row is found by its stamp in
// a window that reaches back as long as Odoo's longest transaction; what leaves
// no stamp (deletions, raw SQL) is found by counting and by a census.
package change
