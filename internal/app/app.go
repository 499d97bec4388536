package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/audit/trail"
	"odoomesh/internal/capture"
	"odoomesh/internal/clock"
	"odoomesh/internal/command"
	"odoomesh/internal/config"
	"odoomesh/internal/gather"
	"odoomesh/internal/govern"
	"odoomesh/internal/names"
	"odoomesh/internal/odoo"
	"odoomesh/internal/odookey"
	"odoomesh/internal/owned"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/record"
	"odoomesh/internal/telemetry"
	"odoomesh/internal/token"
	"odoomesh/internal/usage"
	"odoomesh/services"
	"odoomesh/services/event/eventbook"
	"odoomesh/services/inventory"
	"odoomesh/services/inventory/stockbook"
	"odoomesh/services/invoice"
	"odoomesh/services/operations/exception"
	"odoomesh/services/order"
	"odoomesh/services/receipt"
	"odoomesh/services/summary"
)

// flushFor is how long the spans that are left may take to be sent at the end.
const flushFor = 2 * time.Second

// usageFile keeps, in the data folder, who calls which method.
const usageFile = "usage.json"

// App is a whole mesh.
type App struct {
	config  config.Config
	logger  *slog.Logger
	clock   clock.Clock
	metrics *prometheus.Registry
	tracing *telemetry.Tracing
	stores  *stores
	client  *odoo.Client
	// keeper looks after the key with which the client signs in.
	keeper *odookey.Keeper
	engine *capture.Engine
	// kinds are the kinds of records, by collection, and names what people call them.
	kinds map[string]*record.Kind
	names *names.Finder
	// connector signs in to Odoo.
	connector *connector
	// desk carries commands out; refreshes bring the copy up to what they did.
	desk      *command.Desk
	refreshes gather.Group[string, struct{}]
	// owned writes the fields that Odoo does not own.
	owned *owned.Writer
	// book is nil where the inventory is not served.
	book *stockbook.Book
	// heldMoves finds what is moved of held lots; nil where the inventory is not served.
	heldMoves *inventory.HeldMoves
	// matcher compares invoices with their orders; nil where one of them is not served.
	matcher *invoice.Matcher
	// approver approves purchases in Odoo; nil where none is configured.
	approver *approver
	// answers finds what suppliers have answered otherwise than ordered; nil where orders are
	// not served.
	answers *order.Answers
	// notices finds what came otherwise than it was announced; nil where receipts are not
	// served.
	notices *receipt.Notices
	// events is the book of business events.
	events *eventbook.Book
	// sheets are what sums are made of; nil where they are not served.
	sheets *summary.Sheets
	// board keeps what people have to settle.
	board    *exception.Board
	servers  *servers
	identity identities
	settings settings
	// tokens makes page tokens and positions.
	tokens *token.Maker
	// auditLog is the log of the audit, and trail writes it.
	auditLog *tlog.Log
	trail    *trail.Trail
	// governed has what is changed by proposals alone; nil where nothing is.
	governed *govern.Register
	// inForce are the policies.
	inForce atomic.Pointer[policies]
	// usage counts who calls what.
	usage *usage.Table
	// closing is closed when serving is to end: streams end then.
	closing chan struct{}
}

// New opens the stores, listens, and refuses what it can refuse without Odoo. It
// starts nothing. The context bounds bringing the cache up to the log.
func New(ctx context.Context, c config.Config, logger *slog.Logger, clk clock.Clock) (*App, error) {
	a := &App{config: c, logger: logger, clock: clk, metrics: telemetry.NewRegistry(), closing: make(chan struct{})}
	if err := a.open(ctx, selected(c.Services)); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context, domains []services.Domain) error {
	for _, exposed := range a.config.Exposed() {
		a.logger.LogAttrs(ctx, slog.LevelWarn, "a file with a secret is not private", slog.String("found", exposed))
	}
	var err error
	// The ports come first: a taken one is found before anything is written.
	if a.servers, err = listen(a.config, a.logger, a.clock); err != nil {
		return err
	}
	if a.stores, err = openStores(a.config.DataDir, StoreKeys(a.config.Rest), a.logger, a.metrics); err != nil {
		return err
	}
	// While the folder is locked, so that nobody fills it in between.
	if err := checkOrigin(a.config.DataDir, a.config.Instance); err != nil {
		return err
	}
	if a.tokens, err = token.Open(ctx, a.stores.keys, a.config.Environment, a.clock.Now()); err != nil {
		return err
	}
	a.usage = usage.Open(usage.Config{File: filepath.Join(a.config.DataDir, usageFile), Clock: a.clock, Logger: a.logger})
	if err := a.openGoverned(); err != nil {
		return err
	}
	if err := a.openPolicies(ctx); err != nil {
		return err
	}
	if err := a.openTracing(); err != nil {
		return err
	}
	if a.kinds, err = kindsOf(domains, a.config.Instance); err != nil {
		return err
	}
	if a.names, err = names.New(a.stores.cache, a.kinds, namesBytes); err != nil {
		return err
	}
	if err := a.openEngine(ctx, domains); err != nil {
		return err
	}
	if err := a.openEvents(domains); err != nil {
		return err
	}
	if serves(domains, "inventory") {
		if err := a.openBook(); err != nil {
			return err
		}
	}
	a.openCommands()
	if err := a.openAudit(ctx); err != nil {
		return err
	}
	if a.config.PreviousKey != "" {
		a.logger.LogAttrs(ctx, slog.LevelInfo, "all databases of the data folder, and the audit's signing key, have the key that is set: the previous one can be left out of the settings")
	}
	all := &rooms{app: a, kinds: a.kinds, computes: computesOf(domains), recent: record.NewRenderings(recentBytes)}
	if err := a.openMatcher(domains, all); err != nil {
		return err
	}
	if err := a.openLookouts(domains, all); err != nil {
		return err
	}
	a.openSheets(domains, all)
	if err := a.servers.assemble(a, domains, all); err != nil {
		return err
	}
	// Before anybody calls; what the audit cannot take now it is told later.
	_ = a.settings.tell(ctx, a)
	return nil
}

func (a *App) openTracing() error {
	collector, err := a.config.Collector()
	if err != nil {
		return err
	}
	a.tracing, err = telemetry.OpenTracing(collector, a.metrics, a.logger)
	return err
}

func (a *App) openEngine(ctx context.Context, domains []services.Domain) error {
	settings := a.config.Client()
	settings.Registerer, settings.Clock = a.metrics, a.clock
	var err error
	if a.client, err = odoo.New(settings); err != nil {
		return err
	}
	if err := a.openApprover(); err != nil {
		return err
	}
	if err := a.openKeeper(); err != nil {
		return err
	}
	var described []services.Collection
	var collections []*reconcile.Collection
	for _, d := range domains {
		for _, c := range d.Collections {
			col, err := reconcile.NewCollection(c.Name, c.Record.ProtoReflect().Type())
			if err != nil {
				return err
			}
			collections, described = append(collections, col), append(described, c)
		}
	}
	overlays, err := a.overlays(ctx, described)
	if err != nil {
		return err
	}
	a.connector, err = newConnector(a.client, described, overlays, a.config.Odoo, a.logger, a.clock, a.warm)
	if err != nil {
		return err
	}
	book, err := a.openOwned(ctx, described, keptIn(domains))
	if err != nil {
		return err
	}
	a.engine = capture.New(capture.Config{
		Log: a.stores.log, Cache: a.names.Follow(a.stores.cache), Collections: collections, Owned: book, Connect: a.connecting(a.connector, book), CredentialsChanged: a.client.CredentialsChanged,
		Clock: a.clock, Logger: a.logger, Registerer: a.metrics, Traced: a.tracing.Work,
		Poll: a.config.PollInterval, Overlap: a.config.Overlap, Census: a.config.CensusInterval, Retention: func() time.Duration { return a.policies().LogRetention },
	})
	if err := a.engine.Open(ctx); err != nil {
		return fmt.Errorf("bringing the cache up to the log: %w", err)
	}
	return a.healOwned(ctx, book, keptIn(domains))
}

// connecting signs in to Odoo, and notes which one the data folder is filled from and
// which fields it fills.
func (a *App) connecting(c *connector, book *owned.Book) func(context.Context) (*capture.Connection, error) {
	return func(ctx context.Context) (*capture.Connection, error) {
		connection, err := c.connect(ctx)
		if err != nil {
			return nil, err
		}
		if err := a.desk.Recognise(ctx, true); err != nil {
			// Commands ask again, and are refused until they know.
			a.logger.LogAttrs(ctx, slog.LevelWarn, "it could not be found out whether Odoo is the one that it was", slog.Any("error", err))
		}
		if _, err := a.desk.Examine(ctx); err != nil {
			a.logger.LogAttrs(ctx, slog.LevelWarn, "it could not be found out which commands Odoo lets the mesh carry out", slog.Any("error", err))
		}
		if err := fitOwned(ctx, book, connection); err != nil {
			return nil, err
		}
		return connection, noteOrigin(a.config.DataDir, a.config.Instance)
	}
}

// Run serves and captures until the context ends, which is no error, or until a
// part fails. Everything is closed when it returns.
func (a *App) Run(ctx context.Context) error {
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() error { return a.engine.Run(inner) })
	if a.book != nil {
		group.Go(func() error { return a.book.Run(inner) })
	}
	if a.matcher != nil {
		group.Go(func() error { return a.matcher.Run(inner) })
	}
	if a.sheets != nil {
		group.Go(func() error { return a.sheets.Run(inner) })
	}
	group.Go(func() error { return a.events.Run(inner) })
	group.Go(func() error { return a.desk.Run(inner) })
	group.Go(func() error { return a.keeper.Run(inner) })
	group.Go(func() error { return a.trail.Run(inner) })
	group.Go(func() error { return a.auditSettings(inner) })
	group.Go(func() error { return a.servers.run(inner, a) })
	if a.servers.tls != nil {
		group.Go(func() error { return a.servers.tls.Run(inner) })
	}
	group.Go(func() error { return a.identity.run(inner) })
	group.Go(func() error { return a.usage.Run(inner) })
	if a.governed != nil {
		group.Go(func() error { return a.governed.Run(inner) })
	}
	group.Go(func() error { return a.servers.chain.Run(inner) })
	group.Go(func() error { return a.servers.guard.Run(inner) })
	group.Go(func() error { return a.watchHealth(inner) })
	group.Go(func() error { return a.board.Run(inner) })
	group.Go(func() error { return a.board.Watch(inner, a.watches()) })
	group.Go(func() error { return a.readAgain(inner) })
	err := group.Wait()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, a.close())
}

func (a *App) close() error {
	var errs []error
	if a.servers != nil {
		a.servers.close()
	}
	a.identity.close()
	if a.desk != nil {
		a.desk.Close()
	}
	errs = append(errs, a.closeAudit())
	if a.client != nil {
		a.closeClients()
	}
	if a.tracing != nil {
		ctx, cancel := context.WithTimeout(context.Background(), flushFor)
		defer cancel()
		errs = append(errs, a.tracing.Shutdown(ctx))
	}
	if a.stores != nil {
		errs = append(errs, a.stores.close())
	}
	return errors.Join(errs...)
}

// GRPCAddr is where gRPC is served.
func (a *App) GRPCAddr() string { return a.servers.grpcListener.Addr().String() }

// HTTPAddr is where REST is served; empty where it is off.
func (a *App) HTTPAddr() string {
	if a.servers.httpListener == nil {
		return ""
	}
	return a.servers.httpListener.Addr().String()
}
