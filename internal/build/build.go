// Package build tells which build of the mesh runs: its version, as the Makefile hands it to
// the linker, and the release of Go that made it. It holds neither a time nor a path, so
// that whoever builds the same version of the same source gets the same program.
package build

import (
	"runtime"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
)

// version is set by the linker (-X odoomesh/internal/build.version=…).
var version string

// Version is the version of the program. One that was not built by the Makefile has the
// module's, which is "(devel)" in a working tree.
func Version() string {
	if version != "" {
		return version
	}
	if info, known := debug.ReadBuildInfo(); known && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// Text is what --version prints behind the program's name.
func Text() string {
	return Version() + ", built with " + runtime.Version() + " for " + runtime.GOOS + "/" + runtime.GOARCH
}

// Metric says the same to whoever scrapes metrics.
func Metric() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "mesh_build_info", Help: "Always 1; the labels say which build of the mesh runs.",
		ConstLabels: prometheus.Labels{"version": Version(), "go_version": runtime.Version()},
	}, func() float64 { return 1 })
}
