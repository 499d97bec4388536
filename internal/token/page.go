package token

import (
	"strings"
	"time"

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

// AskedAt is when the first page of a list was asked for, which is what now() means on all of
// them. It is now for the first page, and for a token of an older program, which does not say.
func AskedAt(page *internalv1.PageToken, now time.Time) time.Time {
	if micros := page.GetAskedMicros(); micros != 0 {
		return time.UnixMicro(int64(micros)).UTC()
	}
	return now
}
