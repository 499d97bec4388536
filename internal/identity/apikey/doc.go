// Package apikey makes and knows the keys by which partners call.
//
// A key is mesh_<environment>_<id>_<secret>_<checksum>. Its own text tells a key that was
// mistyped, or that is another environment's, without a look-up. It is shown once, when it
// is made; what is kept is its SHA-256, which is enough for a secret of 256 random bits.
// What is made, rotated or revoked is durable before it is answered. When a key was used
// last is written at most once a minute, beside the calls and never before one.
package apikey
