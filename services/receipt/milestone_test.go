package receipt

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/owned"
	"odoomesh/internal/store/badgerstore"
)

const (
	pickedUp  = receiptv1.MilestoneType_MILESTONE_TYPE_PICKED_UP
	inTransit = receiptv1.MilestoneType_MILESTONE_TYPE_IN_TRANSIT
	delivered = receiptv1.MilestoneType_MILESTONE_TYPE_DELIVERED
	noneKnown = receiptv1.MilestoneType_MILESTONE_TYPE_UNSPECIFIED
)

// at is a time some hours after noon.
func at(hours int) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(2026, 11, 23, 12+hours, 0, 0, 0, time.UTC))
}

func deskOf(t *testing.T, now *time.Time, filled ...string) *Service {
	t.Helper()
	journal, err := badgerstore.OpenLog(t.TempDir(), badgerstore.LogOptions{Name: "owned"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := journal.Close(); err != nil {
			t.Error(err)
		}
	})
	c := clock.Func(func() time.Time { return *now })
	book, err := owned.New(owned.Config{Journal: journal, Records: map[string]protoreflect.MessageType{"receipts": (&receiptv1.Receipt{}).ProtoReflect().Type()}, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Fitted(t.Context(), "receipts", filled); err != nil {
		t.Fatal(err)
	}
	shown := func(context.Context, string, [][]byte) (int, error) { return 0, nil }
	return &Service{desk: command.New(command.Config{Clock: c, Registerer: prometheus.NewRegistry()}), owned: owned.NewWriter(book, nil, shown)}
}

// reported reports about a receipt that is in a state, and keeps it where it is not
// refused.
func reported(t *testing.T, s *Service, state receiptv1.State, intent string, r *receiptv1.ReportMilestoneRequest) error {
	t.Helper()
	r.Name = "receipts/9"
	begun, err := s.beginReport(r)
	if err != nil {
		return err
	}
	c := begun.(*report)
	c.receipt = func(context.Context, string) (*receiptv1.Receipt, error) {
		return &receiptv1.Receipt{Name: "receipts/9", Etag: `"now"`, State: state}, nil
	}
	w := &command.Work{ID: intent, Principal: "carrier", Odoo: &command.Odoo{}}
	if err := c.Check(t.Context(), w); err != nil {
		return err
	}
	return c.Do(t.Context(), w)
}

func TestReportsThatAreRefused(t *testing.T) {
	one := func(m *receiptv1.ReportedMilestone) *receiptv1.ReportMilestoneRequest {
		return &receiptv1.ReportMilestoneRequest{Milestones: []*receiptv1.ReportedMilestone{m}}
	}
	var many []*receiptv1.ReportedMilestone
	for i := range mostMilestones + 1 {
		many = append(many, &receiptv1.ReportedMilestone{Type: inTransit, OccurTime: at(i)})
	}
	now := at(0).AsTime()
	for name, c := range map[string]struct {
		report *receiptv1.ReportMilestoneRequest
		state  receiptv1.State
		filled []string
		reason errorsv1.Reason
		says   string
	}{
		"of a cancelled receipt": {report: one(&receiptv1.ReportedMilestone{Type: delivered, OccurTime: at(1)}), state: receiptv1.State_STATE_CANCELLED, reason: errorsv1.Reason_REASON_BUSINESS_RULE, says: "cancelled"},
		"of another version":     {report: &receiptv1.ReportMilestoneRequest{Carrier: "Swift", Etag: `"before"`}, reason: errorsv1.Reason_REASON_STALE_ETAG, says: "receipts/9"},
		"too many":               {report: &receiptv1.ReportMilestoneRequest{Milestones: many}, reason: errorsv1.Reason_REASON_BUSINESS_RULE, says: "501 milestones"},
		"of nothing":             {report: &receiptv1.ReportMilestoneRequest{}, says: "milestones: "},
		"without a time":         {report: one(&receiptv1.ReportedMilestone{Type: delivered}), says: "milestones[0].occur_time"},
		"at no time":             {report: one(&receiptv1.ReportedMilestone{Type: delivered, OccurTime: &timestamppb.Timestamp{Seconds: 1 << 60}}), says: "milestones[0].occur_time"},
		"of no type":             {report: one(&receiptv1.ReportedMilestone{OccurTime: at(1)}), says: "milestones[0].type"},
		"a link that is none":    {report: &receiptv1.ReportMilestoneRequest{TrackingUrl: "javascript:alert(1)"}, says: "tracking_url"},
		"an arrival at no time":  {report: &receiptv1.ReportMilestoneRequest{EstimatedArrivalTime: &timestamppb.Timestamp{Nanos: -1}}, says: "estimated_arrival_time"},
		"Odoo's carrier":         {report: &receiptv1.ReportMilestoneRequest{Carrier: "Swift"}, filled: []string{"shipment.carrier"}, reason: errorsv1.Reason_REASON_WRONG_OWNER, says: "shipment.carrier: it belongs to ODOO here"},
		"Odoo's tracking number": {report: &receiptv1.ReportMilestoneRequest{TrackingUrl: "https://x.example/1", TrackingNumber: "1"}, filled: []string{"shipment.tracking_number"}, reason: errorsv1.Reason_REASON_WRONG_OWNER, says: "shipment.tracking_number: it belongs to ODOO here"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.reason == 0 {
				c.reason = errorsv1.Reason_REASON_INVALID_ARGUMENT
			}
			s := deskOf(t, &now, c.filled...)
			if err := reported(t, s, c.state, "a", c.report); fault.ReasonOf(err) != c.reason || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %v of %q", err, c.reason, c.says)
			}
			if kept, err := s.owned.Get("receipts", (command.Kept{ID: 9}).Key()); err != nil || kept.Revision != 0 {
				t.Errorf("kept is %+v, %v", kept, err)
			}
		})
	}
}

// What is reported comes together in the order of time, each milestone once, and what is
// not said stays.
func TestReportsComeTogether(t *testing.T) {
	now := at(0).AsTime()
	s := deskOf(t, &now, "shipment.carrier")
	for i, r := range []*receiptv1.ReportMilestoneRequest{
		{TrackingNumber: "T1", TrackingUrl: "https://x.example/T1", Milestones: []*receiptv1.ReportedMilestone{{Type: delivered, OccurTime: at(9)}, {Type: pickedUp, OccurTime: at(1), Place: "Ulm"}}},
		{EstimatedArrivalTime: at(8), Milestones: []*receiptv1.ReportedMilestone{{Type: pickedUp, OccurTime: at(1), Comment: "two boxes"}, {Type: inTransit, OccurTime: at(5)}, {Type: inTransit, OccurTime: at(5), Place: "Augsburg"}}},
		{Milestones: []*receiptv1.ReportedMilestone{{Type: noneKnown, SourceType: "WEIGHED", OccurTime: at(2)}, {Type: noneKnown, SourceType: "SCANNED", OccurTime: at(2)}, {Type: pickedUp, OccurTime: at(3), SourceType: "PUP"}}},
	} {
		now = at(10 * i).AsTime()
		for range 2 {
			if err := reported(t, s, receiptv1.State_STATE_DONE, fmt.Sprint("intent ", i), proto.CloneOf(r)); err != nil {
				t.Fatal(err)
			}
		}
	}
	record := &receiptv1.Receipt{}
	if _, err := s.owned.Merge("receipts", (command.Kept{ID: 9}).Key(), record, nil); err != nil {
		t.Fatal(err)
	}
	shown := record.GetShipment()
	var lines []string
	ids := map[string]bool{}
	for _, m := range shown.GetMilestones() {
		ids[m.GetId()] = true
		lines = append(lines, fmt.Sprintf("%d %v %s %s %s +%dh", m.GetOccurTime().AsTime().Hour()-12, m.GetType().Number(), m.GetSourceType(), m.GetPlace(), m.GetComment(), int(m.GetRecordedTime().AsTime().Sub(at(0).AsTime()).Hours())))
	}
	want := "1 2  Ulm two boxes +0h|2 0 WEIGHED   +20h|2 0 SCANNED   +20h|3 2 PUP   +20h|5 3  Augsburg  +10h|9 6    +0h"
	either := strings.Replace(want, "2 0 WEIGHED   +20h|2 0 SCANNED", "2 0 SCANNED   +20h|2 0 WEIGHED", 1)
	if got := strings.Join(lines, "|"); got != want && got != either || len(ids) != 6 {
		t.Errorf("the milestones are\n%s, want\n%s", got, want)
	}
	if shown.GetTrackingNumber() != "T1" || shown.GetTrackingUrl() != "https://x.example/T1" || !proto.Equal(shown.GetEstimatedArrivalTime(), at(8)) || shown.GetCarrier() != "" {
		t.Errorf("the shipment is %v", shown)
	}
	if kept, err := s.owned.Get("receipts", (command.Kept{ID: 9}).Key()); err != nil || kept.Revision != 3 {
		t.Errorf("the book keeps %+v, %v", kept, err)
	}
}
