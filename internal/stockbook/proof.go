package stockbook

import (
	"context"
	"errors"
	"time"

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

// Proof is what a comparison of all balances with Odoo's stock found.
type Proof struct {
	// LastEvent is the newest event that was added up.
	LastEvent uint64
	// Compared is how many balances were compared.
	Compared int
	// Verified is until when the copy of Odoo's stock that was compared is known to
	// equal it; zero when that is not known.
	Verified time.Time
	// Drifts are the differences that nothing explains, Explained those that are known.
	Drifts, Explained []Drift
}

// ErrUnsettled says that Odoo could not be asked whether a difference is one.
var ErrUnsettled = errors.New("odoo does not answer: what differs may only be on its way")

// Prove compares all balances with Odoo's stock, as the mesh has it. What differs
// is looked at again until capture has looked at both sides, so that stock on the
// move is no drift; with ErrUnsettled where Odoo does not answer for that. Stock that
// took another lot where it lies is told as an event, and is no drift then.
func (b *Book) Prove(ctx context.Context) (Proof, error) {
	select {
	case b.proving <- struct{}{}:
		defer func() { <-b.proving }()
	case <-ctx.Done():
		return Proof{}, ctx.Err()
	}
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
		again.Drifts = standing(proof.Drifts, again.Drifts)
		again.Explained = append(proof.Explained, again.Explained...)
		proof = again
	}
	if err == nil && len(proof.Drifts) > 0 {
		err = b.explain(ctx, &proof)
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

// comparison is one walk over balances and stock positions.
type comparison struct {
	proof    Proof
	known    map[place]*internalv1.KnownDifference
	snapshot store.Snapshot
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
	known, err := differences(facts)
	c := &comparison{known: known, snapshot: snapshot, proof: Proof{LastEvent: facts.Position(), Verified: verified}}
	if err != nil {
		return c.proof, err
	}
	if among != nil {
		for _, d := range among {
			if err := c.one(facts, d.place); err != nil {
				return c.proof, err
			}
		}
		return c.proof, nil
	}
	met := map[place]bool{}
	err = journal.Beside(facts, balanceTag, snapshot.Records(positions, store.Range{}), func(key, events []byte, hit *store.Hit) error {
		odoo := ""
		if hit != nil {
			var err error
			if odoo, err = quantityOf(hit.Value); err != nil {
				return err
			}
		}
		at := placeAt(key)
		met[at] = known[at] != nil
		if !met[at] {
			delete(met, at) // only what is known of beforehand may have gone
		}
		if err := c.check(at, string(events), odoo); err != nil {
			return err
		}
		return ctx.Err()
	})
	for at := range known {
		if err == nil && !met[at] {
			err = c.check(at, "", "")
		}
	}
	return c.proof, err
}

// one compares one place.
func (c *comparison) one(facts store.Facts, at place) error {
	events, err := facts.Get(at.key())
	if err != nil {
		return err
	}
	raw, err := c.snapshot.Get(positions, at.key()[1:])
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	odoo, err := quantityOf(raw)
	if err != nil {
		return err
	}
	return c.check(at, string(events), odoo)
}

// check notes a place that differs by something else than what is known of it. One
// that was known to differ and no longer does is noted as well, to be forgotten once
// that stands.
func (c *comparison) check(at place, events, odoo string) error {
	c.proof.Compared++
	difference, err := subtract(odoo, events)
	known := c.known[at]
	if err != nil || difference == "0" && known == nil {
		return err
	}
	counts, err := counted(c.snapshot, at.product)
	if err != nil || !counts {
		return err
	}
	d := Drift{place: at, Events: plain(events), Odoo: plain(odoo), Difference: difference, Known: known}
	if difference != "0" && difference == known.GetExplained() {
		c.proof.Explained = append(c.proof.Explained, d)
	} else {
		c.proof.Drifts = append(c.proof.Drifts, d)
	}
	return nil
}

// standing are the differences that are what they were a look before: what changes
// from look to look is stock on the move.
func standing(before, now []Drift) []Drift {
	was := make(map[place]string, len(before))
	for _, d := range before {
		was[d.place] = d.Difference
	}
	stand := now[:0]
	for _, d := range now {
		if was[d.place] == d.Difference {
			stand = append(stand, d)
		}
	}
	return stand
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
