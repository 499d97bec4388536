package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	changev1 "odoomesh/gen/go/mesh/change/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/export/flat"
	"odoomesh/internal/export/folder"
	"odoomesh/internal/fault"
)

// exportRun is one export of everything.
type exportRun struct {
	*client
	asked    everything
	to       *folder.Folder
	meter    *meter
	began    time.Time
	manifest folder.Manifest
	// sent are the collections of the snapshot, and event the last inventory event that is
	// about them; nil where that is not told.
	sent  map[string]bool
	event *int64
}

func (r *exportRun) do(ctx context.Context) error {
	if err := r.to.Begin(flat.Shared(), folder.Entry{AsOf: folder.AsOfPosition}); err != nil {
		return err
	}
	if err := r.snapshot(ctx); err != nil {
		return err
	}
	if err := r.listed(ctx); err != nil {
		return err
	}
	if !r.asked.events {
		return nil
	}
	return r.inventory(ctx)
}

// snapshot writes the collections that have one position together.
func (r *exportRun) snapshot(ctx context.Context) error {
	in := &changev1.ReadSnapshotRequest{}
	for _, of := range r.asked.collections {
		if of.watch != nil && !slices.Contains(in.Collections, of.name) {
			in.Collections = append(in.Collections, of.name)
		}
	}
	conn, err := r.conn()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := changev1.NewChangeServiceClient(conn).ReadSnapshot(ctx, in)
	if err != nil {
		return err
	}
	s := &snapshotRun{exportRun: r}
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("reading the snapshot: %w", io.ErrUnexpectedEOF)
		}
		if err != nil {
			return err
		}
		if m.GetSnapshot() != nil {
			r.begin(m.GetSnapshot())
			s.collections = m.GetSnapshot().GetCollections()
		}
		if len(in.Collections) == 0 && len(r.asked.names) > 0 {
			return nil // the position alone is wanted
		}
		if err := s.take(m); err != nil {
			return err
		}
		if m.GetComplete() {
			return nil
		}
	}
}

// begin notes what the snapshot is.
func (r *exportRun) begin(s *changev1.Snapshot) {
	r.manifest.Position, r.manifest.SnapshotTime = s.GetPosition(), s.GetSnapshotTime().AsTime()
	r.manifest.OdooInstance, r.event = s.GetOdooInstance(), s.InventoryEvent
	r.sent = map[string]bool{}
	for _, c := range s.GetCollections() {
		r.sent[c.GetCollection()] = true
	}
}

// snapshotRun is a snapshot that is being written, collection by collection.
type snapshotRun struct {
	*exportRun
	collections []*changev1.SnapshotCollection
	at          string
	of          collection
	schema      *flat.Schema
}

func (s *snapshotRun) take(m *changev1.ReadSnapshotResponse) error {
	for s.at != m.GetCollection() && (m.GetCollection() != "" || m.GetComplete()) {
		more, err := s.next()
		if err == nil && !more && !m.GetComplete() {
			err = fmt.Errorf("the mesh sent records of %q, which its snapshot does not have", m.GetCollection())
		}
		if err != nil || !more {
			return err
		}
	}
	for _, t := range m.GetTooLarge() {
		s.manifest.LeftOut = append(s.manifest.LeftOut, folder.LeftOut{What: t.GetName(), Why: fmt.Sprintf("it has %d bytes, more than meshctl takes", t.GetSizeBytes())})
	}
	for _, packed := range m.GetRecords() {
		record, err := newMessage(s.of.record)
		if err != nil {
			return err
		}
		if err := proto.Unmarshal(packed.GetValue(), record.Interface()); err != nil {
			return fmt.Errorf("reading a record of %s: %w", s.at, err)
		}
		if err := s.schema.Rows(record, s.to); err != nil {
			return err
		}
	}
	s.meter.tell(func() string {
		rows := s.to.Written()
		return fmt.Sprintf("%s (%d of %d collections), %d rows, %.0f a second", s.at, len(s.sent)-len(s.collections), len(s.sent), rows,
			float64(rows)/max(s.clock.Now().Sub(s.began).Seconds(), 0.001))
	})
	return nil
}

// next ends the tables of a collection, and begins those of the next one.
func (s *snapshotRun) next() (more bool, err error) {
	if s.schema != nil {
		if err := s.to.End(s.schema.Tables); err != nil {
			return false, err
		}
	}
	s.schema, s.at = nil, ""
	if len(s.collections) == 0 {
		return false, nil
	}
	c := s.collections[0]
	s.collections, s.at = s.collections[1:], c.GetCollection()
	if s.of, err = collectionOf(s.at); err != nil {
		return false, fmt.Errorf("the mesh has a collection %q that this meshctl does not know: take that of the mesh's version", s.at)
	}
	entry := folder.Entry{AsOf: folder.AsOfPosition, HiddenFields: c.GetHiddenFields()}
	entry.VerifiedTime, entry.OdooReachable = aged(c.GetFreshness())
	s.schema, err = s.beginTables(s.of, entry)
	return err == nil, err
}

// beginTables begins the tables of a collection.
func (r *exportRun) beginTables(of collection, entry folder.Entry) (*flat.Schema, error) {
	schema, err := flat.New(of.name, of.record, entry.HiddenFields, of.numbered())
	if err != nil {
		return nil, err
	}
	return schema, r.to.Begin(schema.Tables, entry)
}

func aged(f *typesv1.Freshness) (*time.Time, *bool) {
	if f == nil {
		return nil, nil
	}
	return known(f.GetVerifiedTime()), proto.Bool(f.GetOdooReachable())
}

func known(t *timestamppb.Timestamp) *time.Time {
	if t == nil {
		return nil
	}
	at := t.AsTime()
	return &at
}

// listed writes the collections of which the mesh's log knows nothing: they are read page by
// page, as they are then.
func (r *exportRun) listed(ctx context.Context) error {
	wanted := r.asked.collections
	if len(r.asked.names) == 0 {
		wanted = collections()
	}
	for _, of := range wanted {
		if of.watch != nil || of.list == nil || r.sent[of.name] {
			continue
		}
		switch err := r.list(ctx, of); {
		case len(r.asked.names) == 0 && refusedTo(err):
			r.leaveOut(of.name, err)
		case err != nil:
			return err
		}
	}
	return nil
}

func (r *exportRun) list(ctx context.Context, of collection) error {
	conn, err := r.conn()
	if err != nil {
		return err
	}
	var schema *flat.Schema
	for token := ""; ; {
		in, err := request(of.list, setting{"page_size", int32(1000)}, setting{"page_token", token})
		if err != nil {
			return err
		}
		answer, err := newMessage(of.list.Output())
		if err != nil {
			return err
		}
		if err := conn.Invoke(ctx, path(of.list), in.Interface(), answer.Interface()); err != nil {
			return err
		}
		if schema == nil {
			if schema, err = r.beginTables(of, folder.Entry{AsOf: folder.AsOfReading}); err != nil {
				return err
			}
		}
		records := recordsOf(answer, of.record)
		for i := range records.Len() {
			if err := schema.Rows(records.Get(i).Message(), r.to); err != nil {
				return err
			}
		}
		if token = answer.Get(answer.Descriptor().Fields().ByName("next_page_token")).String(); token == "" {
			return r.to.End(schema.Tables)
		}
	}
}

// leaveOut notes what is not there.
func (r *exportRun) leaveOut(what string, err error) {
	r.manifest.LeftOut = append(r.manifest.LeftOut, folder.LeftOut{What: what, Why: sentence(err, r.server)})
}

// refusedTo tells whether the caller may not read something, or the mesh does not have it.
func refusedTo(err error) bool {
	told, spoken := fault.Read(err)
	return spoken && (told.Code == codes.PermissionDenied || told.Code == codes.Unimplemented)
}
