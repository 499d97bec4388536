// Package gateway offers the mesh's gRPC services over HTTP: REST with JSON,
// watches as Server-Sent Events or as lines of JSON, and the pages that document
// them. Every call goes through the same interceptors as a gRPC call.
//
// JSON has lowerCamelCase names, 64-bit integers as strings, and every scalar,
// list and map even when it is empty, so that "active":false is there to be
// seen. Unset messages are left out. Under a read_mask a record has the fields
// that the mask names, in the same form; what is around it is always whole.
//
// It promises that a wrong parameter is refused and never ignored, that every
// refusal is JSON as AIP-193 writes it with exactly one ErrorInfo, and that a
// slow reader of a watch slows down its own watch and nothing else.
package gateway
