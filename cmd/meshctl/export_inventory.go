package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/export"
	"odoomesh/internal/export/flat"
	"odoomesh/internal/export/folder"
	"odoomesh/internal/fault"
)

// eventsAPart is how many events a sealed part has at most.
const eventsAPart = 1_000_000

// inventory seals the events that the snapshot knows of, writes what they add up to, and the
// proof beside them.
func (r *exportRun) inventory(ctx context.Context) error {
	if r.event == nil {
		r.manifest.LeftOut = append(r.manifest.LeftOut, folder.LeftOut{What: eventsName,
			Why: "the mesh tells no last event: the caller does not meet all of them, or the mesh has not told them so far. meshctl events export writes those that the caller meets"})
		return nil
	}
	inventory, err := r.client.inventory()
	if err != nil {
		return err
	}
	if err := r.seal(ctx, inventory, *r.event); err != nil {
		return err
	}
	if err := r.balances(); err != nil {
		return err
	}
	switch v, err := inventory.VerifyBalances(ctx, &inventoryv1.VerifyBalancesRequest{}); {
	case err != nil && ctx.Err() == nil:
		r.leaveOut("proof", err)
		return nil
	case err != nil:
		return err
	default:
		return r.proof(v)
	}
}

// seal writes the events behind the last sealed one, up to one, into new parts.
func (r *exportRun) seal(ctx context.Context, from inventoryv1.InventoryServiceClient, upTo int64) error {
	e := r.to.Events()
	if e.Last > upTo {
		return fmt.Errorf("%s has events up to %d, and this mesh tells %d: they are of another mesh, or of one that numbers its events anew. Remove the folder %[1]s/events to have all events written anew", r.asked.to, e.Last, upTo)
	}
	for e.Last < upTo {
		if err := r.part(ctx, from, e, min(upTo, e.Last+eventsAPart)); err != nil {
			if told, _ := fault.Read(err); told.Reason == "FOREIGN_TOKEN" || told.Reason == "POSITION_TOO_OLD" {
				return fmt.Errorf("the sealed events of %s cannot be gone on from: remove the folder %[1]s/events to have all events written anew: %w", r.asked.to, err)
			}
			return err
		}
	}
	return nil
}

func (r *exportRun) part(ctx context.Context, from inventoryv1.InventoryServiceClient, e *folder.Events, upTo int64) error {
	part, err := e.Begin()
	if err != nil {
		return err
	}
	source := export.Source{
		Client: from, Clock: r.clock, Pause: firstRetry, Patience: r.asked.patience, Report: r.meter.show,
		Lost: func(err error, pause time.Duration) {
			r.meter.end()
			fmt.Fprintf(r.errs, "meshctl: lost the mesh, next try in %s: %s\n", span(pause), clean(sentence(err, r.server)))
		},
	}
	done, err := source.Run(ctx, export.Request{Position: e.Position, After: e.Last, UpTo: upTo}, part.Take)
	if err == nil && done.Last != upTo {
		err = fmt.Errorf("the mesh sent events up to %d and not up to %d", done.Last, upTo)
	}
	if err != nil {
		return errors.Join(err, part.Abandon())
	}
	return part.Seal(done.Last, done.Position, r.clock.Now())
}

// balances writes what the events add up to.
func (r *exportRun) balances() error {
	all, known, err := r.to.Events().Balances()
	if err != nil {
		return err
	}
	if !known {
		r.manifest.LeftOut = append(r.manifest.LeftOut, folder.LeftOut{What: "balances", Why: "the mesh no longer keeps the oldest events, so that nothing says what they add up to: see event-retention"})
		return nil
	}
	table := folder.BalancesTable()
	tables := []*flat.Table{table}
	if err := r.to.Begin(tables, folder.Entry{AsOf: folder.AsOfEvent, Event: r.to.Events().Last}); err != nil {
		return err
	}
	for _, b := range all {
		row, err := r.to.Row(table)
		if err != nil {
			return err
		}
		b.Fill(row)
	}
	return r.to.End(tables)
}

// proof writes what the mesh's own comparison with Odoo's stock found.
func (r *exportRun) proof(v *inventoryv1.VerifyBalancesResponse) error {
	raw, err := protojson.MarshalOptions{EmitDefaultValues: true, Indent: "  "}.Marshal(v)
	if err != nil {
		return err
	}
	return r.to.SetProof(folder.Proof{
		LastEvent: v.GetLastEvent(), Compared: v.GetCompared(), Drifting: v.GetDrifting(), Explained: v.GetExplainedCount(),
		VerifiedTime: known(v.GetFreshness().GetVerifiedTime()), OdooReachable: v.GetFreshness().GetOdooReachable(),
	}, raw)
}
