package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"odoomesh/internal/odoosetup"
)

func (c *client) mappingCommand() *cobra.Command {
	group := &cobra.Command{Use: "mapping", Short: "Check how records are read out of Odoo"}
	check := &cobra.Command{
		Use:   "check",
		Short: "Tell whether all mappings fit an Odoo",
		Long: "check signs in to the Odoo that the settings name, as meshd would, and compares the\n" +
			"mappings and their overlays with the fields that it has. It changes nothing. Where\n" +
			fmt.Sprintf("something is missing the exit code is %d.", codeNoFit),
		Args: cobra.NoArgs,
	}
	settings := c.odooSettings(check)
	check.RunE = func(cmd *cobra.Command, _ []string) error {
		site, fits, err := c.prepared(cmd.Context(), settings)
		if err != nil {
			return err
		}
		defer site.Close()
		return c.fits(site, fits)
	}
	group.AddCommand(check)
	return group
}

func (c *client) fits(site *odoosetup.Site, fits []odoosetup.Fit) error {
	t := newTable(c.out, "COLLECTION", "RESULT", "FIELD", "MISSING IN ODOO "+site.Version())
	missing := 0
	for _, f := range fits {
		if c.asJSON() {
			if err := c.document(fitting{f.Collection, site.Version(), len(f.Missing) == 0, missingFields(f)}); err != nil {
				return err
			}
		} else if f.None() {
			t.row(f.Collection, "none here", "", f.Model())
		} else if len(f.Missing) == 0 {
			t.row(f.Collection, "fits")
		}
		for _, m := range f.Missing {
			missing++
			t.row(f.Collection, "does not fit", m.Field, m.Odoo)
		}
	}
	if !c.asJSON() {
		if err := t.flush(); err != nil {
			return err
		}
	}
	if missing > 0 {
		return &outcome{code: codeNoFit, text: "install the Odoo modules that have these fields, or name others in an overlay (--mapping-overlay)"}
	}
	return nil
}

// fitting is how one mapping fits, for programs.
type fitting struct {
	Collection  string         `json:"collection"`
	OdooVersion string         `json:"odooVersion"`
	Fits        bool           `json:"fits"`
	Missing     []missingField `json:"missing"`
}

type missingField struct {
	Field string `json:"field"`
	Odoo  string `json:"odoo"`
}

func missingFields(f odoosetup.Fit) []missingField {
	all := []missingField{}
	for _, m := range f.Missing {
		all = append(all, missingField{m.Field, m.Odoo})
	}
	return all
}
