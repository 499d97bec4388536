package session

import (
	"context"
	"sync/atomic"
)

// Shown is an id as a browser has shown it once. A stream is asked again and again by what
// it came with, and counts as use once.
type Shown struct {
	id      string
	counted atomic.Bool
}

// Show makes what a browser shows of an id.
func Show(id string) *Shown { return &Shown{id: id} }

type shownKey struct{}

// With keeps what a browser has shown. There is no other way to show it: nothing that
// comes over a wire as metadata is one.
func With(ctx context.Context, s *Shown) context.Context {
	return context.WithValue(ctx, shownKey{}, s)
}

// From is what a browser has shown; nil for nothing.
func From(ctx context.Context) *Shown {
	s, _ := ctx.Value(shownKey{}).(*Shown)
	return s
}
