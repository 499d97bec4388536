package stockbook

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"github.com/cockroachdb/apd/v3"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// Of a product that it does not count, Odoo keeps movements and no stock. From the
// releases on in which a product can be counted after it has moved, its movements and
// its stock then differ for good, by exactly what moved in one stretch of time.

// uncounted are the products whose differences are what they moved in a stretch in
// which Odoo did not count them.
func (b *Book) uncounted(drifts []Drift) (map[int64]bool, error) {
	if b.Recounts == nil || !b.Recounts() {
		return nil, nil
	}
	byProduct := map[int64][]Drift{}
	for _, d := range drifts {
		if d.Difference != "0" {
			byProduct[d.product] = append(byProduct[d.product], d)
		}
	}
	snapshot := b.Cache.Snapshot()
	defer snapshot.Close()
	out := map[int64]bool{}
	for product, differ := range byProduct {
		stretch, err := movedUncounted(snapshot, product, differ)
		if err != nil {
			return nil, err
		}
		out[product] = stretch
	}
	return out, nil
}

// movedUncounted tells whether the movements of one stretch of time are what a
// product's balances have too much, and the product was written behind them, as who
// lets it be counted does.
func movedUncounted(s store.Snapshot, product int64, differ []Drift) (bool, error) {
	excess := map[place]*apd.Decimal{}
	for i := range differ {
		more, err := differ[i].unexplained()
		if err != nil {
			return false, err
		}
		excess[differ[i].place] = negated(more)
	}
	var moved []*inventoryv1.Movement
	for m, err := range movementsUnder(s, "product", nameOf(products, product)) {
		if err != nil {
			return false, err
		}
		moved = append(moved, m)
	}
	slices.SortStableFunc(moved, func(a, b *inventoryv1.Movement) int {
		return cmp.Or(a.GetMoveTime().AsTime().Compare(b.GetMoveTime().AsTime()), cmp.Compare(idOf(a.GetName()), idOf(b.GetName())))
	})
	last, err := stretch(moved, excess)
	if err != nil || last == nil {
		return false, err
	}
	p := &productv1.Product{}
	if err := found(s, products, resource.Key(product), &internalv1.CacheRecord{}, p); err != nil {
		return false, err
	}
	return !p.GetUpdateTime().AsTime().Before(last.GetMoveTime().AsTime()), nil
}

// stretch finds consecutive movements that add up to what is sought, and answers the
// last of them; nil where there are none. Sums are kept by a number that adds up as
// they do, and those that it finds are added up exactly.
func stretch(moved []*inventoryv1.Movement, sought map[place]*apd.Decimal) (*inventoryv1.Movement, error) {
	goal := uint64(0)
	for p, q := range sought {
		goal += mark(p, q)
	}
	marks := map[uint64]int{0: 0}
	so := uint64(0)
	for i, m := range moved {
		k := knownOf(m)
		q, err := number(k.GetQuantity())
		if err != nil {
			return nil, err
		}
		so += mark(destination(k), q) - mark(source(k), q)
		if from, there := marks[so-goal]; there {
			same, err := addUp(moved[from:i+1], sought)
			if err != nil || same {
				return m, err
			}
		}
		if _, there := marks[so]; !there {
			marks[so] = i + 1
		}
	}
	return nil, nil
}

// mark is a number for a quantity at a place: the mark of a sum is the sum of the marks.
func mark(p place, q *apd.Decimal) uint64 {
	h := uint64(14695981039346656037)
	for _, id := range []int64{p.product, p.location, p.lot, p.owner, p.pack} {
		h = (h ^ uint64(id)) * 1099511628211
		h ^= h >> 29
	}
	millionths := new(apd.Decimal)
	if _, err := exactly.Quantize(millionths, q, -6); err != nil {
		return 0
	}
	n := millionths.Coeff.MathBigInt().Uint64()
	if millionths.Negative {
		n = -n
	}
	return (h | 1) * n
}

// addUp tells whether movements add up to exactly what is sought.
func addUp(moved []*inventoryv1.Movement, sought map[place]*apd.Decimal) (bool, error) {
	left := maps.Clone(sought)
	take := func(p place, q *apd.Decimal) error {
		if left[p] == nil {
			left[p] = new(apd.Decimal)
		}
		now, err := less(left[p], q)
		left[p] = now
		return err
	}
	for _, m := range moved {
		k := knownOf(m)
		q, err := number(k.GetQuantity())
		if err != nil {
			return false, err
		}
		if err := take(destination(k), q); err != nil {
			return false, err
		}
		if err := take(source(k), negated(q)); err != nil {
			return false, err
		}
	}
	for _, q := range left {
		if !q.IsZero() {
			return false, nil
		}
	}
	return true, nil
}

// movementsUnder reads the movements that an index has under a name.
func movementsUnder(s store.Snapshot, index, name string) iter.Seq2[*inventoryv1.Movement, error] {
	return func(yield func(*inventoryv1.Movement, error) bool) {
		for hit, err := range s.Index(movements, index, store.Range{Prefix: []byte(name), Exact: true}) {
			m := &inventoryv1.Movement{}
			if err == nil {
				err = unpack(hit.Value, &internalv1.CacheRecord{}, m)
			}
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.product, b.product), cmp.Compare(a.location, b.location), cmp.Compare(a.lot, b.lot),
		cmp.Compare(a.owner, b.owner), cmp.Compare(a.pack, b.pack))
}
