package config

import (
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a machine need not have the table of time zones

	"odoomesh/internal/odoo"
	"odoomesh/internal/telemetry"
)

// check adds everything that is wrong with a configuration that could be read.
func check(c Config, s Sources, found *problems) {
	checkListening(c.Server, found)
	checkLog(c.Server, found)
	checkServices(c.Services, s.KnownServices, found)
	checkOdoo(c.Odoo, s, found)
	checkCompanies(c.Companies, found)
	checkCapture(c.Capture, found)
	checkTracing(c.Tracing, found)
	if c.DataDir == "" {
		found.add("data-dir", "it is empty; name a folder that the mesh may write")
	}
	for _, f := range []struct{ key, path string }{
		{"tls-cert-file", c.TLSCertFile}, {"tls-key-file", c.TLSKeyFile}, {"access-file", c.AccessFile}, {"odoo-ca-file", c.CAFile},
	} {
		checkReadable(f.key, f.path, found)
	}
	for _, path := range c.Overlays {
		checkReadable("mapping-overlay", path, found)
	}
}

func checkReadable(key, path string, found *problems) {
	if path == "" {
		return
	}
	file, err := os.Open(path)
	if err != nil {
		found.add(key, "it cannot be read: %v; check the path and who may read it", err)
		return
	}
	file.Close()
}

func checkListening(s Server, found *problems) {
	if s.GRPCAddr == "" {
		found.add("grpc-addr", "it is empty; write host:port, such as 127.0.0.1:9090")
	}
	if (s.TLSCertFile == "") != (s.TLSKeyFile == "") {
		found.add("tls-cert-file", "certificate and key belong together; set tls-cert-file and tls-key-file, or neither")
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
	for _, limit := range []struct {
		key   string
		value int
	}{{"caller-max-units-per-second", s.MaxUnits}, {"caller-max-streams", s.MaxStreams}, {"caller-max-page-size", s.MaxPage}} {
		if limit.value < 0 {
			found.add(limit.key, "%d is less than 0; write 0 for no limit", limit.value)
		}
	}
	for _, a := range []struct{ key, addr string }{{"grpc-addr", s.GRPCAddr}, {"http-addr", s.HTTPAddr}} {
		if a.addr != "" {
			checkAddress(a.key, a.addr, s, found)
		}
	}
	if s.GRPCAddr != "" && s.GRPCAddr == s.HTTPAddr && !strings.HasSuffix(s.GRPCAddr, ":0") {
		found.add("http-addr", "it is the same as grpc-addr; give each its own port")
	}
}

func checkAddress(key, addr string, s Server, found *problems) {
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
	case s.TLSCertFile == "" && s.TLSKeyFile == "":
		found.add(key, "%s can be reached from other machines, so what is sent there must be encrypted; set tls-cert-file and tls-key-file, or listen on 127.0.0.1 behind a proxy of this machine that has TLS", addr)
	case s.AccessFile == "":
		found.add(key, "%s can be reached from other machines, so callers must be known; set access-file, or listen on 127.0.0.1", addr)
	}
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func checkLog(s Server, found *problems) {
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

func checkOdoo(o Odoo, s Sources, found *problems) {
	if s.NeedsOdoo {
		for _, need := range []struct{ key, value, example string }{
			{"odoo-url", o.URL, "https://erp.hospital.example"}, {"odoo-db", o.Database, "hospital"}, {"odoo-user", o.User, "mesh"},
		} {
			if need.value == "" {
				found.add(need.key, "it is not set; set it, such as %s", need.example)
			}
		}
		if o.Password == "" && o.PasswordFile == "" && !o.PasswordStdin {
			found.add("odoo-password", "there is none; set odoo-password-file or %s", envName("odoo-password"))
		}
	}
	if o.URL != "" {
		plain := "plain http:// would show the password to the network; use https://, or set odoo-insecure if that network is yours alone"
		if o.Insecure {
			plain = ""
		}
		checkURL("odoo-url", o.URL, "set odoo-user and odoo-password-file instead", plain, found)
	}
	if !slices.Contains(odoo.Protocols(), odoo.Protocol(o.Transport)) {
		found.add("odoo-transport", "%q is none of %s, %s, %s", o.Transport, odoo.Auto, odoo.XMLRPC, odoo.JSON2)
	}
	if o.MaxConcurrent < 1 || o.MaxConcurrent > 1000 {
		found.add("odoo-max-concurrent", "%d is not from 1 to 1000", o.MaxConcurrent)
	}
	// Written so that a NaN is refused too.
	if !(o.MaxPerSecond >= 0) {
		found.add("odoo-max-per-second", "%v is less than 0; write 0 for no limit", o.MaxPerSecond)
	}
	atLeast("odoo-timeout", o.Timeout, time.Second, found)
	atLeast("live-read-timeout", o.LiveTimeout, 100*time.Millisecond, found)
	checkLocale(o, found)
}

// languageCode is how Odoo writes languages: de_DE, es_419, sr@latin.
var languageCode = regexp.MustCompile(`^[a-z]{2,3}(_[A-Za-z0-9]{2,4})?(@[a-z]+)?$`)

func checkLocale(o Odoo, found *problems) {
	if o.Language != "" && !languageCode.MatchString(o.Language) {
		found.add("odoo-lang", "%q is no code of a language in Odoo; write it as Odoo does, such as de_DE", o.Language)
	}
	// Go takes "Local" for the zone of this machine, which says nothing of the company.
	if _, err := time.LoadLocation(o.TimeZone); err != nil || o.TimeZone == "Local" {
		found.add("time-zone", "%q is no name of a time zone; write one such as Europe/Berlin", o.TimeZone)
	}
}

func checkCompanies(companies []string, found *problems) {
	for _, text := range companies {
		if id, err := strconv.ParseInt(text, 10, 64); err != nil || id < 1 {
			found.add("odoo-companies", "%q is no id of a company; write Odoo's ids, such as 1,3", text)
		}
	}
}

// checkURL refuses what is no URL of a server, and plain http:// to another machine.
// It says what to do where the URL carries credentials, and where it is plain; empty
// where it may be. It quotes nothing of the URL, because a password may have been put in.
func checkURL(key, text, credentials, plain string, found *problems) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		found.add(key, "it is no URL of the form https://host")
	case u.User != nil:
		found.add(key, "it carries a user or password; %s", credentials)
	case u.RawQuery != "" || u.Fragment != "":
		found.add(key, "it has a query or fragment; leave them out")
	case plain != "" && u.Scheme == "http" && !isLoopback(u.Hostname()):
		found.add(key, "%s", plain)
	}
}

func checkCapture(c Capture, found *problems) {
	atLeast("poll-interval", c.PollInterval, 10*time.Millisecond, found)
	atLeast("overlap", c.Overlap, time.Second, found)
	atLeast("census-interval", c.CensusInterval, time.Second, found)
	atLeast("stream-heartbeat", c.StreamHeartbeat, 100*time.Millisecond, found)
	if c.LogRetention != 0 {
		atLeast("log-retention", c.LogRetention, time.Minute, found)
	}
	if c.EventRetention != 0 {
		atLeast("event-retention", c.EventRetention, time.Minute, found)
	}
	if c.ProofInterval != 0 {
		atLeast("stock-proof-interval", c.ProofInterval, time.Second, found)
	}
	if c.EventMaxMiB < 0 {
		found.add("event-max-mib", "a size is not below 0; 0 is no limit")
	}
}

func atLeast(key string, d, least time.Duration, found *problems) {
	if d < least {
		found.add(key, "%s is too short; at least %s", shortDuration(d), shortDuration(least))
	}
}
