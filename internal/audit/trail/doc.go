// Package trail writes the audit: the transitions of the ledger, each once, and the calls
// that are told to it. A record is written beside its payload into a journal first, and
// then into the log in which every change shows; what was written into the one alone when
// the mesh was killed is written into the other at the next start. So the journal's
// positions are the sequence of the records, and the log can be made anew from it.
//
// Record returns when what a call has changed is in both. While nothing can be written,
// Ready says why, and whoever changes something is refused; reading goes on.
package trail
