// Package owned keeps the fields of records that Odoo does not own, such as the hold of
// a lot: by owner, with a revision for each record, and who wrote what, when and why. Its
// book is a synced log with a history; the newest state stands in the log's facts.
//
// It promises that what Set returned for survives a crash at any instant, that a write
// which has seen an older revision is refused, and one that is sent again changes nothing;
// and that what is kept shows in the record whatever Odoo answers. What Odoo fills, by its
// own fields or an overlay, is Odoo's: the book refuses to write it, and does not show
// what it kept there. What is kept of a record, or of a line, that is gone from Odoo stays
// under its name: it shows nowhere, and again should the record come back. A record that
// was merged into another in Odoo gives nothing to that one.
package owned
