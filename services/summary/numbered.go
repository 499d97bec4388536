package summary

import "odoomesh/internal/sheet"

// numbered has what is known of ids, by their numbers.
type numbered[T any] struct {
	ids     *sheet.Set
	known   []T
	nothing T
}

func newNumbered[T any](nothing T) numbered[T] {
	n := numbered[T]{ids: sheet.NewSet(), nothing: nothing}
	n.number(0) // of what has none
	return n
}

// number is the number of an id, which gets one.
func (n *numbered[T]) number(id int64) int32 {
	number := n.ids.Number(id)
	if int(number) == len(n.known) {
		n.known = append(n.known, n.nothing)
	}
	return number
}

// at is what is known of an id.
func (n *numbered[T]) at(id int64) *T { return &n.known[n.number(id)] }

// forget forgets what is known; numbers stay.
func (n *numbered[T]) forget() {
	for i := range n.known {
		n.known[i] = n.nothing
	}
}

// names numbers what has a name, of which there are few; 0 is what has none.
type names[T any] struct {
	of  map[string]uint16
	all []T
}

func newNames[T any]() names[T] { return names[T]{of: map[string]uint16{"": 0}, all: make([]T, 1)} }

// number is the number of a name, which from now on stands for this.
func (n *names[T]) number(name string, means T) uint16 {
	number, known := n.of[name]
	if !known {
		number = uint16(len(n.all))
		n.of[name], n.all = number, append(n.all, means)
	}
	if number > 0 {
		n.all[number] = means
	}
	return number
}
