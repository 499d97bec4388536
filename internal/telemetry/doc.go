// Package telemetry is how the mesh is watched: log lines, Prometheus metrics
// and traces, all three under one request id per call.
//
// It keeps nothing in package variables: a registry and a logger are made by the
// caller, so that two servers in one process do not meet. It promises to cost a
// call less than 3 µs while tracing is off, to take no identifier from a caller
// that could forge a log line, and to log neither bodies nor credentials.
package telemetry
