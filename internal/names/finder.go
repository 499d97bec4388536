// Package names knows what people call records: the display name and the number or code
// that stand beside a reference to one. They are looked up when a record that names others
// is answered, and are no part of its content, so that a rename changes one record.
//
// What was looked up is kept within a bound until its record changes. A caller is told the
// names of what it may read and meets, and of nothing else; where there is no caller, there
// are no names.
package names

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/access"
	"odoomesh/internal/record"
	"odoomesh/internal/store"
)

// Finder finds the names of records in the mesh's copy. A nil Finder knows none.
type Finder struct {
	cache store.Cache
	kinds map[string]*kind
	// ordered are the kinds by their place, and byType the places by the types of resources.
	ordered []*kind
	byType  map[string]int
	plans   sync.Map // of *plan, by full name of the message
	// rights are which kinds principals may read.
	rights atomic.Pointer[map[*access.Principal]uint64]

	mu sync.RWMutex
	// recent and earlier are what was looked up, within a bound each: where recent is full
	// it becomes earlier, and what was earlier is forgotten. A nil name says that there is
	// no such record.
	recent, earlier map[string]*record.Name
	size, limit     int
}

// overhead is about what a kept name takes beside its forms.
const overhead = 300

// New makes a finder of the names of these kinds of records, which keeps about so many bytes.
func New(cache store.Cache, kinds map[string]*record.Kind, limit int) (*Finder, error) {
	f := &Finder{cache: cache, kinds: map[string]*kind{}, byType: map[string]int{}, limit: limit / 2}
	f.rights.Store(&map[*access.Principal]uint64{})
	for place, collection := range slices.Sorted(maps.Keys(kinds)) {
		if place >= 64 {
			return nil, errors.New("there are more kinds of records than a sight has bits")
		}
		k, err := newKind(kinds[collection], place)
		if err != nil {
			return nil, err
		}
		f.kinds[collection], f.ordered, f.byType[k.resource] = k, append(f.ordered, k), place
	}
	f.forgetAll()
	return f, nil
}

// kindOf is the kind of the record that has a name; nil where there is none.
func (f *Finder) kindOf(name string) *kind {
	collection, _, _ := strings.Cut(name, "/")
	return f.kinds[collection]
}

// look finds the names of records, for a caller who meets all of them. A record that does
// not exist has a nil one.
func (f *Finder) look(of []string) record.Names {
	found, missing := make(record.Names, len(of)), []int(nil)
	f.mu.RLock()
	for i, name := range of {
		kept, known := f.recent[name]
		if !known {
			missing = append(missing, i)
		}
		found[i] = kept
	}
	f.mu.RUnlock()
	for _, i := range missing {
		found[i] = f.lookUp(of[i])
	}
	return found
}

// lookUp finds one name that is not among the recent ones.
func (f *Finder) lookUp(name string) *record.Name {
	f.mu.Lock()
	kept, known := f.earlier[name]
	if known {
		delete(f.earlier, name)
		f.keep(name, kept)
	}
	f.mu.Unlock()
	if known {
		return kept
	}
	k := f.kindOf(name)
	generation := k.generation.Load()
	made, err := f.read(k, name)
	if err != nil {
		// The store tells of itself. What has no name for that reason alone is asked for it
		// again: what is kept without it is as old as if the record had changed.
		k.generation.Add(1)
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	// What changed meanwhile may have been read before it did.
	if k.generation.Load() == generation {
		f.keep(name, made)
	}
	return made
}

// keep remembers a name. To be called with the lock held.
func (f *Finder) keep(name string, made *record.Name) {
	if f.size += overhead + len(name) + made.Size(); f.size > f.limit {
		f.recent, f.earlier, f.size = map[string]*record.Name{}, f.recent, 0
	}
	f.recent[name] = made
}

// read makes the name of a record of what the cache holds; nil where it holds none.
func (f *Finder) read(k *kind, name string) (*record.Name, error) {
	raw, err := k.raw(f.cache, name)
	if raw == nil || err != nil {
		return nil, err
	}
	m, err := k.part.Decode(raw)
	if err != nil {
		return nil, err
	}
	return k.nameOf(name, m.ProtoReflect(), func(protoreflect.FieldDescriptor) bool { return true })
}
