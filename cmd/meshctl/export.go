package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"odoomesh/internal/build"
	"odoomesh/internal/export"
	"odoomesh/internal/export/folder"
)

// everything is what an export of everything was asked for.
type everything struct {
	to, format        string
	names             []string
	replace, progress bool
	patience          time.Duration
	// collections are those of names, and events says that the events are wanted; none
	// named is all.
	collections []collection
	events      bool
}

// eventsName is what the inventory events are called beside the collections.
const eventsName = "inventoryEvents"

func (c *client) exportCommand() *cobra.Command {
	var x everything
	cmd := &cobra.Command{
		Use:   "export --to DIR",
		Short: "Write all records and inventory events into a folder, for analysis",
		Long: `export writes every collection that the caller may read into a folder: a file for
each table, lines as tables of their own, all as of one position. Names of other
records stand as products/42: each table of a collection has them as name, to join.

Beside the tables are the inventory events, in sealed parts that are never written
again (events/part-*), the balances that they add up to, and the proof that compares
them with Odoo's stock. manifest.json lists all of it with rows, SHA-256 and columns.
It is written last: where it is, the export is whole.

Run again with --replace, the tables are replaced, and events that came since go into
new parts. docs/export.md has the tables, and questions as SQL.`,
		Example: `  meshctl export --to lake
  meshctl export --to lake --replace
  meshctl export --to orders --format csv --collections orders,suppliers`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringVar(&x.to, "to", "", "Folder to write to; it is made where it is not there.")
	flags.StringVar(&x.format, "format", "parquet", "One of "+strings.Join(export.Formats(), ", ")+".")
	flags.StringSliceVar(&x.names, "collections", nil, "Collections to write, such as orders,suppliers, and "+eventsName+" for the events. All without it.")
	flags.BoolVar(&x.replace, "replace", false, "Replace the tables of the export that is there.")
	flags.BoolVar(&x.progress, "progress", false, "Tell the progress also where nobody sits at a terminal.")
	flags.DurationVar(&x.patience, "retry-for", 10*time.Minute, "How long to try again after events were cut off.")
	_ = cmd.MarkFlagRequired("to") // fails for a flag that is not there
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := x.check(); err != nil {
			return err
		}
		return c.exportEverything(cmd, x)
	}
	return cmd
}

func (x *everything) check() error {
	if x.to == "" || x.to == stdout {
		return wrong("--to is a folder, not %q", x.to)
	}
	x.events = len(x.names) == 0
	for _, name := range x.names {
		if strings.EqualFold(strings.NewReplacer("-", "", "_", "").Replace(name), eventsName) || name == "events" {
			x.events = true
			continue
		}
		of, err := collectionOf(name)
		if err != nil {
			return wrong("--collections: %w, and %s", err, eventsName)
		}
		x.collections = append(x.collections, of)
	}
	return nil
}

func (c *client) exportEverything(cmd *cobra.Command, x everything) (err error) {
	began := c.clock.Now()
	to, err := folder.Open(x.to, x.format, x.replace)
	var there *folder.ThereError
	var format *export.FormatError
	switch {
	case errors.As(err, &format):
		return wrong("--format: %w", err)
	case errors.As(err, &there):
		return wrong("--to: %w", err)
	case err != nil:
		return fmt.Errorf("--to: %w", err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	ctx, cancel := c.stream(cmd)
	defer cancel()
	run := &exportRun{
		client: c, asked: x, to: to, meter: &meter{client: c, on: c.terminal || x.progress}, began: began,
		manifest: folder.Manifest{MadeBy: "meshctl " + build.Version(), BeginTime: began.UTC()},
	}
	err = run.do(ctx)
	run.meter.end()
	if err != nil {
		return err
	}
	run.manifest.EndTime = c.clock.Now().UTC()
	if err := to.Complete(&run.manifest); err != nil {
		return fmt.Errorf("putting the export in place: %w", err)
	}
	return c.exportedTo(x.to, &run.manifest)
}

// exportedTo shows what is in the folder.
func (c *client) exportedTo(dir string, m *folder.Manifest) error {
	for _, l := range m.LeftOut {
		fmt.Fprintf(c.errs, "meshctl: left out: %s: %s\n", l.What, clean(l.Why))
	}
	if m.UnfitValueCount > 0 {
		fmt.Fprintf(c.errs, "meshctl: %d values do not fit into their columns and are NULL there; manifest.json lists them under unfit_values. csv and ndjson hold them\n", m.UnfitValueCount)
	}
	if c.asJSON() {
		return c.document(m)
	}
	fmt.Fprintf(c.out, "%s holds %s as of %s\n", dir, m.OdooInstance, m.SnapshotTime.Format(time.RFC3339))
	if m.Proof != nil && m.Proof.Drifting == 0 {
		fmt.Fprintf(c.out, "Proof: all of %d balances are equal to Odoo's stock, up to event %d\n", m.Proof.Compared, m.Proof.LastEvent)
	} else if m.Proof != nil {
		fmt.Fprintf(c.out, "Proof: %d of %d balances differ from Odoo's stock, up to event %d; proof.json lists them\n", m.Proof.Drifting, m.Proof.Compared, m.Proof.LastEvent)
	}
	fmt.Fprintln(c.out)
	t := newTable(c.out, "TABLE", "ROWS", "BYTES", "FILE")
	for _, e := range m.Tables {
		t.row(e.Name, fmt.Sprint(e.Rows), fmt.Sprint(e.Bytes), e.File)
	}
	if m.Events != nil {
		for _, p := range m.Events.Parts {
			t.row("events", fmt.Sprint(p.Rows), fmt.Sprint(p.Bytes), p.File)
		}
	}
	return t.flush()
}
