// Package approved keeps the approved-vendor list: which product may be bought of which
// supplier for which site, from when until when, on which evidence. Odoo has no such list;
// an entry lies in the book of what Odoo does not own, with all that was ever written of
// it, and so is in every backup. Its name is made of what it is about, so that nothing is
// in it twice, and whether something may be bought is one look for each site.
//
// What was approved stays in force while a change of it waits for approval. None is
// deleted: who asks later why something was bought finds what held then.
package approved
