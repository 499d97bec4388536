package stockbook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/protobuf/proto"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/journal/journaltest"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// shelve shows Odoo's stock in the cache: what the rows say, and what differs.
func (w *world) shelve(t journaltest.T) {
	t.Helper()
	stock := map[place]*apd.Decimal{}
	for _, m := range w.rows {
		k := knownOf(m)
		q, err := number(k.GetQuantity())
		if err != nil {
			t.Fatal(err)
		}
		add(stock, source(k), negated(q))
		add(stock, destination(k), q)
	}
	for _, more := range []map[place]*apd.Decimal{w.lots, w.others} {
		for p, q := range more {
			add(stock, p, q)
		}
	}
	var mutations []store.Mutation
	for p := range w.shelved {
		if stock[p] == nil {
			mutations = append(mutations, store.Mutation{Collection: positions, Key: p.key()[1:]})
		}
	}
	w.shelved = stock
	for p, q := range stock {
		mutations = append(mutations, store.Mutation{Collection: positions, Key: p.key()[1:], Value: w.Record(t, &inventoryv1.StockPosition{
			Product: nameOf(products, p.product), Quantity: decimalOf(q),
		})})
	}
	if len(mutations) == 0 {
		return
	}
	if err := w.Cache.Fill(context.Background(), mutations); err != nil {
		t.Fatal(err)
	}
}

// whileItFollows does something that waits for the book to write.
func (w *world) whileItFollows(t journaltest.T, do func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		defer cancel()
		done <- do(context.Background())
	}()
	for ctx.Err() == nil {
		if err := w.book.keeper.Follow(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func (w *world) prove(t journaltest.T) (proof Proof) {
	t.Helper()
	w.whileItFollows(t, func(ctx context.Context) (err error) {
		proof, err = w.book.Prove(ctx)
		return err
	})
	return proof
}

// proveAll holds the proof to what is known to differ: nothing but what somebody has
// written.
func (w *world) proveAll(t journaltest.T, acknowledge bool) {
	t.Helper()
	w.shelve(t)
	proof := w.prove(t)
	got, explained := map[place]string{}, map[place]string{}
	for _, d := range proof.Drifts {
		got[d.place] = d.Difference
	}
	for _, d := range proof.Explained {
		explained[d.place] = d.Difference
	}
	for p, q := range w.others {
		if written(q) != "0" && got[p]+explained[p] != written(q) {
			t.Fatalf("%v differs by %q and %q, want %s", p, got[p], explained[p], written(q))
		}
		delete(explained, p)
		if written(q) != "0" {
			delete(got, p)
		}
	}
	if len(got)+len(explained) > 0 {
		t.Fatalf("these differ for nothing: %v %v", got, explained)
	}
	if !acknowledge {
		return
	}
	for _, d := range proof.Drifts {
		w.whileItFollows(t, func(ctx context.Context) error {
			return w.book.Acknowledge(ctx, d.StockPosition(), Acknowledgement{Difference: d.Difference, Reason: "found in the cellar", By: "anna"})
		})
	}
	if proof := w.prove(t); len(proof.Drifts) > 0 {
		t.Fatalf("%v still counts after it was acknowledged", proof.Drifts)
	}
}

func booked(id int, product, lot, from, to int64, quantity string) *inventoryv1.Movement {
	return &inventoryv1.Movement{
		Name: resource.Name(movements, int64(id)), Product: nameOf(products, product), Lot: nameOf(lots, lot),
		SourceLocation: nameOf("locations", from), DestinationLocation: nameOf("locations", to),
		Quantity: &decimal.Decimal{Value: quantity}, BookedQuantity: &decimal.Decimal{Value: quantity},
	}
}

// told are the events as a person would note them.
func (w *world) told(t journaltest.T) (all []string) {
	t.Helper()
	for entry, err := range w.Journal.Read(context.Background(), 1) {
		if err != nil {
			t.Fatal(err)
		}
		e, err := Show(entry, "test")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %s of %q before %q at %s leaves %s and %s", typeName(e.GetType()), e.GetQuantity().GetValue(), e.GetLot(),
			e.GetSourceLot(), e.GetDestinationLocation(), e.GetSourceBalance().GetValue(), e.GetDestinationBalance().GetValue()))
	}
	return all
}

// Stock without a lot that Odoo gave a lot is told once, as an event, live and in
// history; a trace of the lot knows it.
func TestStockThatTookALotIsToldOnce(t *testing.T) {
	w := newWorld(t, t.TempDir())
	defer w.Close()
	for id, m := range []*inventoryv1.Movement{booked(1, 1, 0, 4, 8, "10"), booked(2, 1, 7, 8, 9, "4")} {
		m.MoveTime = w.Tick()
		w.set(t, int64(id)+1, m, true)
	}
	w.Loaded()
	w.catchUp(t)
	add(w.lots, place{1, 8, 7, 0, 0}, apd.New(4, 0))
	add(w.lots, place{1, 8, 0, 0, 0}, apd.New(-4, 0))
	w.shelve(t)
	for range 2 {
		if proof := w.prove(t); len(proof.Drifts)+len(proof.Explained) > 0 || proof.LastEvent != 3 {
			t.Errorf("the proof finds %v", proof)
		}
	}
	got := w.told(t)
	want := "lot_assigned 4 of \"lots/7\" before \"\" at locations/8 leaves 6 and 0"
	if len(got) != 3 || got[2] != want {
		t.Errorf("the events are %q, want the last to be %q", got, want)
	}
	changes, err := w.book.LotChanges("lots/7")
	if err != nil || len(changes) != 1 || changes[0].GetName() != "inventoryEvents/3" || changes[0].GetSourceLot() != "" ||
		changes[0].GetQuantity().GetValue() != "4" || !proto.Equal(changes[0].GetSourceTime(), w.rows[2].GetMoveTime()) {
		t.Errorf("the lot's changes are %v, %v", changes, err)
	}
}

// What somebody wrote into Odoo's stock is an alarm once, over a restart too, until it
// is acknowledged; another difference is one anew.
func TestWrittenStockAlarmsOnce(t *testing.T) {
	w := newWorld(t, t.TempDir())
	defer w.Close()
	m := booked(1, 1, 0, 4, 8, "10")
	m.MoveTime = w.Tick()
	w.set(t, 1, m, true)
	w.Loaded()
	w.catchUp(t)
	var alarms []string
	look := func() Proof {
		w.shelve(t)
		proof := w.prove(t)
		for _, d := range proof.Drifts {
			w.whileItFollows(t, func(ctx context.Context) error {
				told, err := w.book.alarm(ctx, d)
				if told {
					alarms = append(alarms, d.StockPosition()+" "+d.Difference)
				}
				return err
			})
		}
		return proof
	}
	at := place{1, 8, 0, 0, 0}
	add(w.others, at, apd.New(4, 0))
	proof := look()
	if len(proof.Drifts) != 1 || proof.Drifts[0].Message().GetCause() != inventoryv1.StockDriftCause_STOCK_DRIFT_CAUSE_STOCK_WITHOUT_MOVEMENT ||
		!proof.Drifts[0].Message().GetSinceTime().AsTime().Equal(w.Now) {
		t.Errorf("the proof finds %v", proof.Drifts)
	}
	w.Tick()
	look()
	w.restart(t)
	w.catchUp(t)
	look()
	if !slices.Equal(alarms, []string{"stockPositions/1-8-0-0-0 4"}) {
		t.Errorf("the alarms are %v", alarms)
	}
	for _, c := range []struct {
		a    Acknowledgement
		want error
	}{
		{Acknowledgement{Difference: "4", By: "anna"}, ErrNoAcknowledgement},
		{Acknowledgement{Difference: "5", By: "anna", Reason: "found"}, ErrOtherDifference},
		{Acknowledgement{Difference: "4", By: "anna", Reason: "found"}, nil},
		{Acknowledgement{Difference: "4", By: "anna", Reason: "found"}, ErrNoDifference},
	} {
		w.whileItFollows(t, func(ctx context.Context) error {
			if err := w.book.Acknowledge(ctx, "stockPositions/1-8-0-0-0", c.a); !errors.Is(err, c.want) {
				t.Errorf("%v is answered with %v", c.a, err)
			}
			return nil
		})
	}
	proof = look()
	if len(proof.Drifts) != 0 || len(proof.Explained) != 1 || proof.Explained[0].Message().GetReason() != "found" {
		t.Errorf("acknowledged, the proof finds %v and %v", proof.Drifts, proof.Explained)
	}
	add(w.others, at, apd.New(-1, 0))
	if proof = look(); len(proof.Drifts) != 1 || proof.Drifts[0].Message().GetExplainedQuantity().GetValue() != "4" || len(alarms) != 2 {
		t.Errorf("one less: the proof finds %v, the alarms are %v", proof.Drifts, alarms)
	}
	add(w.others, at, apd.New(-3, 0))
	if proof = look(); len(proof.Drifts)+len(proof.Explained) != 0 {
		t.Errorf("mended, the proof finds %v and %v", proof.Drifts, proof.Explained)
	}
	add(w.others, at, apd.New(4, 0))
	if proof = look(); len(proof.Drifts) != 1 || len(alarms) != 3 {
		t.Errorf("written again, the proof finds %v, the alarms are %v", proof.Drifts, alarms)
	}
}

// A product that moved while Odoo did not count it differs by a stretch of its
// movements, and is no alarm where Odoo lets it be counted afterwards.
func TestMovedWhileNotCounted(t *testing.T) {
	for name, c := range map[string]struct {
		uncounted []int
		recounts  bool
		explained int
	}{
		"at first":              {[]int{1, 2}, true, 2},
		"in between":            {[]int{2}, true, 2},
		"not by this Odoo":      {[]int{1}, false, 0},
		"in pieces is no story": {[]int{1, 3}, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, t.TempDir())
			defer w.Close()
			w.book.Recounts = func() bool { return c.recounts }
			for id, q := range []string{"10", "3", "5"} {
				m := booked(id+1, 1, 0, 4, 8, q)
				m.MoveTime = w.Tick()
				w.set(t, int64(id)+1, m, true)
			}
			for _, id := range c.uncounted {
				q, err := number(w.rows[int64(id)].GetQuantity().GetValue())
				if err != nil {
					t.Fatal(err)
				}
				add(w.others, place{1, 4, 0, 0, 0}, q)
				add(w.others, place{1, 8, 0, 0, 0}, negated(q))
			}
			w.Write(t, products, 1, w.Record(t, &productv1.Product{Kind: productv1.Kind_KIND_GOODS, UpdateTime: w.Tick()}), true)
			w.Loaded()
			w.catchUp(t)
			w.shelve(t)
			for range 2 {
				proof := w.prove(t)
				if len(proof.Explained) != c.explained || len(proof.Drifts) != 2-c.explained {
					t.Errorf("the proof finds %v, explained %v", proof.Drifts, proof.Explained)
				}
				for _, d := range proof.Explained {
					if d.Message().GetCause() != inventoryv1.StockDriftCause_STOCK_DRIFT_CAUSE_MOVED_WHILE_NOT_COUNTED {
						t.Errorf("%v", d.Message())
					}
				}
			}
		})
	}
}
