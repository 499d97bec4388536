package signin

import "github.com/prometheus/client_golang/prometheus"

const (
	outcomeSignedIn = "signed_in"
	outcomeRefused  = "refused"
)

type metrics struct{ signIns *prometheus.CounterVec }

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "mesh_signins_total", Help: "Sign-ins of people with a browser, by what became of them: signed_in or refused.",
	}, []string{"outcome"})}
	m.signIns.WithLabelValues(outcomeSignedIn)
	m.signIns.WithLabelValues(outcomeRefused)
	if r != nil {
		r.MustRegister(m.signIns)
	}
	return m
}
