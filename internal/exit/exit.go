// Package exit says with which code a program of the mesh ends, so that whoever
// starts it (systemd, Kubernetes, a script) can tell a wrong password from an
// Odoo that is down. The code follows from the error's type, never its text.
package exit

import (
	"errors"
	"fmt"
	"syscall"

	"odoomesh/internal/access"
	"odoomesh/internal/backup"
	"odoomesh/internal/config"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
	"odoomesh/internal/store"
	"odoomesh/internal/tlsfiles"
)

// Row is one exit code.
type Row struct {
	Code int
	// Meaning says what is wrong.
	Meaning string
	// Advice says what to do, in a sentence.
	Advice string

	matches func(error) bool
}

// Codes is every exit code. The first that fits an error is its own.
func Codes() []Row {
	return []Row{
		{0, "Ended as asked.", "", func(err error) bool { return err == nil }},
		{2, "The command line, the configuration or the access file is wrong.", "Mend what the message names; docs/configuration.md lists every setting.", isOne[*config.Error, *access.FileError]},
		{3, "A port is taken.", "End the other process, or set another grpc-addr or http-addr.", func(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }},
		{4, "The data folder is in use by another process.", "End the other process, or set another data-dir.", func(err error) bool { return errors.Is(err, store.ErrLocked) }},
		{5, "Odoo has no such database.", "Set odoo-db to the name of a database of this Odoo.", connecting(odoo.NoSuchDatabase, odoo.UnknownDatabase)},
		{6, "Odoo refuses the user or password.", "Set odoo-user and the password of a user that can sign in to this database.", connecting(odoo.WrongCredentials, odoo.Credentials)},
		{8, "The mapping does not fit this Odoo.", "Install the Odoo module that the message names, or set mapping-overlay.", is[*mapping.MissingError]},
		{9, "This version of Odoo is not supported.", "Use an Odoo from 16 to 19.", connectReason(odoo.UnsupportedVersion)},
		{11, "The user may not see a company that is to be served, or Odoo has no such company.", "Set odoo-companies to ids of companies that the user may see, or give the user the company in Odoo.", connectReason(odoo.HiddenCompany)},
		{7, "Odoo cannot be reached.", "Check odoo-url and that Odoo runs and can be reached from here.", unreachable},
		{10, "The certificate or key of the server cannot be used.", "Set tls-cert-file and tls-key-file to a PEM certificate chain and its private key.", is[*tlsfiles.Error]},
		{13, "The disk of the data folder is full.", "Make room on it: nothing is lost, and what was not captured meanwhile is caught up.", is[*store.NoSpaceError]},
		{14, "The data folder is damaged, or holds something else.", "The message names the folder and what is lost without it: keep that folder, and bring it back from a backup with meshd restore; docs/operations.md says how each comes back.", is[*store.CorruptError]},
		{16, "The data folder or a backup is encrypted with another key, or it is encrypted and no key is set, or the folder is not and one is.", "Set encryption-key-file to the key that the folder has; where another is to take that one's place, set encryption-key-previous-file to it too; for a backup, set backup-key-file to the key that it was sealed with; to encrypt what is not, restore a backup into a new folder, as docs/operations.md says.", isOne[*store.KeyError, *backup.KeyError]},
		{15, "A backup is damaged, or none that this program reads.", "Restore another one: meshctl backup verify tells which are whole.", func(err error) bool {
			return isOne[*backup.DamagedError, *backup.VersionError](err) || is[backup.ForeignError](err)
		}},
		{1, "Anything else.", "See the log.", func(err error) bool { return err != nil }},
	}
}

// Code is the exit code for what a program ended with; 0 for nil.
func Code(err error) int { return row(err).Code }

// Advice is what to do about the error, in a sentence; empty for nil.
func Advice(err error) string { return row(err).Advice }

// Explain is what is wrong and what to do about it, for whoever started the
// program. Settings, ports and mappings name in their own text what to mend.
func Explain(err error) string {
	switch r := row(err); r.Code {
	case 1, 2, 3, 8:
		return err.Error()
	default:
		return fmt.Sprintf("%v. %s", err, r.Advice)
	}
}

func row(err error) Row {
	for _, r := range Codes() {
		if r.matches(err) {
			return r
		}
	}
	return Row{Code: 1}
}

func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func isOne[A, B error](err error) bool { return is[A](err) || is[B](err) }

func connectReason(reason odoo.ConnectReason) func(error) bool {
	return func(err error) bool {
		var e *odoo.ConnectError
		return errors.As(err, &e) && e.Reason == reason
	}
}

// connecting also takes the fault itself, as any later call can meet it.
func connecting(reason odoo.ConnectReason, kind odoo.FaultKind) func(error) bool {
	return func(err error) bool {
		var f *odoo.Fault
		return connectReason(reason)(err) || errors.As(err, &f) && f.Kind == kind
	}
}

func unreachable(err error) bool {
	return connectReason(odoo.Down)(err) || connectReason(odoo.NotOdoo)(err) || connectReason(odoo.Limited)(err) || is[*odoo.TransportError](err)
}
