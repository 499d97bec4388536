package badgerstore

import "github.com/prometheus/client_golang/prometheus"

// cacheMetrics reads the cache's state when it is scraped.
type cacheMetrics struct {
	registration
	cache                   *Cache
	position, records, size *prometheus.Desc
	free, needed            *prometheus.Desc
}

func newCacheMetrics(c *Cache) *cacheMetrics {
	free, needed := roomDescs("cache")
	return &cacheMetrics{
		free: free, needed: needed,
		cache:    c,
		position: prometheus.NewDesc("mesh_cache_position", "Log position that the cache has reached.", nil, nil),
		records:  prometheus.NewDesc("mesh_cache_records", "Records in the cache.", []string{"collection"}, nil),
		size:     sizeDesc("cache"),
	}
}

func (m *cacheMetrics) registered(reg prometheus.Registerer) { m.registration = registration{reg, m} }

// Describe implements prometheus.Collector.
func (m *cacheMetrics) Describe(ch chan<- *prometheus.Desc) {
	ch <- m.position
	ch <- m.records
	ch <- m.size
	ch <- m.free
	ch <- m.needed
}

// Collect implements prometheus.Collector.
func (m *cacheMetrics) Collect(ch chan<- prometheus.Metric) {
	ch <- prometheus.MustNewConstMetric(m.position, prometheus.GaugeValue, float64(m.cache.Position()))
	for collection, n := range m.cache.collections() {
		ch <- prometheus.MustNewConstMetric(m.records, prometheus.GaugeValue, float64(n), collection)
	}
	ch <- prometheus.MustNewConstMetric(m.size, prometheus.GaugeValue, diskBytes(m.cache.folder.path))
	collectRoom(ch, m.cache.folder, m.free, m.needed)
}
