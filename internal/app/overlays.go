package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	"odoomesh/internal/capture"
	"odoomesh/internal/fault"
	"odoomesh/internal/govern"
	"odoomesh/internal/mapping"
	"odoomesh/internal/reconcile"
	"odoomesh/internal/resource"
	"odoomesh/internal/store"
	"odoomesh/services"
)

const (
	// sampledAtMost is how many records of a collection are read with both mappings.
	sampledAtMost = 200
	// examplesAtMost and longestExample bound what is shown of a field that changes.
	examplesAtMost = 3
	longestExample = 200
	// between stands between two overlays of one document.
	between = "---"
)

// overlayDocument is the overlays, as they are governed.
type overlayDocument struct {
	app         *App
	collections []services.Collection
}

// Check refuses what no mapping can be made of, in any release of Odoo.
func (d *overlayDocument) Check(text []byte) error {
	specs, err := readSpecs(d.collections, splitOverlays(text))
	if err != nil {
		return err
	}
	var known []string
	for _, spec := range specs {
		known = append(known, spec.Domain)
	}
	slices.Sort(known)
	for _, one := range splitOverlays(text) {
		var overlay struct {
			Domain string `yaml:"domain"`
		}
		if err := yaml.Unmarshal(one, &overlay); err != nil {
			return err
		}
		if !slices.Contains(known, overlay.Domain) {
			return fmt.Errorf("overlay: there is no domain %q; there are %s", overlay.Domain, strings.Join(known, ", "))
		}
	}
	return nil
}

// Effect reads some records with both mappings, and compares them.
func (d *overlayDocument) Effect(ctx context.Context, before, after []byte) (govern.Effect, error) {
	ctx = mapping.ForLiveRead(ctx)
	was, err := d.records(ctx, before)
	if err != nil {
		return govern.Effect{}, err
	}
	is, err := d.records(ctx, after)
	if err != nil {
		return govern.Effect{}, err
	}
	e := govern.Effect{Basis: "Where the mapping is another, records of the copy, evenly over all of them, were read from Odoo with both mappings and compared: looked_at of total. What the mesh itself owns of them was left out, and records that would be new are not seen."}
	for _, col := range d.collections {
		if was[col.Name].Fingerprint() == is[col.Name].Fingerprint() {
			continue
		}
		fields, err := d.compare(ctx, col.Name, was[col.Name], is[col.Name])
		if err != nil {
			return govern.Effect{}, fault.FromError(fmt.Errorf("comparing %s: %w", col.Name, err))
		}
		e.Fields = append(e.Fields, fields...)
	}
	return e, nil
}

// records are what a document makes of Odoo as it is now.
func (d *overlayDocument) records(ctx context.Context, text []byte) (map[string]capture.Records, error) {
	specs, err := readSpecs(d.collections, splitOverlays(text))
	if err != nil {
		return nil, err
	}
	records, err := d.app.connector.mapped(ctx, specs)
	var missing *mapping.MissingError
	if errors.As(err, &missing) {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "document", "this Odoo does not have what it reads: "+missing.Error())
	}
	if err != nil {
		return nil, fault.FromError(err)
	}
	return records, nil
}

// compare tells which fields of a collection's records differ between two mappings.
func (d *overlayDocument) compare(ctx context.Context, collection string, was, is capture.Records) ([]govern.Field, error) {
	keys, total, err := d.app.sample(ctx, collection)
	if err != nil {
		return nil, err
	}
	found := &fieldChanges{collection: collection, total: total, byField: map[string]*govern.Field{}}
	found.of("").LookedAt = int64(len(keys)) // says that it was looked at, also where nothing differs
	for chunk := range slices.Chunk(keys, reconcile.AtOnce) {
		old, err := was.Fetch(ctx, chunk)
		if err != nil {
			return nil, err
		}
		now, err := is.Fetch(ctx, chunk)
		if err != nil {
			return nil, err
		}
		after := map[string]*mapping.Record{}
		for _, r := range now {
			after[string(r.Key)] = r
		}
		for _, r := range old {
			found.add(r, after[string(r.Key)])
		}
	}
	for _, f := range found.byField {
		f.LookedAt = int64(len(keys))
	}
	return found.sorted(), nil
}

// sample are keys of a collection, evenly over all of it.
func (a *App) sample(ctx context.Context, collection string) (keys [][]byte, total int64, err error) {
	snapshot := a.stores.cache.Snapshot()
	defer snapshot.Close()
	total = a.stores.cache.Count(collection)
	apart := max(1, (total+sampledAtMost-1)/sampledAtMost)
	at := int64(0)
	for hit, err := range snapshot.Records(collection, store.Range{KeysOnly: true}) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, 0, err
		}
		if at%apart == 0 && len(keys) < sampledAtMost {
			keys = append(keys, hit.Key)
		}
		at++
	}
	return keys, at, nil
}

// fieldChanges counts what differs.
type fieldChanges struct {
	collection string
	total      int64
	byField    map[string]*govern.Field
}

func (c *fieldChanges) of(field string) *govern.Field {
	if c.byField[field] == nil {
		c.byField[field] = &govern.Field{Collection: c.collection, Field: field, Total: c.total}
	}
	return c.byField[field]
}

// place is where in a list a value stands.
var place = regexp.MustCompile(`\[\d+\]`)

func (c *fieldChanges) add(was, is *mapping.Record) {
	name := resource.NameOf(c.collection, was.Key)
	if is == nil {
		c.note("", govern.Example{Name: name, Before: "a record", After: "none"})
		return
	}
	seen := map[string]bool{}
	for _, d := range reconcile.Differences(was.Message.ProtoReflect(), is.Message.ProtoReflect()) {
		field := place.ReplaceAllString(d.Field, "")
		if !seen[field] {
			seen[field] = true
			c.note(field, govern.Example{Name: name, Before: short(d.Mesh), After: short(d.Odoo)})
		}
	}
}

func (c *fieldChanges) note(field string, x govern.Example) {
	f := c.of(field)
	f.Records++
	if len(f.Examples) < examplesAtMost {
		f.Examples = append(f.Examples, x)
	}
}

func short(text string) string {
	if len(text) > longestExample {
		return strings.ToValidUTF8(text[:longestExample], "") + "…"
	}
	return text
}

func (c *fieldChanges) sorted() []govern.Field {
	var all []govern.Field
	for _, f := range c.byField {
		all = append(all, *f)
	}
	slices.SortFunc(all, func(a, b govern.Field) int { return strings.Compare(a.Field, b.Field) })
	return all
}

// Use has records read by it, as after a start with it.
func (d *overlayDocument) Use(text []byte) error {
	specs, err := readSpecs(d.collections, splitOverlays(text))
	if err != nil {
		return err
	}
	d.app.connector.specs.Store(&specs)
	d.app.engine.Renew()
	return nil
}

// Configured is what the configured files say, as one document.
func (d *overlayDocument) Configured() ([]byte, error) {
	texts, err := readOverlays(d.app.config.Overlays)
	return joinOverlays(texts), err
}

// splitOverlays takes apart the overlays of one document.
func splitOverlays(text []byte) [][]byte {
	var all [][]byte
	var one []byte
	end := func() {
		if len(bytes.TrimSpace(one)) > 0 {
			all = append(all, one)
		}
		one = nil
	}
	for line := range bytes.Lines(text) {
		if string(bytes.TrimRight(line, " \t\r\n")) == between {
			end()
			continue
		}
		one = append(one, line...)
	}
	end()
	return all
}

// joinOverlays makes one document of overlays.
func joinOverlays(all [][]byte) []byte {
	text := []byte{} // none is a document, too
	for i, one := range all {
		if i > 0 {
			text = append(text, between+"\n"...)
		}
		text = append(text, bytes.TrimRight(one, "\n")...)
		text = append(text, '\n')
	}
	return text
}
