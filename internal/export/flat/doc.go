// Package flat makes rows of records: a table for each collection, and one for each list of
// messages in its records, with the columns that the contract's messages have. A new
// collection, and a new field, is a table and a column without code here.
//
// Columns come from the messages alone, so that they are the same whatever the records hold.
// Nothing is rounded, and what a caller does not meet has no column.
package flat
