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
// anew. A nil Book follows nothing.
func (b *Book) Follow(c store.Cache) store.Cache {
	if b == nil {
		return c
	}
	return &followed{Cache: c, book: b}
}

type followed struct {
	store.Cache
	book *Book
}

func (f *followed) Apply(ctx context.Context, position uint64, mutations []store.Mutation) error {
	// Also where it fails: nobody knows what of it is there.
	defer f.book.forget(mutations)
	return f.Cache.Apply(ctx, position, mutations)
}

func (f *followed) Fill(ctx context.Context, mutations []store.Mutation) error {
	defer f.book.forget(mutations)
	return f.Cache.Fill(ctx, mutations)
}

func (f *followed) Clear(ctx context.Context) error {
	defer f.book.forgetAll()
	return f.Cache.Clear(ctx)
}

// forget drops the names of records that were written.
func (b *Book) forget(mutations []store.Mutation) {
	var names []string
	var changed uint64
	for _, m := range mutations {
		if k := b.kinds[m.Collection]; k != nil && k.part != nil {
			names = append(names, resource.NameOf(m.Collection, m.Key))
			changed |= 1 << k.place
		}
	}
	if len(names) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, name := range names {
		delete(b.recent, name)
		delete(b.earlier, name)
	}
	for k := range b.among(changed) {
		k.generation.Add(1)
	}
}

func (b *Book) forgetAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.recent, b.earlier, b.size = map[string]*record.Name{}, map[string]*record.Name{}, 0
	for _, k := range b.ordered {
		k.generation.Add(1)
	}
}
