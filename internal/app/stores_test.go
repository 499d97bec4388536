package app

import (
	"bytes"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"odoomesh/internal/exit"
	"odoomesh/internal/store"
	"odoomesh/internal/store/badgerstore"
)

// A backup is how a folder that was not encrypted becomes one that is: nothing of it is
// opened with another key than its own, and the one before makes way for the next.
func TestADataFolderHasItsKey(t *testing.T) {
	_, file := backedUpFolder(t)
	key := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	dir := t.TempDir()
	if _, err := Restore(t.Context(), file, dir, nil, badgerstore.Keys{Now: key(1)}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		given badgerstore.Keys
		code  int
	}{
		{"none", badgerstore.Keys{}, 16},
		{"another", badgerstore.Keys{Now: key(2)}, 16},
		{"its own", badgerstore.Keys{Now: key(1)}, 0},
		{"the next, and its own", badgerstore.Keys{Now: key(2), Before: key(1)}, 0},
		{"the next alone", badgerstore.Keys{Now: key(2)}, 0},
		{"its own of before", badgerstore.Keys{Now: key(1)}, 16},
	} {
		s, err := openStores(dir, tt.given, slog.New(slog.DiscardHandler), nil)
		if exit.Code(err) != tt.code {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if err == nil {
			if s.ledger.Head() == 0 || s.owned.Head() == 0 {
				t.Errorf("%s: nothing is in it", tt.name)
			}
			closed(t, s)
		}
	}
}

// Of two that start together one gets the data folder, and not each a part of it.
func TestOneOfTwoStartsGetsTheDataFolder(t *testing.T) {
	for range 5 {
		dir := t.TempDir()
		var got [2]*stores
		var errs [2]error
		var both sync.WaitGroup
		for i := range got {
			both.Go(func() { got[i], errs[i] = openStores(dir, badgerstore.Keys{}, slog.New(slog.DiscardHandler), nil) })
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[:]...), store.ErrLocked) {
			t.Errorf("they ended with %v and %v", errs[0], errs[1])
		}
		for _, s := range got {
			if s == nil {
				continue
			}
			if err := s.close(); err != nil {
				t.Error(err)
			}
		}
	}
}
