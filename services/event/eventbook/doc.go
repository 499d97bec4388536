// Package eventbook keeps the journal of business events: it follows what capture
// writes, lets package rules say which conditions hold, and records an event each
// time that one comes to hold. How often each did is kept beside the events and becomes
// durable with them: the ids are made of it. What happened before the mesh comes first,
// in the order of its times. It also remembers how far each consumer has come.
package eventbook
