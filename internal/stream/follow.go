package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

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
	for head := s.Log.Head(); s.at.GetPosition() < head; {
		page, reached, err := s.changes.page(ctx, s.at.GetPosition()+1)
		var truncated *store.TruncatedError
		if errors.As(err, &truncated) {
			return s.tooOld(truncated.Oldest)
		}
		if err != nil {
			return err
		}
		for _, c := range page {
			if s.closing() {
				return shuttingDown()
			}
			s.at.Position = c.position
			if err := s.change(c); err != nil {
				return fmt.Errorf("sending change %d: %w", c.position, err)
			}
		}
		if s.closing() {
			return shuttingDown()
		}
		s.at.Position = reached
	}
	return nil
}

func (s *subscription[T]) closing() bool {
	select {
	case <-s.Closing:
		return true
	default:
		return false
	}
}

// change sends one change, where it concerns this watch.
func (s *subscription[T]) change(c *change) error {
	before, passedBefore := s.side(c.before)
	after, passes := s.side(c.after)
	switch {
	case after == nil && passedBefore:
		return s.emit(typesv1.ChangeType_CHANGE_TYPE_DELETED, before, c.recorded)
	case passes && passedBefore && s.view.Hides() && s.view.Equal(before, after):
		return nil // what changed is hidden from this caller
	case passes && passedBefore:
		return s.emit(typesv1.ChangeType_CHANGE_TYPE_UPDATED, after, c.recorded)
	case passes:
		return s.emit(typesv1.ChangeType_CHANGE_TYPE_CREATED, after, c.recorded)
	case after != nil && passedBefore:
		return s.emit(typesv1.ChangeType_CHANGE_TYPE_LEFT_FILTER, after, c.recorded)
	}
	return nil
}

// side is one side of a change as the caller meets it, and whether it passes the filter;
// nil where there was or is no record that the caller meets.
func (s *subscription[T]) side(m proto.Message) (proto.Message, bool) {
	if m == nil {
		return nil, false
	}
	if m = s.meet(m); m == nil {
		return nil, false
	}
	return m, s.filter.Match(m.ProtoReflect())
}

// meet is what the caller meets of a record; nil for one that it does not meet.
func (s *subscription[T]) meet(m proto.Message) proto.Message {
	if s.view != nil && !s.view.Sees(record.CompanyOf(m), m.ProtoReflect()) {
		return nil
	}
	m = s.view.Show(m)
	if s.Compute != nil && m != nil {
		m = s.Compute(m, s.Clock.Now(), zoneOf(s.Zone))
	}
	return m
}
