// Package record turns what the stores keep into what callers see: the canonical
// message with its etag and its provenance.
package record

import (
	"encoding/hex"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
)

// Kind decodes the records of one collection.
type Kind struct {
	// Collection is the first part of the resource names.
	Collection string
	message    protoreflect.MessageType
	etag       protoreflect.FieldDescriptor
	provenance protoreflect.FieldDescriptor
	// references is nil where the records name no others.
	references protoreflect.FieldDescriptor
	instance   string
}

// NewKind describes the records of a collection that come from the named Odoo.
func NewKind(collection string, message protoreflect.MessageType, instance string) (*Kind, error) {
	fields := message.Descriptor().Fields()
	k := &Kind{
		Collection: collection, message: message, instance: instance,
		etag: fields.ByName("etag"), provenance: fields.ByName("provenance"), references: fields.ByName(References),
	}
	if k.etag == nil || k.provenance == nil || fields.ByName("name") == nil {
		return nil, fmt.Errorf("%s lacks name, etag or provenance: it is no record", message.Descriptor().FullName())
	}
	return k, nil
}

// Descriptor is the record's message.
func (k *Kind) Descriptor() protoreflect.MessageDescriptor { return k.message.Descriptor() }

// New makes an empty record.
func (k *Kind) New() proto.Message { return k.message.New().Interface() }

// Decode makes the record out of what the cache keeps. verified is the last time
// at which it was known to equal Odoo; where that lies before it was read, the
// time of the reading counts.
func (k *Kind) Decode(raw []byte, verified time.Time) (proto.Message, error) {
	kept, err := k.Open(raw)
	if err != nil {
		return nil, err
	}
	return k.Show(kept, verified)
}

// Open takes apart what the cache keeps, but not the record in it.
func (k *Kind) Open(raw []byte) (*internalv1.CacheRecord, error) {
	kept := &internalv1.CacheRecord{}
	if err := proto.Unmarshal(raw, kept); err != nil {
		return nil, fmt.Errorf("decoding a record of %s: %w", k.Collection, err)
	}
	return kept, nil
}

// Show is Decode for what is already taken apart.
func (k *Kind) Show(kept *internalv1.CacheRecord, verified time.Time) (proto.Message, error) {
	m := k.message.New()
	if err := proto.Unmarshal(kept.GetBody(), m.Interface()); err != nil {
		return nil, fmt.Errorf("decoding a record of %s: %w", k.Collection, err)
	}
	p := k.provenanceOf(kept, verified)
	m.Set(k.etag, protoreflect.ValueOfString(ETag(kept.GetContentHash())))
	m.Set(k.provenance, protoreflect.ValueOfMessage(p.ProtoReflect()))
	return m.Interface(), nil
}

func (k *Kind) provenanceOf(kept *internalv1.CacheRecord, verified time.Time) *typesv1.Provenance {
	p := &typesv1.Provenance{
		OdooInstance: k.instance, Company: kept.GetCompany(), CompanyId: kept.GetCompanyId(),
		SourceTime: kept.GetSourceTime(), ObservedTime: kept.GetObservedTime(), VerifiedTime: kept.GetObservedTime(),
		MappingVersion: kept.GetMappingVersion(), Revision: int64(kept.GetRevision()), Faults: kept.GetFaults(),
	}
	if verified.After(kept.GetObservedTime().AsTime()) {
		p.VerifiedTime = timestamppb.New(verified)
	}
	return p
}

// ETag writes a content hash as an etag (RFC 9110, section 8.8.3).
func ETag(hash []byte) string {
	return `"` + hex.EncodeToString(hash[:min(8, len(hash))]) + `"`
}
