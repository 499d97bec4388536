package command

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	settled *prometheus.CounterVec
	running prometheus.Gauge
	changed prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		settled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mesh_command_states_total", Help: "Intents that came into a state, by command and state.",
		}, []string{"command", "state"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "mesh_commands_running", Help: "Intents that are being carried out, or looked up in Odoo."}),
		changed: prometheus.NewGauge(prometheus.GaugeOpts{Name: "mesh_odoo_changed", Help: "1 while nothing is written to Odoo because it is not the one that it was."}),
	}
	r.MustRegister(m.settled, m.running, m.changed)
	return m
}
