// Package export writes inventory events into files for analysis: Parquet, CSV or
// newline-delimited JSON, with the same columns in each.
//
// It reads the stream of events in batches, goes on after a lost connection from
// where it was, and needs the same memory for a thousand events as for a hundred
// million. A file appears under its name when it is complete, and not before.
// What a column cannot hold exactly is refused with the names of the event and
// the field; nothing is rounded.
package export
