package stream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// desk is a log, and what watches of products read from it.
type desk struct {
	log     *badgerstore.Log
	watcher *Watcher[*productv1.Product]
	// decoded counts the entries that were taken apart.
	decoded atomic.Int64
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	log, w := WatchProducts(t, time.Hour)
	d := &desk{log: log, watcher: w}
	decode := d.watcher.changes.decode
	d.watcher.changes.decode = func(e store.Entry) (*change, error) {
		d.decoded.Add(1)
		return decode(e)
	}
	return d
}

// put appends changes: of a product whose description is the text, of another
// collection where it is "other", and what nobody can read where it is "torn".
func (d *desk) put(t *testing.T, texts ...string) {
	t.Helper()
	var drafts []store.Draft
	for _, text := range texts {
		payload, err := proto.Marshal(&internalv1.ChangeRecord{Collection: "products", After: ProductSide(t, text)})
		if err != nil {
			t.Fatal(err)
		}
		draft := store.Draft{Collection: "products", Payload: payload}
		switch text {
		case "other":
			draft.Collection = "stockPositions"
		case "torn":
			draft.Payload = []byte{0xff}
		}
		drafts = append(drafts, draft)
	}
	if _, err := d.log.Append(t.Context(), time.Unix(1, 0), drafts); err != nil {
		t.Fatal(err)
	}
}

// A change is decoded once, however many watch its collection, and a change of another
// collection never.
func TestAChangeIsDecodedOnceForAllWatches(t *testing.T) {
	const watches, products = 20, 50
	d := newDesk(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	enough := errors.New("enough")
	var began, ended sync.WaitGroup
	began.Add(watches)
	for range watches {
		ended.Go(func() {
			told := -1 // the first message is a heartbeat
			err := d.watcher.Watch(ctx, &productv1.WatchProductsRequest{}, func(m Message[*productv1.Product]) error {
				if told < 0 {
					began.Done()
				} else if got, want := m.Record.GetDescription(), fmt.Sprint(told); got != want {
					t.Errorf("got product %q, want %q", got, want)
				}
				if told++; told == products {
					return enough
				}
				return nil
			})
			if !errors.Is(err, enough) {
				t.Errorf("told %d changes, and then %v", told, err)
			}
		})
	}
	began.Wait()
	for n := range products {
		d.put(t, "other", fmt.Sprint(n), "other", "other")
	}
	ended.Wait()
	if n := d.decoded.Load(); n != products {
		t.Errorf("%d entries were decoded for %d watches of %d changes", n, watches, products)
	}
}

// Wherever a watch begins, and however far others are, its pages hold each change of
// its collection once, in order.
func TestPagesHoldEachChangeOnce(t *testing.T) {
	d := newDesk(t)
	c := d.watcher.changes
	var all []uint64
	grow := func(n int) {
		var texts []string
		for i := range n {
			position := d.log.Head() + uint64(i) + 1
			switch text := strings.Repeat("x", 1+int(position%7)*4000); {
			case position%3 == 0:
				texts = append(texts, "other")
			case position%50 == 1:
				texts = append(texts, "torn")
			default:
				texts, all = append(texts, text), append(all, position)
			}
		}
		d.put(t, texts...)
	}
	read := func(from uint64) {
		t.Helper()
		want := slices.Clone(all[slices.IndexFunc(append(all, from), func(p uint64) bool { return p >= from }):])
		var got []uint64
		for at := from; at <= d.log.Head(); {
			page, reached, err := c.page(t.Context(), at)
			if err != nil || reached < at {
				t.Fatalf("from %d: reached %d, %v", at, reached, err)
			}
			for _, one := range page {
				got = append(got, one.position)
			}
			at = reached + 1
		}
		if !slices.Equal(got, want) {
			t.Errorf("from %d on to %d: %d changes, want %d", from, d.log.Head(), len(got), len(want))
		}
	}
	for _, n := range []int{10, 300, 1, 700, 1500, 40} {
		grow(n)
		head := d.log.Head()
		for _, back := range []uint64{0, 1, 5, 200, 900, 1100, 3000} {
			if back < head {
				read(head - back)
			}
		}
		read(1)
	}
	if size := len(c.tail); size > 2*tailLength || c.size > 2*pageBytes {
		t.Errorf("the tail keeps %d changes of %d bytes", size, c.size)
	}
	// Retention passes the tail while nobody watches.
	grow(tailLength)
	if err := d.log.Truncate(t.Context(), d.log.Head()); err != nil {
		t.Fatal(err)
	}
	read(d.log.Head())
	var truncated *store.TruncatedError
	if _, _, err := c.page(t.Context(), d.log.Head()-1); !errors.As(err, &truncated) {
		t.Errorf("before what is left: %v", err)
	}
}
