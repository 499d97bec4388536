package odoo

import (
	"errors"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what an operator watches of the traffic to Odoo.
type metrics struct {
	calls    *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	inFlight prometheus.Gauge
	waiting  *prometheus.GaugeVec
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mesh_odoo_calls_total",
			Help: "Calls to Odoo by model, method and outcome.",
		}, []string{"model", "method", "outcome"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "mesh_odoo_call_duration_seconds",
			Help:    "Time from sending a call to having decoded its answer, without waiting for the budget.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120},
		}, []string{"model", "method"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "mesh_odoo_calls_in_flight",
			Help: "Calls that Odoo is working on.",
		}),
		waiting: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "mesh_odoo_calls_waiting",
			Help: "Calls that wait for the budget, by priority.",
		}, []string{"priority"}),
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.calls, m.latency, m.inFlight, m.waiting} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) done(e endpoint, err error, took time.Duration) {
	m.calls.WithLabelValues(e.model, e.method, outcome(err)).Inc()
	m.latency.WithLabelValues(e.model, e.method).Observe(took.Seconds())
}

// notSent counts a call that ended before it was sent.
func (m *metrics) notSent(e endpoint, err error) {
	m.calls.WithLabelValues(e.model, e.method, outcome(err)).Inc()
}

func outcome(err error) string {
	var fault *Fault
	var transport *TransportError
	var argument *ArgumentError
	name := "failed"
	switch {
	case err == nil:
		name = "ok"
	case errors.As(err, &fault):
		name = fault.Kind.String()
	case errors.As(err, &transport):
		name = transport.Kind.String()
	case errors.As(err, &argument):
		name = "bad argument"
	}
	return strings.ReplaceAll(name, " ", "_")
}
