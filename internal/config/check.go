package config

import (
	"net/netip"
	"net/url"
	"os"
	"time"
)

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

// checkURL refuses what is no URL of a server, and plain http:// to another machine.
// credentials says what to do with some that stand in it, and plain what to do where it
// is plain; with an empty one it may be. The URL is not quoted: a password may be in it.
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

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func atLeast(key string, d, least time.Duration, found *problems) {
	if d < least {
		found.add(key, "%s is too short; at least %s", shortDuration(d), shortDuration(least))
	}
}
