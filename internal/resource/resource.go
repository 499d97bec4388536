// Package resource names records: "products/42" for callers, and a key that
// sorts by number for the stores. A record that Odoo has no row of its own for is
// named by the ids that its rows agree in, as "stockPositions/42-8-17-0-0", with 0
// for none.
package resource

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// NameError says why a text is not the name of a record in a collection.
type NameError struct {
	Collection string
	Name       string
}

func (e *NameError) Error() string {
	return fmt.Sprintf("%q is not a name like %q", e.Name, e.Collection+"/42")
}

// Name is the resource name of a record, such as "products/42".
func Name(collection string, ids ...int64) string {
	name := append([]byte(collection), '/')
	for i, id := range ids {
		if i > 0 {
			name = append(name, '-')
		}
		name = strconv.AppendInt(name, id, 10)
	}
	return string(name)
}

// KeyOf reads the key out of a resource name of the collection; otherwise the
// error is a *NameError. There is exactly one name for each key.
func KeyOf(collection, name string) ([]byte, error) {
	rest, ok := strings.CutPrefix(name, collection+"/")
	var ids []int64
	for digits := range strings.SplitSeq(rest, "-") {
		id, err := strconv.ParseInt(digits, 10, 64)
		ok = ok && err == nil && id >= 0
		ids = append(ids, id)
	}
	if !ok || ids[0] < 1 || Name(collection, ids...) != name {
		return nil, &NameError{Collection: collection, Name: name}
	}
	return Key(ids...), nil
}

// NameOf is the resource name of a record by its key.
func NameOf(collection string, key []byte) string { return Name(collection, IDs(key)...) }

// Key is an id, or several, as the stores sort it.
func Key(ids ...int64) []byte {
	key := make([]byte, 0, 8*len(ids))
	for _, id := range ids {
		key = binary.BigEndian.AppendUint64(key, uint64(id))
	}
	return key
}

// IDs are the ids of a key made by Key; nil for anything else.
func IDs(key []byte) []int64 {
	if len(key)%8 != 0 {
		return nil
	}
	ids := make([]int64, 0, len(key)/8)
	for ; len(key) > 0; key = key[8:] {
		ids = append(ids, int64(binary.BigEndian.Uint64(key)))
	}
	return ids
}

// KeyID is the id of a key of one id; 0 for anything else.
func KeyID(key []byte) int64 {
	if len(key) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(key))
}
