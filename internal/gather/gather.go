// Package gather asks at once what many ask one by one. Whoever asks first is answered as
// if nobody else did; what is asked like it meanwhile waits for that answer, and then goes
// as one question. Nobody gets an answer that is older than the question, and where a
// question for many fails, each is asked alone.
//
// What waits together hangs together, too: a question that is never answered holds up all
// that are like it until it is given up. So this is for whoever says that it is one of
// many (OneOfMany), such as the rows of an import, or one of those that are awaited
// together; all others ask for themselves.
package gather

import (
	"context"
	"slices"
	"sync"
)

// most bounds how many keys one question has.
const most = 100

// Ask asks for some keys; each can be answered by what it gives.
type Ask[K comparable, V any] func(ctx context.Context, keys []K) (answer func(K) V, err error)

// Group gathers questions. Its zero value is ready, and it is safe for concurrent use.
type Group[K comparable, V any] struct {
	mu sync.Mutex
	// lines has a line for each kind of question that is being asked.
	lines map[string][]*waiter[K, V]
}

type waiter[K comparable, V any] struct {
	key  K
	turn chan turn[K, V]
}

// turn is what a waiter waits for: its answer, or that it is to ask for all of a line, of
// which it is the first, or that it is to ask alone.
type turn[K comparable, V any] struct {
	answer   V
	answered bool
	line     []*waiter[K, V]
}

type oneOfMany struct{}

// OneOfMany marks what is asked for one of many, which may wait for the others.
func OneOfMany(ctx context.Context) context.Context {
	return context.WithValue(ctx, oneOfMany{}, true)
}

// IsOneOfMany tells whether it is marked so.
func IsOneOfMany(ctx context.Context) bool { return ctx.Value(oneOfMany{}) != nil }

// Do asks for one key. Questions of one kind are the same but for their keys. Who is not
// one of many asks alone, and waits for nobody.
func (g *Group[K, V]) Do(ctx context.Context, kind string, key K, ask Ask[K, V]) (V, error) {
	if !IsOneOfMany(ctx) {
		return alone(ctx, key, ask)
	}
	w := g.wait(kind, key)
	if w == nil {
		defer g.next(kind)
		return alone(ctx, key, ask)
	}
	var t turn[K, V]
	select {
	case t = <-w.turn:
	case <-ctx.Done():
		if g.left(kind, w) {
			var none V
			return none, ctx.Err()
		}
		t = <-w.turn
	}
	switch {
	case t.answered:
		return t.answer, nil
	case len(t.line) > 1:
		return g.lead(ctx, kind, t.line, ask)
	case len(t.line) == 1:
		defer g.next(kind)
	}
	return alone(ctx, key, ask)
}

func alone[K comparable, V any](ctx context.Context, key K, ask Ask[K, V]) (v V, err error) {
	answer, err := ask(ctx, []K{key})
	if err != nil {
		return v, err
	}
	return answer(key), nil
}

// wait takes a place in the line; nil where nobody is asking.
func (g *Group[K, V]) wait(kind string, key K) *waiter[K, V] {
	g.mu.Lock()
	defer g.mu.Unlock()
	line, asking := g.lines[kind]
	if !asking {
		if g.lines == nil {
			g.lines = map[string][]*waiter[K, V]{}
		}
		g.lines[kind] = nil
		return nil
	}
	w := &waiter[K, V]{key: key, turn: make(chan turn[K, V], 1)}
	g.lines[kind] = append(line, w)
	return w
}

// left takes a waiter out of the line; false where it has its turn already.
func (g *Group[K, V]) left(kind string, w *waiter[K, V]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.lines[kind], w)
	if i >= 0 {
		g.lines[kind] = slices.Delete(g.lines[kind], i, i+1)
	}
	return i >= 0
}

// next has the first of the line ask for all of it; where nobody waits, nobody is asking.
func (g *Group[K, V]) next(kind string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	line := g.lines[kind]
	if len(line) == 0 {
		delete(g.lines, kind)
		return
	}
	n := min(len(line), most)
	g.lines[kind] = slices.Clone(line[n:])
	line[0].turn <- turn[K, V]{line: line[:n:n]}
}

// lead asks for all of a line, of which the caller is the first.
func (g *Group[K, V]) lead(ctx context.Context, kind string, line []*waiter[K, V], ask Ask[K, V]) (V, error) {
	var answer func(K) V
	defer g.next(kind)
	defer func() {
		for _, w := range line[1:] {
			if answer == nil { // also where asking has panicked
				w.turn <- turn[K, V]{}
				continue
			}
			w.turn <- turn[K, V]{answered: true, answer: answer(w.key)}
		}
	}()
	var keys []K
	for _, w := range line {
		if !slices.Contains(keys, w.key) {
			keys = append(keys, w.key)
		}
	}
	found, err := ask(ctx, keys)
	if err != nil {
		if len(keys) > 1 {
			return alone(ctx, line[0].key, ask)
		}
		var none V
		return none, err
	}
	answer = found
	return answer(line[0].key), nil
}
