package reconcile

import (
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// longestHeaderText is how much of a text a header keeps, in bytes.
const longestHeaderText = 1024

// header is a record without what makes it great: its lines and its long texts. It
// keeps the content hash of the whole, so that the record is stored anew when it
// changes, and has a fault that says why it is not whole.
func (c *Collection) header(record *internalv1.CacheRecord, why string) (*internalv1.CacheRecord, error) {
	msg := c.message.New()
	if err := proto.Unmarshal(record.GetBody(), msg.Interface()); err != nil {
		return nil, fmt.Errorf("decoding a record of %s to leave its lines out: %w", c.Name, err)
	}
	msg.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.IsList(), fd.IsMap():
			msg.Clear(fd)
		case fd.Kind() == protoreflect.StringKind && len(v.String()) > longestHeaderText:
			msg.Clear(fd)
		}
		return true
	})
	body, err := proto.Marshal(msg.Interface())
	if err != nil {
		return nil, err
	}
	short := &internalv1.CacheRecord{
		Body: body, ContentHash: record.GetContentHash(), OdooHash: record.GetOdooHash(), ObservedTime: record.GetObservedTime(), SourceTime: record.GetSourceTime(),
		MappingVersion: record.GetMappingVersion(), CompanyId: record.GetCompanyId(), Company: record.GetCompany(), Revision: record.GetRevision(),
		Faults: []*typesv1.MappingFault{{Problem: "its lines and long texts are left out: " + why}},
	}
	return short, nil
}
