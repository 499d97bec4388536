package badgerstore

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"odoomesh/internal/store"
)

// Apply makes the mutations and moves the position, whole or not at all, also when
// the process is killed meanwhile. More than maxApply bytes or maxApplyKeys keys are
// refused with a *store.TooLargeError.
func (c *Cache) Apply(ctx context.Context, position uint64, mutations []store.Mutation) error {
	if err := c.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-c.turn }()
	if reached := c.Position(); position <= reached {
		return &store.NotAheadError{Asked: position, Reached: reached}
	}
	b := c.begin()
	defer b.discard()
	for _, m := range mutations {
		p, err := b.planned(m)
		if err != nil {
			return fmt.Errorf("applying position %d: %w", position, err)
		}
		if err := b.add(p); err != nil {
			return fmt.Errorf("applying position %d: %w", position, err)
		}
	}
	moved := op{key: positionKey, value: binary.BigEndian.AppendUint64(nil, position)}
	if err := b.commit(position, moved); err != nil {
		return fmt.Errorf("applying position %d: %w", position, err)
	}
	return nil
}

// planned is plan for what a store has to hold.
func (b *batch) planned(m store.Mutation) (planned, error) {
	if err := m.Fits(); err != nil {
		return planned{}, err
	}
	return b.plan(m)
}

// Fill puts the mutations in as many steps as they need, each record whole. Counts
// are right after each of them.
func (c *Cache) Fill(ctx context.Context, mutations []store.Mutation) error {
	if err := c.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-c.turn }()
	b := c.begin()
	defer func() { b.discard() }()
	for i, m := range mutations {
		p, err := b.planned(m)
		if err != nil {
			return fmt.Errorf("filling the cache: %w", err)
		}
		if len(b.ops) > 0 && !b.fits(p) {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("filling the cache: %w", err)
			}
			if err := b.commit(c.Position()); err != nil {
				return fmt.Errorf("filling the cache: after %d of %d: %w", i, len(mutations), err)
			}
			b.discard()
			b = c.begin()
		}
		if err := b.add(p); err != nil {
			return fmt.Errorf("filling the cache: %w", err)
		}
	}
	if err := b.commit(c.Position()); err != nil {
		return fmt.Errorf("filling the cache: %w", err)
	}
	return nil
}

// SetMeta stores a fact after everything that was written before; nil removes it.
func (c *Cache) SetMeta(ctx context.Context, key string, value []byte) error {
	if len(value) >= valueThreshold {
		err := &store.TooLargeError{What: "meta value", Size: int64(len(value)), Limit: valueThreshold - 1, Unit: "bytes"}
		return fmt.Errorf("storing meta %s: %w", key, err)
	}
	if err := c.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-c.turn }()
	b := c.begin()
	defer b.discard()
	if err := b.commit(c.Position(), op{key: metaKey(key), value: value, remove: value == nil}); err != nil {
		return fmt.Errorf("storing meta %s: %w", key, err)
	}
	return nil
}

func (c *Cache) takeTurn(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := cmp.Or(c.failed, c.trusted()); err != nil {
		<-c.turn
		return err
	}
	return nil
}

// fail remembers that a write failed half-way: what Badger holds in memory, and
// will flush when it closes, may be incomplete. The next open begins anew.
func (c *Cache) fail(err error) error {
	err = errors.Join(err, markUntrusted(c.folder))
	c.failed = fmt.Errorf("the cache takes no more writes until it is opened anew: %w", err)
	return c.failed
}

// commit makes the batch durable in the order of commits together with further ops,
// and shows it.
func (b *batch) commit(position uint64, further ...op) error {
	c := b.cache
	if err := c.folder.hasRoom(); err != nil {
		return err
	}
	counts, ops := b.counts()
	ops = append(append(b.ops, ops...), further...)
	var err error
	if b.fits(planned{}) {
		err = c.commitOps(ops)
	} else {
		err = c.commitLarge(ops)
	}
	if err != nil {
		return c.fail(err)
	}
	c.show(c.newView(position, counts, b.records))
	return nil
}

// commitOps makes the ops in one transaction.
func (c *Cache) commitOps(ops []op) error {
	txn := c.db.NewTransaction(true)
	defer txn.Discard()
	for _, o := range ops {
		var err error
		if o.remove {
			err = txn.Delete(o.key)
		} else {
			err = txn.Set(o.key, o.value)
		}
		if err != nil {
			return err
		}
	}
	return txn.Commit()
}
