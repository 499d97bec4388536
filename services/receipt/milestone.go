package receipt

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	"odoomesh/gen/go/mesh/receipt/v1/receiptservice"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/owned"
)

// mostMilestones bounds what is kept of a receipt: with each write all are written.
const mostMilestones = 500

// milestones is where the milestones of a receipt are kept.
const milestones = "shipment.milestones"

// report keeps what the carrier says of a shipment.
type report struct {
	command.Kept
	etag string
	// says has what is given, and paths names it.
	says     *receiptv1.Shipment
	paths    []string
	happened []*receiptv1.ReportedMilestone
	// receipt reads the receipt as the copy has it, so that it works while Odoo is down.
	receipt func(ctx context.Context, name string) (*receiptv1.Receipt, error)
	clock   clock.Clock
}

func (s *Service) beginReport(request proto.Message) (command.Command, error) {
	r := request.(*receiptv1.ReportMilestoneRequest)
	var g command.Given
	c := &report{
		Kept: command.Kept{Name: r.GetName(), Model: transferModel, ID: g.ID("name", receiptservice.Receipts, r.GetName()), Book: s.owned},
		etag: r.GetEtag(), happened: r.GetMilestones(), receipt: s.whole, clock: s.desk.Clock,
		says: &receiptv1.Shipment{
			Carrier: r.GetCarrier(), TrackingNumber: r.GetTrackingNumber(), TrackingUrl: r.GetTrackingUrl(), EstimatedArrivalTime: r.GetEstimatedArrivalTime(),
		},
	}
	c.Says = c.write
	for _, field := range []struct {
		path  string
		given bool
	}{
		{"shipment.carrier", r.GetCarrier() != ""}, {"shipment.tracking_number", r.GetTrackingNumber() != ""},
		{"shipment.tracking_url", r.GetTrackingUrl() != ""}, {"shipment.estimated_arrival_time", r.GetEstimatedArrivalTime() != nil},
		{milestones, len(c.happened) > 0},
	} {
		if field.given {
			c.paths = append(c.paths, field.path)
		}
	}
	if len(c.paths) == 0 {
		g.Wrong("milestones", "give what happened, or something else that the carrier says")
	}
	if r.GetTrackingUrl() != "" && !onTheWeb(r.GetTrackingUrl()) {
		g.Wrong("tracking_url", "an address such as https://carrier.example/42")
	}
	g.Time("estimated_arrival_time", r.GetEstimatedArrivalTime())
	for i, m := range c.happened {
		at := fmt.Sprintf("milestones[%d]", i)
		if m.GetOccurTime() == nil {
			g.Wrong(at+".occur_time", "say when it happened")
		}
		g.Time(at+".occur_time", m.GetOccurTime())
		if m.GetType() == receiptv1.MilestoneType_MILESTONE_TYPE_UNSPECIFIED && m.GetSourceType() == "" {
			g.Wrong(at+".type", "say what happened, here or as source_type")
		}
	}
	return c, g.Err()
}

// onTheWeb tells whether a text is an address that a page may link to.
func onTheWeb(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// Check refuses what does not fit the receipt, or is not the carrier's.
func (c *report) Check(ctx context.Context, w *command.Work) error {
	if err := command.Unchanged(ctx, c.Name, c.etag, c.receipt); err != nil {
		return err
	}
	return c.Kept.Check(ctx, w)
}

// write is what is to be kept. What was reported before is the book's to tell, as the copy
// may not show it yet.
func (c *report) write(ctx context.Context, w *command.Work) (owned.Write, error) {
	write := c.Write(w)
	r, err := c.receipt(ctx, c.Name)
	if err != nil {
		return write, err
	}
	if r.GetState() == receiptv1.State_STATE_CANCELLED {
		return write, command.Refused("%s is cancelled.", c.Name)
	}
	kept, err := c.Book.Get(c.Collection(), c.Key())
	if err != nil {
		return write, err
	}
	says := proto.CloneOf(c.says)
	says.Milestones = together(milestonesIn(kept), c.happened, timestamppb.New(c.clock.Now()))
	if len(says.Milestones) > mostMilestones {
		return write, command.Refused("%s has %d milestones with these: %d are kept at most.", c.Name, len(says.Milestones), mostMilestones)
	}
	write.Owner, write.Seen = optionsv1.Owner_OWNER_CARRIER, &kept.Revision
	write.Fields, err = owned.FieldsOf(&receiptv1.Receipt{Shipment: says}, c.paths...)
	return write, err
}

// milestonesIn reads the milestones that the book keeps.
func milestonesIn(kept owned.State) (all []*receiptv1.ShipmentMilestone) {
	for _, f := range kept.Fields {
		if f.Path != milestones {
			continue
		}
		for i := range f.Value.List().Len() {
			if m, is := f.Value.List().Get(i).Message().Interface().(*receiptv1.ShipmentMilestone); is {
				all = append(all, m)
			}
		}
	}
	return all
}

// together are the milestones that are known and those that are reported, in the order of
// time; one that is reported again is one, as the last report tells it.
func together(known []*receiptv1.ShipmentMilestone, reported []*receiptv1.ReportedMilestone, now *timestamppb.Timestamp) []*receiptv1.ShipmentMilestone {
	all := slices.Clone(known)
	for _, r := range reported {
		id := milestoneID(r)
		at := slices.IndexFunc(all, func(m *receiptv1.ShipmentMilestone) bool { return m.GetId() == id })
		if at < 0 {
			at = len(all)
			all = append(all, &receiptv1.ShipmentMilestone{Id: id, Type: r.GetType(), OccurTime: r.GetOccurTime(), RecordedTime: now})
		}
		m := proto.CloneOf(all[at])
		m.SourceType = cmp.Or(r.GetSourceType(), m.GetSourceType())
		m.Place = cmp.Or(r.GetPlace(), m.GetPlace())
		m.Comment = cmp.Or(r.GetComment(), m.GetComment())
		all[at] = m
	}
	slices.SortStableFunc(all, func(a, b *receiptv1.ShipmentMilestone) int {
		return cmp.Or(a.GetOccurTime().AsTime().Compare(b.GetOccurTime().AsTime()), cmp.Compare(a.GetType(), b.GetType()), cmp.Compare(a.GetId(), b.GetId()))
	})
	return all
}

// milestoneID tells what happened when; the carrier's own word counts where it is none of
// the known.
func milestoneID(r *receiptv1.ReportedMilestone) string {
	word := ""
	if r.GetType() == receiptv1.MilestoneType_MILESTONE_TYPE_UNSPECIFIED {
		word = r.GetSourceType()
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %d %s", r.GetType(), r.GetOccurTime().GetSeconds(), r.GetOccurTime().GetNanos(), word))
	return hex.EncodeToString(sum[:6])
}
