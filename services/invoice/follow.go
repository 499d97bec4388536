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
	// aPart is how many entries of the log are looked through at a time.
	aPart = 5000
)

// Run compares what changes until the context ends; it returns its error. What cannot be
// compared now is tried again.
func (m *Matcher) Run(ctx context.Context) error {
	var said string
	for {
		more, err := m.round(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			said = ""
		case !transient(err) && err.Error() != said:
			said = err.Error()
			m.Logger.LogAttrs(ctx, slog.LevelError, "invoices could not be compared with their orders", slog.Any("error", err))
		}
		if more && err == nil {
			continue
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

// round compares what has changed since the last one; more says that there is more.
func (m *Matcher) round(ctx context.Context) (more bool, err error) {
	if loaded, err := m.Loaded(); err != nil || !loaded {
		return false, err
	}
	rules := m.Rules() // those of the whole round, and of its note
	noted, err := m.Cache.Meta(placeKey)
	if err != nil {
		return false, err
	}
	reached := m.Cache.Position()
	behind, err := strconv.ParseUint(string(noted[bytes.LastIndexByte(noted, ' ')+1:]), 10, 64)
	if err != nil || string(noted) != m.place(behind, rules) || behind > reached {
		return true, m.everything(ctx, reached, rules)
	}
	if behind == reached {
		return false, nil
	}
	upTo := min(reached, behind+aPart)
	names, err := m.concerned(ctx, behind, upTo)
	var truncated *store.TruncatedError
	if errors.As(err, &truncated) {
		return true, m.everything(ctx, reached, rules)
	}
	if err != nil {
		return false, err
	}
	if err := m.each(ctx, slices.Sorted(maps.Keys(names)), rules); err != nil {
		return false, err
	}
	return true, m.Cache.SetMeta(ctx, placeKey, []byte(m.place(upTo, rules)))
}

// each compares some invoices. One that cannot be compared keeps no other from it; it is
// compared with its next change.
func (m *Matcher) each(ctx context.Context, names []string, rules match.Rules) error {
	for _, name := range names {
		err := m.refresh(ctx, name, nil, rules)
		if err != nil && (transient(err) || ctx.Err() != nil) {
			return err
		}
		if err != nil {
			m.Logger.LogAttrs(ctx, slog.LevelError, "an invoice could not be compared with its orders", slog.String("invoice", name), slog.Any("error", err))
		}
	}
	return nil
}

// everything compares all invoices, and notes that the log is followed up to a position.
func (m *Matcher) everything(ctx context.Context, upTo uint64, rules match.Rules) error {
	var names []string
	snapshot := m.Cache.Snapshot()
	for hit, err := range snapshot.Records(invoiceservice.Invoices, store.Range{KeysOnly: true}) {
		if err != nil {
			snapshot.Close()
			return err
		}
		names = append(names, resource.NameOf(invoiceservice.Invoices, hit.Key))
	}
	snapshot.Close()
	if err := m.each(ctx, names, rules); err != nil {
		return err
	}
	return m.Cache.SetMeta(ctx, placeKey, []byte(m.place(upTo, rules)))
}

// concerned are the invoices that entries of the log concern: those that have changed, and
// all of the orders that have, that those bill, or that are of a product which has come to
// be billed otherwise, as ordered or as received.
func (m *Matcher) concerned(ctx context.Context, behind, upTo uint64) (map[string]bool, error) {
	names, orders := map[string]bool{}, map[string]bool{}
	for entry, err := range m.Log.Read(ctx, behind+1) {
		if err != nil {
			return nil, err
		}
		if entry.Position > upTo {
			break
		}
		if !slices.Contains([]string{invoiceservice.Invoices, orderservice.Orders, productservice.Products}, entry.Collection) {
			continue
		}
		change := &internalv1.ChangeRecord{}
		if err := proto.Unmarshal(entry.Payload, change); err != nil {
			continue // capture tells of what cannot be read
		}
		before, after := recordOf(change.GetBefore()), recordOf(change.GetAfter())
		if slices.Equal(odooHash(before), odooHash(after)) {
			continue // the mesh's own word, such as an outcome
		}
		switch {
		case entry.Collection == orderservice.Orders:
			orders[change.GetName()] = true
			continue
		case entry.Collection == productservice.Products:
			if billedAhead(before) == billedAhead(after) {
				continue
			}
			buying, err := m.orders.Where(ctx, "lines.product", change.GetName())
			if err != nil {
				return nil, err
			}
			for _, o := range buying {
				orders[o.GetName()] = true
			}
			continue
		}
		names[change.GetName()] = true
		for _, record := range []*internalv1.CacheRecord{before, after} {
			i := &invoicev1.Invoice{}
			if proto.Unmarshal(record.GetBody(), i) == nil {
				for _, name := range i.GetOrders() {
					orders[name] = true
				}
			}
		}
	}
	for name := range orders {
		billing, err := m.invoices.Where(ctx, "orders", name)
		if err != nil {
			return nil, err
		}
		for _, i := range billing {
			names[i.GetName()] = true
		}
	}
	return names, nil
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
