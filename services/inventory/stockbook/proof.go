package stockbook

import (
	"context"
	"errors"
	"maps"
	"slices"
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
	// At is when it was made.
	At time.Time
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
	differ := proof.Drifts
	for range lookAgain {
		if err != nil || len(differ) == 0 {
			break
		}
		if err := b.settle(ctx); err != nil {
			return proof, err
		}
		var again Proof
		again, err = b.compare(ctx, productsOf(differ))
		proof.LastEvent, proof.Drifts = again.LastEvent, standing(differ, again.Drifts)
		proof.Explained = again.beside(proof.Explained, differ)
		differ = again.Drifts
	}
	if err == nil && len(proof.Drifts) > 0 {
		err = b.explain(ctx, &proof)
	}
	if err == nil {
		proof.At = b.Clock.Now()
		b.proven.Store(&proof)
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

// compare walks the balances and the stock positions side by side; with among, those
// of some products alone. What differs at one place may have to do with what differs
// at another of the same product.
func (b *Book) compare(ctx context.Context, among []int64) (Proof, error) {
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
	for _, product := range among {
		if err := c.product(facts, product); err != nil {
			return c.proof, err
		}
	}
	if among != nil {
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
		if known[at] != nil {
			met[at] = true // what is known of may have gone from both sides
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

// product compares all places of one product.
func (c *comparison) product(facts store.Facts, product int64) error {
	sides := map[place][2]string{}
	prefix := resource.Key(product)
	for fact, err := range facts.Scan(append([]byte{balanceTag}, prefix...)) {
		if err != nil {
			return err
		}
		sides[placeAt(fact.Key[1:])] = [2]string{string(fact.Value)}
	}
	for hit, err := range c.snapshot.Records(positions, store.Range{Prefix: prefix}) {
		if err != nil {
			return err
		}
		odoo, err := quantityOf(hit.Value)
		if err != nil {
			return err
		}
		at := placeAt(hit.Key)
		sides[at] = [2]string{sides[at][0], odoo}
	}
	for at := range c.known {
		if _, there := sides[at]; !there && at.product == product {
			sides[at] = [2]string{}
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(sides), comparePlaces) {
		if err := c.check(at, sides[at][0], sides[at][1]); err != nil {
			return err
		}
	}
	return nil
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

// productsOf are the products that differ, each once.
func productsOf(drifts []Drift) []int64 {
	var all []int64
	for _, d := range drifts {
		all = append(all, d.product)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// beside puts what a look at some products explains in the place of what was known of them.
func (p *Proof) beside(before, differ []Drift) []Drift {
	again := productsOf(differ)
	kept := slices.DeleteFunc(before, func(d Drift) bool { return slices.Contains(again, d.product) })
	return append(kept, p.Explained...)
}

// standing are the differences that are what they were a look before: what changes
// from look to look is stock on the move.
func standing(before, now []Drift) []Drift {
	was := make(map[place]string, len(before))
	for _, d := range before {
		was[d.place] = d.Difference
	}
	var stand []Drift
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
