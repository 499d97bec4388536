package record

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// Mask makes a function that leaves only the fields of a mask in a record; with
// an empty mask all. It fails where the mask names what the record does not have.
func Mask[T proto.Message](mask *fieldmaskpb.FieldMask, k *Kind) (func(T) T, error) {
	return MaskOf[T](mask, k.New())
}

// MaskOf is Mask for messages like an empty one.
func MaskOf[T proto.Message](mask *fieldmaskpb.FieldMask, empty proto.Message) (func(T) T, error) {
	fields, err := FieldsOf(mask, empty.ProtoReflect().Descriptor())
	if err != nil {
		return nil, err
	}
	return func(m T) T { return fields.Of(m).(T) }, nil
}

// NameOf is the resource name that a record has.
func NameOf(m proto.Message) string {
	r, ok := m.(interface{ GetName() string })
	if !ok {
		return ""
	}
	return r.GetName()
}

// CompanyOf is Odoo's id of the company that a record belongs to; 0 for one that all
// companies share.
func CompanyOf(m proto.Message) int64 {
	r, ok := m.(interface{ GetProvenance() *typesv1.Provenance })
	if !ok {
		return 0
	}
	return r.GetProvenance().GetCompanyId()
}

// Observed is when a record was read from Odoo.
func Observed(m proto.Message) time.Time {
	r, ok := m.(interface{ GetProvenance() *typesv1.Provenance })
	if !ok {
		return time.Time{}
	}
	return r.GetProvenance().GetObservedTime().AsTime()
}
