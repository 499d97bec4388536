package order

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/gen/go/mesh/order/v1/orderservice"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/owned"
)

// accept takes what a supplier has answered as it is.
type accept struct {
	command.Kept
	etag, reason string
	lines        []string
	order        func(ctx context.Context, name string) (*orderv1.Order, error)
	clock        clock.Clock
}

func (s *Service) beginAccept(request proto.Message) (command.Command, error) {
	r := request.(*orderv1.AcceptAcknowledgementRequest)
	var g command.Given
	c := &accept{
		Kept: command.Kept{Name: r.GetName(), Model: orderModel, ID: g.ID("name", orderservice.Orders, r.GetName()), Book: s.owned},
		etag: r.GetEtag(), reason: strings.TrimSpace(r.GetReason()), lines: r.GetLineIds(), order: s.copied, clock: s.desk.Clock,
	}
	c.Says = c.write
	if c.reason == "" {
		g.Wrong("reason", "say why, for people")
	}
	return c, g.Err()
}

// Check refuses what does not fit the order, or is not the mesh's to keep.
func (c *accept) Check(ctx context.Context, w *command.Work) error {
	if err := command.Unchanged(ctx, c.Name, c.etag, c.order); err != nil {
		return err
	}
	return c.Kept.Check(ctx, w)
}

// write is what is to be kept: of each line, which answer is taken.
func (c *accept) write(ctx context.Context, w *command.Work) (owned.Write, error) {
	write := c.Write(w)
	o, err := c.order(ctx, c.Name)
	if err != nil {
		return write, err
	}
	kept, err := c.Book.Get(c.Collection(), c.Key())
	if err != nil {
		return write, err
	}
	var g command.Given
	says := &orderv1.Order{}
	var paths []string
	take := func(l *orderv1.OrderLine) {
		says.Lines = append(says.Lines, &orderv1.OrderLine{Id: l.GetId(), AnswerAcceptance: &orderv1.AnswerAcceptance{
			AcknowledgeTime: l.GetAcknowledgement().GetAcknowledgeTime(), AcceptTime: timestamppb.New(c.clock.Now()), Reason: c.reason,
		}})
		paths = append(paths, "lines["+l.GetId()+"].answer_acceptance")
	}
	for i, id := range c.lines {
		at := fmt.Sprintf("line_ids[%d]", i)
		n := slices.IndexFunc(o.GetLines(), func(l *orderv1.OrderLine) bool { return l.GetId() == id })
		switch {
		case n < 0:
			g.Wrong(at, "%s has no such line", c.Name)
		case len(differences(o.GetLines()[n])) == 0:
			g.Wrong(at, "the supplier has not answered otherwise than ordered, or it was taken already")
		default:
			take(o.GetLines()[n])
		}
	}
	if err := g.Err(); err != nil {
		return write, err
	}
	if len(c.lines) == 0 {
		for _, l := range o.GetLines() {
			if len(differences(l)) > 0 {
				take(l)
			}
		}
		if len(paths) == 0 {
			return write, command.Refused("Of %s, the supplier has not answered otherwise than ordered, or it was taken already.", c.Name)
		}
	}
	write.Owner, write.Seen = optionsv1.Owner_OWNER_MESH, &kept.Revision
	write.Fields, err = owned.FieldsOf(says, paths...)
	return write, err
}
