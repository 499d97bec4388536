// Package journal is the frame of whatever is derived from captured records and kept
// in a journal of its own: the book of stock, the business events. Its Keeper is a
// follower of the change log, takes the records over as they are where the log cannot
// tell (all of history at first), and lets an Author say what is to be written.
//
// It promises that what is written and what is known of it become durable together,
// with how far the change log was followed: after a kill at any moment nothing is
// written twice and nothing is left out. What the change log lost, a load brings.
package journal
