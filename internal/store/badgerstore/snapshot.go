package badgerstore

import (
	"iter"
	"sync/atomic"

	"odoomesh/internal/store"
)

// snapshot is a held view. A scan holds the view for itself, so that a snapshot
// may be closed while one of its scans still runs.
type snapshot struct {
	at       atomic.Pointer[view] // nil when closed
	position uint64
}

// Snapshot opens a view of the newest state; it costs no transaction.
func (c *Cache) Snapshot() store.Snapshot {
	s := &snapshot{}
	if v := c.hold(); v != nil {
		s.position = v.position
		s.at.Store(v)
	}
	return s
}

func (s *snapshot) Position() uint64 { return s.position }

func (s *snapshot) Close() {
	if v := s.at.Swap(nil); v != nil {
		v.release()
	}
}

func (s *snapshot) hold() (*view, error) {
	v := s.at.Load()
	if v == nil || !v.hold() {
		return nil, store.ErrClosed
	}
	return v, nil
}

func (s *snapshot) Get(collection string, key []byte) ([]byte, error) {
	v, err := s.hold()
	if err != nil {
		return nil, err
	}
	defer v.release()
	return v.get(collection, key)
}

func (s *snapshot) Records(collection string, r store.Range) iter.Seq2[store.Hit, error] {
	return s.scan(recordSpan(collection, r), r.Descending, recordHit(r.KeysOnly))
}

func (s *snapshot) Index(collection, index string, r store.Range) iter.Seq2[store.Hit, error] {
	return s.scan(indexSpan(collection, index, r), r.Descending, indexHit(collection, r.KeysOnly))
}
