package config

import (
	"net/url"
	"strconv"
	"time"

	"odoomesh/internal/odoo"
)

// Config is every setting. The tags are the name, whether only a variable can set
// it, and the sentence for people that --help and the documentation show.
type Config struct {
	Server  `title:"Serving"`
	Odoo    `title:"Odoo"`
	Capture `title:"Capture and streams"`
	Tracing `title:"Tracing"`
}

// Server is where and for whom the mesh serves.
type Server struct {
	GRPCAddr string `key:"grpc-addr" doc:"Address for gRPC. Anything but a loopback address needs TLS and an access file."`
	// HTTPAddr is empty after Load when it is off.
	HTTPAddr    string   `key:"http-addr" doc:"Address for REST, streams over HTTP and the documentation of the API; off: not served."`
	DataDir     string   `key:"data-dir" doc:"Folder for the cache and the log. One process at a time."`
	Services    []string `key:"services" doc:"Services to offer, such as product,supplier. Empty: all."`
	LogLevel    string   `key:"log-level" doc:"Least level of log lines: debug, info, warn or error."`
	LogFormat   string   `key:"log-format" doc:"Form of log lines: text, json, or auto for text on a terminal and JSON elsewhere."`
	TLSCertFile string   `key:"tls-cert-file" doc:"PEM file with the certificate chain of the server."`
	TLSKeyFile  string   `key:"tls-key-file" doc:"PEM file with the private key of the server."`
	Origins     []string `key:"cors-allowed-origins" doc:"Origins whose pages may call REST from a browser, such as https://ward.example,http://localhost:5173; exactly these, no patterns. Empty: none but the mesh's own pages."`
	MaxConns    int      `key:"max-connections-per-address" doc:"Connections that one address may have open at each port; callers on this machine, behind which a proxy may stand, sixteen times as many."`
	MaxUnits    int      `key:"caller-max-units-per-second" doc:"What the calls of one principal may cost each second. A cached read of one record costs 1, a page or a batch 5, a stream 10; what the contract says of each method (cost) counts. A quiet caller saves for two seconds. 0: no limit."`
	MaxStreams  int      `key:"caller-max-streams" doc:"Streams that one principal may have open. 0: no limit."`
	MaxPage     int      `key:"caller-max-page-size" doc:"Records that a page has at most; a larger page_size counts as this. 0: what the method allows."`
	AccessFile  string   `key:"access-file" doc:"YAML file with the principals, the hashes of their tokens and their rights. Empty: callers of this machine may read and operate, and nobody else may call."`
}

// Odoo is which Odoo stands behind the mesh, and how much of it may be used.
type Odoo struct {
	URL           string        `key:"odoo-url" doc:"Root of Odoo, such as https://erp.hospital.example."`
	Database      string        `key:"odoo-db" doc:"Name of Odoo's database."`
	User          string        `key:"odoo-user" doc:"Login of the technical user in Odoo."`
	Password      odoo.Secret   `key:"odoo-password" only:"env" doc:"Password or, better, API key of the technical user."`
	PasswordFile  string        `key:"odoo-password-file" doc:"File that holds the password, in place of MESH_ODOO_PASSWORD. It is read anew before each sign-in, so that another password needs no restart."`
	PasswordStdin bool          `key:"odoo-password-stdin" doc:"Read the password from the first line of the standard input, in place of MESH_ODOO_PASSWORD."`
	Transport     string        `key:"odoo-transport" doc:"How Odoo is called: xmlrpc; json2, which Odoo has from 19 on and which needs an API key in place of the password; or auto, which is json2 where Odoo has it and accepts the API key, else xmlrpc."`
	Insecure      bool          `key:"odoo-insecure" doc:"Allow plain http:// to another machine. The password can then be read on the network."`
	CAFile        string        `key:"odoo-ca-file" doc:"PEM file with the authorities that may sign Odoo's certificate, in place of the system's."`
	MaxConcurrent int           `key:"odoo-max-concurrent" doc:"Calls to Odoo at once."`
	MaxPerSecond  float64       `key:"odoo-max-per-second" doc:"Calls to Odoo that begin each second. 0: no limit."`
	Timeout       time.Duration `key:"odoo-timeout" doc:"Longest time for one call to Odoo, waiting for its turn included."`
	LiveTimeout   time.Duration `key:"live-read-timeout" doc:"Longest time that a live read, and the comparison of one record, waits for Odoo; then the call is refused with ODOO_UNAVAILABLE."`
	Instance      string        `key:"odoo-instance" doc:"Name of this Odoo in the provenance of records. Empty: host/database."`
	Companies     []string      `key:"odoo-companies" doc:"Ids of the companies whose records are served, such as 1,3, beside what all companies share. Empty: all that the technical user may see."`
	Language      string        `key:"odoo-lang" doc:"Language in which translated texts are read, by Odoo's code, such as de_DE. Empty: that of the technical user in Odoo. Another one reads all records again."`
	TimeZone      string        `key:"time-zone" doc:"Time zone whose days are shown where an instant of Odoo's means a day, as with expiry, such as Europe/Berlin. Empty: that of the company's address in Odoo, else that of the technical user, else UTC."`
	Overlays      []string      `key:"mapping-overlay" doc:"YAML files that change or add to the mapping, in this order."`
}

// Capture is how changes are found and passed on.
type Capture struct {
	PollInterval    time.Duration `key:"poll-interval" doc:"Pause between two looks at a model of Odoo that has changed lately. The others are looked at half as often."`
	Overlap         time.Duration `key:"overlap" doc:"How far each look reaches back, because a transaction of Odoo's commits later than its stamps say. At least Odoo's limit_time_real (120s as delivered) and some seconds."`
	CensusInterval  time.Duration `key:"census-interval" doc:"Time in which all ids are compared once with Odoo's, to find what was deleted or missed."`
	StreamHeartbeat time.Duration `key:"stream-heartbeat" doc:"Pause after which a quiet stream shows that it lives."`
	HintSecretFile  string        `key:"hint-secret-file" doc:"File with the secret part of the address to which Odoo's automation rules send hints, POST /hints/odoo/SECRET. Empty: no hints."`
	LogRetention    time.Duration `key:"log-retention" doc:"Age up to which changes are kept for streams to go on from. 0: for ever."`
	EventRetention  time.Duration `key:"event-retention" doc:"Age up to which inventory events and business events are kept, counted from when the mesh recorded them. 0: for ever."`
	EventMaxMiB     int           `key:"event-max-mib" doc:"Size in MiB, uncompressed, up to which inventory events are kept, and business events as much again. 0: no limit."`
	HoldLocations   []string      `key:"hold-locations" doc:"Complete names of locations, such as WH/Quarantine: goods that are moved there, or below, from elsewhere are told as held."`
	ProofInterval   time.Duration `key:"stock-proof-interval" doc:"Pause between two comparisons of what the inventory events add up to with Odoo's stock. 0: only on demand."`
}

// Default is the configuration that nobody has touched.
func Default() Config {
	return Config{
		Server: Server{
			GRPCAddr:  "127.0.0.1:9090",
			HTTPAddr:  "127.0.0.1:8080",
			DataDir:   "./data",
			LogLevel:  "info",
			LogFormat: "auto",
			MaxConns:  256,
			// So generous that it bounds a caller gone wild, and no application: about
			// twice what one machine answers.
			MaxUnits:   500_000,
			MaxStreams: 10_000,
			MaxPage:    1000,
		},
		Odoo: Odoo{
			Transport:     string(odoo.Auto),
			MaxConcurrent: odoo.DefaultMaxCalls,
			MaxPerSecond:  odoo.DefaultCallsPerSecond,
			Timeout:       odoo.DefaultTimeout,
			LiveTimeout:   4 * time.Second,
		},
		Capture: Capture{
			PollInterval:    300 * time.Millisecond,
			Overlap:         150 * time.Second,
			CensusInterval:  10 * time.Minute,
			StreamHeartbeat: 5 * time.Second,
			LogRetention:    720 * time.Hour,
			ProofInterval:   time.Minute,
		},
		Tracing: Tracing{TraceRatio: 0.01},
	}
}

// Client is what the client of Odoo takes.
func (o Odoo) Client() odoo.Config {
	c := odoo.DefaultConfig()
	c.URL, c.Database, c.User, c.Password = o.URL, o.Database, o.User, o.Password
	if o.PasswordFile != "" {
		c.Passwords = NewPasswordFile(o.PasswordFile)
	}
	c.Protocol, c.Insecure, c.CAFile = odoo.Protocol(o.Transport), o.Insecure, o.CAFile
	c.Timeout, c.MaxCalls, c.CallsPerSecond = o.Timeout, o.MaxConcurrent, o.MaxPerSecond
	for _, text := range o.Companies {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil { // Load has refused others
			c.Companies = append(c.Companies, id)
		}
	}
	return c
}

// instance is the name that an Odoo has when nobody gave it one.
func (o Odoo) instance() string {
	u, err := url.Parse(o.URL)
	if o.Instance != "" || err != nil || u.Host == "" {
		return o.Instance
	}
	return u.Host + "/" + o.Database
}
