// Package token makes the opaque texts that callers carry from one call to the
// next: page tokens and stream positions.
//
// A token tells by itself where it belongs. One that is damaged, that another
// store made, or that was made for a call with another filter or order is
// refused with the reason, never read as a place where it does not belong. It is
// no secret and no proof: a caller could make one, but would get no more with it
// than by paging.
package token

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"strings"

	"google.golang.org/protobuf/proto"
)

// Version is the layout that this program writes, and the newest that it reads.
const Version = 1

// kind keeps a page token from being read as a position, and the reverse.
type kind byte

const (
	pageKind     kind = 'p'
	positionKind kind = 's'
)

// sumSize is the length of the checksum at the end, in bytes.
const sumSize = crc32.Size

// alphabet refuses a text that would decode but was not encoded like this.
var alphabet = base64.RawURLEncoding.Strict()

// message is what both kinds of token hold about themselves.
type message interface {
	proto.Message
	GetVersion() int32
	GetStoreId() string
	GetCallHash() []byte
}

// encode is base64url without padding of: kind, message, CRC-32C of both.
func encode(k kind, m proto.Message) string {
	raw, err := proto.MarshalOptions{Deterministic: true}.MarshalAppend([]byte{byte(k)}, m)
	if err != nil {
		// Only a text that is not UTF-8 cannot be written, and callers of
		// encode have made the one text valid.
		return ""
	}
	raw = binary.BigEndian.AppendUint32(raw, checksum(raw))
	return alphabet.EncodeToString(raw)
}

// decode fills the message and checks that it belongs to this store and, unless the
// hash is nil, to this call.
func decode(s string, k kind, m message, storeID string, callHash []byte) error {
	// The decoder skips line breaks wherever they stand.
	if strings.ContainsAny(s, "\r\n") {
		return &MalformedError{Found: "it contains line breaks"}
	}
	raw, err := alphabet.DecodeString(s)
	if err != nil {
		return &MalformedError{Found: "it is not base64url", Err: err}
	}
	if len(raw) < 1+sumSize {
		return &MalformedError{Found: "it is too short"}
	}
	body, sum := raw[:len(raw)-sumSize], binary.BigEndian.Uint32(raw[len(raw)-sumSize:])
	if checksum(body) != sum {
		return &MalformedError{Found: "its checksum is wrong"}
	}
	if kind(body[0]) != k {
		return &ForeignError{What: KindOfToken}
	}
	if err := proto.Unmarshal(body[1:], m); err != nil {
		return &MalformedError{Found: "its content cannot be read", Err: err}
	}
	switch v := m.GetVersion(); {
	case v > Version:
		return &VersionError{Version: v}
	case v < 1:
		return &MalformedError{Found: "it has no version"}
	case m.GetStoreId() != storeID:
		return &ForeignError{What: Store}
	case callHash != nil && string(m.GetCallHash()) != string(callHash):
		return &ForeignError{What: Call}
	}
	return nil
}

func checksum(raw []byte) uint32 {
	return crc32.Checksum(raw, crc32.MakeTable(crc32.Castagnoli))
}

// CallHash is a short hash of all that has to stay the same from call to call,
// such as the collection, the filter and the order. Each part is hashed with its
// length, so that ("ab", "c") and ("a", "bc") differ.
func CallHash(parts ...string) []byte {
	h := sha256.New()
	var size [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)[:16]
}
