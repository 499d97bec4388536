package rules

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
)

// Condition is something that holds of a subject or does not. An event is told each
// time that it comes to hold, or comes to hold in another way.
type Condition struct {
	// Key names the condition: what it says, and of what. Nothing that people edit is
	// part of it.
	Key string
	// State is the way in which it holds; empty where it does not, so that it can come
	// to hold once more.
	State string
	// At is when it came to hold, by the best that Odoo keeps.
	At time.Time
	// Aside says that the time has no place among those of history: it is when the
	// mesh said so.
	Aside bool

	subject, company string
	data             func() proto.Message
}

// Event is the event of the how manieth time that the condition came to hold.
func (c Condition) Event(epoch Epoch, occurrence uint32) (*eventv1.CloudEvent, error) {
	data := c.data()
	rule := ruleOf(data.ProtoReflect().Descriptor())
	id, err := identity(epoch, c.Key, occurrence)
	if err != nil {
		return nil, err
	}
	packed := &anypb.Any{}
	// Deterministic, so that the same occurrence is the same to the last byte.
	if err := anypb.MarshalFrom(packed, data, proto.MarshalOptions{Deterministic: true}); err != nil {
		return nil, fmt.Errorf("writing the data of %s: %w", rule.GetType(), err)
	}
	form, schema := "application/json", string(data.ProtoReflect().Descriptor().FullName())
	run, nth := string(epoch), int32(occurrence)
	event := &eventv1.CloudEvent{
		Specversion: "1.0", Id: id, Type: rule.GetType(), Subject: &c.subject, Time: timestamppb.New(c.At),
		Datacontenttype: &form, Dataschema: &schema, Data: packed, Epoch: &run, Occurrence: &nth,
	}
	if c.company != "" {
		event.Company = &c.company
	}
	return event, nil
}

// holding is the state of a condition that holds in one way only.
const holding = "holds"

// when is the state of a condition that holds in one way, or does not.
func when(holds bool) string {
	if holds {
		return holding
	}
	return ""
}

// Begun is the condition of an epoch that has begun.
func Begun(epoch Epoch, at time.Time) Condition {
	data := &eventv1.EpochBegun{Epoch: string(epoch), BeginTime: timestamppb.New(at)}
	return Condition{
		Key: keyOf(typeOf(data)), State: holding, At: at, Aside: true, subject: "epochs/" + string(epoch),
		data: func() proto.Message { return data },
	}
}

func typeOf(data proto.Message) string { return ruleOf(data.ProtoReflect().Descriptor()).GetType() }
