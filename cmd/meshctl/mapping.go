package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"odoomesh/internal/command"
	"odoomesh/internal/odoosetup"
	"odoomesh/services"
)

func (c *client) mappingCommand() *cobra.Command {
	group := &cobra.Command{Use: "mapping", Short: "Check how records are read out of Odoo"}
	check := &cobra.Command{
		Use:   "check",
		Short: "Tell whether all mappings fit an Odoo",
		Long: "check signs in to the Odoo that the settings name, as meshd would, and compares the\n" +
			"mappings and their overlays with the fields that it has, and what commands need with\n" +
			"the rights of the user. It changes nothing. Where a mapping does not fit or a right is\n" +
			fmt.Sprintf("missing the exit code is %d or %d.", codeNoFit, codeForbidden),
		Args: cobra.NoArgs,
	}
	settings := c.odooSettings(check)
	check.RunE = func(cmd *cobra.Command, _ []string) error {
		site, fits, err := c.prepared(cmd.Context(), settings)
		if err != nil {
			return err
		}
		defer site.Close()
		if err := c.fits(site, fits); err != nil {
			return err
		}
		return c.lacks(cmd.Context(), site)
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

// lacks tells which commands Odoo would not let the mesh carry out, and why. A mesh that
// is only read needs none of them: with -o json it is said, and no failure.
func (c *client) lacks(ctx context.Context, site *odoosetup.Site) error {
	var kinds []command.Kind
	for _, d := range services.All() {
		kinds = append(kinds, d.Commands...)
	}
	missing, err := site.Lacks(ctx, kinds)
	if err != nil {
		return err
	}
	t := newTable(c.out, "COMMAND", "RESULT", "MISSING IN ODOO "+site.Version())
	t.widest = uncut
	for _, k := range kinds {
		texts := missing[k.Name]
		if c.asJSON() {
			if err := c.document(commandFit{k.Name, len(texts) == 0, append([]string{}, texts...)}); err != nil {
				return err
			}
			continue
		}
		result := "possible"
		if len(texts) > 0 {
			result = "refused"
		}
		t.row(k.Name, result, strings.Join(texts, "; "))
	}
	if c.asJSON() {
		return nil
	}
	if err := t.flush(); err != nil {
		return err
	}
	if len(missing) > 0 {
		return &outcome{code: codeForbidden, text: "give the mesh's user in Odoo what is missing, if the mesh is to carry these commands out; reading needs none of it"}
	}
	return nil
}

// commandFit is whether Odoo lets a command be carried out, for programs.
type commandFit struct {
	Command  string   `json:"command"`
	Possible bool     `json:"possible"`
	Missing  []string `json:"missing"`
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
