// Package fault turns every error into the one form that callers meet: a status
// with a reason of the closed list in mesh.errors.v1, in exactly one ErrorInfo,
// and the details that go with it. It is the only maker of a gRPC status.
//
// Its promises: the code of a status follows from its reason by the rule that
// stands beside the reason in the contract; what no mapping here knows becomes
// INTERNAL with a neutral text; neither a cause nor a traceback of Odoo's ever
// reaches a caller; and a status stays small enough for the header limits of
// common clients and proxies.
package fault
