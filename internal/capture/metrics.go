package capture

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	changes  *prometheus.CounterVec
	suspects *prometheus.CounterVec
	drift    *prometheus.GaugeVec
	skipped  prometheus.Counter
	ahead    *prometheus.CounterVec
}

func newMetrics() *metrics {
	return &metrics{
		changes:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mesh_capture_changes_total", Help: "Changes written to the log."}, []string{"collection"}),
		suspects: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mesh_capture_suspects_total", Help: "Records that were read because they might differ from Odoo, by why."}, []string{"collection", "cause"}),
		drift:    prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "mesh_census_drift", Help: "Differences that the last census found and healed."}, []string{"collection", "kind"}),
		ahead:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mesh_odoo_stamps_ahead_total", Help: "Rows met with a stamp that the clock of Odoo's database had not reached."}, []string{"model"}),
		skipped:  prometheus.NewCounter(prometheus.CounterOpts{Name: "mesh_log_entries_skipped_total", Help: "Entries of the log, and records, that a follower of the log could not take as they stand."}),
	}
}

func (m *metrics) appended(collection string, n int) {
	m.changes.WithLabelValues(collection).Add(float64(n))
}

func (m *metrics) drifted(collection string, d Drift) {
	for kind, n := range map[string]int64{"gone": d.Gone, "missed": d.Missed, "gone_rows": d.GoneRows} {
		m.drift.WithLabelValues(collection, kind).Set(float64(n))
	}
}

// register shows the metrics; nil shows them to nobody.
func (m *metrics) register(r prometheus.Registerer, e *Engine) {
	if r == nil {
		return
	}
	r.MustRegister(m.changes, m.suspects, m.drift, m.skipped, m.ahead)
	clock := func(name, help string, value func(ClockState) float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return value(e.Clock()) }))
	}
	clock("mesh_odoo_clock_known", "1 where the time of Odoo's database is known, 0 where windows reach back further because it is not.", func(c ClockState) float64 {
		if c.Known {
			return 1
		}
		return 0
	})
	clock("mesh_odoo_clock_database_offset_seconds", "How far Odoo's database is ahead of this machine's clock.", func(c ClockState) float64 { return c.Database.Seconds() })
	clock("mesh_odoo_clock_header_offset_seconds", "How far the time in Odoo's answers is ahead of this machine's clock.", func(c ClockState) float64 { return c.Header.Seconds() })
	for _, c := range e.collections {
		labels := prometheus.Labels{"collection": c.Name}
		gauge := func(name, help string, value func(Status) float64) {
			r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels},
				func() float64 { return value(e.Status(c.Name)) }))
		}
		gauge("mesh_records", "Records in the cache.", func(s Status) float64 { return float64(s.Records) })
		gauge("mesh_records_faulty", "Records that cannot be shown as Odoo has them.", func(s Status) float64 { return float64(s.Faulty) })
		gauge("mesh_collection_degraded", "How many things stand in the way of following Odoo.", func(s Status) float64 { return float64(len(s.Degraded)) })
		gauge("mesh_capture_deletions_held", "Records of a mass deletion that waits for an operator.", func(s Status) float64 { return float64(s.Held) })
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
}
