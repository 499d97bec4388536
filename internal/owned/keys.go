package owned

import (
	"encoding/binary"
	"hash/maphash"
	"strings"
)

// The facts of the book, by the first byte of their keys.
const (
	// factRecord is what is kept of a record, its lines apart.
	factRecord = 'r'
	// factLine is what is kept of a line.
	factLine = 'l'
	// factIntent is the revision that an intent has made of a record.
	factIntent = 'i'
	// factOdoo lists what Odoo fills of a collection.
	factOdoo = 'o'
)

// recordsKey begins the keys of all facts of a sort about the records of a collection.
func recordsKey(sort byte, collection string) []byte {
	return append(append([]byte{sort}, collection...), 0)
}

// recordKey begins the keys of all facts of a sort about one record.
func recordKey(sort byte, collection string, key []byte) []byte {
	at := binary.AppendUvarint(recordsKey(sort, collection), uint64(len(key)))
	return append(at, key...)
}

// keyIn reads a record's key out of that of a fact, behind what recordsKey gives.
func keyIn(rest []byte) ([]byte, bool) {
	size, n := binary.Uvarint(rest)
	if n <= 0 || size > uint64(len(rest)-n) {
		return nil, false
	}
	return rest[n : n+int(size)], true
}

func lineKey(collection string, key []byte, at line) []byte {
	return append(recordKey(factLine, collection, key), at.list+"\x00"+at.id...)
}

func lineIn(rest []byte) line {
	list, id, _ := strings.Cut(string(rest), "\x00")
	return line{list, id}
}

func intentKey(collection string, key []byte, intent string) []byte {
	return append(recordKey(factIntent, collection, key), intent...)
}

// set holds keys by their hashes, and so is small enough to hold those of all records. It
// may take a key for one that it has, once in some trillions; never the other way round.
type set struct {
	seed   maphash.Seed
	hashes map[uint64]struct{}
}

func newSet() *set { return &set{seed: maphash.MakeSeed(), hashes: map[uint64]struct{}{}} }

func (s *set) has(key []byte) bool {
	if len(s.hashes) == 0 {
		return false
	}
	_, is := s.hashes[maphash.Bytes(s.seed, key)]
	return is
}

func (s *set) add(key []byte) { s.hashes[maphash.Bytes(s.seed, key)] = struct{}{} }
