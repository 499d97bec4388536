package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/record"
	"odoomesh/internal/store"
)

// follow sends what the log has behind the position, and then what comes.
func (s *subscription[T]) follow(ctx context.Context) error {
	timer := time.NewTimer(s.Heartbeat)
	defer timer.Stop()
	for {
		s.spoke = false
		if err := s.history(ctx); err != nil {
			return err
		}
		// Changes that this watch does not show do not break its silence.
		if s.spoke {
			timer.Reset(s.Heartbeat)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.Closing:
			return shuttingDown()
		case <-s.Log.Grown(s.at.GetPosition()):
		case <-timer.C:
			if err := s.heartbeat(); err != nil {
				return err
			}
			timer.Reset(s.Heartbeat)
		}
	}
}

// history sends what the log has now.
func (s *subscription[T]) history(ctx context.Context) error {
	for entry, err := range s.Log.Read(ctx, s.at.GetPosition()+1) {
		var truncated *store.TruncatedError
		if errors.As(err, &truncated) {
			return s.tooOld(truncated.Oldest)
		}
		if err != nil {
			return err
		}
		select {
		case <-s.Closing:
			return shuttingDown()
		default:
		}
		s.at.Position = entry.Position
		err = s.change(entry)
		if errors.Is(err, proto.Error) {
			continue // capture tells of an entry that nobody can read; a watch goes on behind it
		}
		if err != nil {
			return fmt.Errorf("sending change %d: %w", entry.Position, err)
		}
	}
	return nil
}

// change sends one entry of the log, where it concerns this watch.
func (s *subscription[T]) change(entry store.Entry) error {
	if entry.Collection != s.Kind.Collection {
		return nil
	}
	var c internalv1.ChangeRecord
	if err := proto.Unmarshal(entry.Payload, &c); err != nil {
		return err
	}
	before, passedBefore, err := s.side(c.GetBefore(), 0)
	if err != nil {
		return err
	}
	after, passes, err := s.side(c.GetAfter(), entry.Position)
	if err != nil {
		return err
	}
	switch {
	case after == nil && passedBefore:
		return s.emit(typesv1.ChangeType_CHANGE_TYPE_DELETED, before, entry.Time)
	case passes && passedBefore && s.view.Hides() && s.view.Equal(before, after):
		return nil // what changed is hidden from this caller
	case passes && passedBefore:
		return s.emit(typesv1.ChangeType_CHANGE_TYPE_UPDATED, after, entry.Time)
	case passes:
		return s.emit(typesv1.ChangeType_CHANGE_TYPE_CREATED, after, entry.Time)
	case after != nil && passedBefore:
		return s.emit(typesv1.ChangeType_CHANGE_TYPE_LEFT_FILTER, after, entry.Time)
	}
	return nil
}

// side is one side of a change and whether it passes the filter; nil where there
// was or is no record that the caller meets.
func (s *subscription[T]) side(raw []byte, revision uint64) (proto.Message, bool, error) {
	if len(raw) == 0 {
		return nil, false, nil
	}
	var kept internalv1.CacheRecord
	if err := proto.Unmarshal(raw, &kept); err != nil {
		return nil, false, err
	}
	if revision > 0 {
		kept.Revision = revision
	}
	m, err := s.Kind.Show(&kept, time.Time{})
	if err != nil {
		return nil, false, err
	}
	if m = s.meet(m); m == nil {
		return nil, false, nil
	}
	return m, s.filter.Match(m.ProtoReflect()), nil
}

// meet is what the caller meets of a record; nil for one that it does not meet.
func (s *subscription[T]) meet(m proto.Message) proto.Message {
	if s.view != nil && !s.view.Sees(record.CompanyOf(m), m.ProtoReflect()) {
		return nil
	}
	return s.view.Show(m)
}
