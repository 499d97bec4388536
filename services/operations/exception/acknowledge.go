package exception

import (
	"context"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
	"odoomesh/internal/audit"
	"odoomesh/internal/fault"
)

// Acknowledge notes durably that a person knows of an exception.
func (b *Board) Acknowledge(ctx context.Context, by string, r *operationsv1.AcknowledgeExceptionRequest) (*operationsv1.Exception, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, err := b.find(r.GetName())
	if err != nil {
		return nil, err
	}
	known := e.shown.GetAcknowledgement()
	if known.GetAcknowledgedBy() == by && known.GetReason() == r.GetReason() && known != nil {
		return e.show(), nil
	}
	if etag := e.show().GetEtag(); r.GetEtag() != "" && r.GetEtag() != etag {
		return nil, fault.New(errorsv1.Reason_REASON_STALE_ETAG, r.GetName()+" has changed since you read it: read it again.", fault.Resource("mesh/Exception", r.GetName()))
	}
	if !e.lasts() {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "name", r.GetName()+" is closed: there is nothing to acknowledge any more")
	}
	if b.Accept != nil {
		cause := Cause{Kind: e.shown.GetKind(), Subject: e.shown.GetSubject(), Numbers: e.shown.GetNumbers()}
		if err := b.Accept(ctx, cause, r.GetReason(), by); err != nil {
			return nil, err
		}
	}
	next := e.acknowledged(by, r.GetReason(), b.Clock.Now())
	if err := b.keep(ctx, []*entry{next}); err != nil {
		return nil, err
	}
	before, now := e.show(), next.show()
	audit.Changed(ctx, audit.Change{Document: now.GetName(), Before: before.GetState().String(), After: now.GetState().String(), Says: audit.Lines(before, now)})
	return now, nil
}
