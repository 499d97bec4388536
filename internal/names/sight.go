package names

import (
	"context"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/record"
	"odoomesh/internal/scope"
)

// Sight is which names one caller is told: those of records that it may read and meets. It
// is made for one call, or one stream, and used by one goroutine at a time.
type Sight struct {
	book *Book
	// may has a bit for each kind that the caller may read.
	may   uint64
	scope *scope.Scope
	// met are the names that a narrowed caller is told, as of a generation.
	met        map[string]*record.Name
	generation uint64
}

// metAtMost bounds how many names are kept for one narrowed caller.
const metAtMost = 10_000

// For is what the caller of a call is told; nil for nothing, as where there is no caller.
func (b *Book) For(ctx context.Context) *Sight {
	p := access.From(ctx)
	if b == nil || p == nil {
		return nil
	}
	may := b.mayRead(p)
	if may == 0 {
		return nil
	}
	return &Sight{book: b, may: may, scope: scope.From(ctx)}
}

// mayRead has a bit for each kind that a principal may read. A principal never changes, so
// that it is asked once.
func (b *Book) mayRead(p *access.Principal) (may uint64) {
	known := b.rights.Load()
	if may, ok := (*known)[p]; ok {
		return may
	}
	for _, k := range b.ordered {
		if p.MayCall(optionsv1.Access_ACCESS_READ, k.domain, k.get) {
			may |= 1 << k.place
		}
	}
	more := map[*access.Principal]uint64{p: may}
	if len(*known) < principalsAtMost {
		maps.Copy(more, *known)
	}
	b.rights.CompareAndSwap(known, &more) // Who comes too late is asked again.
	return may
}

// principalsAtMost bounds whose rights are kept: with each access file all are others.
const principalsAtMost = 200

// Narrowed tells whether the caller does not meet all records that it may read.
func (s *Sight) Narrowed() bool { return s != nil && s.scope != nil }

// State implements record.Namer for callers that are not narrowed.
func (s *Sight) State() record.NamesState {
	return record.NamesState{Generation: s.book.generation.Load(), Sight: s.may}
}

// Find implements record.Namer.
func (s *Sight) Find(m protoreflect.Message, before record.Names) record.Names {
	if s == nil {
		return nil
	}
	return s.find(s.book.planOf(m.Descriptor()).collect(nil, m), before)
}

// FindAll is Find for what several messages name.
func FindAll[M proto.Message](s *Sight, all []M) record.Names {
	if s == nil || len(all) == 0 {
		return nil
	}
	var of []string
	for _, m := range all {
		of = s.book.planOf(m.ProtoReflect().Descriptor()).collect(of, m.ProtoReflect())
	}
	return s.find(of, nil)
}

// find finds the names of some records, each once. Where they are those from before, the
// list is that one.
func (s *Sight) find(of []string, before record.Names) record.Names {
	slices.Sort(of)
	of = slices.DeleteFunc(slices.Compact(of), func(name string) bool {
		k := s.book.kindOf(name)
		return k == nil || k.part == nil || s.may&(1<<k.place) == 0
	})
	if len(of) == 0 {
		return nil
	}
	var all record.Names
	if s.scope == nil {
		all = s.book.look(of)
	} else {
		all = s.meet(of)
	}
	all = slices.DeleteFunc(all, func(n *record.Name) bool { return n == nil })
	if len(all) > 0 && slices.Equal(all, before) {
		return before
	}
	return all
}

// meet finds the names that a narrowed caller is told.
func (s *Sight) meet(of []string) record.Names {
	if g := s.book.generation.Load(); s.met == nil || g != s.generation || len(s.met) > metAtMost {
		s.met, s.generation = map[string]*record.Name{}, g
	}
	all := make(record.Names, len(of))
	for i, name := range of {
		found, known := s.met[name]
		if !known {
			found = s.metName(s.book.kindOf(name), name)
			s.met[name] = found
		}
		all[i] = found
	}
	return all
}

// metName is the name of a record, of what a narrowed caller meets of it; nil where that is
// nothing, and where it cannot be read.
func (s *Sight) metName(k *kind, name string) *record.Name {
	m, view, err := s.record(s.book.cache, k, name)
	if err != nil || m == nil {
		return nil
	}
	found, err := k.nameOf(name, m.ProtoReflect(), func(f protoreflect.FieldDescriptor) bool { return !view.HidesPath(string(f.Name())) })
	if err != nil {
		return nil
	}
	return found
}

// record reads a record as the caller meets it; nil where there is none that it may read
// and meets.
func (s *Sight) record(from getter, k *kind, name string) (proto.Message, *scope.View, error) {
	if s.may&(1<<k.place) == 0 {
		return nil, nil, nil
	}
	view, err := s.scope.View(k.Collection, k.Descriptor())
	if err != nil || view.Refused() {
		return nil, nil, err
	}
	raw, err := k.raw(from, name)
	if raw == nil || err != nil {
		return nil, nil, err
	}
	m, err := k.Decode(raw, noTime)
	if err != nil || !view.Sees(record.CompanyOf(m), m.ProtoReflect()) {
		return nil, nil, err
	}
	return view.Show(m), view, nil
}
