package exception

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	eventv1 "odoomesh/gen/go/mesh/event/v1"
	operationsv1 "odoomesh/gen/go/mesh/operations/v1"
)

type metrics struct {
	open *prometheus.GaugeVec
	left *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "mesh_exceptions_open", Help: "Exceptions that nobody has acknowledged and whose cause is still there.",
		}, []string{"kind"}),
		left: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mesh_exceptions_left_out_total", Help: "Reports that opened no exception, as there are too many of the kind.",
		}, []string{"kind"}),
	}
	if r != nil {
		r.MustRegister(m.open, m.left)
	}
	return m
}

// measure sets the metrics to what the board holds; kinds that have none are 0.
func (b *Board) measure() {
	counts := map[Kind]int{}
	for of, number := range b.lasting {
		if b.all[number].state() == operationsv1.ExceptionState_EXCEPTION_STATE_OPEN {
			counts[of.kind]++
		}
	}
	for value := range eventv1.ExceptionKind_name {
		if kind := Kind(value); kind != eventv1.ExceptionKind_EXCEPTION_KIND_UNSPECIFIED {
			b.metrics.open.WithLabelValues(label(kind)).Set(float64(counts[kind]))
		}
	}
}

// label is a kind as metrics name it, such as "stock_drift".
func label(kind Kind) string {
	return strings.ToLower(strings.TrimPrefix(kind.String(), "EXCEPTION_KIND_"))
}
