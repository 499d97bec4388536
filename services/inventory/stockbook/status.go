package stockbook

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

type metrics struct {
	events *prometheus.CounterVec
	drift  prometheus.Gauge
}

func newMetrics(r prometheus.Registerer, b *Book) *metrics {
	m := &metrics{
		events: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mesh_stock_events_total", Help: "Inventory events recorded, corrections apart."}, []string{"type", "correction"}),
		drift:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "mesh_stock_drift", Help: "Balances in which the events and Odoo's stock differed at the last proof."}),
	}
	if r == nil {
		return m
	}
	r.MustRegister(m.events, m.drift,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "mesh_stock_history_rows_left", Help: "Movements whose history is still to be taken over."},
			func() float64 { p := b.Progress(); return float64(p.Total - p.Done) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "mesh_stock_book_position", Help: "Last position of the change log that the book of stock has followed."},
			func() float64 { return float64(b.keeper.Followed()) }))
	return m
}

func (m *metrics) count(events []*inventoryv1.InventoryEvent) {
	for _, e := range events {
		correction := "no"
		if e.GetCorrects() != "" {
			correction = "yes"
		}
		m.events.WithLabelValues(typeName(e.GetType()), correction).Inc()
	}
}

// typeName is the type as metrics name it, such as "receipt".
func typeName(t inventoryv1.InventoryEventType) string {
	return strings.ToLower(strings.TrimPrefix(t.String(), "INVENTORY_EVENT_TYPE_"))
}
