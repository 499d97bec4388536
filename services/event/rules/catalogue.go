package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
)

// Types is the catalogue of events, by name, read from the contract.
func Types() []*eventv1.EventType {
	var all []*eventv1.EventType
	for _, m := range dataMessages() {
		rule := ruleOf(m)
		t := &eventv1.EventType{
			Type: rule.GetType(), Dataschema: string(m.FullName()), Occurs: rule.GetOccurs(),
			Owner: rule.GetOwner(), Sources: rule.GetSources(), SyncMode: rule.GetSyncMode(),
		}
		for i := range m.Fields().Len() {
			t.Fields = append(t.Fields, m.Fields().Get(i).JSONName())
		}
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *eventv1.EventType) int { return strings.Compare(a.GetType(), b.GetType()) })
	return all
}

// Check reports what the contract leaves unsaid about an event.
func Check() error {
	var errs []error
	for _, m := range dataMessages() {
		r := ruleOf(m)
		if r.GetType() == "" || r.GetOwner() == 0 || len(r.GetSources()) == 0 || r.GetSyncMode() == 0 || r.GetOccurs() == "" {
			errs = append(errs, fmt.Errorf("%s does not say all about its event: %v", m.FullName(), r))
		}
	}
	return errors.Join(errs...)
}

// dataMessages are the messages of the contract that are the data of an event.
func dataMessages() []protoreflect.MessageDescriptor {
	var found []protoreflect.MessageDescriptor
	for _, file := range []protoreflect.FileDescriptor{
		eventv1.File_mesh_event_v1_catalogue_events_proto, eventv1.File_mesh_event_v1_epoch_events_proto, eventv1.File_mesh_event_v1_exception_events_proto,
		eventv1.File_mesh_event_v1_purchasing_events_proto, eventv1.File_mesh_event_v1_stock_events_proto,
	} {
		for i := range file.Messages().Len() {
			if m := file.Messages().Get(i); ruleOf(m) != nil {
				found = append(found, m)
			}
		}
	}
	return found
}

func ruleOf(m protoreflect.MessageDescriptor) *optionsv1.EventRule {
	rule, _ := proto.GetExtension(m.Options(), optionsv1.E_Event).(*optionsv1.EventRule)
	return rule
}
