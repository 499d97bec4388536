// Package tlsfiles keeps the TLS of the listeners as it stands in files: the
// certificate of the server with its key, the authorities of client certificates, and
// what those have revoked.
//
// Files that are replaced are taken at the next look, without a restart and without a
// connection being cut. What cannot be used, such as a certificate beside the key of
// another one, is told once, and what was there before stays in force. There is no way
// from here to plain text: without a certificate there is nothing to listen with.
package tlsfiles
