package telemetry

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc/codes"

	"odoomesh/internal/build"
)

// NewRegistry is a registry with what Go and the operating system say of this
// process.
func NewRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), build.Metric())
	return r
}

// Handler answers the metrics of the registry.
func Handler(r *prometheus.Registry, log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{
		Registry:          r,
		EnableOpenMetrics: true,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelError),
	})
}

// highestCode is the last of gRPC's seventeen.
const highestCode = codes.Unauthenticated

// callMetrics counts calls. Series of one method are looked up once.
type callMetrics struct {
	calls    *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight *prometheus.GaugeVec
	methods  sync.Map // full method → *methodMetrics
}

type methodMetrics struct {
	calls    [highestCode + 1]prometheus.Counter
	seconds  prometheus.Observer
	inFlight prometheus.Gauge
}

func newCallMetrics(r prometheus.Registerer) (*callMetrics, error) {
	m := &callMetrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mesh_rpc_calls_total",
			Help: "Calls that ended, by method and gRPC code; REST calls too.",
		}, []string{"method", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "mesh_rpc_duration_seconds",
			Help:    "Time from the first to the last interceptor, of calls that are no streams.",
			Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"method"}),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "mesh_rpc_in_flight",
			Help: "Calls and open streams at the moment.",
		}, []string{"method"}),
	}
	for _, c := range []prometheus.Collector{m.calls, m.seconds, m.inFlight} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("registering the metrics of calls: %w", err)
		}
	}
	return m, nil
}

// of finds the series of a method; gRPC calls no interceptor for a method that
// is not registered, so that their number is bounded.
func (m *callMetrics) of(method string) *methodMetrics {
	if found, ok := m.methods.Load(method); ok {
		return found.(*methodMetrics)
	}
	series := &methodMetrics{
		seconds:  m.seconds.WithLabelValues(method),
		inFlight: m.inFlight.WithLabelValues(method),
	}
	for code := range series.calls {
		series.calls[code] = m.calls.WithLabelValues(method, codes.Code(code).String())
	}
	found, _ := m.methods.LoadOrStore(method, series)
	return found.(*methodMetrics)
}

func (m *methodMetrics) done(code codes.Code, took time.Duration, stream bool) {
	m.inFlight.Dec()
	if code > highestCode {
		code = codes.Unknown
	}
	m.calls[code].Inc()
	if !stream {
		m.seconds.Observe(took.Seconds())
	}
}
