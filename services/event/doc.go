// Package event is the Event domain: the business events of the supply chain, as
// CloudEvents. Behind them stands no model of Odoo's of its own: they are what the
// records of the other domains mean. A consumer is a name under which the server
// remembers how far somebody has come; it has one stream at most.
//
// What a record means is said in rules; eventbook keeps what was told.
package event
