package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"odoomesh/internal/export"
)

// firstRetry is the pause after a connection was lost.
const firstRetry = 500 * time.Millisecond

// stdout is what people write for the standard output.
const stdout = "-"

// exporting is what an export was asked for.
type exporting struct {
	format, filter, file   string
	from, to               ago
	position, positionFile string
	progress, replace      bool
	patience               time.Duration
}

func (c *client) eventsExportCommand() *cobra.Command {
	x := exporting{from: ago{client: c}, to: ago{client: c}}
	cmd := &cobra.Command{
		Use:   "export --format parquet|csv|ndjson [--output FILE]",
		Short: "Write events into a file for analysis",
		Long: `export writes events in the order of their numbers, from the oldest that is kept up
to the newest there is when it begins (and what arrives in one message with it).

--from and --to choose by source_time, when the event happened by Odoo: at or after
--from, before --to. A day is --from 2026-11-23 --to 2026-11-24, midnights in UTC.
Events written down late are found too: the whole rest of the stream is looked
through. An event that happened in the range can still come tomorrow, such as a
movement that someone dates back.

For exports day by day without a gap and without doubles, continue from a position
in place of a time. Each run without --to tells the position behind it; give it to
the next with --position, or let --position-file keep it: it is read at the start,
if it is there, and written when the file is complete. The filter has to stay the
same. Should the machine go down between the two, the next file repeats events: the
column event tells them.

A file appears under its name when it is complete; until then it is FILE.partial.
A lost connection is taken up where it broke. Without --output the standard output
is written to.

` + columnsHelp(),
		Example: `  meshctl events export --format parquet --output november.parquet --from 2026-11-01 --to 2026-12-01
  meshctl events export --format csv --filter 'type = CONSUMPTION' >used.csv
  meshctl events export --format parquet --output "events-$(date +%F).parquet" --position-file events.position`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringVar(&x.format, "format", "", "One of "+strings.Join(export.Formats(), ", ")+".")
	flags.StringVarP(&x.file, "output", "o", "", "File to write; empty or -: the standard output. A file that is there is replaced with --replace alone.")
	flags.BoolVar(&x.replace, "replace", false, "Replace the file of --output if it is there.")
	flags.StringVar(&x.filter, "filter", "", filterHelp)
	flags.Var(&x.from, "from", "Events that happened at this time or later: "+timeHelp)
	flags.Var(&x.to, "to", "Events that happened before this time; written in the same ways.")
	flags.StringVar(&x.position, "position", "", "Go on behind this position, which an earlier export told.")
	flags.StringVar(&x.positionFile, "position-file", "", "File to read the position from, and to write the new one to.")
	flags.BoolVar(&x.progress, "progress", false, "Tell the progress also where nobody sits at a terminal.")
	flags.DurationVar(&x.patience, "retry-for", 10*time.Minute, "How long to try again after a lost connection.")
	cmd.MarkFlagsMutuallyExclusive("position", "position-file", "to")
	_ = cmd.MarkFlagRequired("format") // fails for a flag that is not there
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := x.check(); err != nil {
			return err
		}
		return c.export(cmd, x)
	}
	return cmd
}

// columnsHelp lists the columns, which are the same in all formats.
func columnsHelp() string {
	text := "Columns (no value is NULL; null in ndjson, empty in csv):\n"
	kinds := map[export.Kind]string{
		export.Integer: "INT64", export.Text: "VARCHAR", export.Word: "VARCHAR", export.Time: "TIMESTAMP", export.Quantity: "DECIMAL", export.JSON: "JSON",
	}
	for _, col := range export.Columns() {
		text += fmt.Sprintf("  %-23s  %-9s  %s\n", col.Name, kinds[col.Kind], col.About)
	}
	return text + `
In Parquet a TIMESTAMP is in UTC to the microsecond, a DECIMAL is DECIMAL(38, 18). A
quantity with more than 18 digits behind the point, or 20 before it, is refused with
the event and the column; nothing is rounded. csv and ndjson write each quantity
digit by digit (in ndjson as a text), and times as RFC 3339.`
}

func (x *exporting) check() error {
	switch {
	case !slices.Contains(export.Formats(), x.format):
		return wrong("--format: %v", &export.FormatError{Asked: x.format})
	case x.file == "json" || x.file == "table":
		return wrong("--output is the file to write here: the format is --format")
	case !x.replace && x.isThere():
		return wrong("--output: %s is there already; add --replace to write it anew", x.file)
	case !x.from.at.IsZero() && !x.to.at.IsZero() && !x.from.at.Before(x.to.at):
		return wrong("--to: %s does not lie behind --from %s", x.to.String(), x.from.String())
	}
	if x.positionFile == "" {
		return nil
	}
	text, err := export.ReadFile(x.positionFile)
	if err != nil {
		return wrong("--position-file: %w", err)
	}
	x.position = strings.TrimSpace(text)
	return nil
}

func (c *client) export(cmd *cobra.Command, x exporting) error {
	inventory, err := c.inventory()
	if err != nil {
		return err
	}
	out, complete, abandon, err := c.exportTo(x.file)
	if err != nil {
		return err
	}
	defer abandon()
	writer, err := export.NewWriter(x.format, out)
	if err != nil {
		return err
	}
	ctx, cancel := c.stream(cmd)
	defer cancel()
	meter := &meter{client: c, on: c.terminal || x.progress}
	source := export.Source{
		Client: inventory, Clock: c.clock, Pause: firstRetry, Patience: x.patience, Report: meter.show,
		Lost: func(err error, pause time.Duration) {
			meter.end()
			fmt.Fprintf(c.errs, "meshctl: lost the mesh, next try in %s: %s\n", span(pause), clean(sentence(err, c.server)))
		},
	}
	done, err := source.Run(ctx, export.Request{Filter: x.filter, From: x.from.at, To: x.to.at, Position: x.position}, writer.Write)
	meter.end()
	if err != nil {
		return err
	}
	if err := errors.Join(writer.Close(), complete()); err != nil {
		return fmt.Errorf("writing %s: %w", x.target(), err)
	}
	return c.exported(x, done)
}

func (x *exporting) isThere() bool {
	if x.file == "" || x.file == stdout {
		return false
	}
	info, err := os.Stat(x.file)
	return err == nil && info.Mode().IsRegular()
}

func (x *exporting) target() string {
	if x.file == "" || x.file == stdout {
		return "the standard output"
	}
	return x.file
}

// exportTo opens what is written to, with what completes it and what takes it
// away again.
func (c *client) exportTo(path string) (out io.Writer, complete func() error, abandon func(), err error) {
	if path == "" || path == stdout {
		buffer := bufio.NewWriterSize(c.out, 1<<16)
		return buffer, buffer.Flush, func() {}, nil
	}
	file, err := export.CreateFile(path)
	if err != nil {
		return nil, nil, nil, wrong("--output: %w", err)
	}
	return file, file.Complete, file.Abandon, nil
}

// exported keeps and tells where the next export goes on.
func (c *client) exported(x exporting, done export.Result) error {
	fmt.Fprintf(c.errs, "meshctl: %d events are in %s\n", done.Rows, x.target())
	switch {
	case done.Position == "":
	case x.positionFile != "":
		if err := export.WriteFile(x.positionFile, done.Position+"\n"); err != nil {
			return fmt.Errorf("writing --position-file: %w; to go on from here: --position %s", err, done.Position)
		}
	default:
		fmt.Fprintf(c.errs, "meshctl: to go on from here: --position %s\n", done.Position)
	}
	return nil
}

// meterEvery is the pause between two lines of progress; a terminal, where one line
// is written over, gets more.
const (
	meterEvery         = 10 * time.Second
	meterEveryTerminal = 200 * time.Millisecond
)

// meter shows how far an export is.
type meter struct {
	client *client
	on     bool
	last   time.Time
	shown  bool
}

func (m *meter) show(p export.Progress) {
	m.tell(func() string {
		text := fmt.Sprintf("%d events, %.0f a second", p.Rows, p.PerSecond)
		if p.Left >= 0 {
			text += fmt.Sprintf(", %s left", span(p.Left))
		}
		return text
	})
}

// tell shows a line now and then.
func (m *meter) tell(line func() string) {
	now := m.client.clock.Now()
	every := meterEvery
	if m.client.terminal {
		every = meterEveryTerminal
	}
	if !m.on || now.Sub(m.last) < every {
		return
	}
	m.last = now
	if !m.client.terminal {
		fmt.Fprintf(m.client.errs, "meshctl: %s\n", line())
		return
	}
	m.shown = true
	fmt.Fprintf(m.client.errs, "\r\x1b[K%s", line())
}

// end takes the line away.
func (m *meter) end() {
	if m.shown {
		m.shown = false
		fmt.Fprint(m.client.errs, "\r\x1b[K")
	}
}
