// Package governance serves the proposals by which documents are changed that one person
// alone must not change. The rules of it are the engine's; who may change which document
// is decided here, beside the right to operate governance.
package governance
