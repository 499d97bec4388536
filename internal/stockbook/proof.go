package stockbook

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/journal"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

const (
	// lookAgain is how often a balance that differs is looked at again before it
	// counts: stock that moves is seen in its movements and in its positions by
	// two looks of capture.
	lookAgain = 3
	// settleWithin bounds the waiting for one of these looks.
	settleWithin = 30 * time.Second
)

// Drift is a balance in which the events and Odoo's stock differ.
type Drift struct {
	Product, Location, Lot, Owner, Package int64
	// Events is what the events add up to, Odoo what its quants do; decimal texts.
	Events, Odoo string
}

// StockPosition is the name of the position that differs.
func (d Drift) StockPosition() string {
	return resource.Name(positions, d.Product, d.Location, d.Lot, d.Owner, d.Package)
}

// Message is the drift as callers see it.
func (d Drift) Message() *inventoryv1.StockDrift {
	return &inventoryv1.StockDrift{
		StockPosition: d.StockPosition(), Product: nameOf(products, d.Product), Location: nameOf("locations", d.Location), Lot: nameOf(lots, d.Lot),
		EventsQuantity: &decimal.Decimal{Value: d.Events}, OdooQuantity: &decimal.Decimal{Value: d.Odoo},
	}
}

// Proof is what a comparison of all balances with Odoo's stock found.
type Proof struct {
	// LastEvent is the newest event that was added up.
	LastEvent uint64
	// Compared is how many balances were compared.
	Compared int
	// Verified is until when the copy of Odoo's stock that was compared is known to
	// equal it; zero when that is not known.
	Verified time.Time
	Drifts   []Drift
}

// ErrUnsettled says that Odoo could not be asked whether a difference is one.
var ErrUnsettled = errors.New("odoo does not answer: what differs may only be on its way")

// Prove compares all balances with Odoo's stock, as the mesh has it. What differs
// is looked at again until capture has looked at both sides, so that stock on the
// move is no drift; with ErrUnsettled where Odoo does not answer for that.
func (b *Book) Prove(ctx context.Context) (Proof, error) {
	proof, err := b.compare(ctx, nil)
	for range lookAgain {
		if err != nil || len(proof.Drifts) == 0 {
			break
		}
		if err := b.settle(ctx); err != nil {
			return proof, err
		}
		var again Proof
		again, err = b.compare(ctx, proof.Drifts)
		again.Compared, again.Verified = proof.Compared, proof.Verified
		proof = again
	}
	return proof, err
}

// settle waits until capture has looked at both sides, and the book has followed.
func (b *Book) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	since := b.Clock.Now()
	for !b.Settled().After(since) || b.keeper.Followed() < b.Log.Head() {
		if err := pause(ctx, lookSettled); err != nil {
			if errors.Is(err, context.DeadlineExceeded) {
				return ErrUnsettled
			}
			return err
		}
	}
	return nil
}

// compare walks the balances and the stock positions side by side; with among, it
// compares only those.
func (b *Book) compare(ctx context.Context, among []Drift) (Proof, error) {
	// Asked before the snapshot is taken, for what is known only afterwards may not
	// be in it.
	verified := b.Settled()
	facts, snapshot := b.Journal.Facts(), b.Cache.Snapshot()
	defer facts.Close()
	defer snapshot.Close()
	proof := Proof{LastEvent: facts.Position(), Verified: verified}
	check := func(key []byte, events, odoo string) error {
		proof.Compared++
		difference, err := subtract(events, odoo)
		if err != nil || difference == "0" {
			return err
		}
		ids := resource.IDs(key)
		counts, err := counted(snapshot, ids[0])
		if counts && err == nil {
			proof.Drifts = append(proof.Drifts, Drift{ids[0], ids[1], ids[2], ids[3], ids[4], plain(events), plain(odoo)})
		}
		return err
	}
	for _, d := range among {
		p := place{d.Product, d.Location, d.Lot, d.Owner, d.Package}
		events, err := facts.Get(p.key())
		if err != nil {
			return proof, err
		}
		raw, err := snapshot.Get(positions, p.key()[1:])
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return proof, err
		}
		odoo, err := quantityOf(raw)
		if err == nil {
			err = check(p.key()[1:], string(events), odoo)
		}
		if err != nil {
			return proof, err
		}
	}
	if among != nil {
		return proof, nil
	}
	return proof, journal.Beside(facts, balanceTag, snapshot.Records(positions, store.Range{}), func(key, events []byte, hit *store.Hit) error {
		odoo := ""
		if hit != nil {
			var err error
			if odoo, err = quantityOf(hit.Value); err != nil {
				return err
			}
		}
		if err := check(key, string(events), odoo); err != nil {
			return err
		}
		return ctx.Err()
	})
}

// quantityOf is the quantity of a stock position as the cache has it.
func quantityOf(raw []byte) (string, error) {
	if raw == nil {
		return "", nil
	}
	position := &inventoryv1.StockPosition{}
	err := unpack(raw, &internalv1.CacheRecord{}, position)
	return position.GetQuantity().GetValue(), err
}

// counted tells whether Odoo counts the stock of a product: of what it only buys
// and uses it keeps movements, but no quants.
func counted(s store.Snapshot, product int64) (bool, error) {
	raw, err := s.Get(products, resource.Key(product))
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	p := &productv1.Product{}
	err = unpack(raw, &internalv1.CacheRecord{}, p)
	return p.GetKind() == productv1.Kind_KIND_GOODS, err
}

// plain is a quantity for people.
func plain(text string) string {
	if text == "" {
		return "0"
	}
	return text
}

// proveAgainAndAgain proves the balances now and then, and tells what differs.
func (b *Book) proveAgainAndAgain(ctx context.Context) error {
	if b.Verify <= 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	told := map[string]Drift{}
	for {
		if err := pause(ctx, b.Verify); err != nil {
			return err
		}
		if !b.Ready() {
			continue
		}
		proof, err := b.Prove(ctx)
		if errors.Is(err, ErrUnsettled) {
			continue
		}
		if err != nil {
			return err
		}
		b.metrics.drift.Set(float64(len(proof.Drifts)))
		drifting := map[string]Drift{}
		for _, d := range proof.Drifts {
			drifting[d.StockPosition()] = d
			if told[d.StockPosition()] == d {
				continue
			}
			b.Logger.LogAttrs(ctx, slog.LevelError, "the events do not prove Odoo's stock",
				slog.String("stock_position", d.StockPosition()), slog.String("events", d.Events), slog.String("odoo", d.Odoo))
		}
		told = drifting
		if b.Escalate == nil {
			continue
		}
		if err := b.Escalate(ctx, proof.Drifts); err != nil {
			return err
		}
	}
}

// lookSettled is the pause between two looks whether both sides have settled.
const lookSettled = 50 * time.Millisecond

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
