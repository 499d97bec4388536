// Package odookey looks after the API key by which the mesh signs in to Odoo: it knows
// when the key ends, says so when most of its life is over, and puts another in its place
// where Odoo's administrator lets programs do that and the settings ask for it.
//
// It promises that the file of the password holds a key that works, whenever the process
// is killed: the next key is durable beside the file before it is tried, takes the file's
// place before the old one is revoked, and what was broken off is finished at the next
// look. A key that was made when the process was killed before its answer came is known
// to nobody; it ends by itself.
package odookey
