package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"odoomesh/internal/change"
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
	specs       map[string]*mapping.Spec
	logger      *slog.Logger
	attempts    *attempts
}

// newConnector reads the mappings. warm tells whether there is a copy to serve while
// Odoo cannot be read.
func newConnector(client *odoo.Client, collections []services.Collection, overlays []string, logger *slog.Logger, clk clock.Clock, warm func() bool) (*connector, error) {
	c := &connector{client: client, collections: collections, specs: map[string]*mapping.Spec{}, logger: logger, attempts: &attempts{clock: clk, warm: warm}}
	var texts [][]byte
	for _, path := range overlays {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, &config.Error{Problems: []config.Problem{{Key: "mapping-overlay", Text: err.Error()}}}
		}
		texts = append(texts, text)
	}
	for _, col := range collections {
		spec, err := mapping.Parse(col.Mapping, texts...)
		if err != nil {
			return nil, &config.Error{Problems: []config.Problem{{Key: "mapping-overlay", Text: fmt.Sprintf("mapping of %s: %v", col.Name, err)}}}
		}
		// Which release it is comes out later; that a field is unknown is told now.
		for major := odoo.OldestMajor; major <= odoo.NewestMajor; major++ {
			if _, err := mapping.Compile(spec, major, col.Record.ProtoReflect().Type(), col.Name, nil); err != nil {
				return nil, &config.Error{Problems: []config.Problem{{Key: "mapping-overlay", Text: err.Error()}}}
			}
		}
		c.specs[col.Name] = spec
	}
	return c, nil
}

// connect gives a source for each collection, or an error that tells, with
// RetryIn, how long to wait before it is worth while again. What is to end the
// program is a *change.FatalError; see attempts.
func (c *connector) connect(ctx context.Context) (map[string]change.Source, error) {
	if err := c.attempts.waits(); err != nil && !c.client.CredentialsChanged() {
		return nil, err
	}
	sources, err := c.fit(ctx)
	if err != nil {
		return nil, c.attempts.judge(err)
	}
	c.attempts.connected()
	return sources, nil
}

// fit signs in and fits the mapping of each collection to this Odoo.
func (c *connector) fit(ctx context.Context) (map[string]change.Source, error) {
	server, err := c.client.Connect(ctx)
	if err != nil {
		return nil, err
	}
	sources := map[string]change.Source{}
	described := describeOnce{client: c.client, known: map[string]map[string]odoo.Field{}}
	for _, col := range c.collections {
		plan, err := mapping.Fit(ctx, c.specs[col.Name], server.Version.Major, col.Record.ProtoReflect().Type(), col.Name, described)
		if err != nil {
			return nil, err
		}
		if plan.Missing() {
			c.logger.LogAttrs(ctx, slog.LevelInfo, "this Odoo has no such records", slog.String("collection", col.Name), slog.String("model", plan.Model()))
			sources[col.Name] = mapping.Nothing{Plan: plan}
			continue
		}
		sources[col.Name] = mapping.NewSource(plan, c.client)
	}
	c.logger.LogAttrs(ctx, slog.LevelInfo, "connected to Odoo", slog.String("version", server.Version.String()))
	return sources, nil
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
