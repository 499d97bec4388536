// Package stockbook keeps the book of stock: an event for everything that moved
// it, in a journal of its own, with the balances that the events add up to.
//
// It follows the change log as the cache does. An event, what the book then knows
// of Odoo's row, and the new balances become durable together, so a crash at any
// instant neither loses an event nor makes one twice; a change that says nothing
// new makes none. What happened before the mesh came is taken over once, in the
// order of Odoo's times, out of the records that were loaded.
//
// Reading the events is left to package stream.
package stockbook
