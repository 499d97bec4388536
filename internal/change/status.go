package change

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/mapping"
)

// Status is how one collection stands.
type Status struct {
	Collection string
	// Loaded says that the first load is complete.
	Loaded bool
	// Progress of the first load while it runs.
	Progress Progress
	// Verified is the last time at which the cache was known to equal Odoo; zero
	// before the first.
	Verified time.Time
	// Reachable says whether Odoo answered at the last look.
	Reachable bool
	// Records is how many the cache has.
	Records int64
	// Held is how many records seem to be gone from Odoo and wait for an operator.
	Held int64
	// Drift is what the last comparison of all ids found.
	Drift Drift
	// MappingVersion is 0 before Odoo was reached.
	MappingVersion int
}

// Status tells how a collection stands; the zero Status for an unknown one.
func (e *Engine) Status(collection string) Status {
	d := e.byName[collection]
	if d == nil {
		return Status{}
	}
	s := Status{
		Collection: collection, Loaded: d.loaded.Load(), Reachable: e.reachable.Load(),
		Progress: d.progress.at(e.clock.Now()), Records: e.cache.Count(collection),
	}
	if at := d.verified.Load(); at != 0 {
		s.Verified = time.Unix(0, at).UTC()
	}
	s.Held, s.Drift = d.standing.get()
	if from := d.from.Load(); from != nil {
		s.MappingVersion = (*from).MappingVersion()
	}
	return s
}

// Statuses tells how all collections stand, in the order of the configuration.
func (e *Engine) Statuses() []Status {
	var all []Status
	for _, d := range e.domains {
		all = append(all, e.Status(d.Name))
	}
	return all
}

// ErrNotConnected says that Odoo has not been reached since the start.
var ErrNotConnected = fmt.Errorf("odoo has not been reached since the start")

// Refresh reads records from Odoo now and lets log and cache follow, for a
// caller who waits. Ids that are no records are no error.
func (e *Engine) Refresh(ctx context.Context, collection string, keys [][]byte) error {
	d := e.byName[collection]
	if d == nil || d.from.Load() == nil {
		return ErrNotConnected
	}
	_, err := e.refresh(mapping.ForLiveRead(ctx), d, texts(keys))
	return err
}

// Progress is how far a first load is.
type Progress struct {
	Done, Total int64
	// Left is an estimate from the pace so far; 0 when there is none yet.
	Left time.Duration
}

// progress counts a first load.
type progress struct {
	mu    sync.Mutex
	began time.Time
	done  int64
	total int64
}

func (p *progress) begin(now time.Time, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began, p.done, p.total = now, 0, total
}

func (p *progress) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += int64(n)
}

func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total = p.done
}

func (p *progress) at(now time.Time) Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Progress{Done: p.done, Total: max(p.done, p.total)}
	if p.done > 0 {
		s.Left = time.Duration(float64(now.Sub(p.began)) / float64(p.done) * float64(s.Total-p.done))
	}
	return s
}

type metrics struct {
	changes *prometheus.CounterVec
	drift   *prometheus.GaugeVec
	held    *prometheus.GaugeVec
}

func newMetrics(r prometheus.Registerer, e *Engine) *metrics {
	m := &metrics{
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mesh_capture_changes_total", Help: "Changes written to the log."}, []string{"collection"}),
		drift:   prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "mesh_census_drift", Help: "Differences that the last census found and healed."}, []string{"collection", "kind"}),
		held:    prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "mesh_capture_deletions_held", Help: "Records of a mass deletion that waits for an operator."}, []string{"collection"}),
	}
	if r == nil {
		return m
	}
	r.MustRegister(m.changes, m.drift, m.held)
	for _, d := range e.domains {
		labels := prometheus.Labels{"collection": d.Name}
		gauge := func(name, help string, value func(Status) float64) {
			r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels},
				func() float64 { return value(e.Status(d.Name)) }))
		}
		gauge("mesh_records", "Records in the cache.", func(s Status) float64 { return float64(s.Records) })
		gauge("mesh_load_rows_done", "Rows that the first load has read.", func(s Status) float64 { return float64(s.Progress.Done) })
		gauge("mesh_load_rows_left", "Rows that the first load has still to read.", func(s Status) float64 { return float64(s.Progress.Total - s.Progress.Done) })
		gauge("mesh_load_seconds_left", "Estimated time that the first load still takes.", func(s Status) float64 { return s.Progress.Left.Seconds() })
		gauge("mesh_staleness_seconds", "Time since the cache was last known to equal Odoo.", func(s Status) float64 {
			if s.Verified.IsZero() {
				return -1
			}
			return e.clock.Now().Sub(s.Verified).Seconds()
		})
	}
	return m
}
