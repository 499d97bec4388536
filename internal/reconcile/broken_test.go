package reconcile_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/mapping"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// breakingLog breaks its caller off as soon as something is in the log.
type breakingLog struct {
	store.Log
	broken func()
}

func (l *breakingLog) Append(ctx context.Context, at time.Time, drafts []store.Draft) (uint64, error) {
	first, err := l.Log.Append(ctx, at, drafts)
	if l.broken != nil {
		l.broken()
	}
	return first, err
}

// one is an Odoo with one product.
type one struct{ sku string }

func (o *one) MappingVersion() int { return 1 }

func (o *one) Fetch(context.Context, [][]byte) ([]*mapping.Record, error) {
	return []*mapping.Record{{Key: resource.Key(1), Message: &productv1.Product{Name: "products/1", Sku: o.sku}, Hash: []byte(o.sku)}}, nil
}

type nobody struct{}

func (nobody) Stored(string, []byte, *internalv1.CacheRecord) {}
func (nobody) Removed()                                       {}

// A write that is broken off between the log and the cache leaves no gap: the next one
// begins where it has ended.
func TestAWriteThatWasBrokenOffLeavesNoGap(t *testing.T) {
	log, cache := stores(t)
	collection, err := reconcile.NewCollection("products", (&productv1.Product{}).ProtoReflect().Type())
	if err != nil {
		t.Fatal(err)
	}
	breaking := &breakingLog{Log: log}
	r := reconcile.New(reconcile.Stores{
		Log: breaking, Cache: cache, CacheFollower: reconcile.NewCacheFollower(breaking, cache, []*reconcile.Collection{collection}),
		Clock: clock.System{}, Logger: slog.New(slog.DiscardHandler),
	}, collection, nobody{})
	odoo := &one{}
	for _, sku := range []string{"FIRST", "BROKEN OFF", "THIRD"} {
		ctx, cancel := context.WithCancel(t.Context())
		odoo.sku, breaking.broken = sku, nil
		if sku == "BROKEN OFF" {
			breaking.broken = cancel
		}
		if _, err := r.Some(ctx, odoo, []string{string(resource.Key(1))}); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		cancel()
	}
	var last []byte
	for entry, err := range log.Read(t.Context(), 1) {
		var c internalv1.ChangeRecord
		var before, after internalv1.CacheRecord
		if err := errors.Join(err, proto.Unmarshal(entry.Payload, &c), proto.Unmarshal(c.GetBefore(), &before), proto.Unmarshal(c.GetAfter(), &after)); err != nil {
			t.Fatal(err)
		}
		if string(before.GetContentHash()) != string(last) {
			t.Errorf("change %d begins at %q, and the one before it ended at %q", entry.Position, before.GetContentHash(), last)
		}
		last = after.GetContentHash()
	}
	if string(last) != "THIRD" {
		t.Errorf("the log ends at %q", last)
	}
}
