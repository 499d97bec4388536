// Package scope narrows what a caller meets of the records: which of them, and which
// of their fields. What a caller does not meet is to it as if it did not exist.
//
// A principal without a scope meets everything. One with a scope meets, of each
// collection, what Table says, and nothing of a collection that Table does not name
// for its kind. Reads, watches and streams ask for the View of their collection before
// they filter, sort, count or write anything.
package scope
