package scope

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Scope is what a principal is narrowed down to. It is never changed once it is used.
type Scope struct {
	// Companies are Odoo's ids of the companies whose records are met, beside those
	// that all companies share; empty: all companies.
	Companies []int64
	// Supplier is the supplier that the principal is, such as "suppliers/7"; empty:
	// it is none.
	Supplier string
	// Carrier is the carrier that the principal is, as shipments name it; empty: it
	// is none.
	Carrier string
	// Finance says that the principal is a finance platform.
	Finance bool
	// HidePrices leaves out prices, costs and amounts.
	HidePrices bool

	views sync.Map // of *View or error, by collection
}

// Kind is what a principal is, beside a part of the hospital itself.
type Kind string

// The kinds of principals.
const (
	// Hospital is a part of the hospital itself.
	Hospital Kind = ""
	// Supplier is a supplier.
	Supplier Kind = "supplier"
	// Carrier is a carrier.
	Carrier Kind = "carrier"
	// Finance is a finance platform.
	Finance Kind = "finance"
)

// Kind is what the principal is.
func (s *Scope) Kind() Kind {
	switch {
	case s == nil:
		return Hospital
	case s.Supplier != "":
		return Supplier
	case s.Carrier != "":
		return Carrier
	case s.Finance:
		return Finance
	}
	return Hospital
}

// String is what a principal is narrowed down to, in words. Two scopes that say the same
// are called the same.
func (s *Scope) String() string {
	var parts []string
	if len(s.Companies) > 0 {
		ids := slices.Clone(s.Companies)
		slices.Sort(ids)
		parts = append(parts, "companies "+strings.Trim(strings.Join(strings.Fields(fmt.Sprint(slices.Compact(ids))), ", "), "[]"))
	}
	switch s.Kind() {
	case Supplier:
		parts = append(parts, "supplier "+s.Supplier)
	case Carrier:
		parts = append(parts, fmt.Sprintf("carrier %q", s.Carrier))
	case Finance:
		parts = append(parts, "finance")
	}
	if s.HidePrices {
		parts = append(parts, "no prices")
	}
	return strings.Join(parts, ", ")
}

// View is what the principal meets of a collection, whose records have this message.
// It is made once for each collection. Without a scope it is nil: everything is met.
func (s *Scope) View(collection string, desc protoreflect.MessageDescriptor) (*View, error) {
	if s == nil {
		return nil, nil
	}
	made, ok := s.views.Load(collection)
	if !ok {
		view, err := newView(s, collection, desc)
		if err != nil {
			return nil, err
		}
		made, _ = s.views.LoadOrStore(collection, view)
	}
	return made.(*View), nil
}

type key struct{}

// With keeps the scope of a call.
func With(ctx context.Context, s *Scope) context.Context { return context.WithValue(ctx, key{}, s) }

// From is the scope of a call; nil where nothing narrows it down.
func From(ctx context.Context) *Scope {
	s, _ := ctx.Value(key{}).(*Scope)
	return s
}
