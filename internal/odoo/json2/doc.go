// Package json2 writes the calls and reads the answers of Odoo's JSON-2 API.
//
// It promises that a value read over JSON-2 is of the type, and a text of the
// letters, that XML-RPC gives for it, so that a mesh that changes from one to
// the other sees no record changed: whole numbers are int64, numbers with a
// point are float64, characters that XML cannot carry are left out, and lines
// end in a single line feed. It refuses to send what XML-RPC refuses to send,
// but for integers of more than 32 bits. No error quotes a value.
//
// How calls travel and what Odoo's refusals mean is left to package odoo.
package json2
