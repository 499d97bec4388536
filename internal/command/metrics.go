package command

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/clock"
)

type metrics struct {
	settled *prometheus.CounterVec
	running prometheus.Gauge
	changed prometheus.Gauge
}

func newMetrics(r prometheus.Registerer, waiting func() (n int, oldest time.Time, limit int), c clock.Clock) metrics {
	m := metrics{
		settled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mesh_command_states_total", Help: "Intents that came into a state, by command and state.",
		}, []string{"command", "state"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "mesh_commands_running", Help: "Intents that are being carried out, or looked up in Odoo."}),
		changed: prometheus.NewGauge(prometheus.GaugeOpts{Name: "mesh_odoo_changed", Help: "1 while nothing is written to Odoo because it is not the one that it was."}),
	}
	count := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "mesh_commands_deferred", Help: "Intents that wait to be carried out later, as their callers have wished."}, func() float64 {
		n, _, _ := waiting()
		return float64(n)
	})
	age := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "mesh_commands_deferred_oldest_seconds", Help: "Age of the oldest of them; 0 where none waits."}, func() float64 {
		if _, oldest, _ := waiting(); !oldest.IsZero() {
			return c.Now().Sub(oldest).Seconds()
		}
		return 0
	})
	r.MustRegister(m.settled, m.running, m.changed, count, age)
	return m
}
