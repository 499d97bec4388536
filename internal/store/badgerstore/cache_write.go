package badgerstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"odoomesh/internal/store"
)

// Apply makes the mutations and moves the position in one transaction. Too many
// of them for one transaction (see CacheOptions.MemTable) are refused with a
// *store.TooLargeError.
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
		ops, err := b.plan(m)
		if err != nil {
			return fmt.Errorf("applying position %d: %w", position, err)
		}
		if err := b.add(ops); err != nil {
			return fmt.Errorf("applying position %d: %w", position, err)
		}
	}
	if err := b.txn.Set(positionKey, binary.BigEndian.AppendUint64(nil, position)); err != nil {
		return fmt.Errorf("applying position %d: %w", position, err)
	}
	if err := b.commit(position); err != nil {
		return fmt.Errorf("applying position %d: %w", position, err)
	}
	return nil
}

// Fill puts the mutations in as many transactions as they need. Counts are
// right after each of them.
func (c *Cache) Fill(ctx context.Context, mutations []store.Mutation) error {
	if err := c.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-c.turn }()
	b := c.begin()
	defer func() { b.discard() }()
	for i, m := range mutations {
		ops, err := b.plan(m)
		if err != nil {
			return fmt.Errorf("filling the cache: %w", err)
		}
		if b.size > 0 && b.room(ops) != nil {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("filling the cache: %w", err)
			}
			if err := b.commit(c.Position()); err != nil {
				return fmt.Errorf("filling the cache: after %d of %d: %w", i, len(mutations), err)
			}
			b = c.begin()
		}
		if err := b.add(ops); err != nil {
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
	if err := fits("meta value", value); err != nil {
		return err
	}
	if err := c.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-c.turn }()
	b := c.begin()
	defer b.discard()
	err := b.add(planned{ops: []op{{key: metaKey(key), value: value, remove: value == nil}}})
	if err == nil {
		err = b.commit(c.Position())
	}
	if err != nil {
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
	if c.failed != nil {
		<-c.turn
		return c.failed
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

// commit makes the batch durable in the order of commits, and shows it.
func (b *batch) commit(position uint64) error {
	if err := b.cache.folder.hasRoom(); err != nil {
		return err
	}
	counts, err := b.storeCounts()
	if err != nil {
		return err
	}
	if err := b.txn.Commit(); err != nil {
		if errors.Is(err, badger.ErrTxnTooBig) { // refused before anything was written
			return err
		}
		return b.cache.fail(err)
	}
	b.cache.show(b.cache.newView(position, counts, b.records))
	return nil
}
