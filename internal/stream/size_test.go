package stream_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/record"
	"odoomesh/internal/store"
	"odoomesh/internal/stream"
)

// A record that the caller cannot take does not end its watch: its name and size
// stand there, and the watch goes on.
func TestAWatchGoesOnBehindARecordThatIsTooLarge(t *testing.T) {
	log, w := stream.WatchProducts(t, time.Hour)
	side := func(text string) []byte { return stream.ProductSide(t, text) }
	small, large := side("small"), side(strings.Repeat("x", 100_000))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	over := metadata.NewIncomingContext(record.WithReply(ctx, &record.Reply{}), metadata.Pairs(record.MessageLimitKey, "50000"))
	for name, ctx := range map[string]context.Context{"a small client": over, "no limit": ctx} {
		var stubs, records int
		var last string
		enough := errors.New("enough")
		err := w.Watch(ctx, &productv1.WatchProductsRequest{}, func(m stream.Message[*productv1.Product]) error {
			if last == "" { // the watch has begun
				last = m.Position
				for _, c := range []*internalv1.ChangeRecord{{After: small}, {Before: small, After: large}, {Before: large, After: small}, {Before: large}, {After: small}} {
					c.Collection = "products"
					payload, err := proto.Marshal(c)
					if err != nil {
						return err
					}
					if _, err := log.Append(ctx, time.Unix(1, 0), store.Drafts("products", payload)); err != nil {
						return err
					}
				}
				return nil
			}
			if m.Position == last {
				t.Errorf("%s: the position stands still", name)
			}
			last = m.Position
			switch stub := m.TooLarge; {
			case stub != nil:
				stubs++
				if m.Record != nil || stub.GetName() != "products/1" || stub.GetSizeBytes() < 100_000 {
					t.Errorf("%s: record %v and %v", name, m.Record != nil, stub)
				}
			case m.Record != nil:
				records++
			}
			if stubs+records == 5 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) {
			t.Fatal(err)
		}
		if want := map[string]int{"a small client": 2}[name]; stubs != want {
			t.Errorf("%s: %d stubs and %d records, want %d stubs", name, stubs, records, want)
		}
	}
}
