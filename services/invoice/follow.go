package invoice

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	"odoomesh/gen/go/mesh/invoice/v1/invoiceservice"
	"odoomesh/gen/go/mesh/order/v1/orderservice"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/gen/go/mesh/product/v1/productservice"
	"odoomesh/internal/fault"
	"odoomesh/internal/follow"
	"odoomesh/internal/owned"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/services/invoice/match"
)

const (
	// placeKey is the fact in the cache that tells up to where the log was followed, and
	// by which rules.
	placeKey = "matched"
	// lookAgain is the pause before what could not be compared is tried again, and between
	// two looks whether the cache has what the log has.
	lookAgain = 200 * time.Millisecond
	// aPart is after how many entries of the log what they concern is compared.
	aPart = 5000
)

// Run compares what changes until the context ends; it returns its error. What cannot be
// compared now is tried again.
func (m *Matcher) Run(ctx context.Context) error {
	var said string
	for {
		err := m.round(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			said = ""
		case !transient(err) && err.Error() != said:
			said = err.Error()
			m.Logger.LogAttrs(ctx, slog.LevelError, "invoices could not be compared with their orders", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-m.Clock.After(lookAgain):
		}
	}
}

// transient tells of an error that passes by itself: before Odoo was reached nothing is
// kept, and of two who write one tries again.
func transient(err error) bool {
	var revision *owned.RevisionError
	return errors.Is(err, owned.ErrNotFitted) || errors.As(err, &revision) || fault.ReasonOf(err) == errorsv1.Reason_REASON_NOT_LOADED
}

// place is how far the log was followed, by which rules.
func (m *Matcher) place(position uint64, rules match.Rules) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%+v", rules)))
	return fmt.Sprintf("%s %x %d", m.Log.ID(), sum[:8], position)
}

// round compares what has changed since the last one.
func (m *Matcher) round(ctx context.Context) error {
	if loaded, err := m.Loaded(); err != nil || !loaded {
		return err
	}
	c := &comparison{Matcher: m, rules: m.Rules()} // the rules of the whole round, and of its note
	c.begin()
	noted, err := m.Cache.Meta(placeKey)
	if err != nil {
		return err
	}
	reached := m.Cache.Position()
	behind, err := strconv.ParseUint(string(noted[bytes.LastIndexByte(noted, ' ')+1:]), 10, 64)
	if err != nil || string(noted) != m.place(behind, c.rules) || behind > reached {
		return c.everything(ctx, reached)
	}
	m.followed.Store(behind)
	log := follow.Follower{Log: m.Log} // capture tells of what cannot be read
	if err := log.Follow(ctx, behind, reached, c); !errors.Is(err, follow.ErrLost) {
		return err
	}
	return c.everything(ctx, reached)
}

// comparison takes the entries of the log, and compares the invoices that they concern:
// those that have changed, and all of the orders that have, that those bill, or that are of
// a product which has come to be billed otherwise, as ordered or as received.
type comparison struct {
	*Matcher
	rules            match.Rules
	invoices, orders map[string]bool
	taken            int
}

func (c *comparison) begin() {
	c.invoices, c.orders, c.taken = map[string]bool{}, map[string]bool{}, 0
}

// Full implements follow.Applier.
func (c *comparison) Full() bool { return c.taken >= aPart }

// Take implements follow.Applier.
func (c *comparison) Take(ctx context.Context, entry store.Entry) (string, error) {
	c.taken++
	if !slices.Contains([]string{invoiceservice.Invoices, orderservice.Orders, productservice.Products}, entry.Collection) {
		return "", nil
	}
	change := &internalv1.ChangeRecord{}
	if err := proto.Unmarshal(entry.Payload, change); err != nil {
		return entry.Collection, err
	}
	before, after := recordOf(change.GetBefore()), recordOf(change.GetAfter())
	if slices.Equal(odooHash(before), odooHash(after)) {
		return "", nil // the mesh's own word, such as an outcome
	}
	switch entry.Collection {
	case orderservice.Orders:
		c.orders[change.GetName()] = true
	case productservice.Products:
		if billedAhead(before) == billedAhead(after) {
			return "", nil
		}
		buying, err := c.Matcher.orders.Where(ctx, "lines.product", change.GetName())
		if err != nil {
			return change.GetName(), err
		}
		for _, o := range buying {
			c.orders[o.GetName()] = true
		}
	default:
		c.invoices[change.GetName()] = true
		for _, record := range []*internalv1.CacheRecord{before, after} {
			i := &invoicev1.Invoice{}
			if proto.Unmarshal(record.GetBody(), i) == nil {
				for _, name := range i.GetOrders() {
					c.orders[name] = true
				}
			}
		}
	}
	return "", nil
}

// Commit implements follow.Applier.
func (c *comparison) Commit(ctx context.Context, position uint64) error {
	for name := range c.orders {
		billing, err := c.Matcher.invoices.Where(ctx, "orders", name)
		if err != nil {
			return err
		}
		for _, i := range billing {
			c.invoices[i.GetName()] = true
		}
	}
	if err := c.each(ctx, slices.Sorted(maps.Keys(c.invoices))); err != nil {
		return err
	}
	c.begin()
	return c.note(ctx, position)
}

// note keeps how far the log was followed.
func (c *comparison) note(ctx context.Context, position uint64) error {
	if err := c.Cache.SetMeta(ctx, placeKey, []byte(c.place(position, c.rules))); err != nil {
		return err
	}
	c.followed.Store(position)
	return nil
}

// each compares some invoices. One that cannot be compared keeps no other from it; it is
// compared with its next change.
func (c *comparison) each(ctx context.Context, names []string) error {
	for _, name := range names {
		err := c.refresh(ctx, name, nil, c.rules)
		if err != nil && (transient(err) || ctx.Err() != nil) {
			return err
		}
		if err != nil {
			c.Logger.LogAttrs(ctx, slog.LevelError, "an invoice could not be compared with its orders", slog.String("invoice", name), slog.Any("error", err))
		}
	}
	return nil
}

// everything compares all invoices, and notes that the log is followed up to a position.
func (c *comparison) everything(ctx context.Context, upTo uint64) error {
	var names []string
	snapshot := c.Cache.Snapshot()
	for hit, err := range snapshot.Records(invoiceservice.Invoices, store.Range{KeysOnly: true}) {
		if err != nil {
			snapshot.Close()
			return err
		}
		names = append(names, resource.NameOf(invoiceservice.Invoices, hit.Key))
	}
	snapshot.Close()
	if err := c.each(ctx, names); err != nil {
		return err
	}
	return c.note(ctx, upTo)
}

// billedAhead tells whether, by one side of a change, a product is billed as ordered.
func billedAhead(r *internalv1.CacheRecord) bool {
	p := &productv1.Product{}
	return proto.Unmarshal(r.GetBody(), p) == nil && p.GetBilledAsOrdered()
}

// recordOf reads one side of a change; an empty record where there is none.
func recordOf(raw []byte) *internalv1.CacheRecord {
	r := &internalv1.CacheRecord{}
	if proto.Unmarshal(raw, r) != nil {
		return &internalv1.CacheRecord{}
	}
	return r
}

// odooHash is that of what Odoo holds of a record.
func odooHash(r *internalv1.CacheRecord) []byte {
	if r.GetOdooHash() != nil {
		return r.GetOdooHash()
	}
	return r.GetContentHash()
}
