package exception

import (
	"fmt"
	"maps"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/services/event/rules"
)

// collection is the first part of the names of exceptions.
const collection = "exceptions"

// entry is an exception as the board holds it. It is never changed: a change makes
// another.
type entry struct {
	number uint64
	// shown is the exception, without name and etag.
	shown *operationsv1.Exception
	// escalated says that its business event was told.
	escalated bool
	// revision is how often it was written.
	revision uint64
}

func opened(number uint64, c Cause, now time.Time) *entry {
	at := timestamppb.New(now)
	return &entry{number: number, shown: &operationsv1.Exception{
		Kind: c.Kind, Subject: c.Subject, State: operationsv1.ExceptionState_EXCEPTION_STATE_OPEN,
		Summary: c.Summary, Detail: c.Detail, Numbers: maps.Clone(c.Numbers), OpenTime: at, UpdateTime: at,
	}}
}

// changed is the entry after a change.
func (e *entry) changed(change func(*operationsv1.Exception)) *entry {
	next := *e
	next.shown = proto.CloneOf(e.shown)
	next.revision++
	change(next.shown)
	return &next
}

// updated is the entry with what a cause says now; nil where it says so already.
func (e *entry) updated(c Cause, now time.Time) *entry {
	if e.shown.GetSummary() == c.Summary && e.shown.GetDetail() == c.Detail && maps.Equal(e.shown.GetNumbers(), c.Numbers) {
		return nil
	}
	return e.changed(func(x *operationsv1.Exception) {
		x.Summary, x.Detail, x.Numbers, x.UpdateTime = c.Summary, c.Detail, maps.Clone(c.Numbers), timestamppb.New(now)
	})
}

func (e *entry) closed(now time.Time) *entry {
	return e.changed(func(x *operationsv1.Exception) {
		x.State, x.CloseTime = operationsv1.ExceptionState_EXCEPTION_STATE_CLOSED, timestamppb.New(now)
	})
}

func (e *entry) acknowledged(by, reason string, now time.Time) *entry {
	return e.changed(func(x *operationsv1.Exception) {
		x.State = operationsv1.ExceptionState_EXCEPTION_STATE_ACKNOWLEDGED
		x.Acknowledgement = &operationsv1.Acknowledgement{AcknowledgedBy: by, Reason: reason, AcknowledgeTime: timestamppb.New(now)}
	})
}

func (e *entry) state() operationsv1.ExceptionState { return e.shown.GetState() }

func (e *entry) lasts() bool {
	return e.state() != operationsv1.ExceptionState_EXCEPTION_STATE_CLOSED
}

func (e *entry) about() about { return about{e.shown.GetKind(), e.shown.GetSubject()} }

func (e *entry) name() string { return fmt.Sprintf("%s/%d", collection, e.number) }

// show is the exception as callers see it.
func (e *entry) show() *operationsv1.Exception {
	x := proto.CloneOf(e.shown)
	x.Name, x.Etag = e.name(), fmt.Sprintf("%d-%d", e.number, e.revision)
	return x
}

// opening is what business events tell.
func (e *entry) opening() rules.Exception {
	return rules.Exception{
		Kind: e.shown.GetKind(), Subject: e.shown.GetSubject(), Name: e.name(), Summary: e.shown.GetSummary(),
		Detail: e.shown.GetDetail(), Numbers: e.shown.GetNumbers(), Opened: e.shown.GetOpenTime().AsTime(),
	}
}
