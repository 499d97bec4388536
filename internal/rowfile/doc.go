// Package rowfile reads files of rows, CSV or NDJSON, as messages of an import. A row that
// cannot be read becomes a message that says why, so that the next one counts again.
package rowfile
