package config

import (
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"odoomesh/internal/telemetry"
)

// Server is what the mesh serves, and where.
type Server struct {
	GRPCAddr string `key:"grpc-addr" doc:"Address for gRPC. Anything but a loopback address needs TLS and an access file."`
	// HTTPAddr is empty after Load when it is off.
	HTTPAddr  string   `key:"http-addr" doc:"Address for REST, streams over HTTP and the documentation of the API; off: not served."`
	DataDir   string   `key:"data-dir" doc:"Folder for the cache and the log. One process at a time."`
	Services  []string `key:"services" doc:"Services to offer, such as product,supplier. Empty: all."`
	LogLevel  string   `key:"log-level" doc:"Least level of log lines: debug, info, warn or error."`
	LogFormat string   `key:"log-format" doc:"Form of log lines: text, json, or auto for text on a terminal and JSON elsewhere."`
	Origins   []string `key:"cors-allowed-origins" doc:"Origins whose pages may call REST from a browser, such as https://ward.example,http://localhost:5173; exactly these, no patterns. Empty: none but the mesh's own pages."`
	Console   bool     `key:"console" doc:"Serve the pages for people at /console, on http-addr. Each shows what its reader may read."`
	MaxConns  int      `key:"max-connections-per-address" doc:"Connections that one address may have open at each port; callers on this machine, behind which a proxy may stand, sixteen times as many."`
}

func defaultServer() Server {
	return Server{
		GRPCAddr:  "127.0.0.1:9090",
		HTTPAddr:  "127.0.0.1:8080",
		DataDir:   "./data",
		LogLevel:  "info",
		LogFormat: telemetry.FormatAuto,
		Console:   true,
		MaxConns:  256,
	}
}

// check takes the access file too, and whether there is TLS: only callers that are known
// may come from elsewhere, and what they send is encrypted.
func (s Server) check(accessFile string, encrypts bool, knownServices []string, found *problems) {
	s.checkListening(accessFile, encrypts, found)
	s.checkLog(found)
	checkServices(s.Services, knownServices, found)
	if s.DataDir == "" {
		found.add("data-dir", "it is empty; name a folder that the mesh may write")
	}
}

func (s Server) checkListening(accessFile string, encrypts bool, found *problems) {
	if s.GRPCAddr == "" {
		found.add("grpc-addr", "it is empty; write host:port, such as 127.0.0.1:9090")
	}
	for _, origin := range s.Origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.Contains(origin, "*") || u.Scheme+"://"+u.Host != origin {
			found.add("cors-allowed-origins", "%q is no origin; write scheme and host, such as https://ward.example, without a path and without *", origin)
		}
	}
	if s.MaxConns < 1 {
		found.add("max-connections-per-address", "%d is not at least 1", s.MaxConns)
	}
	for _, a := range []struct{ key, addr string }{{"grpc-addr", s.GRPCAddr}, {"http-addr", s.HTTPAddr}} {
		if a.addr != "" {
			s.checkAddress(a.key, a.addr, accessFile, encrypts, found)
		}
	}
	if s.GRPCAddr != "" && s.GRPCAddr == s.HTTPAddr && !strings.HasSuffix(s.GRPCAddr, ":0") {
		found.add("http-addr", "it is the same as grpc-addr; give each its own port")
	}
}

func (s Server) checkAddress(key, addr, accessFile string, encrypts bool, found *problems) {
	host, port, err := net.SplitHostPort(addr)
	number, bad := strconv.ParseUint(port, 10, 16)
	if err != nil || bad != nil || number > 65535 {
		found.add(key, "%q is no address; write host:port, such as 127.0.0.1:9090", addr)
		return
	}
	if isLoopback(host) {
		return
	}
	switch {
	case !encrypts:
		found.add(key, "%s can be reached from other machines, so what is sent there must be encrypted; set tls-cert-file and tls-key-file, or listen on 127.0.0.1 behind a proxy of this machine that has TLS", addr)
	case accessFile == "":
		found.add(key, "%s can be reached from other machines, so callers must be known; set access-file, or listen on 127.0.0.1", addr)
	}
}

func (s Server) checkLog(found *problems) {
	if levels := []string{"debug", "info", "warn", "error"}; !slices.Contains(levels, s.LogLevel) {
		found.add("log-level", "%q is none of %s", s.LogLevel, strings.Join(levels, ", "))
	}
	if formats := []string{telemetry.FormatAuto, telemetry.FormatText, telemetry.FormatJSON}; !slices.Contains(formats, s.LogFormat) {
		found.add("log-format", "%q is none of %s", s.LogFormat, strings.Join(formats, ", "))
	}
}

func checkServices(wanted, known []string, found *problems) {
	if known == nil {
		return
	}
	for _, name := range wanted {
		if !slices.Contains(known, name) {
			found.add("services", "there is no service %q; there are %s", name, strings.Join(known, ", "))
		}
	}
}
