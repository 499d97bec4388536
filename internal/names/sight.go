package names

import (
	"context"
	"iter"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/record"
	"odoomesh/internal/scope"
)

// Sight is which names one caller is told: those of records that it may read and meets. It
// is made for one call, or one stream, and used by one goroutine at a time.
type Sight struct {
	finder *Finder
	// may has a bit for each kind that the caller may read.
	may   uint64
	scope *scope.Scope
	// met are the names that a narrowed caller is told.
	met map[string]met
	// whole says that what is told is the names of whole records, of which no field is shown
	// that names one.
	whole bool
}

// met is a name as of a generation of its kind.
type met struct {
	name       *record.Name
	generation uint64
}

// metAtMost bounds how many names are kept for one narrowed caller.
const metAtMost = 10_000

// For is what the caller of a call is told; nil for nothing, as where there is no caller.
func (f *Finder) For(ctx context.Context) *Sight {
	p := access.From(ctx)
	if f == nil || p == nil {
		return nil
	}
	may := f.mayRead(p)
	if may == 0 {
		return nil
	}
	return &Sight{finder: f, may: may, scope: scope.From(ctx)}
}

// among are the kinds that have a bit.
func (f *Finder) among(kinds uint64) iter.Seq[*kind] {
	return func(yield func(*kind) bool) {
		for ; kinds != 0; kinds &= kinds - 1 {
			if !yield(f.ordered[bits.TrailingZeros64(kinds)]) {
				return
			}
		}
	}
}

// mayRead has a bit for each kind that a principal may read. A principal never changes, so
// that it is asked once.
func (f *Finder) mayRead(p *access.Principal) (may uint64) {
	known := f.rights.Load()
	if may, ok := (*known)[p]; ok {
		return may
	}
	for _, k := range f.ordered {
		if p.MayCall(optionsv1.Access_ACCESS_READ, k.domain, k.get) {
			may |= 1 << k.place
		}
	}
	more := map[*access.Principal]uint64{p: may}
	if len(*known) < principalsAtMost {
		maps.Copy(more, *known)
	}
	f.rights.CompareAndSwap(known, &more) // Who comes too late is asked again.
	return may
}

// principalsAtMost bounds whose rights are kept: with each access file all are others.
const principalsAtMost = 200

// Narrowed tells whether the caller does not meet all records that it may read.
func (s *Sight) Narrowed() bool { return s != nil && s.scope != nil }

// Wanted is what the caller is told beside what a read mask leaves of messages; nil for
// nothing.
func (s *Sight) Wanted(mask *fieldmaskpb.FieldMask, desc protoreflect.MessageDescriptor) *Sight {
	if s == nil || !record.WantsNames(mask) {
		return nil
	}
	if len(mask.GetPaths()) == 0 {
		return s
	}
	plan := s.finder.planOf(desc)
	wanted := *s
	wanted.whole = !slices.ContainsFunc(mask.GetPaths(), func(path string) bool { return plan.reaches(strings.Split(path, ".")) })
	return &wanted
}

// Whole says that a read mask wants names and leaves no field that could name a record: then
// they are those of the whole record.
func (s *Sight) Whole() bool { return s != nil && s.whole }

// Beside leaves the fields of a message that a mask wants, and puts the names beside them that
// the caller is told. The message may be shared.
func Beside[T proto.Message](s *Sight, mask func(T) T, m T) T {
	left := mask(m)
	if s == nil {
		return left
	}
	of := left
	if s.whole {
		of = m
	}
	// The mask may want some of the names alone.
	return mask(s.Find(of.ProtoReflect(), nil).Beside(of).(T))
}

// State implements record.Namer for callers that are not narrowed.
//
// Generations only grow, and are read before what they are the state of: the sum of several
// is no smaller than it was for whoever read before, and greater once one of them has grown.
func (s *Sight) State(desc protoreflect.MessageDescriptor) (state record.NamesState) {
	state.Sight = s.may & s.finder.planOf(desc).kinds
	for k := range s.finder.among(state.Sight) {
		state.Generation += k.generation.Load()
	}
	return state
}

// Find implements record.Namer.
func (s *Sight) Find(m protoreflect.Message, before record.Names) record.Names {
	if s == nil {
		return nil
	}
	return s.find(s.finder.planOf(m.Descriptor()).collect(nil, m), before)
}

// FindAll is Find for what several messages name.
func FindAll[M proto.Message](s *Sight, all []M) record.Names {
	if s == nil || len(all) == 0 {
		return nil
	}
	var of []string
	for _, m := range all {
		of = s.finder.planOf(m.ProtoReflect().Descriptor()).collect(of, m.ProtoReflect())
	}
	return s.find(of, nil)
}

// find finds the names of some records, each once. Where they are those from before, the
// list is that one.
func (s *Sight) find(of []string, before record.Names) record.Names {
	slices.Sort(of)
	of = slices.DeleteFunc(slices.Compact(of), func(name string) bool {
		k := s.finder.kindOf(name)
		return k == nil || k.part == nil || s.may&(1<<k.place) == 0
	})
	if len(of) == 0 {
		return nil
	}
	var all record.Names
	if s.scope == nil {
		all = s.finder.look(of)
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
	if s.met == nil || len(s.met) > metAtMost {
		s.met = map[string]met{}
	}
	all := make(record.Names, len(of))
	for i, name := range of {
		k := s.finder.kindOf(name)
		found, generation := s.met[name], k.generation.Load()
		if found.generation != generation {
			found = met{s.metName(k, name), generation}
			s.met[name] = found
		}
		all[i] = found.name
	}
	return all
}

// metName is the name of a record, of what a narrowed caller meets of it; nil where that is
// nothing, and where it cannot be read.
func (s *Sight) metName(k *kind, name string) *record.Name {
	m, view, err := s.record(s.finder.cache, k, name)
	if err != nil {
		k.generation.Add(1) // as in Finder.lookUp
	}
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
