package token

import (
	"strings"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
)

// EncodePosition makes the text of a stream position; the version is set by it.
func EncodePosition(p *internalv1.StreamPosition) string {
	own := proto.CloneOf(p)
	own.Version = Version
	own.StoreId = strings.ToValidUTF8(own.GetStoreId(), "?")
	return encode(positionKind, own)
}

// DecodePosition reads a position in the log with this id, made for a stream
// with this hash. The error is a *MalformedError, a *ForeignError or a
// *VersionError.
func DecodePosition(s, storeID string, callHash []byte) (*internalv1.StreamPosition, error) {
	p := &internalv1.StreamPosition{}
	if err := decode(s, positionKind, p, storeID, callHash); err != nil {
		return nil, err
	}
	return p, nil
}

// PositionOfAny is DecodePosition for whom only the place counts, whatever the
// stream's filter was.
func PositionOfAny(s, storeID string) (*internalv1.StreamPosition, error) {
	return DecodePosition(s, storeID, nil)
}
