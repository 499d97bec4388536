package exit_test

import (
	"errors"
	"fmt"
	"net"
	"testing"

	"odoomesh/internal/access"
	"odoomesh/internal/backup"
	"odoomesh/internal/config"
	"odoomesh/internal/exit"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
	"odoomesh/internal/store"
	"odoomesh/internal/tlsfiles"
)

func TestEachErrorEndsWithItsCode(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, taken := net.Listen("tcp", listener.Addr().String())

	cases := []struct {
		name string
		err  error
		want int
	}{
		{"none", nil, 0},
		{"unknown", errors.New("x"), 1},
		{"usage", config.Usage(errors.New("unknown flag: --x")), 2},
		{"access file", &access.FileError{Path: "a", Err: errors.New("x")}, 2},
		{"port taken", taken, 3},
		{"folder locked", store.ErrLocked, 4},
		{"no such database", &odoo.ConnectError{Reason: odoo.NoSuchDatabase, Err: errors.New("x")}, 5},
		{"no such database, later", &odoo.Fault{Kind: odoo.UnknownDatabase}, 5},
		{"wrong password", &odoo.ConnectError{Reason: odoo.WrongCredentials, Err: errors.New("x")}, 6},
		{"wrong password, later", &odoo.Fault{Kind: odoo.Credentials}, 6},
		{"Odoo down", &odoo.ConnectError{Reason: odoo.Down, Err: &odoo.TransportError{Kind: odoo.Unreachable}}, 7},
		{"no Odoo there", &odoo.ConnectError{Reason: odoo.NotOdoo, Err: errors.New("x")}, 7},
		{"Odoo down, later", &odoo.TransportError{Kind: odoo.NoAnswer}, 7},
		{"mapping", &mapping.MissingError{Domain: "product", Missing: []mapping.MissingField{{Canonical: []string{"sku"}}}}, 8},
		{"version", &odoo.ConnectError{Reason: odoo.UnsupportedVersion, Err: errors.New("x")}, 9},
		{"a company that the user may not see", &odoo.ConnectError{Reason: odoo.HiddenCompany, Err: errors.New("x")}, 11},
		{"TLS", &tlsfiles.Error{Err: errors.New("x")}, 10},
		{"a full disk", &store.NoSpaceError{Where: "data/log"}, 13},
		{"a damaged log", &store.CorruptError{Where: "data/log", Found: "x"}, 14},
		{"a damaged backup", &backup.DamagedError{Offset: 18, Found: "x"}, 15},
		{"a backup of a later version", &backup.VersionError{Version: "7"}, 15},
		{"no backup", backup.ForeignError{}, 15},
		{"a rule of Odoo's", &odoo.Fault{Kind: odoo.BusinessRule}, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := c.err
			if err != nil {
				err = fmt.Errorf("starting: %w", err)
			}
			if got := exit.Code(err); got != c.want {
				t.Errorf("code %d, want %d for %v", got, c.want, err)
			}
			if (exit.Advice(err) == "") != (err == nil) {
				t.Errorf("advice %q", exit.Advice(err))
			}
		})
	}
}

func TestCodesAreDistinct(t *testing.T) {
	seen := make(map[int]bool)
	for _, r := range exit.Codes() {
		if seen[r.Code] || r.Meaning == "" {
			t.Errorf("code %d stands twice or means nothing", r.Code)
		}
		seen[r.Code] = true
	}
}

func TestAnErrorIsExplainedWithWhatToDo(t *testing.T) {
	refused := &odoo.ConnectError{Reason: odoo.WrongCredentials, Err: errors.New("access denied")}
	if got, want := exit.Explain(refused), refused.Error()+". "+exit.Advice(refused); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	usage := config.Usage(errors.New("unknown flag: --x"))
	if got := exit.Explain(usage); got != usage.Error() {
		t.Errorf("got %q, want the error's own words %q", got, usage)
	}
}
