// Package fingerprint tells whether an Odoo is still the one that it was: neither
// restored to an earlier state, nor another database, nor of another release. It asks
// for what the mesh's user may read without any right of an administrator.
//
// It rests on what nothing but a restore undoes: no id is given twice, a numbering does
// not go back while what was numbered is there, nobody deletes movements that are done,
// and the mesh's own notes go with their documents alone. So a person who deletes the
// newest order changes nothing. It keeps nothing: what it saw is handed to whoever asks.
package fingerprint
