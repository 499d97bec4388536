package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"odoomesh/internal/capture"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
	"odoomesh/services"
)

// connector signs in to Odoo and fits the mappings to what it finds there.
type connector struct {
	client      *odoo.Client
	collections []services.Collection
	// specs are the mappings, by collection; they are replaced as a whole.
	specs    atomic.Pointer[map[string]*mapping.Spec]
	clock    clock.Clock
	logger   *slog.Logger
	attempts *attempts
	// settings say in which language and time zone records are shown.
	settings config.Odoo
	// readAs is in which language and time zone records are read; nil before Odoo was
	// reached.
	readAs atomic.Pointer[mapping.Reading]
	// zoneInUse is in which time zone records are shown; nil before Odoo was reached.
	zoneInUse atomic.Pointer[time.Location]
}

// newConnector reads the mappings. warm tells whether there is a copy to serve while
// Odoo cannot be read.
func newConnector(client *odoo.Client, collections []services.Collection, overlays [][]byte, settings config.Odoo, logger *slog.Logger, clk clock.Clock, warm func() bool) (*connector, error) {
	c := &connector{
		client: client, collections: collections, clock: clk, logger: logger,
		attempts: &attempts{clock: clk, warm: warm}, settings: settings,
	}
	specs, err := readSpecs(collections, overlays)
	if err != nil {
		return nil, &config.Error{Problems: []config.Problem{{Key: "mapping-overlay", Text: err.Error()}}}
	}
	c.specs.Store(&specs)
	return c, nil
}

// readOverlays reads the configured overlays.
func readOverlays(paths []string) ([][]byte, error) {
	var texts [][]byte
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, &config.Error{Problems: []config.Problem{{Key: "mapping-overlay", Text: err.Error()}}}
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// readSpecs reads the mappings of collections, with overlays over them.
func readSpecs(collections []services.Collection, overlays [][]byte) (map[string]*mapping.Spec, error) {
	specs := map[string]*mapping.Spec{}
	for _, col := range collections {
		spec, err := col.Spec(overlays...)
		if err != nil {
			return nil, fmt.Errorf("mapping of %s: %w", col.Name, err)
		}
		// Which release it is comes out later; that a field is unknown is told now.
		for major := odoo.OldestMajor; major <= odoo.NewestMajor; major++ {
			if _, err := mapping.Compile(spec, major, col.Record.ProtoReflect().Type(), col.Name, nil); err != nil {
				return nil, err
			}
		}
		specs[col.Name] = spec
	}
	return specs, nil
}

// connect gives the Odoo that was signed in to, with the mappings fitted to it, or an
// error that tells, with RetryIn, how long to wait before it is worth while again.
// What is to end the program is a *capture.FatalError; see attempts.
func (c *connector) connect(ctx context.Context) (*capture.Connection, error) {
	if err := c.attempts.waits(); err != nil && !c.client.CredentialsChanged() {
		return nil, err
	}
	connection, err := c.fit(ctx)
	if err != nil {
		return nil, c.attempts.judge(err)
	}
	c.attempts.connected()
	return connection, nil
}

// fit signs in and fits the mapping of each collection to this Odoo.
func (c *connector) fit(ctx context.Context) (*capture.Connection, error) {
	server, err := c.client.Connect(ctx)
	if err != nil {
		return nil, err
	}
	reading, err := c.reading(ctx)
	if err != nil {
		return nil, err
	}
	c.readAs.Store(&reading)
	records, err := c.mapped(ctx, *c.specs.Load())
	if err != nil {
		return nil, err
	}
	connection := &capture.Connection{
		Tables: odoo.NewTables(c.client), Records: records, Header: c.client.LastServerTime,
		Evidence: c.evidence(c.client.Evidence(ctx)),
		SignIn: func(ctx context.Context) (*capture.Evidence, error) {
			e, err := c.client.SignIn(ctx)
			return c.evidence(e), err
		},
	}
	c.logger.LogAttrs(ctx, slog.LevelInfo, "connected to Odoo", slog.String("version", server.Version.String()),
		slog.String("language", reading.Language), slog.String("time_zone", reading.Zone.String()))
	return connection, nil
}

// mapped fits mappings to the Odoo that was connected to last.
func (c *connector) mapped(ctx context.Context, specs map[string]*mapping.Spec) (map[string]capture.Records, error) {
	server, known := c.client.Server()
	reading := c.readAs.Load()
	if !known || reading == nil {
		return nil, refreshed(capture.ErrNotConnected)
	}
	records := map[string]capture.Records{}
	described := describeOnce{client: c.client, known: map[string]map[string]odoo.Field{}}
	for _, col := range c.collections {
		plan, err := mapping.Fit(ctx, specs[col.Name], server.Version.Major, col.Record.ProtoReflect().Type(), col.Name, described)
		if err != nil {
			return nil, err
		}
		if plan.Missing() {
			c.logger.LogAttrs(ctx, slog.LevelInfo, "this Odoo has no such records", slog.String("collection", col.Name), slog.String("model", plan.Model()))
			records[col.Name] = mapping.Nothing{Plan: plan}
			continue
		}
		plan.ReadAs(*reading)
		records[col.Name] = mapping.NewReader(plan, c.client)
	}
	return records, nil
}

// evidence is what a sign-in shows of the database's time; nil where that is nothing.
func (c *connector) evidence(e odoo.Evidence) *capture.Evidence {
	if e.LoginDate.IsZero() {
		return nil
	}
	// Another may have signed in as the same user until the time was read.
	return &capture.Evidence{Before: e.Before, After: c.clock.Now(), Database: e.LoginDate}
}

// describeOnce asks Odoo for the fields of a model once, however many mappings
// read it.
type describeOnce struct {
	client *odoo.Client
	known  map[string]map[string]odoo.Field
}

func (d describeOnce) FieldsGet(ctx context.Context, model string, attributes []string) (map[string]odoo.Field, error) {
	if fields, ok := d.known[model]; ok {
		return fields, nil
	}
	fields, err := d.client.FieldsGet(ctx, model, attributes)
	if err == nil {
		d.known[model] = fields
	}
	return fields, err
}

// reading is in which language and time zone records are shown: what the settings
// name, else what Odoo has for the user and the company. From then on the client
// reads in that language.
func (c *connector) reading(ctx context.Context) (mapping.Reading, error) {
	locale, err := c.client.Locale(ctx, c.settings.Language)
	var inactive *odoo.LanguageError
	if errors.As(err, &inactive) {
		return mapping.Reading{}, &config.Error{Problems: []config.Problem{{Key: "odoo-lang",
			Text: inactive.Error() + "; name one of these, or activate it in Odoo under Settings, Translations, Languages"}}}
	}
	if err != nil {
		return mapping.Reading{}, err
	}
	c.client.ReadIn(locale.Language)
	reading := mapping.Reading{Language: locale.Language, Zone: c.zone(ctx, locale)}
	c.zoneInUse.Store(reading.Zone)
	return reading, reading.LearnUnits(ctx, c.client)
}

// zone is the time zone of the setting, else Odoo's, else UTC, which is said: a day
// may then be another than people see in Odoo.
func (c *connector) zone(ctx context.Context, locale odoo.Locale) *time.Location {
	if c.settings.TimeZone != "" {
		if zone, err := time.LoadLocation(c.settings.TimeZone); err == nil { // the configuration has refused others
			return zone
		}
	}
	zone, err := time.LoadLocation(locale.TimeZone)
	switch {
	case locale.TimeZone == "":
		c.logger.LogAttrs(ctx, slog.LevelWarn, "neither the company nor the user has a time zone in Odoo: days are those of UTC; set time-zone")
		return time.UTC
	case err != nil:
		c.logger.LogAttrs(ctx, slog.LevelWarn, "Odoo names a time zone that is not known here: days are those of UTC; set time-zone",
			slog.String("time_zone", locale.TimeZone), slog.String("of", locale.ZoneOf))
		return time.UTC
	}
	return zone
}
