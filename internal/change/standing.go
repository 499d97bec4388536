package change

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Drift is what the last comparison of all ids found.
type Drift struct {
	// Compared is when it ended; zero before the first since the start.
	Compared time.Time
	// Gone are records that only the cache had, Missed those that only Odoo had,
	// GoneRows rows that records are made of and that only the cache had.
	Gone, Missed, GoneRows int64
}

// standing is what an operator is told of a domain beside its progress.
type standing struct {
	mu sync.Mutex
	// held are the keys of records that seem to be gone and wait for an operator.
	held  map[string]bool
	drift Drift
}

func (s *standing) compared(d Drift) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drift = d
}

func (s *standing) get() (held int64, drift Drift) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.held)), s.drift
}

// notHeld leaves out the records that are held.
func (s *standing) notHeld(keys []string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return s.held[key] })
}

// hold keeps exactly these records although they seem to be gone.
func (e *Engine) hold(d *domain, keys []string) {
	d.standing.mu.Lock()
	defer d.standing.mu.Unlock()
	d.standing.held = map[string]bool{}
	for _, key := range keys {
		d.standing.held[key] = true
	}
	e.metrics.held.WithLabelValues(d.Name).Set(float64(len(d.standing.held)))
}

// holdAlso keeps these records too.
func (e *Engine) holdAlso(d *domain, keys []string) {
	d.standing.mu.Lock()
	all := slices.AppendSeq(slices.Clone(keys), maps.Keys(d.standing.held))
	d.standing.mu.Unlock()
	e.hold(d, all)
}

// release lets go of the held records that are not gone after all.
func (e *Engine) release(d *domain, there func(key string) bool) {
	d.standing.mu.Lock()
	defer d.standing.mu.Unlock()
	maps.DeleteFunc(d.standing.held, func(key string, _ bool) bool { return there(key) })
	e.metrics.held.WithLabelValues(d.Name).Set(float64(len(d.standing.held)))
}

// stillThere lists which of the records the cache has.
func (e *Engine) stillThere(d *domain, keys []string) ([]string, error) {
	var there []string
	for _, key := range keys {
		kept, err := e.cached(d, key)
		if err != nil {
			return nil, err
		}
		if kept != nil {
			there = append(there, key)
		}
	}
	return there, nil
}
