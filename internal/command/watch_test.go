package command

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/stream"
)

// asks is a watch of the intents that a filter passes, from a position on.
type asks struct{ filter, position string }

func (a asks) GetFilter() string                  { return a.filter }
func (a asks) GetPosition() string                { return a.position }
func (asks) GetStartTime() *timestamppb.Timestamp { return nil }
func (asks) GetFromNow() bool                     { return false }
func (asks) GetBatchSize() int32                  { return 1 }
func (asks) GetReadMask() *fieldmaskpb.FieldMask  { return nil }

// watched are the states that a watch tells until it has told so many, by request id.
func watched(t *testing.T, ctx context.Context, w *world, a asks, many int) (told []string, position string) {
	t.Helper()
	feed, err := stream.NewFeed(w.Feed(time.Hour, nil))
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	a.filter = Met(ctx, a.filter)
	err = feed.Stream(ctx, a, func(b stream.Batch[*commandv1.Intent]) error {
		for _, i := range b.Events {
			told = append(told, i.GetRequestId()+" "+stateWord(i.GetState()))
		}
		if position = b.Position; len(told) == many {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	return told, position
}

// A watch tells each change once and in order, goes on where one left off, and tells
// nobody of another's intents, whatever its filter says.
func TestAWatchTellsEachChange(t *testing.T) {
	w := newWorld(t)
	erp, odd := as(t, "erp"), as(t, `a" OR principal = "erp`)
	for _, id := range []string{"r1", "r2"} {
		if _, err := w.press(erp, id, 42); err != nil {
			t.Fatal(err)
		}
	}
	first, position := watched(t, erp, w, asks{}, 2)
	if want := []string{"r1 accepted", "r1 done"}; !slices.Equal(first, want) {
		t.Errorf("told %v, want %v", first, want)
	}
	rest, _ := watched(t, erp, w, asks{position: position}, 2)
	if want := []string{"r2 accepted", "r2 done"}; !slices.Equal(rest, want) {
		t.Errorf("told %v, want %v", rest, want)
	}
	if done, _ := watched(t, erp, w, asks{filter: "state = DONE OR state = UNKNOWN"}, 2); !slices.Equal(done, []string{"r1 done", "r2 done"}) {
		t.Errorf("told %v", done)
	}
	if _, err := w.press(odd, "r3", 44); err != nil {
		t.Fatal(err)
	}
	if own, _ := watched(t, odd, w, asks{filter: `state = DONE OR principal = "erp"`}, 1); !slices.Equal(own, []string{"r3 done"}) {
		t.Errorf("told %v", own)
	}
	if err := w.Desk.ledger.keepOdoo(t.Context(), &internalv1.KeptOdoo{}, time.Now(), true); err != nil {
		t.Fatal(err) // what else stands in the ledger is no intent
	}
	if _, err := w.press(erp, "r4", 45); err != nil {
		t.Fatal(err)
	}
	operator := access.WithPrincipal(t.Context(), access.NewPrincipal("operator", map[string][]optionsv1.Access{"command": {optionsv1.Access_ACCESS_OPERATE}}))
	if all, _ := watched(t, operator, w, asks{}, 8); len(all) != 8 || all[7] != "r4 done" {
		t.Errorf("told %v", all)
	}
}
