package token

import (
	"strings"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
)

// EncodePage makes the text of a page token; the version is set by it.
func EncodePage(t *internalv1.PageToken) string {
	own := proto.CloneOf(t)
	own.Version = Version
	own.StoreId = strings.ToValidUTF8(own.GetStoreId(), "?")
	return encode(pageKind, own)
}

// DecodePage reads a page token that was made by the store with this id, for a
// call with this hash. The error is a *MalformedError, a *ForeignError or a
// *VersionError.
func DecodePage(s, storeID string, callHash []byte) (*internalv1.PageToken, error) {
	t := &internalv1.PageToken{}
	if err := decode(s, pageKind, t, storeID, callHash); err != nil {
		return nil, err
	}
	return t, nil
}
