// Package odoo talks to one Odoo, 16 to 19, and knows nothing canonical.
//
// It promises that every call has a deadline, stays inside a budget so that
// Odoo is never overloaded, and ends in an answer or in an error that says what
// went wrong and whether Odoo may have carried the call out (MayHaveExecuted).
// It never repeats a call on its own: an answer that did not come says nothing
// about what was done.
//
// What Odoo's answers mean, which field is called what in which version apart
// (see Pack), is left to the callers.
package odoo
