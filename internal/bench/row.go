package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
)

// row is one number beside its reference.
type row struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Reference is the same number of the bare thing, in the same unit, or the
	// number to reach where there is nothing to compare with.
	Reference float64 `json:"reference"`
	// Ratio is what the goal speaks of.
	Ratio float64 `json:"ratio"`
	Goal  goal    `json:"goal"`
}

// goal bounds a ratio.
type goal struct {
	least bool
	ratio float64
}

func atLeast(ratio float64) goal { return goal{true, ratio} }
func atMost(ratio float64) goal  { return goal{false, ratio} }

// within is the goal of a number whose reference is the number to reach.
func within(name string, value, limit float64, unit string) row {
	return row{Name: name, Value: value, Unit: unit, Reference: limit, Ratio: value / limit, Goal: atMost(1)}
}

func (g goal) String() string {
	if g.least {
		return fmt.Sprintf(">= %g", g.ratio)
	}
	return fmt.Sprintf("<= %g", g.ratio)
}

// MarshalText implements encoding.TextMarshaler.
func (g goal) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

func (r row) reached() bool {
	if r.Goal.least {
		return r.Ratio >= r.Goal.ratio
	}
	return r.Ratio <= r.Goal.ratio
}

// check refuses a row that compares nothing.
func (r row) check() error {
	if r.Value <= 0 || r.Reference <= 0 || r.Ratio <= 0 || r.Goal.ratio <= 0 {
		return fmt.Errorf("%s was not measured: %+v", r.Name, r)
	}
	return nil
}

func printTable(w io.Writer, rows []row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "name\tvalue\tunit\treference\tratio\tgoal\tok")
	for _, r := range rows {
		ok := "yes"
		if !r.reached() {
			ok = "NO"
		}
		fmt.Fprintf(t, "%s\t%.5g\t%s\t%.5g\t%.3g\t%s\t%s\n", r.Name, r.Value, r.Unit, r.Reference, r.Ratio, r.Goal, ok)
	}
	return t.Flush()
}

// writeJSON writes the rows to a file; without a path it does nothing.
func writeJSON(path string, rows []row) error {
	if path == "" {
		return nil
	}
	text, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
