package odoo

import (
	"fmt"
	"strconv"
	"strings"
)

// The releases that were tried; others are refused rather than guessed at.
const (
	OldestMajor = 16
	NewestMajor = 19
)

// Version is a release of Odoo.
type Version struct {
	// Major and Minor are 18 and 0, or 18 and 4 for the online release 18.4.
	Major, Minor int
	// Raw is what the server calls itself, such as 18.0+e-20241005.
	Raw string
}

func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// Less orders versions by release.
func (v Version) Less(other Version) bool {
	return v.Major < other.Major || v.Major == other.Major && v.Minor < other.Minor
}

// Supported tells whether this client was made for the release.
func (v Version) Supported() bool { return v.Major >= OldestMajor && v.Major <= NewestMajor }

// parseVersion reads the serie (18.0, saas~18.4) that stands in the answer to
// common.version.
func parseVersion(answer any) (Version, error) {
	members, _ := answer.(map[string]any)
	serie, _ := members["server_serie"].(string)
	raw, _ := members["server_version"].(string)
	if serie == "" {
		serie = raw
	}
	number := strings.TrimPrefix(serie, "saas~")
	major, rest, _ := strings.Cut(number, ".")
	minor := rest
	if end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		minor = rest[:end]
	}
	v := Version{Raw: raw}
	var err error
	if v.Major, err = strconv.Atoi(major); err != nil || v.Major <= 0 {
		return Version{}, fmt.Errorf("the answer names no version")
	}
	if minor != "" {
		if v.Minor, err = strconv.Atoi(minor); err != nil {
			return Version{}, fmt.Errorf("the answer names no version")
		}
	}
	return v, nil
}
