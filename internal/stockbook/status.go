package stockbook

import (
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
)

// Progress is how far taking history over is.
type Progress struct {
	Done, Total int64
	// Left is an estimate from the pace so far; 0 when there is none.
	Left time.Duration
}

// Progress tells how far taking history over is.
func (b *Book) Progress() Progress { return b.progress.at(b.Clock.Now()) }

type progress struct {
	mu              sync.Mutex
	began, reported time.Time
	done, total     int64
}

func (p *progress) begin(now time.Time, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began, p.reported, p.done, p.total = now, now, 0, total
}

// step counts one record and tells whether it is time for a report.
func (p *progress) step(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	if now.Sub(p.reported) < reportEvery {
		return false
	}
	p.reported = now
	return true
}

func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total = p.done
}

func (p *progress) at(now time.Time) Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Progress{Done: p.done, Total: max(p.done, p.total)}
	if p.done > 0 {
		s.Left = time.Duration(float64(now.Sub(p.began)) / float64(p.done) * float64(s.Total-p.done))
	}
	return s
}

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
			func() float64 { return float64(b.followed.Load()) }))
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
