package names

import (
	"context"
	"errors"
	"sync/atomic"

	"google.golang.org/protobuf/reflect/protoreflect"

	"odoomesh/internal/filter"
	"odoomesh/internal/index"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
)

// Records are the records that others name, as one caller meets them during one call: what
// conditions of a filter go through references to. They implement filter.Records.
type Records struct {
	sight *Sight
	// from is a moment of the cache; nil: the cache as it is.
	from   store.Snapshot
	failed atomic.Pointer[error]
}

// Records are made for one call.
func (s *Sight) Records() *Records { return &Records{sight: s} }

// At lets the records be those of a moment.
func (r *Records) At(s store.Snapshot) { r.from = s }

// Err tells why a record could not be read: whatever was found is not all then.
func (r *Records) Err() error {
	if err := r.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// Kind implements filter.Records.
func (r *Records) Kind(collection string) (protoreflect.MessageDescriptor, []*index.Field, bool) {
	if r.sight == nil {
		return nil, nil, false
	}
	k := r.sight.finder.kinds[collection]
	if k == nil || r.sight.may&(1<<k.place) == 0 {
		return nil, nil, false
	}
	view, err := r.sight.scope.View(collection, k.Descriptor())
	if err != nil || view.Refused() {
		return nil, nil, false
	}
	return k.Descriptor(), view.Indexes(k.fields), true
}

// Record implements filter.Records.
func (r *Records) Record(name string) protoreflect.Message {
	k := r.sight.finder.kindOf(name)
	if k == nil {
		return nil
	}
	m, _, err := r.sight.record(r.get(), k, name)
	if err != nil {
		r.failed.CompareAndSwap(nil, &err)
	}
	if err != nil || m == nil {
		return nil
	}
	return m.ProtoReflect()
}

func (r *Records) get() getter {
	if r.from != nil {
		return r.from
	}
	return r.sight.finder.cache
}

const (
	// scanAtMost is up to how many records all are looked at for those that fulfil a
	// condition, where no index finds them.
	scanAtMost = 20_000
	// joinAtMost is how many of them are looked for by name: with more, it is cheaper to
	// look at all that name them.
	joinAtMost = 200
)

var errMany = errors.New("too many")

// Fulfilling are the names of all records that fulfil the condition of a join; not ok where
// there are too many, or too many to look at.
func (r *Records) Fulfilling(ctx context.Context, j filter.Join) (names []string, ok bool, err error) {
	k := r.sight.finder.kinds[j.Collection]
	if k == nil || r.from == nil {
		return nil, false, nil
	}
	take := func(h store.Hit) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		m, err := k.Decode(h.Value, noTime)
		if err != nil {
			return err
		}
		view, err := r.sight.scope.View(k.Collection, k.Descriptor())
		if err != nil || !view.Sees(record.CompanyOf(m), m.ProtoReflect()) || !j.Match(view.Show(m).ProtoReflect()) {
			return err
		}
		if len(names) == joinAtMost {
			return errMany
		}
		names = append(names, resource.NameOf(k.Collection, h.Key))
		return nil
	}
	scan := r.from.Records(k.Collection, store.Range{})
	if j.Equal != nil {
		scan = r.from.Index(k.Collection, j.Equal.Field.Path, store.Range{Prefix: j.Equal.Value, Exact: true})
	} else if r.sight.finder.cache.Count(k.Collection) > scanAtMost {
		return nil, false, nil
	}
	for h, err := range scan {
		if err == nil {
			err = take(h)
		}
		if errors.Is(err, errMany) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	return names, true, nil
}
