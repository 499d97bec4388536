// Package resource names records: "products/42" for callers, and a key that
// sorts by number for the stores.
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
func Name(collection string, id int64) string {
	return collection + "/" + strconv.FormatInt(id, 10)
}

// ID reads the id out of a resource name of the collection; otherwise the error
// is a *NameError. There is exactly one name for each id.
func ID(collection, name string) (int64, error) {
	digits, ok := strings.CutPrefix(name, collection+"/")
	id, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || id < 1 || Name(collection, id) != name {
		return 0, &NameError{Collection: collection, Name: name}
	}
	return id, nil
}

// Key is the id as the stores sort it.
func Key(id int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }

// KeyID is the id of a key made by Key; 0 for anything else.
func KeyID(key []byte) int64 {
	if len(key) != 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(key))
}
