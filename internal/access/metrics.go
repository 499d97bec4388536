package access

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	bad, open       prometheus.Gauge
	reloads, broken *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		bad: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "mesh_access_file_refused", Help: "1 while the access file cannot be used as it is now, so that the one before is in force.",
		}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "mesh_access_glass_broken", Help: "Principals that have more than usually for some minutes.",
		}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mesh_access_reloads_total", Help: "Changes of the access file, by what became of them: taken or refused.",
		}, []string{"outcome"}),
		broken: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mesh_access_glass_broken_total", Help: "How often a principal has taken more than it usually has.",
		}, []string{"principal"}),
	}
	m.reloads.WithLabelValues("taken")
	m.reloads.WithLabelValues("refused")
	if r != nil {
		r.MustRegister(m.bad, m.open, m.reloads, m.broken)
	}
	return m
}
