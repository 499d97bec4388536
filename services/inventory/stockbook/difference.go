package stockbook

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	"odoomesh/internal/journal"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// Drift is a balance in which the events and Odoo's stock differ.
type Drift struct {
	place
	// Events is what the events add up to, Odoo what its quants do, Difference what
	// Odoo has more; decimal texts.
	Events, Odoo, Difference string
	// Known is what the book knows of the difference; nil where it is new.
	Known *internalv1.KnownDifference
}

// StockPosition is the name of the position that differs.
func (d Drift) StockPosition() string {
	return resource.Name(positions, d.product, d.location, d.lot, d.owner, d.pack)
}

// Message is the drift as callers see it.
func (d Drift) Message() *inventoryv1.StockDrift {
	cause := inventoryv1.StockDriftCause(d.Known.GetCause())
	if cause == 0 {
		cause = inventoryv1.StockDriftCause_STOCK_DRIFT_CAUSE_STOCK_WITHOUT_MOVEMENT
	}
	return &inventoryv1.StockDrift{
		StockPosition: d.StockPosition(), Product: nameOf(products, d.product), Location: nameOf("locations", d.location), Lot: nameOf(lots, d.lot),
		EventsQuantity: &decimal.Decimal{Value: d.Events}, OdooQuantity: &decimal.Decimal{Value: d.Odoo}, Cause: cause,
		ExplainedQuantity: &decimal.Decimal{Value: plain(d.Known.GetExplained())}, SinceTime: d.Known.GetSinceTime(),
		AcknowledgedBy: d.Known.GetAcknowledgedBy(), Reason: d.Known.GetReason(), AcknowledgeTime: d.Known.GetAcknowledgeTime(),
	}
}

// placeAt is the place of a position's key.
func placeAt(key []byte) place {
	ids := resource.IDs(key)
	return place{ids[0], ids[1], ids[2], ids[3], ids[4]}
}

// differences is what is known of all places.
func differences(facts store.Facts) (map[place]*internalv1.KnownDifference, error) {
	all := map[place]*internalv1.KnownDifference{}
	for fact, err := range facts.Scan([]byte{differenceTag}) {
		if err != nil {
			return nil, err
		}
		known := &internalv1.KnownDifference{}
		if err := proto.Unmarshal(fact.Value, known); err != nil {
			return nil, fmt.Errorf("reading what is known of a difference: %w", err)
		}
		all[placeAt(fact.Key[1:])] = known
	}
	return all, nil
}

// difference is what is known of a place's; nil for nothing.
func (o overlay) difference(p place) (*internalv1.KnownDifference, error) {
	raw, err := o.Get(p.differenceKey())
	if err != nil || raw == nil {
		return nil, err
	}
	known := &internalv1.KnownDifference{}
	return known, proto.Unmarshal(raw, known)
}

func (o overlay) setDifference(p place, known *internalv1.KnownDifference) error {
	raw, err := proto.Marshal(known)
	if err == nil {
		o.Put(p.differenceKey(), raw)
	}
	return err
}

// explain finds out why balances differ that stand: products that moved while Odoo
// did not count them, and lots that were booked against stock that has none. What
// remains is noted with when it was first seen, and what no longer differs forgotten.
func (b *Book) explain(ctx context.Context, proof *Proof) error {
	uncounted, err := b.uncounted(proof.Drifts)
	if err != nil {
		return err
	}
	var rest, explained []Drift
	err = b.keeper.Tell(ctx, func(j *journal.Writer) error {
		w := b.author.writer(j)
		rest, explained = nil, nil
		var open []Drift
		for _, d := range proof.Drifts {
			switch {
			case d.Difference == "0":
				w.Put(d.differenceKey(), nil)
			case uncounted[d.product]:
				d.Known = &internalv1.KnownDifference{
					Cause:     int32(inventoryv1.StockDriftCause_STOCK_DRIFT_CAUSE_MOVED_WHILE_NOT_COUNTED),
					Explained: d.Difference, Seen: d.Difference, SinceTime: timestamppb.New(b.Clock.Now()),
				}
				if err := w.over.setDifference(d.place, d.Known); err != nil {
					return err
				}
				explained = append(explained, d)
			default:
				open = append(open, d)
			}
		}
		left, err := w.assignLots(open)
		if err != nil {
			return err
		}
		for _, d := range left {
			if err := w.noteDifference(&d); err != nil {
				return err
			}
			rest = append(rest, d)
		}
		proof.LastEvent = j.Next() - 1
		return nil
	})
	proof.Drifts, proof.Explained = rest, append(proof.Explained, explained...)
	return err
}

// noteDifference remembers a difference, and since when it is as it is.
func (w *writer) noteDifference(d *Drift) error {
	known := proto.CloneOf(d.Known)
	if known == nil {
		known = &internalv1.KnownDifference{}
	}
	if known.GetSeen() == d.Difference {
		return nil
	}
	known.Seen, known.SinceTime = d.Difference, timestamppb.New(w.author.Clock.Now())
	known.Cause = int32(inventoryv1.StockDriftCause_STOCK_DRIFT_CAUSE_STOCK_WITHOUT_MOVEMENT)
	d.Known = known
	return w.over.setDifference(d.place, known)
}

// Acknowledgement is a person's word that a difference is known and may stay.
type Acknowledgement struct {
	// Difference is the one that they have seen, as a decimal text.
	Difference string
	// Reason is theirs; By is who they are.
	Reason, By string
}

// What an acknowledgement is refused for.
var (
	ErrNoDifference      = errors.New("the stock position does not differ from what the events add up to")
	ErrOtherDifference   = errors.New("the difference is not the one that was acknowledged: look at it again")
	ErrNoAcknowledgement = errors.New("an acknowledgement needs a reason and who gives it")
)

// Acknowledge takes a difference for explained: the proof holds from there on, and
// another difference at the place is an alarm again. It is durable when it returns.
// A book that is made anew does not know it any more.
func (b *Book) Acknowledge(ctx context.Context, position string, a Acknowledgement) error {
	if a.Reason == "" || a.By == "" {
		return ErrNoAcknowledgement
	}
	key, err := resource.KeyOf(positions, position)
	if err != nil {
		return err
	}
	if len(resource.IDs(key)) != 5 {
		return fmt.Errorf("%s: %w", position, ErrNoDifference)
	}
	return b.keeper.Tell(ctx, func(j *journal.Writer) error {
		at, over := placeAt(key), overlay{j}
		known, err := over.difference(at)
		switch {
		case err != nil:
			return err
		case known == nil || known.GetSeen() == known.GetExplained():
			return fmt.Errorf("%s: %w", position, ErrNoDifference)
		case known.GetSeen() != a.Difference:
			return fmt.Errorf("%s differs by %s: %w", position, known.GetSeen(), ErrOtherDifference)
		}
		known.Explained, known.Reason, known.AcknowledgedBy = known.GetSeen(), a.Reason, a.By
		known.AcknowledgeTime = timestamppb.New(b.Clock.Now())
		return over.setDifference(at, known)
	})
}
