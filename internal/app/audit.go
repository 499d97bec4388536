package app

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	audited "odoomesh/internal/audit"
	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/audit/trail"
	"odoomesh/internal/store/badgerstore"
	"odoomesh/services/audit"
)

// auditDir is the folder of the audit's log in the data folder.
const auditDir = "audit"

// openAudit opens the audit, and brings its log up to what is written. What keeps it from
// being written stops commands, and nothing else.
func (a *App) openAudit(ctx context.Context) error {
	dir := filepath.Join(a.config.DataDir, auditDir)
	var err error
	if a.auditLog, err = tlog.Open(ctx, dir, tlog.Options{Origin: auditOrigin(a.config.Instance), Keys: auditKeys(StoreKeys(a.config.Rest))}); err != nil {
		return fmt.Errorf("data folder %s: %w", a.config.DataDir, err)
	}
	a.trail = trail.New(trail.Config{
		Journal: a.stores.payloads, Log: a.auditLog, Ledger: a.stores.ledger, Tell: a.desk.Told,
		Retention: func() time.Duration { return a.policies().AuditRetention }, Witness: a.config.Witness(),
		Clock: a.clock, Logger: a.logger, Registerer: a.metrics,
	})
	a.trail.Open(ctx)
	return nil
}

// auditKeys are those of the databases: the key that signs the audit is sealed as they are.
func auditKeys(k badgerstore.Keys) tlog.Keys { return tlog.Keys{Now: k.Now, Before: k.Before} }

// auditOrigin names the audit's log in its signatures, in which a name has no blanks.
func auditOrigin(instance string) string {
	return "odoomesh/" + strings.Map(func(r rune) rune {
		if r == '+' || unicode.IsSpace(r) {
			return '-'
		}
		return r
	}, instance)
}

// closeAudit writes and signs what is left; nobody commands any more.
func (a *App) closeAudit() error {
	if a.auditLog == nil {
		return nil
	}
	var err error
	if a.trail.Ready() == nil {
		err = a.trail.Close()
	}
	if ended := a.auditLog.Close(); err == nil {
		err = ended
	}
	return err
}

// tellAudit writes what another part of the mesh has to say.
func (a *App) tellAudit(ctx context.Context, s audited.Statement) error { return a.trail.Say(ctx, s) }

// auditedReads tells whether answered reads of a method are summed in the audit: those of
// the services that are configured.
func (a *App) auditedReads() func(method string) bool {
	if len(a.config.AuditReads) == 0 {
		return nil
	}
	return func(method string) bool {
		// "/mesh.order.v1.OrderService/GetOrder" is one of order.
		_, rest, _ := strings.Cut(method, ".")
		of, _, _ := strings.Cut(rest, ".")
		return slices.Contains(a.config.AuditReads, of)
	}
}

// Audit is the audit as its service sees it.
func (r *rooms) Audit() audit.Trail { return r.app.trail }
