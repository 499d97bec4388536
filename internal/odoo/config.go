package odoo

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/clock"
	"odoomesh/internal/secret"
)

const (
	// DefaultMaxResponseBytes bounds one answer after decompression. A thousand
	// products with twenty fields take 2 MB.
	DefaultMaxResponseBytes = 256 << 20
	// DefaultTimeout bounds a call whose context has no deadline, waiting for
	// its turn included. Odoo itself ends a request after 120 s.
	DefaultTimeout = 60 * time.Second
	// DefaultMaxCalls is how many calls run at once: a small Odoo has that many
	// workers, and people need some of them.
	DefaultMaxCalls = 4
	// DefaultCallsPerSecond lets the looks and counts of all domains, some fifty small
	// calls a second, go on while what has changed is read.
	DefaultCallsPerSecond = 100
)

// Config says which Odoo to talk to, as whom, and how much of it to use.
type Config struct {
	// URL is Odoo's root, such as https://erp.hospital.example. It must not
	// carry a user or password. Redirects are not followed, and no proxy is used.
	URL string
	// Database is the name of Odoo's database.
	Database string
	// User is the login of the technical user.
	User string
	// Password is that user's password or, better, an API key of theirs.
	Password Secret
	// Passwords is where the password is read anew before each sign-in; nil: it
	// stays as it is.
	Passwords secret.Source
	// Protocol is how to talk to it; empty is Auto.
	Protocol Protocol

	// Insecure allows plain http:// to a host other than this one.
	Insecure bool
	// CAFile is a PEM file with the authorities that may sign Odoo's
	// certificate, in place of the system's.
	CAFile string
	// MaxResponseBytes bounds one answer; a longer one is a TooLarge error.
	MaxResponseBytes int64
	// Timeout bounds a call whose context has no deadline.
	Timeout time.Duration
	// MaxCalls is how many calls run at once. Of two or more, one is kept for
	// commands and live reads.
	MaxCalls int
	// CallsPerSecond bounds how many calls begin each second; 0 is unlimited.
	CallsPerSecond float64

	// Companies are the ids of the companies whose records are read, together
	// with those that all share; the first one's values are read where each
	// company has its own. Empty: all that the user may see.
	Companies []int64

	// Registerer takes the metrics; nil is none.
	Registerer prometheus.Registerer
	// Clock tells the time; nil is the system's.
	Clock clock.Clock
}

func (c Config) clock() clock.Clock {
	if c.Clock == nil {
		return clock.System{}
	}
	return c.Clock
}

// DefaultConfig has every limit at its default and no server.
func DefaultConfig() Config {
	return Config{
		Protocol:         Auto,
		MaxResponseBytes: DefaultMaxResponseBytes,
		Timeout:          DefaultTimeout,
		MaxCalls:         DefaultMaxCalls,
		CallsPerSecond:   DefaultCallsPerSecond,
	}
}

// Validate reports everything that is wrong with the configuration at once.
func (c Config) Validate() error {
	var errs []error
	refuse := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if _, err := c.root(); err != nil {
		errs = append(errs, err)
	}
	if c.Database == "" {
		refuse("odoo: no database")
	}
	if c.User == "" {
		refuse("odoo: no user")
	}
	if c.Password == "" && c.Passwords == nil {
		refuse("odoo: no password or API key")
	}
	if c.Protocol != "" && !slices.Contains(Protocols(), c.Protocol) {
		refuse("odoo: there is no protocol %q", c.Protocol)
	}
	if c.MaxResponseBytes <= 0 {
		refuse("odoo: the response limit of %d bytes is not positive", c.MaxResponseBytes)
	}
	if c.Timeout <= 0 {
		refuse("odoo: the timeout of %v is not positive", c.Timeout)
	}
	if c.MaxCalls <= 0 {
		refuse("odoo: %d calls at once are not positive", c.MaxCalls)
	}
	if c.CallsPerSecond < 0 || c.CallsPerSecond != c.CallsPerSecond {
		refuse("odoo: %v calls a second are negative", c.CallsPerSecond)
	}
	return errors.Join(errs...)
}

// root is the checked URL, without a trailing slash. Its errors quote nothing of
// it, because a password may have been put into it.
func (c Config) root() (*url.URL, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, errors.New("odoo: the URL cannot be read")
	}
	switch {
	case u.User != nil:
		return nil, errors.New("odoo: the URL carries a user or password; set them apart from it")
	case u.Host == "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("odoo: the URL is not of the form https://host")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("odoo: the URL has a query or fragment")
	case u.Scheme == "http" && !c.Insecure && !isLoopback(u.Hostname()):
		return nil, errors.New("odoo: the URL is plain http://, which would show the password to the network; use https:// or allow insecure connections")
	}
	return u, nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
