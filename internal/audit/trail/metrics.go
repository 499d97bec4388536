package trail

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	records *prometheus.CounterVec
	failing prometheus.Gauge
}

func newMetrics(t *Trail, r prometheus.Registerer) metrics {
	m := metrics{
		records: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mesh_audit_records_total", Help: "Records of the audit, by what they tell."}, []string{"kind"}),
		failing: prometheus.NewGauge(prometheus.GaugeOpts{Name: "mesh_audit_failing", Help: "Whether the audit cannot be written, and commands are refused for it."}),
	}
	if r == nil {
		return m
	}
	r.MustRegister(m.records, m.failing)
	if t.Witness != nil {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "mesh_audit_unwitnessed_seconds", Help: "How long ago a witness last signed the audit; 0 while nothing was written since.",
		}, func() float64 { return t.Unwitnessed().Round(time.Second).Seconds() }))
	}
	return m
}
