package rules

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
)

// Epoch is a run of event ids: the same occurrence has another id in another epoch.
type Epoch string

// epochBytes is how much of an id is its epoch.
const epochBytes = 6

// EpochOf is the epoch of a journal, by the name that the journal was given when it was
// made.
func EpochOf(journal string) Epoch {
	sum := sha256.Sum256([]byte(journal))
	return Epoch(hex.EncodeToString(sum[:epochBytes]))
}

// identity is the id of an occurrence: a UUID of version 8, whose first digits are the
// epoch and whose rest is made of the condition and the how manieth time it came true.
func identity(epoch Epoch, condition string, occurrence uint32) (string, error) {
	prefix, err := hex.DecodeString(string(epoch))
	if err != nil || len(prefix) != epochBytes {
		return "", fmt.Errorf("%q is no epoch", epoch)
	}
	sum := sha256.Sum256(binary.BigEndian.AppendUint32([]byte(condition), occurrence))
	var id uuid.UUID
	copy(id[:], prefix)
	copy(id[epochBytes:], sum[:])
	id[6] = id[6]&0x0f | 0x80 // version 8
	id[8] = id[8]&0x3f | 0x80 // the variant of RFC 9562
	return id.String(), nil
}

// keyOf names a condition. Each part goes in with its length, so that no two lists of
// parts make the same key.
func keyOf(parts ...string) string {
	var key []byte
	for _, part := range parts {
		key = binary.AppendUvarint(key, uint64(len(part)))
		key = append(key, part...)
	}
	return string(key)
}
