// Package rpc is what stands between the wire and a handler, the same and in
// the same order for unary calls, streams and REST:
//
//	recover → request id → telemetry → errors → audit → authenticate → authorise → row scope → stands → limit → validate → audit ready → handler
//
// A chain is written once, as stages around a call; its unary and its stream
// interceptor run the very same stages, so that they cannot drift apart. Cover
// tells it the registered services: a method that has no rule keeps the server
// from starting.
package rpc
