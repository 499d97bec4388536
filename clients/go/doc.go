// Package client calls a mesh over gRPC: it holds the connection and who calls, sends
// again what a refusal says may be sent again, goes through pages, and follows streams
// over whatever cuts them off. The messages and the clients of the services stand in
// mesh/…; docs/clients.md shows how they are used together.
//
// What is safe is sent again: reads, and writes that carry a request_id. Nothing else is.
package client
