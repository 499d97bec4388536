package read

import (
	"iter"

	"odoomesh/internal/store"
)

// walk goes over the hits of a scan one by one.
type walk struct {
	next func() (store.Hit, error, bool)
	stop func()
}

func newWalk(scan iter.Seq2[store.Hit, error]) *walk {
	w := &walk{}
	w.next, w.stop = iter.Pull2(scan)
	return w
}
