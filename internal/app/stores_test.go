package app

import (
	"errors"
	"log/slog"
	"sync"
	"testing"

	"odoomesh/internal/store"
)

// Of two that start together one gets the data folder, and not each a part of it.
func TestOneOfTwoStartsGetsTheDataFolder(t *testing.T) {
	for range 5 {
		dir := t.TempDir()
		var got [2]*stores
		var errs [2]error
		var both sync.WaitGroup
		for i := range got {
			both.Go(func() { got[i], errs[i] = openStores(dir, slog.New(slog.DiscardHandler), nil) })
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
