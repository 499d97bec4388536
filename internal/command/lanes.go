package command

import (
	"context"
	"sync"
)

// Lanes let one at a time work on what has a name. The zero value is ready for use.
type Lanes struct {
	mu    sync.Mutex
	taken map[string]*lane
}

type lane struct {
	free chan struct{} // holds one token while nobody is in it
	// users are those who are in it or wait for it.
	users int
}

// Enter waits for the lane of a name, such as a document's; each success needs one leave. No name has no lane.
func (l *Lanes) Enter(ctx context.Context, name string) (leave func(), err error) {
	if name == "" {
		return func() {}, nil
	}
	l.mu.Lock()
	if l.taken == nil {
		l.taken = map[string]*lane{}
	}
	one := l.taken[name]
	if one == nil {
		one = &lane{free: make(chan struct{}, 1)}
		one.free <- struct{}{}
		l.taken[name] = one
	}
	one.users++
	l.mu.Unlock()
	select {
	case <-one.free:
		return func() { one.free <- struct{}{}; l.gone(name, one) }, nil
	case <-ctx.Done():
		l.gone(name, one)
		return nil, ctx.Err()
	}
}

// TryEnter is Enter where nobody is in the lane, nor waits for it; false where somebody does.
func (l *Lanes) TryEnter(name string) (leave func(), free bool) {
	if name == "" {
		return func() {}, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken[name] != nil {
		return nil, false
	}
	if l.taken == nil {
		l.taken = map[string]*lane{}
	}
	one := &lane{free: make(chan struct{}, 1), users: 1}
	l.taken[name] = one
	return func() { one.free <- struct{}{}; l.gone(name, one) }, true
}

// gone forgets a lane that nobody uses any more.
func (l *Lanes) gone(name string, one *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one.users--; one.users == 0 {
		delete(l.taken, name)
	}
}
