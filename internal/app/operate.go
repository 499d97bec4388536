package app

import (
	"context"
	"time"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/build"
	"odoomesh/internal/capture"
	"odoomesh/internal/command"
	"odoomesh/internal/fault"
	"odoomesh/internal/read"
	"odoomesh/internal/reconcile"
	"odoomesh/services/operations"
)

// Operate is the mesh as its operator's service sees it.
func (r *rooms) Operate() operations.Mesh { return operated{r.app.engine, r.app} }

// operated is capture, with what only the whole knows.
type operated struct {
	*capture.Engine
	app *App
}

// Standing tells how the whole stands.
func (o operated) Standing() operations.Standing {
	a := o.app
	ready := a.readiness()
	s := operations.Standing{
		State: ready.Status, Mesh: build.Version(), Instance: a.config.Instance, Reachable: ready.Odoo.Reachable,
		Head: a.stores.log.Head(), Oldest: a.stores.log.Oldest(),
		Audit: operations.Audit{Key: a.auditLog.Key(), Records: a.stores.payloads.Head(), Failure: a.trail.Ready()},
	}
	if server, known := a.client.Server(); known {
		s.Version = server.Version.String()
	}
	held := a.policies().Purchasing
	s.Purchasing = operations.Purchasing{Approved: held.ApprovedSuppliers, Price: held.PriceCheck, ByTwo: held.VendorsByTwo, Tolerance: held.PriceTolerance}
	s.Open, s.Acknowledged = a.board.Counts()
	s.Deferred.Waiting, s.Deferred.Oldest, s.Deferred.Limit = a.desk.Deferred()
	s.Access, s.Broken = a.servers.guard.Standing(), a.servers.guard.Broken()
	if a.book != nil { // stock is among the services
		s.Proof = a.book.Proven()
	}
	return s
}

// CompareLedger looks up in Odoo what the ledger says is done.
func (o operated) CompareLedger(ctx context.Context) (command.Comparison, error) {
	return o.app.desk.Compare(ctx)
}

// AcceptOdoo lets commands go on, by the word of a caller.
func (o operated) AcceptOdoo(ctx context.Context, by, reason, etag string) (command.Comparison, error) {
	return o.app.desk.Accept(ctx, by, reason, etag)
}

// Changed tells that Odoo is not the one that it was.
func (o operated) Changed() (command.Change, bool) { return o.app.desk.Changed() }

// FaultyRecords answers a page of the records that have faults.
func (o operated) FaultyRecords(ctx context.Context, collections []string, size int, pageToken string) ([]read.FaultyRecord, string, error) {
	return read.FaultyRecords(ctx, o.app.stores.cache, o.app.stores.log.ID(), o.app.tokens.For(ctx), collections, size, pageToken)
}

// Verify compares a record with Odoo, for a caller who waits.
func (o operated) Verify(ctx context.Context, collection string, key []byte) (reconcile.Verification, error) {
	answered := make(chan reconcile.Verification, 1)
	err := o.app.servers.patience.ask(ctx, func(ctx context.Context) error {
		v, err := o.Engine.Verify(ctx, collection, key)
		answered <- v
		return err
	})
	if err != nil {
		return reconcile.Verification{}, err
	}
	return <-answered, nil
}

// Resync reads a collection again; it ends when the server stops.
func (o operated) Resync(ctx context.Context, collection string, accept bool, report func(capture.ResyncProgress) error) (capture.ResyncResult, error) {
	return o.Engine.Resync(ctx, collection, accept, func(p capture.ResyncProgress) error {
		select {
		case <-o.app.closing:
			return fault.Unavailable(errorsv1.Reason_REASON_SHUTTING_DOWN, "This process is about to end.", time.Second)
		default:
		}
		return report(p)
	})
}
