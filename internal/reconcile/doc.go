// Package reconcile brings the mesh's copy of a record to what Odoo holds: it reads
// records by their keys, merges what Odoo does not own, compares their content with the
// cache's, appends what differs to the log and lets the cache follow. Capture, live reads
// and resync all go through it, so that a record is stored in one way whoever asked.
//
// It promises that a change is durable in the log before the cache shows it, that
// nothing reaches the log that the cache cannot hold, and that a mass deletion waits
// for a person. It does not know why a record is read.
package reconcile
