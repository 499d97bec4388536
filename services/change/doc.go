// Package change tells what changed in all collections since a time, and what changed in
// one record. It holds nothing of its own: the log has it, for as long as it is kept. Whoever
// may watch a collection is told of its changes, as far as it meets its records; of others it
// learns nothing.
package change
