package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"odoomesh/internal/config"
)

// given is what a test sets, in each of the sources.
type given struct {
	file  string
	env   []string
	flags []string
	stdin string
	needs bool
}

func load(t testing.TB, g given) (config.Config, error) {
	t.Helper()
	flags := pflag.NewFlagSet("meshd", pflag.ContinueOnError)
	config.AddFlags(flags, config.Default())
	flags.Bool("verbose-help", true, "a flag of the command's own")
	args := g.flags
	if g.file != "" {
		path := filepath.Join(t.TempDir(), "mesh.yaml")
		write(t, path, g.file)
		args = append(args, "--config", path)
	}
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return config.Load(config.Sources{
		Defaults: config.Default(), Flags: flags, Environ: g.env, Stdin: strings.NewReader(g.stdin),
		KnownServices: []string{"product", "supplier"}, NeedsOdoo: g.needs,
	})
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDefaultsAreAsDocumented(t *testing.T) {
	got, err := load(t, given{})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Server:    config.Server{GRPCAddr: "127.0.0.1:9090", HTTPAddr: "127.0.0.1:8080", DataDir: "./data", LogLevel: "info", LogFormat: "auto", Console: true, MaxConns: 256},
		Transport: config.Transport{TLSMinVersion: "1.3", TLSClientCert: "optional"},
		Access:    config.Access{MaxUnits: 500_000, MaxStreams: 10_000, MaxPage: 1000},
		Identity:  config.Identity{Environment: "development", OIDCAlgorithms: []string{"RS256", "PS256", "ES256", "EdDSA"}, OIDCSkew: 30 * time.Second},
		SignIn:    config.SignIn{OIDCScopes: []string{"openid"}, SessionLifetime: 8 * time.Hour, SessionIdle: 30 * time.Minute},
		Odoo:      config.Odoo{Transport: "auto", MaxConcurrent: 4, MaxPerSecond: 100, Timeout: 60 * time.Second, LiveTimeout: 4 * time.Second},
		Capture: config.Capture{
			PollInterval: 300 * time.Millisecond, Overlap: 150 * time.Second, CensusInterval: 10 * time.Minute, LogRetention: 30 * 24 * time.Hour,
		},
		Events:     config.Events{StreamHeartbeat: 5 * time.Second, ProofInterval: time.Minute},
		Tracing:    config.Tracing{TraceRatio: 0.01},
		Commands:   config.Commands{CommandWait: 30 * time.Second, LongestRequest: 130 * time.Second, DeferredLimit: 50_000, DeferredAlarm: 15 * time.Minute},
		Purchasing: config.Purchasing{ApprovedSuppliers: config.Off, VendorsByTwo: true, PriceCheck: config.Off},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlagsWinOverVariablesOverFileOverDefaults(t *testing.T) {
	g := given{file: "log-level: debug\npoll-interval: 1s\ngrpc-addr: 127.0.0.1:1\nservices: [product]\n"}
	steps := []struct {
		name string
		add  func()
		want config.Config
	}{
		{"file", func() {}, config.Config{Server: config.Server{GRPCAddr: "127.0.0.1:1", LogLevel: "debug"}, Capture: config.Capture{PollInterval: time.Second}}},
		{"variables", func() {
			g.env = []string{"MESH_LOG_LEVEL=warn", "MESH_POLL_INTERVAL=2s", "PATH=/bin", "MESH_DATA_DIR="}
		}, config.Config{Server: config.Server{GRPCAddr: "127.0.0.1:1", LogLevel: "warn"}, Capture: config.Capture{PollInterval: 2 * time.Second}}},
		{"flags", func() { g.flags = []string{"--log-level=error"} }, config.Config{Server: config.Server{GRPCAddr: "127.0.0.1:1", LogLevel: "error"}, Capture: config.Capture{PollInterval: 2 * time.Second}}},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			step.add()
			got, err := load(t, g)
			if err != nil {
				t.Fatal(err)
			}
			short := config.Config{Server: config.Server{GRPCAddr: got.GRPCAddr, LogLevel: got.LogLevel}, Capture: config.Capture{PollInterval: got.PollInterval}}
			if diff := cmp.Diff(step.want, short); diff != "" {
				t.Error(diff)
			}
			if got.DataDir != "./data" || !reflect.DeepEqual(got.Services, []string{"product"}) {
				t.Errorf("what nobody else set changed: %q %q", got.DataDir, got.Services)
			}
		})
	}
}

func TestEveryKindOfValueInEverySource(t *testing.T) {
	overlay := filepath.Join(t.TempDir(), "overlay.yaml")
	write(t, overlay, "{}")
	sources := map[string]given{
		"file": {file: "mapping-overlay: [" + overlay + "]\nodoo-insecure: true\nodoo-max-concurrent: 7\nodoo-max-per-second: 2.5\nodoo-timeout: 90s\nhttp-addr: off\nodoo-db: 18\n"},
		"env":  {env: []string{"MESH_MAPPING_OVERLAY=" + overlay, "MESH_ODOO_INSECURE=true", "MESH_ODOO_MAX_CONCURRENT=7", "MESH_ODOO_MAX_PER_SECOND=2.5", "MESH_ODOO_TIMEOUT=90s", "MESH_HTTP_ADDR=off", "MESH_ODOO_DB=18"}},
		"flag": {flags: []string{"--mapping-overlay", overlay, "--odoo-insecure", "--odoo-max-concurrent=7", "--odoo-max-per-second=2.5", "--odoo-timeout=90s", "--http-addr=off", "--odoo-db=18"}},
	}
	for name, g := range sources {
		t.Run(name, func(t *testing.T) {
			c, err := load(t, g)
			if err != nil {
				t.Fatal(err)
			}
			want := config.Odoo{Transport: "auto", Insecure: true, MaxConcurrent: 7, MaxPerSecond: 2.5, Timeout: 90 * time.Second, LiveTimeout: 4 * time.Second, Overlays: []string{overlay}, Database: "18"}
			if diff := cmp.Diff(want, c.Odoo); diff != "" {
				t.Error(diff)
			}
			if c.HTTPAddr != "" {
				t.Errorf("http-addr %q", c.HTTPAddr)
			}
		})
	}
}

func TestWhatIsWrongIsSaidWithWhatToDo(t *testing.T) {
	cases := []struct {
		name string
		given
		key  string
		says string
	}{
		{"unknown key", given{file: "log-levle: debug"}, "log-levle", "did you mean log-level?"},
		{"nested key", given{file: "odoo:\n  url: https://x\n"}, "odoo.url", "did you mean odoo-url?"},
		{"a key like no other", given{file: "zzzzzzzzzzzzzzzz: 1"}, "zzzzzzzzzzzzzzzz", "docs/configuration.md"},
		{"unknown variable", given{env: []string{"MESH_GRPC_ADR=x"}}, "MESH_GRPC_ADR", "did you mean MESH_GRPC_ADDR?"},
		{"password in the file", given{file: "odoo-password: hunter2"}, "odoo-password", "MESH_ODOO_PASSWORD"},
		{"no such file", given{flags: []string{"--config", "/nowhere.yaml"}}, "config", "cannot be read"},
		{"no such file by variable", given{env: []string{"MESH_CONFIG=/nowhere.yaml"}}, "config", "cannot be read"},
		{"no YAML", given{file: "a: [hunter2"}, "config", "is no YAML"},
		{"a list for a value", given{file: "log-level: [debug]"}, "log-level", "one value"},
		{"a bare number for a duration", given{file: "poll-interval: 400"}, "poll-interval", "400ms"},
		{"no duration", given{env: []string{"MESH_OVERLAP=soon"}}, "overlap", "is no duration"},
		{"no number", given{env: []string{"MESH_ODOO_MAX_CONCURRENT=four"}}, "odoo-max-concurrent", "whole number"},
		{"half a call", given{file: "odoo-max-concurrent: 4.5"}, "odoo-max-concurrent", "whole number"},
		{"neither true nor false", given{file: "odoo-insecure: 1"}, "odoo-insecure", "true or false"},
		{"a truth for a text", given{file: "odoo-db: true"}, "odoo-db", "is no text"},
		{"no port", given{flags: []string{"--grpc-addr=localhost"}}, "grpc-addr", "host:port"},
		{"a port too high", given{flags: []string{"--grpc-addr=localhost:70000"}}, "grpc-addr", "host:port"},
		{"no gRPC", given{flags: []string{"--grpc-addr="}}, "grpc-addr", "is empty"},
		{"one port twice", given{flags: []string{"--http-addr=127.0.0.1:9090"}}, "http-addr", "own port"},
		{"open to others in plain", given{flags: []string{"--grpc-addr=0.0.0.0:9090"}}, "grpc-addr", "tls-cert-file"},
		{"open on all addresses in plain", given{flags: []string{"--http-addr=:8080"}}, "http-addr", "tls-cert-file"},
		{"open by name in plain", given{flags: []string{"--http-addr=mesh.example:8080"}}, "http-addr", "tls-cert-file"},
		{"open on all addresses of IPv6 in plain", given{flags: []string{"--http-addr=[::]:8080"}}, "http-addr", "tls-cert-file"},
		{"open on an address of IPv6 in plain", given{flags: []string{"--grpc-addr=[fd00::7]:9090"}}, "grpc-addr", "tls-cert-file"},
		{"open on an address of another kind in plain", given{flags: []string{"--grpc-addr=[::ffff:10.0.0.1]:9090"}}, "grpc-addr", "tls-cert-file"},
		{"a name that only begins like this machine's", given{flags: []string{"--grpc-addr=localhost.example:9090"}}, "grpc-addr", "tls-cert-file"},
		{"a path of a socket", given{flags: []string{"--grpc-addr=unix:/run/mesh.sock"}}, "grpc-addr", "host:port"},
		{"a path of a socket without a scheme", given{flags: []string{"--http-addr=/run/mesh.sock"}}, "http-addr", "host:port"},
		{"an old TLS", given{flags: []string{"--tls-min-version=1.1"}}, "tls-min-version", "1.3, 1.2"},
		{"a wish for certificates", given{flags: []string{"--tls-client-certificate=perhaps"}}, "tls-client-certificate", "optional, required"},
		{"certificates of nobody", given{flags: []string{"--tls-client-certificate=required"}}, "tls-client-certificate", "tls-client-ca-file"},
		{"client certificates in plain", given{flags: []string{"--tls-client-ca-file=/dev/null"}}, "tls-client-ca-file", "tls-cert-file"},
		{"a list without an authority", given{flags: []string{"--tls-client-crl-file=/dev/null"}}, "tls-client-crl-file", "tls-client-ca-file"},
		{"no authorities of clients", given{flags: []string{"--tls-client-ca-file=/nowhere"}}, "tls-client-ca-file", "cannot be read"},
		{"an environment in capitals", given{flags: []string{"--environment=Production"}}, "environment", "lower-case"},
		{"an issuer in plain", given{flags: []string{"--oidc-issuer=http://idp.example", "--oidc-audience=mesh", "--access-file=/dev/null"}}, "oidc-issuer", "https://"},
		{"tokens for anybody", given{flags: []string{"--oidc-issuer=https://idp.example", "--access-file=/dev/null"}}, "oidc-audience", "aud"},
		{"an audience of nobody", given{flags: []string{"--oidc-audience=mesh"}}, "oidc-audience", "oidc-issuer"},
		{"unsigned tokens", given{flags: []string{"--oidc-algorithms=none"}}, "oidc-algorithms", "RS256"},
		{"a shared secret", given{flags: []string{"--oidc-algorithms=RS256,HS256"}}, "oidc-algorithms", `"HS256"`},
		{"tokens of nobody", given{flags: []string{"--oidc-issuer=https://idp.example", "--oidc-audience=mesh"}}, "oidc-issuer", "access-file"},
		{"a clock that may be anything", given{flags: []string{"--oidc-clock-skew=1h"}}, "oidc-clock-skew", "0s to 5m"},
		{"no authorities of the provider", given{flags: []string{"--oidc-ca-file=/nowhere"}}, "oidc-ca-file", "cannot be read"},
		{"people without an issuer", given{flags: []string{"--oidc-client-id=mesh", "--public-url=https://mesh.example"}}, "oidc-client-id", "oidc-issuer"},
		{"people led to nowhere", given{flags: []string{"--oidc-client-id=mesh", "--oidc-issuer=https://idp.example", "--access-file=/dev/null"}}, "public-url", "https://mesh.example"},
		{"people without pages", given{flags: []string{"--oidc-client-id=mesh", "--oidc-issuer=https://idp.example", "--access-file=/dev/null", "--public-url=https://mesh.example", "--http-addr=off"}}, "oidc-client-id", "http-addr"},
		{"sessions in plain", given{flags: []string{"--oidc-client-id=mesh", "--oidc-issuer=https://idp.example", "--access-file=/dev/null", "--public-url=http://mesh.example"}}, "public-url", "use https://"},
		{"people below a path", given{flags: []string{"--oidc-client-id=mesh", "--oidc-issuer=https://idp.example", "--access-file=/dev/null", "--public-url=https://mesh.example/mesh"}}, "public-url", "write https://mesh.example"},
		{"an address for nobody", given{flags: []string{"--public-url=https://mesh.example"}}, "public-url", "oidc-client-id"},
		{"an empty secret of the client", given{flags: []string{"--oidc-client-id=mesh", "--oidc-issuer=https://idp.example", "--access-file=/dev/null", "--public-url=https://mesh.example", "--oidc-client-secret-file=/dev/null"}}, "oidc-client-secret-file", "first line"},
		{"no openid", given{flags: []string{"--oidc-scopes=profile"}}, "oidc-scopes", "openid"},
		{"a session for ever", given{flags: []string{"--session-lifetime=1000h"}}, "session-lifetime", "168h"},
		{"a session of a second", given{flags: []string{"--session-idle=1s"}}, "session-idle", "1m"},
		{"a session that is idle for longer than it lives", given{flags: []string{"--session-lifetime=1h", "--session-idle=2h"}}, "session-idle", "session-lifetime"},
		{"an issuer that asks for no password, in production", given{flags: []string{"--oidc-development-issuer", "--access-file=/dev/null", "--environment=production"}}, "oidc-development-issuer", "environment production"},
		{"the same for other machines", given{flags: []string{"--oidc-development-issuer", "--access-file=/dev/null", "--tls-cert-file=/dev/null", "--tls-key-file=/dev/null", "--grpc-addr=0.0.0.0:9090"}}, "oidc-development-issuer", "grpc-addr"},
		{"the same by its public name", given{flags: []string{"--oidc-development-issuer", "--access-file=/dev/null", "--public-url=https://mesh.example"}}, "oidc-development-issuer", "public-url"},
		{"the same behind a proxy", given{flags: []string{"--oidc-development-issuer", "--access-file=/dev/null", "--trusted-proxies=127.0.0.1"}}, "oidc-development-issuer", "trusted-proxies"},
		{"the same beside a real one", given{flags: []string{"--oidc-development-issuer", "--access-file=/dev/null", "--oidc-issuer=https://idp.example", "--oidc-audience=mesh"}}, "oidc-development-issuer", "one issuer"},
		{"the same with nobody to pick", given{flags: []string{"--oidc-development-issuer"}}, "oidc-development-issuer", "access-file"},
		{"everybody a proxy", given{flags: []string{"--trusted-proxies=0.0.0.0/0"}}, "trusted-proxies", "everybody"},
		{"everybody a proxy over IPv6", given{flags: []string{"--trusted-proxies=::/0"}}, "trusted-proxies", "everybody"},
		{"a proxy by its name", given{flags: []string{"--trusted-proxies=proxy.example"}}, "trusted-proxies", "no address"},
		{"a network that is none", given{flags: []string{"--trusted-proxies=10.0.0.5/8"}}, "trusted-proxies", "10.0.0.0/8"},
		{"certificates told by anybody", given{flags: []string{"--proxy-certificate-header=X-Client-Certificate"}}, "proxy-certificate-header", "trusted-proxies"},
		{"certificates of anybody", given{flags: []string{"--proxy-certificate-header=X-Client-Certificate", "--trusted-proxies=10.0.0.5"}}, "proxy-certificate-header", "tls-client-ca-file"},
		{"a header that is another's", given{flags: []string{"--proxy-certificate-header=Authorization", "--trusted-proxies=10.0.0.5"}}, "proxy-certificate-header", "free"},
		{"certificate without key", given{flags: []string{"--tls-cert-file=/dev/null"}}, "tls-cert-file", "belong together"},
		{"TLS for everyone", given{flags: []string{"--grpc-addr=0.0.0.0:9090", "--tls-cert-file=/dev/null", "--tls-key-file=/dev/null"}}, "grpc-addr", "access-file"},
		{"no access file", given{flags: []string{"--access-file=/nowhere"}}, "access-file", "cannot be read"},
		{"no overlay", given{flags: []string{"--mapping-overlay=/nowhere"}}, "mapping-overlay", "cannot be read"},
		{"no folder", given{flags: []string{"--data-dir="}}, "data-dir", "is empty"},
		{"log level", given{flags: []string{"--log-level=loud"}}, "log-level", "debug, info, warn, error"},
		{"log format", given{flags: []string{"--log-format=xml"}}, "log-format", "auto, text, json"},
		{"transport", given{env: []string{"MESH_ODOO_TRANSPORT=json"}}, "odoo-transport", "auto, xmlrpc, json2"},
		{"no such service", given{flags: []string{"--services=product,ordr"}}, "services", "product, supplier"},
		{"plain http", given{flags: []string{"--odoo-url=http://erp.example"}}, "odoo-url", "odoo-insecure"},
		{"no URL", given{flags: []string{"--odoo-url=erp.example"}}, "odoo-url", "https://host"},
		{"a password in the URL", given{flags: []string{"--odoo-url=https://u:hunter2@erp.example"}}, "odoo-url", "odoo-password-file"},
		{"a query", given{flags: []string{"--odoo-url=https://erp.example?db=x"}}, "odoo-url", "query"},
		{"traces in plain", given{flags: []string{"--trace-endpoint=http://collector.example:4318/v1/traces"}}, "trace-endpoint", "use https://"},
		{"no URL for traces", given{flags: []string{"--trace-endpoint=collector.example:4317"}}, "trace-endpoint", "https://host"},
		{"a key in the URL for traces", given{flags: []string{"--trace-endpoint=https://u:hunter2@collector.example"}}, "trace-endpoint", "trace-headers-file"},
		{"more than all calls", given{flags: []string{"--trace-ratio=1.5"}}, "trace-ratio", "from 0 to 1"},
		{"not a number of traces", given{flags: []string{"--trace-ratio=NaN"}}, "trace-ratio", "from 0 to 1"},
		{"no file of headers", given{flags: []string{"--trace-headers-file=/nowhere"}}, "trace-headers-file", "cannot be read"},
		{"an empty file of headers", given{flags: []string{"--trace-headers-file=/dev/null"}}, "trace-headers-file", "there is no header"},
		{"a file without authorities", given{flags: []string{"--trace-ca-file=/dev/null"}}, "trace-ca-file", "no certificate"},
		{"no authorities", given{flags: []string{"--trace-ca-file=/nowhere"}}, "trace-ca-file", "cannot be read"},
		{"no calls", given{flags: []string{"--odoo-max-concurrent=0"}}, "odoo-max-concurrent", "from 1"},
		{"no room for what is put off", given{flags: []string{"--deferred-limit=0"}}, "deferred-limit", "from 1"},
		{"quarantine where nothing held may go", given{flags: []string{"--hold-locations=WH/Q", "--quarantine-locations=WH/Quarantine"}}, "quarantine-locations", "none of hold-locations"},
		{"no alarm", given{flags: []string{"--deferred-alarm=0s"}}, "deferred-alarm", "above 0"},
		{"less than no calls", given{flags: []string{"--odoo-max-per-second=-1"}}, "odoo-max-per-second", "0 for no limit"},
		{"not a number of calls", given{flags: []string{"--odoo-max-per-second=NaN"}}, "odoo-max-per-second", "0 for no limit"},
		{"no pause", given{flags: []string{"--poll-interval=0s"}}, "poll-interval", "at least 10ms"},
		{"a short memory", given{flags: []string{"--log-retention=1s"}}, "log-retention", "at least 1m"},
		{"no Odoo", given{needs: true}, "odoo-url", "set it"},
		{"no password", given{needs: true}, "odoo-password", "odoo-password-file"},
		{"two passwords", given{env: []string{"MESH_ODOO_PASSWORD=hunter2"}, flags: []string{"--odoo-password-stdin"}, stdin: "x"}, "odoo-password", "more than one place"},
		{"no password file", given{flags: []string{"--odoo-password-file=/nowhere"}}, "odoo-password-file", "cannot be read"},
		{"an empty password file", given{flags: []string{"--odoo-password-file=/dev/null"}}, "odoo-password-file", "the first line is empty"},
		{"a password in a file and from a command", given{flags: []string{"--odoo-password-file=/nowhere", "--odoo-password-command=true"}}, "odoo-password", "more than one place"},
		{"a command that fails", given{flags: []string{"--odoo-password-command=false"}}, "odoo-password-command", "run it by hand"},
		{"a word for a key", given{env: []string{"MESH_ENCRYPTION_KEY=hunter2"}}, "encryption-key", "openssl rand -hex 32"},
		{"a short key", given{flags: []string{"--encryption-key-command=echo,hunter2"}}, "encryption-key-command", "64 hexadecimal digits"},
		{"no key file", given{flags: []string{"--encryption-key-file=/nowhere"}}, "encryption-key-file", "cannot be read"},
		{"a key before, and none now", given{env: []string{"MESH_ENCRYPTION_KEY_PREVIOUS=" + strings.Repeat("ab", 32)}}, "encryption-key-previous", "set encryption-key-file"},
		{"a key that cannot be kept", given{flags: []string{"--odoo-rotate-key"}}, "odoo-rotate-key", "set odoo-password-file"},
		{"a key that is no file", given{flags: []string{"--odoo-rotate-key", "--odoo-password-file=/dev/null"}}, "odoo-rotate-key", "name the file itself"},
		{"an age of nothing", given{flags: []string{"--odoo-password-max-age=24h"}}, "odoo-password-max-age", "set odoo-password-file"},
		{"an empty input", given{flags: []string{"--odoo-password-stdin"}}, "odoo-password-stdin", "the first line is empty"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(t, c.given)
			var wrong *config.Error
			if !errors.As(err, &wrong) {
				t.Fatalf("error %v", err)
			}
			said := false
			for _, p := range wrong.Problems {
				said = said || p.Key == c.key && strings.Contains(p.Text, c.says)
			}
			if !said {
				t.Errorf("%s does not say %q: %v", c.key, c.says, err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password leaks: %v", err)
			}
		})
	}
}

func TestEverythingIsReportedAtOnce(t *testing.T) {
	_, err := load(t, given{file: "nonsense: 1\npoll-interval: 5\n", env: []string{"MESH_NONSENSE=1"}, flags: []string{"--log-level=loud", "--odoo-max-concurrent=0"}, needs: true})
	var wrong *config.Error
	if !errors.As(err, &wrong) {
		t.Fatal(err)
	}
	var keys []string
	for _, p := range wrong.Problems {
		keys = append(keys, p.Key)
	}
	want := []string{"nonsense", "MESH_NONSENSE", "poll-interval", "log-level", "odoo-url", "odoo-db", "odoo-user", "odoo-password", "odoo-max-concurrent"}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Error(diff)
	}
}

func TestTLSAndAnAccessFileOpenTheDoor(t *testing.T) {
	open := []string{"--grpc-addr=0.0.0.0:9090", "--http-addr=:8080", "--tls-cert-file=/dev/null", "--tls-key-file=/dev/null", "--access-file=/dev/null"}
	if _, err := load(t, given{flags: open}); err != nil {
		t.Error(err)
	}
	for _, addr := range []string{"localhost:1", "127.8.8.8:1", "[::1]:1"} {
		if _, err := load(t, given{flags: []string{"--grpc-addr=" + addr}}); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestWhatIsSetForMeshctlIsNoMistake(t *testing.T) {
	if _, err := load(t, given{env: []string{"MESH_SERVER=127.0.0.1:9090", "MESH_TOKEN=x"}}); err != nil {
		t.Error(err)
	}
}

func TestWhatKubernetesSetsIsNoMistake(t *testing.T) {
	_, err := load(t, given{env: []string{"MESH_SERVICE_HOST=10.0.0.1", "MESH_SERVICE_PORT=80", "MESH_SERVICE_PORT_GRPC=80", "MESH_PORT=tcp://10.0.0.1:80",
		"MESH_PORT_80_TCP=tcp://10.0.0.1:80", "MESH_PORT_80_TCP_ADDR=10.0.0.1", "MESH_GATEWAY_SERVICE_HOST=10.0.0.2"}})
	if err != nil {
		t.Error(err)
	}
}

func TestAnInstanceHasAName(t *testing.T) {
	for want, flags := range map[string][]string{
		"erp.example:8069/hospital": {"--odoo-url=https://erp.example:8069/", "--odoo-db=hospital"},
		"main":                      {"--odoo-url=https://erp.example", "--odoo-db=hospital", "--odoo-instance=main"},
		"":                          nil,
	} {
		c, err := load(t, given{flags: flags})
		if err != nil || c.Instance != want {
			t.Errorf("%q, want %q, %v", c.Instance, want, err)
		}
	}
}

func TestUsageIsAnErrorOfTheConfiguration(t *testing.T) {
	var wrong *config.Error
	if err := config.Usage(errors.New("unknown flag: --x")); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "--help") {
		t.Error(err)
	}
	if config.Usage(nil) != nil {
		t.Error("nil became an error")
	}
}
