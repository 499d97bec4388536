package token

import (
	"strings"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
)

// Page makes the text of a page token; version and environment are set by it.
func (t Tokens) Page(page *internalv1.PageToken) string {
	own := proto.CloneOf(page)
	own.Version, own.Environment = Version, t.maker.name()
	own.StoreId = strings.ToValidUTF8(own.GetStoreId(), "?")
	return t.encode(pageKind, own)
}

// ReadPage reads a page token that was made by the store with this id, for a
// call with this hash. The error is a *MalformedError, a *ForeignError, an
// *EnvironmentError or a *VersionError.
func (t Tokens) ReadPage(text, storeID string, callHash []byte) (*internalv1.PageToken, error) {
	page := &internalv1.PageToken{}
	if err := t.decode(text, pageKind, page, storeID, callHash); err != nil {
		return nil, err
	}
	return page, nil
}
