package change

import (
	"context"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	changev1 "odoomesh/gen/go/mesh/change/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/record"
	"odoomesh/internal/scope"
	"odoomesh/internal/stream"
)

// ReadSnapshot sends all records of some collections as of one position.
func (s *Service) ReadSnapshot(r *changev1.ReadSnapshotRequest, out changev1.ChangeService_ReadSnapshotServer) error {
	ctx := out.Context()
	collections, err := s.opened(ctx, r.GetCollections())
	if err != nil {
		return err
	}
	limit := record.MessageLimit(ctx)
	begin := func(start stream.SnapshotStart) error {
		told, err := s.snapshot(ctx, collections, start)
		if err != nil {
			return err
		}
		return out.Send(&changev1.ReadSnapshotResponse{Snapshot: told})
	}
	take := func(part stream.SnapshotPart) error {
		m, err := partOf(part, limit)
		if err != nil {
			return err
		}
		return out.Send(m)
	}
	if err := stream.ReadSnapshot(ctx, s.rooms.Snapshots(), collections, begin, take); err != nil {
		return err
	}
	return out.Send(&changev1.ReadSnapshotResponse{Complete: true})
}

// snapshot is what is said of a snapshot before its records.
func (s *Service) snapshot(ctx context.Context, collections []string, start stream.SnapshotStart) (*changev1.Snapshot, error) {
	told := &changev1.Snapshot{Position: start.Position, SnapshotTime: timestamppb.New(start.Taken), OdooInstance: s.rooms.Instance()}
	for _, name := range collections {
		told.Collections = append(told.Collections, &changev1.SnapshotCollection{
			Collection: name, RecordType: string(s.recorded.Kinds[name].Descriptor().FullName()),
			Freshness: s.freshness([]string{name}), HiddenFields: start.Hidden[name],
		})
	}
	if scope.From(ctx) != nil || !access.From(ctx).MayCall(optionsv1.Access_ACCESS_READ, "inventory", "/mesh.inventory.v1.InventoryService/StreamInventoryEvents") {
		return told, nil
	}
	event, known, err := s.rooms.StockAsOf(ctx, start.At)
	if known {
		number := int64(event)
		told.InventoryEvent = &number
	}
	return told, err
}

// partOf is the message of some records. Those that alone are larger than the caller takes
// are named in place of them.
func partOf(part stream.SnapshotPart, limit int) (*changev1.ReadSnapshotResponse, error) {
	m := &changev1.ReadSnapshotResponse{Collection: part.Collection, Records: make([]*anypb.Any, 0, len(part.Records))}
	for _, one := range part.Records {
		packed := &anypb.Any{}
		if err := anypb.MarshalFrom(packed, one, proto.MarshalOptions{}); err != nil {
			return nil, err
		}
		if limit > 0 && len(packed.GetValue()) > limit/2 {
			m.TooLarge = append(m.TooLarge, &typesv1.TooLarge{Name: record.NameOf(one), SizeBytes: int64(len(packed.GetValue()))})
			continue
		}
		m.Records = append(m.Records, packed)
	}
	return m, nil
}
