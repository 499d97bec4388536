package command

import (
	"context"
	"sync"
)

// lanes let one command at a time work on a document.
type lanes struct {
	mu    sync.Mutex
	taken map[string]*lane
}

type lane struct {
	free chan struct{} // holds one token while nobody is in it
	// users are those who are in it or wait for it.
	users int
}

// enter waits for a document's lane; each success needs one leave. No document has no
// lane.
func (l *lanes) enter(ctx context.Context, document string) (leave func(), err error) {
	if document == "" {
		return func() {}, nil
	}
	l.mu.Lock()
	if l.taken == nil {
		l.taken = map[string]*lane{}
	}
	one := l.taken[document]
	if one == nil {
		one = &lane{free: make(chan struct{}, 1)}
		one.free <- struct{}{}
		l.taken[document] = one
	}
	one.users++
	l.mu.Unlock()
	gone := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(l.taken, document)
		}
	}
	select {
	case <-one.free:
		return func() { one.free <- struct{}{}; gone() }, nil
	case <-ctx.Done():
		gone()
		return nil, ctx.Err()
	}
}
