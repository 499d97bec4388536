package summary

import (
	"bytes"
	"context"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	invoicev1 "odoomesh/gen/go/mesh/invoice/v1"
	orderv1 "odoomesh/gen/go/mesh/order/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	receiptv1 "odoomesh/gen/go/mesh/receipt/v1"
	supplierv1 "odoomesh/gen/go/mesh/supplier/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/read"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/internal/token"
)

// world is a log and a cache in memory, as capture writes them.
type world struct {
	store.Log
	store.Cache
	entries []store.Entry
	records map[string]map[string][]byte
	at      uint64
	oldest  uint64
	now     time.Time
	loaded  bool
	sheets  *Sheets
	service *Service
}

func newWorld(t interface{ Fatal(...any) }) *world {
	w := &world{records: map[string]map[string][]byte{}, now: time.Date(2026, 11, 30, 12, 0, 0, 500_000_000, time.UTC), loaded: true, oldest: 1}
	messages := map[string]proto.Message{
		positions: &inventoryv1.StockPosition{}, products: &productv1.Product{}, locations: &inventoryv1.Location{}, lots: &inventoryv1.Lot{},
		receipts: &receiptv1.Receipt{}, orders: &orderv1.Order{}, movements: &inventoryv1.Movement{}, "suppliers": &supplierv1.Supplier{},
		invoices: &invoicev1.Invoice{},
	}
	tokens, err := token.NewMaker("test", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	deps := func(collection string) read.Deps {
		kind, err := record.NewKind(collection, messages[collection].ProtoReflect().Type(), "test")
		if err != nil {
			t.Fatal(err)
		}
		return read.Deps{Kind: kind, Cache: cache{w}, StoreID: "test", Tokens: tokens, Freshness: w, Clock: w.clock()}
	}
	w.sheets = NewSheets(Config{Log: log{w}, Cache: cache{w}, Read: deps, Bills: true, Zone: func() *time.Location { return time.UTC }, Clock: w.clock(), Logger: slog.New(slog.DiscardHandler)})
	if w.service, err = New(deps, w.sheets); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) clock() clock.Clock { return clock.Func(func() time.Time { return w.now }) }

// Status and Refresh are how all collections stand.
func (w *world) Status() read.Status {
	return read.Status{Loaded: w.loaded, Verified: w.now, Reachable: true}
}
func (w *world) Refresh(context.Context, [][]byte) error { return nil }

// fill takes the records over, as a start does.
func (w *world) fill(t interface{ Fatal(...any) }) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.sheets.Run(ctx) }()
	tick, late := time.NewTicker(time.Millisecond), time.NewTimer(time.Minute)
	defer tick.Stop()
	defer late.Stop()
	for {
		_, stock := w.sheets.stocks.Read(ctx, func() error { return nil })
		_, open := w.sheets.opens.Read(ctx, func() error { return nil })
		_, leads := w.sheets.leads.Read(ctx, func() error { return nil })
		_, owed := w.sheets.payables.Read(ctx, func() error { return nil })
		if stock == nil && open == nil && leads == nil && owed == nil {
			break
		}
		select {
		case <-tick.C:
		case <-late.C:
			t.Fatal("the sheets are never full: ", stock, open, leads, owed)
		}
	}
	cancel()
	<-ended
}

// put writes a record, nil deletes it; silent is as a first load does.
func (w *world) put(t interface{ Fatal(...any) }, silent bool, company int64, m proto.Message, collection string, ids ...int64) {
	key := resource.Key(ids...)
	change := &internalv1.ChangeRecord{Collection: collection, Key: key, Kind: internalv1.ChangeKind_CHANGE_KIND_DELETED}
	if w.records[collection] == nil {
		w.records[collection] = map[string][]byte{}
	}
	delete(w.records[collection], string(key))
	if m != nil {
		body, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		name := ""
		if company > 0 {
			name = "Company " + string(rune('A'+company-1))
		}
		raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, CompanyId: company, Company: name})
		if err != nil {
			t.Fatal(err)
		}
		w.records[collection][string(key)], change.After, change.Kind = raw, raw, internalv1.ChangeKind_CHANGE_KIND_UPDATED
	}
	if silent {
		return
	}
	payload, err := proto.Marshal(change)
	if err != nil {
		t.Fatal(err)
	}
	w.at++
	w.entries = append(w.entries, store.Entry{Position: w.at, Collection: collection, Payload: payload})
}

type log struct{ *world }

func (l log) Read(_ context.Context, from uint64) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		if from < l.oldest {
			yield(store.Entry{}, &store.TruncatedError{Asked: from, Oldest: l.oldest})
			return
		}
		for _, e := range l.entries[min(int(from-1), len(l.entries)):] {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// These shadow what both the log and the cache of the world have.
func (l log) ID() string { return "test" }
func (l log) Append(context.Context, time.Time, []store.Draft) (uint64, error) {
	panic("nobody appends")
}
func (l log) Head() uint64                           { return l.at }
func (l log) Oldest() uint64                         { return l.oldest }
func (l log) Grown(uint64) <-chan struct{}           { return nil }
func (l log) Truncate(context.Context, uint64) error { panic("nobody truncates") }

type cache struct{ *world }

func (c cache) Position() uint64 { return c.at }
func (c cache) Get(collection string, key []byte) ([]byte, error) {
	raw := c.records[collection][string(key)]
	if raw == nil {
		return nil, store.ErrNotFound
	}
	return raw, nil
}
func (c cache) Snapshot() store.Snapshot      { return snapshot{c} }
func (c cache) Count(collection string) int64 { return int64(len(c.records[collection])) }

type snapshot struct{ cache }

func (s snapshot) Records(collection string, r store.Range) iter.Seq2[store.Hit, error] {
	return func(yield func(store.Hit, error) bool) {
		for _, key := range slices.SortedFunc(maps.Keys(s.records[collection]), func(a, b string) int { return bytes.Compare([]byte(a), []byte(b)) }) {
			if !yield(store.Hit{Key: []byte(key), Value: s.records[collection][key]}, nil) {
				return
			}
		}
	}
}
func (s snapshot) Index(string, string, store.Range) iter.Seq2[store.Hit, error] {
	panic("no index is walked")
}
func (s snapshot) Close() {}
