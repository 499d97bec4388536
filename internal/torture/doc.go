// Package torture plays against the desk of commands what may break it, in one process
// and in a time of its own: callers who send everything again and again, also with
// another body, kills and failures before and after each write of the ledger, each call
// of Odoo, each commit and each answer, calls that Odoo goes on with for as long as it
// may, and people who are faster or delete what was made. All that happens is written
// down in one order, and a model reads whether it may have happened.
//
// It has tests only: seconds of them beside the others, hours by `make torture`. BUGS.md
// lists what was found. What a kill of the whole process does is tested in package e2e.
package torture
