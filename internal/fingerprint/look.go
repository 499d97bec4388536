package fingerprint

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

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

// Depth is how much of an Odoo is looked at.
type Depth int

// The depths.
const (
	// Glance looks at what no restore leaves as it was, and at the rest only where that has
	// changed: a command waits for it, and a whole look is eight calls or nine.
	Glance Depth = iota
	// Whole looks at all that is remembered.
	Whole
	// SignIn looks at what the user was not allowed to read before, too.
	SignIn
)

// Look takes the fingerprint of an Odoo and compares it with the one that is kept, which
// is nil at the first contact. After a glance at one that is the same, the fingerprint is
// still the one that is kept.
func Look(ctx context.Context, client Client, kept *internalv1.KeptFingerprint, depth Depth) (Finding, error) {
	if depth == Glance {
		if same, err := unchanged(ctx, client, kept); err != nil || same {
			return Finding{Print: kept}, err
		}
	}
	l := &look{client: client, kept: kept, found: &internalv1.KeptFingerprint{}, certain: true}
	version, err := client.Version(ctx)
	if err != nil {
		return Finding{}, err
	}
	l.found.Release = version.String()
	if kept != nil && kept.GetRelease() != l.found.GetRelease() {
		l.say(Upgraded, true, "It is Odoo %s, and was Odoo %s.", l.found.GetRelease(), kept.GetRelease())
	}
	if err := l.compare(ctx, depth == SignIn || kept == nil || kept.GetDatabaseUuid() != ""); err != nil {
		return Finding{}, fmt.Errorf("looking whether Odoo is the one that it was: %w", err)
	}
	if l.found.GetDatabaseUuid() == "" {
		l.found.DatabaseUuid = kept.GetDatabaseUuid()
	}
	return Finding{Kind: l.kind, Certain: l.certain, Evidence: l.evidence, Print: l.found}, nil
}

// atOnce is how many questions of a look wait for Odoo at once: a command may wait for it.
const atOnce = 3

// compare asks Odoo all that is asked at each look, and compares the answers with what is
// kept.
func (l *look) compare(ctx context.Context, uuidToo bool) error {
	all := tables()
	newest := make([]taken, len(all))
	var numbers, uuid answer
	// One that fails lets the others end: to give up a call that tries whether Odoo answers
	// again would prove nothing.
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, t := range all {
		group.Go(func() (err error) {
			newest[i], err = l.take(ctx, t, t.domain, remembered)
			return err
		})
	}
	group.Go(func() (err error) {
		numbers, err = l.read(ctx, "ir.sequence", odoo.Where("implementation", "=", "standard"), []string{"name", "number_next_actual"}, odoo.ReadOptions{Order: "id"})
		return err
	})
	if uuidToo {
		group.Go(func() (err error) {
			uuid, err = l.read(ctx, "ir.config_parameter", odoo.Where("key", "=", "database.uuid"), []string{"value"}, odoo.ReadOptions{Limit: 1})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if err := l.uuid(uuid); err != nil {
		return err
	}
	for i, t := range all {
		if err := l.table(ctx, t, newest[i]); err != nil {
			return err
		}
	}
	for _, row := range l.gone {
		if err := l.missing(ctx, row); err != nil {
			return err
		}
	}
	l.numbers(numbers)
	return nil
}

// look compares what an Odoo shows with what is remembered of it, and gathers what tells
// the two apart.
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

// uuid compares what only administrators may read, where the mesh has one's rights.
func (l *look) uuid(is answer) (err error) {
	if len(is.rows) == 0 {
		return nil
	}
	if l.found.DatabaseUuid, err = is.rows[0].String("value"); err != nil {
		return err
	}
	if before := l.kept.GetDatabaseUuid(); before != "" && before != l.found.GetDatabaseUuid() {
		l.say(Copied, true, "Its database has the UUID %s, and had %s: a copy has another one.", l.found.GetDatabaseUuid(), before)
	}
	return nil
}

// answer is what Odoo answers a question with. What it lacks or the user may not read
// shows nothing: seen is false.
type answer struct {
	rows []odoo.Row
	seen bool
}

func (l *look) read(ctx context.Context, model string, domain odoo.Domain, fields []string, o odoo.ReadOptions) (answer, error) {
	rows, err := l.client.SearchRead(ctx, model, domain, fields, o)
	var fault *odoo.Fault
	if errors.As(err, &fault) {
		switch fault.Kind {
		case odoo.AccessDenied, odoo.UnknownModel, odoo.UnknownField:
			return answer{}, nil
		}
	}
	return answer{rows, err == nil}, err
}

// any tells whether there is a row.
func (l *look) any(ctx context.Context, model string, domain odoo.Domain) (bool, error) {
	is, err := l.read(ctx, model, domain, []string{"id"}, odoo.ReadOptions{Order: "id", Limit: 1})
	return len(is.rows) > 0, err
}
