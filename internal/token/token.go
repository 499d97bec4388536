// Package token makes the opaque texts that callers carry from one call to the
// next: page tokens and stream positions.
//
// A token tells by itself where it belongs. One that is damaged, that another
// environment or store made, or that was made for a call with another filter or order is
// refused with the reason, never read as a place where it does not belong. To a caller who
// meets everything it is no secret and no proof: it could make one, but would get no more
// with it than by paging. One who is narrowed down cannot read its tokens, nor make one.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"strings"

	"google.golang.org/protobuf/proto"
)

// Version is the layout that this program writes and reads.
const Version = 2

// kind keeps a page token from being read as a position, and the reverse.
type kind byte

const (
	pageKind     kind = 'p'
	positionKind kind = 's'
)

// sealedAs is what the first byte of a sealed token is in place of its kind.
func sealedAs(k kind) kind { return k - 'a' + 'A' }

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
	GetEnvironment() string
}

// encode is base64url without padding of: kind, message, CRC-32C of both. Of a sealed
// token the message is: length of the environment, environment, nonce, sealed message.
func (t Tokens) encode(k kind, m proto.Message) string {
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		// Only a text that is not UTF-8 cannot be written, and callers of
		// encode have made the one text valid.
		return ""
	}
	raw := append([]byte{byte(k)}, body...)
	if t.sealed {
		raw = t.seal(k, body)
	}
	raw = binary.BigEndian.AppendUint32(raw, checksum(raw))
	return alphabet.EncodeToString(raw)
}

// seal makes what nobody else can read. Its length tells nothing: places in a log have
// all the same. Its nonce is another one each time, so that two tokens do not tell either
// whether they are of the same place.
func (t Tokens) seal(k kind, body []byte) []byte {
	environment := t.maker.name()
	raw := append([]byte{byte(sealedAs(k)), byte(len(environment))}, environment...)
	nonce := make([]byte, t.maker.aead.NonceSize())
	_, _ = rand.Read(nonce) // it never fails
	return t.maker.aead.Seal(append(raw, nonce...), nonce, body, t.bound(raw))
}

// bound is what a sealed token holds for alone: its kind, its environment, and what the
// caller meets.
func (t Tokens) bound(head []byte) []byte { return append(head[:len(head):len(head)], t.met...) }

// open reads what seal made.
func (t Tokens) open(raw []byte) ([]byte, error) {
	environment, rest, err := environmentOf(raw)
	if err != nil {
		return nil, err
	}
	if environment != t.maker.name() {
		return nil, &EnvironmentError{Of: environment, Here: t.maker.name()}
	}
	if t.maker == nil {
		return nil, &ForeignError{What: Caller}
	}
	size := t.maker.aead.NonceSize()
	if len(rest) < size {
		return nil, &MalformedError{Found: "it is too short"}
	}
	head := raw[:len(raw)-len(rest)]
	body, err := t.maker.aead.Open(nil, rest[:size], rest[size:], t.bound(head))
	if err != nil {
		return nil, &ForeignError{What: Caller}
	}
	return body, nil
}

// environmentOf is the environment of a sealed token, and what stands behind it.
func environmentOf(raw []byte) (environment string, rest []byte, err error) {
	if len(raw) < 2 || len(raw) < 2+int(raw[1]) {
		return "", nil, &MalformedError{Found: "it is too short"}
	}
	end := 2 + int(raw[1])
	return strings.ToValidUTF8(string(raw[2:end]), "?"), raw[end:], nil
}

// decode fills the message and checks that it belongs to this caller, environment and
// store and, unless the hash is nil, to this call.
func (t Tokens) decode(s string, k kind, m message, storeID string, callHash []byte) error {
	body, err := t.body(s, k)
	if err != nil {
		return err
	}
	if err := proto.Unmarshal(body, m); err != nil {
		return &MalformedError{Found: "its content cannot be read", Err: err}
	}
	switch v := m.GetVersion(); {
	case v > Version:
		return &VersionError{Version: v}
	case v < Version:
		return &MalformedError{Found: "it has no version that is read any more"}
	case m.GetEnvironment() != t.maker.name():
		return &EnvironmentError{Of: m.GetEnvironment(), Here: t.maker.name()}
	case m.GetStoreId() != storeID:
		return &ForeignError{What: Store}
	case callHash != nil && string(m.GetCallHash()) != string(callHash):
		return &ForeignError{What: Call}
	}
	return nil
}

// body is the message of a token, which was opened where it is sealed.
func (t Tokens) body(s string, k kind) ([]byte, error) {
	// The decoder skips line breaks wherever they stand.
	if strings.ContainsAny(s, "\r\n") {
		return nil, &MalformedError{Found: "it contains line breaks"}
	}
	raw, err := alphabet.DecodeString(s)
	if err != nil {
		return nil, &MalformedError{Found: "it is not base64url", Err: err}
	}
	if len(raw) < 1+sumSize {
		return nil, &MalformedError{Found: "it is too short"}
	}
	raw, sum := raw[:len(raw)-sumSize], binary.BigEndian.Uint32(raw[len(raw)-sumSize:])
	if checksum(raw) != sum {
		return nil, &MalformedError{Found: "its checksum is wrong"}
	}
	switch found := kind(raw[0]); {
	case found == sealedAs(k):
		return t.open(raw)
	case found != k:
		return nil, &ForeignError{What: KindOfToken}
	case t.sealed:
		// It could be one that the caller has made to find out how long the log is.
		return nil, &ForeignError{What: Caller}
	}
	return raw[1:], nil
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
