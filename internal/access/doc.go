// Package access says who calls and what they may do. Nothing is allowed that
// no rule allows.
//
// Who may call stands in the access file: principals, with a token of which the file
// knows only the hash, and roles as data. Without a file, callers of this machine are
// the principal "local" and all others are refused. What a method needs stands beside
// it in the contract (mesh.options.v1.method): a method without a rule keeps the server
// from starting, a role that names what the contract does not have does not load. File
// and contract are compiled into one table, which is swapped as a whole when the file
// changes, and never by a file that cannot be used. Whether a principal may see one
// record is left to the rooms that read records.
package access
