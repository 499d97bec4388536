package main

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// The forms in which output is written. Everything can be a table or JSON; records
// can be the others too, and sums CSV.
const (
	asTable = "table"
	asWide  = "wide"
	asCSV   = "csv"
	asYAML  = "yaml"
	asNames = "name"
	asJSON  = "json"
)

var (
	everyFormat  = []string{asTable, asJSON}
	sumFormat    = []string{asTable, asCSV, asJSON}
	recordFormat = []string{asTable, asWide, asCSV, asYAML, asJSON, asNames}
)

// These mark the commands whose output is records, or sums.
const (
	showsRecords = "records"
	showsSums    = "sums"
)

// checkOutput refuses a form that a command does not have.
func (c *client) checkOutput(cmd *cobra.Command) error {
	formats := everyFormat
	if cmd.Annotations[showsRecords] != "" {
		formats = recordFormat
	}
	if cmd.Annotations[showsSums] != "" {
		formats = sumFormat
	}
	if !slices.Contains(formats, c.output) {
		return wrong("-o is %s here, not %q", oneOf(formats), c.output)
	}
	return nil
}

// oneOf lists words of which one is meant.
func oneOf(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// recordFlags adds what commands have in common that show records.
func recordFlags(cmd *cobra.Command, columns *[]string) {
	cmd.Annotations = map[string]string{showsRecords: "yes"}
	cmd.Flags().StringSliceVar(columns, "columns", nil, "Fields to show in place of the usual, such as number,lines.product (-o table, wide and csv).")
}

// printer prints records one after another.
type printer interface {
	record(protoreflect.Message) error
	// flush writes what is kept so that columns are as wide as they have to be.
	flush() error
}

// printer begins to print records of a collection, in these columns or the usual ones.
func (c *client) printer(of collection, columns []string) (printer, error) {
	fields, err := c.columnsFor(of, columns)
	if err != nil {
		return nil, err
	}
	switch c.output {
	case asJSON:
		return each(func(m protoreflect.Message) error { return c.line(m.Interface()) }), nil
	case asYAML:
		return each(func(m protoreflect.Message) error { return c.yaml(m.Interface()) }), nil
	case asNames:
		name := of.record.Fields().ByName("name")
		return each(func(m protoreflect.Message) error {
			_, err := fmt.Fprintln(c.out, clean(m.Get(name).String()))
			return err
		}), nil
	case asCSV:
		return newSeparated(csv.NewWriter(c.out), fields, c.headless)
	}
	t := newTable(c.out, headers(fields)...)
	if c.output == asWide {
		t.widest = uncut
	}
	// Who asks for columns, or for all that there is, gets what stands in them.
	return &tabular{table: t, fields: fields, named: c.output != asWide && len(columns) == 0}, nil
}

// columnsFor are the fields that somebody asked for, else the usual ones.
func (c *client) columnsFor(of collection, asked []string) ([]column, error) {
	if len(asked) > 0 && (c.output == asJSON || c.output == asYAML || c.output == asNames) {
		return nil, wrong("--columns is for -o table, wide and csv; %s shows whole records", c.output)
	}
	var all []column
	for _, path := range asked {
		at, err := columnNamed(of.record, path)
		if err != nil {
			return nil, err
		}
		all = append(all, at)
	}
	switch {
	case len(all) > 0:
		return all, nil
	case c.output == asWide || c.output == asCSV:
		return wideColumns(of), nil
	}
	return columnsOf(of), nil
}

// each prints every record at once.
type each func(protoreflect.Message) error

func (e each) record(m protoreflect.Message) error { return e(m) }
func (each) flush() error                          { return nil }

// yaml writes a message as one document of YAML, with the fields' names of JSON.
func (c *client) yaml(m proto.Message) error {
	raw, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		return fmt.Errorf("writing YAML: %w", err)
	}
	// JSON is YAML: read as that it keeps the order of its fields, and each value as it is.
	var document yaml.Node
	if err := yaml.Unmarshal(raw, &document); err != nil {
		return fmt.Errorf("writing YAML: %w", err)
	}
	inBlocks(&document)
	text, err := yaml.Marshal(&document)
	if err != nil {
		return fmt.Errorf("writing YAML: %w", err)
	}
	_, err = fmt.Fprintf(c.out, "---\n%s", text)
	return err
}

// inBlocks writes a document in lines, and in quotes only what needs them.
func inBlocks(n *yaml.Node) {
	n.Style = 0
	for _, inner := range n.Content {
		inBlocks(inner)
	}
}

// tabular prints records as a table.
type tabular struct {
	table  *table
	fields []column
	// named says that records are called as people call them.
	named bool
}

func (t *tabular) record(m protoreflect.Message) error {
	row := cells(m, t.fields)
	if t.named {
		row = names(row, m, t.fields)
	}
	t.table.row(row...)
	return nil
}

func (t *tabular) flush() error { return t.table.flush() }

// separated prints records as CSV.
type separated struct {
	out    *csv.Writer
	fields []column
}

func newSeparated(out *csv.Writer, fields []column, headless bool) (*separated, error) {
	s := &separated{out, fields}
	if headless {
		return s, nil
	}
	var names []string
	for _, c := range fields {
		names = append(names, c.path())
	}
	return s, out.Write(names)
}

func (s *separated) record(m protoreflect.Message) error {
	row := cells(m, s.fields)
	for i, value := range row {
		row[i] = noFormula(value)
	}
	return s.out.Write(row)
}

func (s *separated) flush() error {
	s.out.Flush()
	return s.out.Error()
}

// noFormula keeps a spreadsheet from running what somebody wrote into a name in Odoo.
// A number with a sign stays as it is.
func noFormula(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return s
	}
	if strings.Trim(s[1:], "0123456789.") == "" && s[0] == '-' {
		return s
	}
	return "'" + s
}
