// Package business says which business events the records of the mesh mean. It is
// pure: a record in, events out.
//
// It promises that an occurrence is always told by the same event id: the id is made
// of the type, the subject and what tells the occurrence from others by Odoo's own
// facts. So it does not matter whether a record is met in a change or in history, how
// often, or by a mesh that has lost its data: what a record's state implies has
// happened, and whoever keeps the ids that were told tells nothing twice.
//
// Remembering what was told is left to others.
package business
