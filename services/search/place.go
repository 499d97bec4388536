package search

import (
	"context"

	"google.golang.org/protobuf/proto"

	optionsv1 "odoomesh/gen/go/mesh/options/v1"
	searchv1 "odoomesh/gen/go/mesh/search/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/index"
	"odoomesh/internal/read"
)

// place is a collection that is searched.
type place struct {
	collection string
	// domain and method are what lets a caller read it.
	domain, method string
	kind           searchv1.HitType
	records        records
}

// records are those of a collection. *read.Collection is one.
type records interface {
	Searching() bool
	Search(ctx context.Context, q index.Query, most int) ([]read.Found, bool, error)
	Freshness() *typesv1.Freshness
}

// open opens a collection; nil where it is not served.
func open[T proto.Message](p place, deps func(string) (read.Deps, bool)) (*place, *read.Collection[T], error) {
	d, served := deps(p.collection)
	if !served {
		return nil, nil, nil
	}
	c, err := read.NewCollection[T](d)
	if err != nil {
		return nil, nil, err
	}
	p.records = c
	return &p, c, nil
}

// mayRead tells whether the caller may read a collection.
func (p *place) mayRead(ctx context.Context) bool {
	return p != nil && access.From(ctx).MayCall(optionsv1.Access_ACCESS_READ, p.domain, p.method)
}

// ready tells whether the caller may read a collection, and it is complete.
func (p *place) ready(ctx context.Context) bool { return p.mayRead(ctx) && p.records.Searching() }
