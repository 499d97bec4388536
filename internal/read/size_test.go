package read_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
	"odoomesh/internal/index"
	"odoomesh/internal/read"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// overGRPC is the context of a call over gRPC, with what its client says of its limit.
func overGRPC(t *testing.T, limit string) context.Context { return over(t, &record.Reply{}, limit) }

// overREST is that of a call over HTTP.
func overREST(t *testing.T, limit string) context.Context {
	return over(t, &record.Reply{JSON: true}, limit)
}

func over(t *testing.T, reply *record.Reply, limit string) context.Context {
	ctx := record.WithReply(t.Context(), reply)
	if limit == "" {
		return ctx
	}
	return metadata.NewIncomingContext(ctx, metadata.Pairs(record.MessageLimitKey, limit))
}

const largeBytes = 100_000

// largeOrders are orders of about largeBytes each, by id; those of supplier 1 and 2
// take turns.
func largeOrders(t *testing.T, n int) *read.Collection[*orderv1.Order] {
	t.Helper()
	cache, err := badgerstore.OpenCache(t.TempDir(), badgerstore.CacheOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cache.Close() })
	fields, err := index.Fields((&orderv1.Order{}).ProtoReflect().Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	for id := int64(1); id <= int64(n); id++ {
		order := &orderv1.Order{
			Name: resource.Name("orders", id), Number: fmt.Sprintf("P%05d", n-int(id)), Supplier: fmt.Sprintf("suppliers/%d", 1+id%2),
			Notes: strings.Repeat("x", largeBytes),
		}
		body, err := proto.Marshal(order)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: make([]byte, 16)})
		if err != nil {
			t.Fatal(err)
		}
		m := store.Mutation{Collection: "orders", Key: resource.Key(id), Value: raw}
		for _, f := range fields {
			for _, v := range f.Values(order.ProtoReflect()) {
				m.Indexes = append(m.Indexes, store.IndexEntry{Index: f.Path, Value: v})
			}
		}
		if err := cache.Fill(t.Context(), []store.Mutation{m}); err != nil {
			t.Fatal(err)
		}
	}
	kind, err := record.NewKind("orders", (&orderv1.Order{}).ProtoReflect().Type(), "test")
	if err != nil {
		t.Fatal(err)
	}
	c, err := read.NewCollection[*orderv1.Order](read.Deps{Kind: kind, Cache: cache, StoreID: "test", Freshness: copied{}, Clock: clock.System{}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A page ends before it is larger than clients take, in every order, and all pages
// together have each record once.
func TestPagesEndBelowWhatClientsTake(t *testing.T) {
	const n = 90
	c := largeOrders(t, n)
	for _, q := range []struct {
		name    string
		request *orderv1.ListOrdersRequest
		ctx     context.Context
		records int
		limit   int
	}{
		{"by id", &orderv1.ListOrdersRequest{PageSize: 1000}, overGRPC(t, ""), n, 3584 << 10},
		{"over REST", &orderv1.ListOrdersRequest{PageSize: 1000}, overREST(t, ""), n, 3584 << 10},
		{"by an index", &orderv1.ListOrdersRequest{PageSize: 1000, OrderBy: "number"}, overGRPC(t, ""), n, 3584 << 10},
		{"sorted", &orderv1.ListOrdersRequest{PageSize: 1000, OrderBy: "supplier desc, number"}, overGRPC(t, ""), n, 3584 << 10},
		{"by an equality", &orderv1.ListOrdersRequest{PageSize: 1000, Filter: `supplier = "suppliers/1"`}, overGRPC(t, ""), n / 2, 3584 << 10},
		{"sorted by an equality", &orderv1.ListOrdersRequest{PageSize: 1000, Filter: `supplier = "suppliers/1"`, OrderBy: "number desc"}, overGRPC(t, ""), n / 2, 3584 << 10},
		{"for a small client", &orderv1.ListOrdersRequest{PageSize: 1000}, overGRPC(t, "500000"), n, 500_000},
	} {
		t.Run(q.name, func(t *testing.T) {
			seen := map[string]bool{}
			pages := 0
			for {
				page, err := c.List(q.ctx, q.request)
				if err != nil {
					t.Fatal(err)
				}
				pages++
				size := 0
				for _, o := range page.Records {
					size += proto.Size(o)
					if seen[o.GetName()] {
						t.Errorf("%s comes twice", o.GetName())
					}
					seen[o.GetName()] = true
				}
				if size > q.limit {
					t.Errorf("page %d has %d bytes", pages, size)
				}
				if page.NextToken != "" && size < q.limit-2*largeBytes {
					t.Errorf("page %d ends with %d bytes", pages, size)
				}
				if q.request.PageToken = page.NextToken; page.NextToken == "" {
					break
				}
			}
			if len(seen) != q.records || pages < 2 {
				t.Errorf("%d records on %d pages, want %d", len(seen), pages, q.records)
			}
		})
	}
	short, err := c.List(overGRPC(t, ""), &orderv1.ListOrdersRequest{PageSize: 1000, ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"number"}}})
	if err != nil || len(short.Records) != n || short.NextToken != "" {
		t.Errorf("with a mask: %d records, token %q (%v)", len(short.Records), short.NextToken, err)
	}
}

// What a client of gRPC could not take is refused with what to do about it; a mask or
// REST shows it.
func TestWhatAClientCannotTakeIsRefused(t *testing.T) {
	c := largeOrders(t, 3)
	small := overGRPC(t, "50000")
	names := []string{"orders/1", "orders/2", "orders/3"}
	for what, call := range map[string]func(context.Context, *fieldmaskpb.FieldMask) error{
		"Get": func(ctx context.Context, mask *fieldmaskpb.FieldMask) error {
			_, err := c.Get(ctx, "orders/1", nil, mask)
			return err
		},
		"BatchGet": func(ctx context.Context, mask *fieldmaskpb.FieldMask) error {
			_, err := c.BatchGet(ctx, names, nil, mask)
			return err
		},
		"List": func(ctx context.Context, mask *fieldmaskpb.FieldMask) error {
			_, err := c.List(ctx, &orderv1.ListOrdersRequest{ReadMask: mask})
			return err
		},
	} {
		if err := call(small, nil); fault.ReasonOf(err) != errorsv1.Reason_REASON_TOO_LARGE {
			t.Errorf("%s for a small client: %v", what, err)
		}
		for name, err := range map[string]error{
			"a mask":          call(small, &fieldmaskpb.FieldMask{Paths: []string{"number"}}),
			"REST":            call(overREST(t, "50000"), nil),
			"a larger client": call(overGRPC(t, "1000000"), nil),
			"any client":      call(overGRPC(t, "nonsense"), nil),
		} {
			if err != nil {
				t.Errorf("%s with %s: %v", what, name, err)
			}
		}
	}
}
