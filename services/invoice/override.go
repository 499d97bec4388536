package invoice

import (
	"context"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/gen/go/mesh/invoice/v1/invoiceservice"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/command"
	"odoomesh/internal/owned"
	"odoomesh/services/invoice/match"
)

// override keeps the word of a person that an invoice is right although it does not match.
type override struct {
	command.Kept
	etag, reason string
	service      *Service
}

func (s *Service) beginOverride(request proto.Message) (command.Command, error) {
	r := request.(*invoicev1.OverrideMatchRequest)
	var g command.Given
	c := &override{
		Kept: command.Kept{Name: r.GetName(), Model: invoiceModel, ID: g.ID("name", invoiceservice.Invoices, r.GetName()), Book: s.owned},
		etag: r.GetEtag(), reason: g.Text("reason", strings.TrimSpace(r.GetReason()), 500), service: s,
	}
	c.Says = c.write
	if c.reason == "" {
		g.Wrong("reason", "say why it is right although it does not match")
	}
	return c, g.Err()
}

// Look tells from the book; the note in Odoo says why.
func (c *override) Look(ctx context.Context, w *command.Work) (command.Standing, error) {
	s, err := c.Kept.Look(ctx, w)
	s.Because = c.reason
	return s, err
}

// Check refuses what there is nothing to override of.
func (c *override) Check(ctx context.Context, w *command.Work) error {
	if err := command.Unchanged(ctx, c.Name, c.etag, c.service.copied); err != nil {
		return err
	}
	return c.Kept.Check(ctx, w)
}

func (c *override) write(ctx context.Context, w *command.Work) (owned.Write, error) {
	write := c.Write(w)
	if c.service.matcher == nil {
		return write, command.Refused("Invoices are not compared with their orders here: orders or products are not served.")
	}
	i, err := c.service.copied(ctx, c.Name)
	if err != nil {
		return write, err
	}
	outcome, err := c.service.matcher.compared(ctx, i, nil)
	switch {
	case err != nil:
		return write, err
	case outcome == nil:
		return write, command.Refused("%s is cancelled.", c.Name)
	case len(match.Blocking(outcome)) == 0:
		return write, command.Refused("%s matches: there is nothing to override.", c.Name)
	case !outcome.GetBlocks():
		return write, command.Refused("%s is overridden, by %s: %s", c.Name, i.GetMatch().GetOverride().GetPrincipal(), i.GetMatch().GetOverride().GetReason())
	}
	says := &invoicev1.Invoice{Match: &invoicev1.Match{Override: &invoicev1.MatchOverride{
		Principal: w.Principal, Reason: c.reason, OverrideTime: timestamppb.New(c.service.desk.Clock.Now()), Lines: match.Blocking(outcome),
	}}}
	write.Owner = optionsv1.Owner_OWNER_MESH
	write.Fields, err = owned.FieldsOf(says, "match.override")
	return write, err
}
