// Package command carries out what callers ask the mesh to change in Odoo, once
// however often they ask and whatever breaks. An intent is written into the ledger and
// synced before Odoo is asked; what Odoo answers is advice, and what it holds is the
// truth: after every answer, and after every answer that was lost, it is looked up.
//
// A domain describes each of its commands by a Kind and does its calls through Odoo, of
// this package. It promises that looking tells done from not done, and that doing is
// harmless when it is repeated; the Desk promises the rest: that a request id is one
// intent of its principal, that two commands on one document never race, that nothing
// is called undone before that is known, and that nothing is forgotten by a kill.
package command
