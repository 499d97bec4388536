package session

import "github.com/prometheus/client_golang/prometheus"

// why a session has ended, as the metric calls it.
type why string

const (
	whySignedOut why = "signed_out"
	whyIdle      why = "idle"
	whyOld       why = "lifetime"
	whyTaken     why = "access_taken"
	whyRoom      why = "no_room"
)

type metrics struct{ ended *prometheus.CounterVec }

func newMetrics(r prometheus.Registerer, open func() float64) metrics {
	m := metrics{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "mesh_sessions_ended_total", Help: "Sessions of people's browsers that have ended, by why: signed_out, idle, lifetime, access_taken or no_room.",
	}, []string{"why"})}
	for _, w := range []why{whySignedOut, whyIdle, whyOld, whyTaken, whyRoom} {
		m.ended.WithLabelValues(string(w))
	}
	if r != nil {
		r.MustRegister(m.ended, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "mesh_sessions", Help: "Sessions of people's browsers that are open.",
		}, open))
	}
	return m
}
