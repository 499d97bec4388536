package badgerstore

import "github.com/prometheus/client_golang/prometheus"

// logMetrics reads the log's state when it is scraped.
type logMetrics struct {
	registration
	log                        *Log
	head, oldest, size         *prometheus.Desc
	free, needed               *prometheus.Desc
	entries, batches, payloads prometheus.Counter
}

func newLogMetrics(l *Log, name string) *logMetrics {
	label := prometheus.Labels{"log": name}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: label})
	}
	free, needed := roomDescs(name)
	return &logMetrics{
		free: free, needed: needed,
		log:      l,
		head:     prometheus.NewDesc("mesh_log_head", "Last durable position of the log.", nil, label),
		oldest:   prometheus.NewDesc("mesh_log_oldest", "First position of the log that can be read.", nil, label),
		size:     sizeDesc(name),
		entries:  counter("mesh_log_entries_total", "Entries appended to the log."),
		batches:  counter("mesh_log_commits_total", "Durable commits of the log; one commit holds all batches that waited for it."),
		payloads: counter("mesh_log_payload_bytes_total", "Bytes of payload appended to the log."),
	}
}

func (m *logMetrics) registered(reg prometheus.Registerer) { m.registration = registration{reg, m} }

// committed counts what one commit made durable.
func (m *logMetrics) committed(group []*appending) {
	m.batches.Inc()
	for _, a := range group {
		m.entries.Add(float64(len(a.drafts)))
		for _, d := range a.drafts {
			m.payloads.Add(float64(len(d.Payload)))
		}
	}
}

// Describe implements prometheus.Collector.
func (m *logMetrics) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(m, ch) }

// Collect implements prometheus.Collector.
func (m *logMetrics) Collect(ch chan<- prometheus.Metric) {
	b := m.log.edges()
	ch <- prometheus.MustNewConstMetric(m.head, prometheus.GaugeValue, float64(b.head))
	ch <- prometheus.MustNewConstMetric(m.oldest, prometheus.GaugeValue, float64(b.oldest))
	ch <- prometheus.MustNewConstMetric(m.size, prometheus.GaugeValue, diskBytes(m.log.folder.path))
	collectRoom(ch, m.log.folder, m.free, m.needed)
	m.entries.Collect(ch)
	m.batches.Collect(ch)
	m.payloads.Collect(ch)
}
