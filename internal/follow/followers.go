package follow

import (
	"context"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/clock"
	"odoomesh/internal/store"
)

// Standing is how far a follower has come.
type Standing struct {
	// Followed is the last position that the follower has taken over.
	Followed uint64
	// Needs is the first position that it would read after a kill; 0 where it would
	// read none, as it has not begun to follow.
	Needs uint64
}

// Followers are all who follow one log.
type Followers struct {
	log   store.Log
	clock clock.Clock
	mu    sync.Mutex
	all   []follower
	// entries and seconds describe the metrics.
	entries, seconds *prometheus.Desc
}

type follower struct {
	name     string
	standing func() Standing
}

// NewFollowers makes them, none at first, and registers how far they are behind; a nil
// registerer shows it to nobody.
func NewFollowers(log store.Log, c clock.Clock, r prometheus.Registerer) *Followers {
	label := []string{"follower"}
	f := &Followers{
		log: log, clock: c,
		entries: prometheus.NewDesc("mesh_follower_behind_entries", "Entries of the change log that the follower has not taken over.", label, nil),
		seconds: prometheus.NewDesc("mesh_follower_behind_seconds", "Age of the oldest entry of the change log that the follower has not taken over.", label, nil),
	}
	if r != nil {
		r.MustRegister(f)
	}
	return f
}

// Join adds a follower, which tells from then on how far it has come.
func (f *Followers) Join(name string, standing func() Standing) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, follower{name, standing})
}

// LowWater is the first position that one of the followers still needs.
func (f *Followers) LowWater() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	low := f.log.Head() + 1
	for _, one := range f.all {
		if needs := one.standing().Needs; needs > 0 {
			low = min(low, needs)
		}
	}
	return low
}

// Describe implements prometheus.Collector.
func (f *Followers) Describe(ch chan<- *prometheus.Desc) {
	ch <- f.entries
	ch <- f.seconds
}

// Collect implements prometheus.Collector.
func (f *Followers) Collect(ch chan<- prometheus.Metric) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.all {
		entries, seconds, err := f.behind(one.standing().Followed)
		if err != nil {
			continue // the log was closed
		}
		ch <- prometheus.MustNewConstMetric(f.entries, prometheus.GaugeValue, float64(entries), one.name)
		ch <- prometheus.MustNewConstMetric(f.seconds, prometheus.GaugeValue, seconds, one.name)
	}
}

// behind is how much the log has behind a position, and how old the first of it is.
func (f *Followers) behind(followed uint64) (entries uint64, seconds float64, err error) {
	head := f.log.Head()
	if followed >= head {
		return 0, 0, nil
	}
	next, err := store.At(context.Background(), f.log, max(followed+1, f.log.Oldest()))
	if err != nil {
		return 0, 0, err
	}
	return head - followed, max(0, f.clock.Now().Sub(next.Time).Seconds()), nil
}
