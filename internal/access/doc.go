// Package access says who calls and what they may do. Nothing is allowed that
// no rule allows.
//
// A call is authenticated by a bearer token, of which the access file knows only
// the hash; without an access file, callers of this machine are the principal
// "local" and all others are refused. What a method needs stands beside it in
// the contract (mesh.options.v1.method) and is read by reflection when the
// server starts: a method without a rule keeps the server from starting. Whether
// a principal may see one record is left to the rooms that read records.
package access
