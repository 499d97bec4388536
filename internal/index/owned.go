package index

// Owned is the index of the records that show fields that Odoo does not own, in every
// collection, under the one value OwnedValue. No filter uses it.
const Owned = "owned"

// OwnedValue is the value under which Owned has a record.
var OwnedValue = []byte{1}
