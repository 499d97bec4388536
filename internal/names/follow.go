package names

import (
	"context"
	"time"

	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// noTime is the time of verification where nobody sees it.
var noTime time.Time

// Follow is the cache for whoever writes it: the names of what is written are looked up
// anew. A nil Finder follows nothing.
func (f *Finder) Follow(c store.Cache) store.Cache {
	if f == nil {
		return c
	}
	return &followed{Cache: c, finder: f}
}

type followed struct {
	store.Cache
	finder *Finder
}

func (f *followed) Apply(ctx context.Context, position uint64, mutations []store.Mutation) error {
	// Also where it fails: nobody knows what of it is there.
	defer f.finder.forget(mutations)
	return f.Cache.Apply(ctx, position, mutations)
}

func (f *followed) Fill(ctx context.Context, mutations []store.Mutation) error {
	defer f.finder.forget(mutations)
	return f.Cache.Fill(ctx, mutations)
}

func (f *followed) Clear(ctx context.Context) error {
	defer f.finder.forgetAll()
	return f.Cache.Clear(ctx)
}

// forget drops the names of records that were written.
func (f *Finder) forget(mutations []store.Mutation) {
	var names []string
	var changed uint64
	for _, m := range mutations {
		if k := f.kinds[m.Collection]; k != nil && k.part != nil {
			names = append(names, resource.NameOf(m.Collection, m.Key))
			changed |= 1 << k.place
		}
	}
	if len(names) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range names {
		delete(f.recent, name)
		delete(f.earlier, name)
	}
	for k := range f.among(changed) {
		k.generation.Add(1)
	}
}

func (f *Finder) forgetAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.recent, f.earlier, f.size = map[string]*record.Name{}, map[string]*record.Name{}, 0
	for _, k := range f.ordered {
		k.generation.Add(1)
	}
}
