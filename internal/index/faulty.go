package index

// Faulty is the index of the records that have a fault, in every collection, under the
// one value FaultyValue. No filter uses it.
const Faulty = "faulty"

// FaultyValue is the value under which Faulty has a record.
var FaultyValue = []byte{1}
