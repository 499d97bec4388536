package config

// Config is every setting, in parts: each has its fields, what holds where nothing is
// set, and its check in a file of its own. The tags are the name, whether only a
// variable can set it, and the sentence for people that --help and the documentation
// show.
type Config struct {
	Server     `title:"Serving"`
	Transport  `title:"Encryption on the way"`
	Rest       `title:"Encryption at rest"`
	Access     `title:"Access and limits"`
	Identity   `title:"Identity"`
	SignIn     `title:"Signing in with a browser"`
	Odoo       `title:"Odoo"`
	Capture    `title:"Capture"`
	Events     `title:"Streams and events"`
	Tracing    `title:"Tracing"`
	Commands   `title:"Commands"`
	Purchasing `title:"What orders are held to"`
	Audit      `title:"Audit"`
}

// Default is the configuration that nobody has touched.
func Default() Config {
	return Config{
		Server: defaultServer(), Transport: defaultTransport(), Access: defaultAccess(), Identity: defaultIdentity(), SignIn: defaultSignIn(), Odoo: defaultOdoo(),
		Capture: defaultCapture(), Events: defaultEvents(), Tracing: defaultTracing(), Commands: defaultCommands(), Purchasing: defaultPurchasing(), Audit: defaultAudit(),
	}
}

// check adds everything that is wrong with a configuration that could be read.
func (c Config) check(s Sources, found *problems) {
	c.Server.check(c.AccessFile, c.Encrypts(), s.KnownServices, found)
	c.Transport.check(c.CertificateHeader != "", found)
	c.Access.check(found)
	c.Identity.check(c.AccessFile, c.TLSClientCAFile, c.OIDCClientID != "", found)
	c.SignIn.check(c, found)
	c.Odoo.check(s.NeedsOdoo, found)
	c.Capture.check(found)
	c.Events.check(found)
	c.Tracing.check(found)
	c.Commands.check(found)
	c.Purchasing.check(found)
	c.Audit.check(s.KnownServices, found)
}
