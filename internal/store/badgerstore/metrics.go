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

func sizeDesc(kind string) *prometheus.Desc {
	return prometheus.NewDesc("mesh_store_disk_bytes", "Bytes that the store's files take on disk.", nil, prometheus.Labels{"store": kind})
}
