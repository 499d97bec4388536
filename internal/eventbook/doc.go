// Package eventbook keeps the journal of business events: it follows what capture
// writes, lets package business say what it means, and records each occurrence once,
// by the id that business gives it. What happened before the mesh comes first, in the
// order of its times. It also remembers how far each consumer has come.
package eventbook
