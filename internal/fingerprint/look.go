package fingerprint

import (
	"context"
	"errors"
	"fmt"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/odoo"
)

// Client asks Odoo; *odoo.Client is one.
type Client interface {
	SearchRead(ctx context.Context, model string, domain odoo.Domain, fields []string, opts odoo.ReadOptions) ([]odoo.Row, error)
	Version(ctx context.Context) (odoo.Version, error)
	Server() (odoo.Server, bool)
}

// Kind is what seems to have happened to an Odoo.
type Kind int32

// The kinds; the numbers are those of the contract.
const (
	// Same: it is the one that it was.
	Same Kind = iota
	// Restored: it was put back to an earlier state.
	Restored
	// Copied: its database is another one.
	Copied
	// Upgraded: its release is another one.
	Upgraded
)

// Finding is what a look at an Odoo has shown.
type Finding struct {
	// Kind is what has happened since the fingerprint was taken.
	Kind Kind
	// Certain says that it cannot pass: what is missing in an answer over JSON-2 may come
	// from a replica that lags behind.
	Certain bool
	// Evidence says what shows it, in sentences for people.
	Evidence []string
	// Print is the fingerprint as of now.
	Print *internalv1.KeptFingerprint
}

// Look takes the fingerprint of an Odoo and compares it with the one that is kept, which
// is nil at the first contact. signIn says that it is one: then it is asked for what the
// user was not allowed to read before, too.
func Look(ctx context.Context, client Client, kept *internalv1.KeptFingerprint, signIn bool) (Finding, error) {
	l := &look{client: client, kept: kept, found: &internalv1.KeptFingerprint{}, certain: true}
	version, err := client.Version(ctx)
	if err != nil {
		return Finding{}, err
	}
	l.found.Release = version.String()
	if kept != nil && kept.GetRelease() != l.found.GetRelease() {
		l.say(Upgraded, true, "It is Odoo %s, and was Odoo %s.", l.found.GetRelease(), kept.GetRelease())
	}
	steps := []func(context.Context) error{l.rows, l.numbers}
	if signIn || kept == nil || kept.GetDatabaseUuid() != "" {
		steps = append([]func(context.Context) error{l.uuid}, steps...)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return Finding{}, fmt.Errorf("looking whether Odoo is the one that it was: %w", err)
		}
	}
	if l.found.GetDatabaseUuid() == "" {
		l.found.DatabaseUuid = kept.GetDatabaseUuid()
	}
	return Finding{Kind: l.kind, Certain: l.certain, Evidence: l.evidence, Print: l.found}, nil
}

// look is one look.
type look struct {
	client      Client
	kept, found *internalv1.KeptFingerprint

	kind     Kind
	certain  bool
	evidence []string
	// gone are the rows that are not there any more.
	gone []*internalv1.KeptRow
}

// say notes what shows that the Odoo is another one. Of several kinds the last in the
// list of kinds is the reason of the others.
func (l *look) say(k Kind, certain bool, format string, args ...any) {
	l.certain = certain || l.certain && l.kind != Same
	l.kind = max(l.kind, k)
	l.evidence = append(l.evidence, fmt.Sprintf(format, args...))
}

// lags tells whether an answer may come from a replica.
func (l *look) lags() bool {
	server, _ := l.client.Server()
	return server.Protocol == odoo.JSON2
}

// uuid asks for what only administrators may read, where the mesh has one's rights.
func (l *look) uuid(ctx context.Context) error {
	rows, _, err := l.read(ctx, "ir.config_parameter", odoo.Where("key", "=", "database.uuid"), []string{"value"}, odoo.ReadOptions{Limit: 1})
	if err != nil || len(rows) == 0 {
		return err
	}
	if l.found.DatabaseUuid, err = rows[0].String("value"); err != nil {
		return err
	}
	if before := l.kept.GetDatabaseUuid(); before != "" && before != l.found.GetDatabaseUuid() {
		l.say(Copied, true, "Its database has the UUID %s, and had %s: a copy has another one.", l.found.GetDatabaseUuid(), before)
	}
	return nil
}

// read reads rows. What this Odoo lacks or the user may not read shows nothing: seen is
// false.
func (l *look) read(ctx context.Context, model string, domain odoo.Domain, fields []string, o odoo.ReadOptions) (rows []odoo.Row, seen bool, err error) {
	rows, err = l.client.SearchRead(ctx, model, domain, fields, o)
	var fault *odoo.Fault
	if errors.As(err, &fault) {
		switch fault.Kind {
		case odoo.AccessDenied, odoo.UnknownModel, odoo.UnknownField:
			return nil, false, nil
		}
	}
	return rows, err == nil, err
}

// any tells whether there is a row.
func (l *look) any(ctx context.Context, model string, domain odoo.Domain) (bool, error) {
	rows, _, err := l.read(ctx, model, domain, []string{"id"}, odoo.ReadOptions{Order: "id", Limit: 1})
	return len(rows) > 0, err
}
