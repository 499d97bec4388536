// Package tlog keeps records so that nobody can change one, take one away or slip one
// in without its showing: in a transparency log, whose leaves a tree of hashes commits
// to, whose root is signed. Its files are those of the C2SP's tlog-tiles, written by
// Tessera, so that other tools read them too.
//
// A record that Append has taken is durable. It is signed a moment later: a write waits
// for no signature. Verify, Check and Witness need nothing but files and the public key.
// What a record says, and that each is there once, is left to whoever writes.
package tlog
