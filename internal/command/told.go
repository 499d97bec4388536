package command

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/store"
)

// mostCallers bounds how many callers are kept of an intent.
const mostCallers = 8

// called notes who has asked for the change of an intent that is written next; nothing
// where nobody has, but the mesh goes on.
func called(ctx context.Context, kept *internalv1.KeptIntent, position uint64) {
	c, is := audit.CallerOf(ctx)
	if !is {
		return
	}
	kept.Callers = append(kept.Callers, &internalv1.KeptCaller{Position: position, Principal: c.Principal, Proof: c.Proof, Address: c.Address, CallId: c.CallID})
	if n := len(kept.Callers); n > mostCallers {
		kept.Callers = kept.Callers[n-mostCallers:]
	}
}

// Told says what an entry of the ledger means to the audit; false where it means nothing.
func (d *Desk) Told(entry store.Entry) (audit.Statement, bool, error) {
	switch entry.Collection {
	case collection:
	case odooCollection:
		s, err := toldOfOdoo(entry)
		return s, true, err
	default:
		return audit.Statement{}, false, nil
	}
	i := &commandv1.Intent{}
	if err := proto.Unmarshal(entry.Payload, i); err != nil {
		return audit.Statement{}, false, fmt.Errorf("decoding entry %d of the ledger: %w", entry.Position, err)
	}
	kept, err := d.ledger.find(idIn(i.GetName()))
	if err != nil {
		return audit.Statement{}, false, err
	}
	s := audit.Statement{
		Leaf: audit.Leaf{
			Kind: audit.OfTransition, Method: kept.GetMethod(), Command: i.GetCommand(), Intent: i.GetName(),
			Document: i.GetDocument(), After: i.GetState().String(),
		},
		Payload: audit.Payload{
			Principal: i.GetPrincipal(), RequestID: i.GetRequestId(),
			Explanation: i.GetExplanation(), Evidence: i.GetEvidence(), Reason: i.GetReason(),
		},
	}
	for _, c := range kept.GetCallers() {
		if c.GetPosition() <= entry.Position {
			p := &s.Payload
			p.Principal, p.Proof, p.Address, p.CallID = c.GetPrincipal(), c.GetProof(), c.GetAddress(), c.GetCallId()
		}
	}
	if s.Payload.Principal != i.GetPrincipal() {
		s.Payload.Owner = i.GetPrincipal()
	}
	if kept.GetAccepted() == entry.Position {
		s.Payload.Request = kept.GetRequest()
	}
	return s, true, nil
}

// toldOfOdoo is what the audit says of a change of Odoo itself, or of its acceptance.
func toldOfOdoo(entry store.Entry) (audit.Statement, error) {
	o := &internalv1.KeptOdoo{}
	if err := proto.Unmarshal(entry.Payload, o); err != nil {
		return audit.Statement{}, fmt.Errorf("decoding entry %d of the ledger: %w", entry.Position, err)
	}
	s := audit.Statement{Leaf: audit.Leaf{Kind: audit.OfOdoo, After: "first seen"}}
	switch {
	case o.GetChange() != nil:
		s.Leaf.After = "changed"
		for _, e := range o.GetChange().GetEvidence()[:min(3, len(o.GetChange().GetEvidence()))] {
			s.Payload.Evidence = sentences(s.Payload.Evidence, shorten(e))
		}
	case o.GetAcceptTime() != nil:
		s.Leaf.Before, s.Leaf.After = "changed", "accepted"
		s.Payload.Principal, s.Payload.Explanation = o.GetAcceptedBy(), shorten(o.GetReason())
	}
	return s, nil
}
