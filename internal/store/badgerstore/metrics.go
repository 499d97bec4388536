package badgerstore

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// registration is a collector that can be taken back when its store closes.
type registration struct {
	in   prometheus.Registerer
	what prometheus.Collector
}

func (r *registration) unregister() {
	if r.in != nil {
		r.in.Unregister(r.what)
	}
}

// register adds the collector where there is a registerer.
func register(reg prometheus.Registerer, c interface {
	prometheus.Collector
	registered(prometheus.Registerer)
}) error {
	if reg == nil {
		return nil
	}
	if err := reg.Register(c); err != nil {
		return fmt.Errorf("registering the store's metrics: %w", err)
	}
	c.registered(reg)
	return nil
}

// roomDescs are what tells of a disk that is full.
func roomDescs(kind string) (free, needed *prometheus.Desc) {
	labels := prometheus.Labels{"store": kind}
	return prometheus.NewDesc("mesh_store_disk_free_bytes", "Bytes that the disk of the store has left.", nil, labels),
		prometheus.NewDesc("mesh_store_disk_needed_bytes", "Bytes that the disk must have left: below, nothing is written.", nil, labels)
}

// collectRoom tells what the disk has left, where it can be asked.
func collectRoom(ch chan<- prometheus.Metric, f *folder, free, needed *prometheus.Desc) {
	r, err := f.room(f.minFree)
	if err != nil {
		return
	}
	ch <- prometheus.MustNewConstMetric(free, prometheus.GaugeValue, float64(r.Free))
	ch <- prometheus.MustNewConstMetric(needed, prometheus.GaugeValue, float64(r.Needed))
}

func sizeDesc(kind string) *prometheus.Desc {
	return prometheus.NewDesc("mesh_store_disk_bytes", "Bytes that the store's files take on disk.", nil, prometheus.Labels{"store": kind})
}
