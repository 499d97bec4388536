package eventbook

import "github.com/prometheus/client_golang/prometheus"

// lags tells, when it is asked, how far each consumer is behind.
type lags struct {
	book *Book
	desc *prometheus.Desc
}

func newLags(b *Book) lags {
	return lags{b, prometheus.NewDesc("mesh_event_consumer_lag", "Business events that a consumer has not acknowledged, whatever its filter is.", []string{"consumer"}, nil)}
}

// Describe implements prometheus.Collector.
func (l lags) Describe(ch chan<- *prometheus.Desc) { ch <- l.desc }

// Collect implements prometheus.Collector.
func (l lags) Collect(ch chan<- prometheus.Metric) {
	all, err := l.book.Consumers()
	if err != nil { // a store that cannot be read is told of where it is used: the other metrics are wanted then
		return
	}
	head := l.book.Journal.Head()
	for _, c := range all {
		ch <- prometheus.MustNewConstMetric(l.desc, prometheus.GaugeValue, float64(head-min(head, c.Position)), c.Name)
	}
}
