package token

import (
	"strings"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
)

// Position makes the text of a stream position; version and environment are set by it.
func (t Tokens) Position(p *internalv1.StreamPosition) string {
	own := proto.CloneOf(p)
	own.Version, own.Environment = Version, t.maker.name()
	own.StoreId = strings.ToValidUTF8(own.GetStoreId(), "?")
	return t.encode(positionKind, own)
}

// ReadPosition reads a position in the log with this id, made for a stream
// with this hash; nil stands for any, where only the place counts. The errors are those of
// ReadPage.
func (t Tokens) ReadPosition(text, storeID string, callHash []byte) (*internalv1.StreamPosition, error) {
	p := &internalv1.StreamPosition{}
	if err := t.decode(text, positionKind, p, storeID, callHash); err != nil {
		return nil, err
	}
	return p, nil
}
