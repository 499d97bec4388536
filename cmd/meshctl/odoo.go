package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"odoomesh/internal/config"
	"odoomesh/internal/odoosetup"
	"odoomesh/services"
)

// leastSecret is how many characters meshd wants in the secret of the hints.
const leastSecret = 16

// odooSettings adds meshd's settings that say which Odoo there is, and answers
// how to read them: the same flags, variables and file as for meshd.
func (c *client) odooSettings(cmd *cobra.Command) func() (config.Config, error) {
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	config.AddFlags(all, config.Default())
	all.VisitAll(func(f *pflag.Flag) {
		if f.Name == "config" || f.Name == "mapping-overlay" || strings.HasPrefix(f.Name, "odoo-") {
			cmd.Flags().AddFlag(f)
		}
	})
	return func() (config.Config, error) {
		var environ []string
		for _, pair := range c.environ {
			// These two are meshctl's own, and no settings of meshd.
			if !strings.HasPrefix(pair, serverVariable+"=") && !strings.HasPrefix(pair, tokenVariable+"=") {
				environ = append(environ, pair)
			}
		}
		return config.Load(config.Sources{
			Defaults: config.Default(), Flags: all, Environ: environ, Stdin: c.in, NeedsOdoo: true,
		})
	}
}

// prepared connects to the Odoo of the settings and fits the mappings to it.
func (c *client) prepared(ctx context.Context, settings func() (config.Config, error)) (*odoosetup.Site, []odoosetup.Fit, error) {
	set, err := settings()
	if err != nil {
		return nil, nil, err
	}
	site, err := odoosetup.Connect(ctx, set.Client())
	if err != nil {
		return nil, nil, err
	}
	var collections []services.Collection
	for _, d := range services.All() {
		collections = append(collections, d.Collections...)
	}
	fits, err := site.Check(ctx, collections, set.Overlays)
	if err != nil {
		site.Close()
		return nil, nil, err
	}
	return site, fits, nil
}

func (c *client) odooCommand() *cobra.Command {
	group := &cobra.Command{Use: "odoo", Short: "Get an Odoo ready for the mesh, and accept one that is not what it was"}
	var hookURL, secretFile string
	var remove, dryRun bool
	install := &cobra.Command{
		Use:   "install-hints",
		Short: "Let Odoo hint at changes, so that they are seen at once",
		Long: "install-hints makes an automation rule in Odoo, 17 or later, for each model whose\n" +
			"changes matter: when a record is saved, Odoo tells the mesh to look. The user of the\n" +
			"settings has to be an administrator, for this command alone. Odoo's users wait for\n" +
			"each hint to be answered, for a second at most, so meshd should be near. Odoo writes\n" +
			"the address with the secret into its log and shows it to administrators. The command\n" +
			"may be repeated: what is as it should be is kept.",
		Args: cobra.NoArgs,
	}
	install.Flags().StringVar(&hookURL, "hook-url", "", "Root of meshd's HTTP as Odoo reaches it, such as https://mesh.hospital.example:8080.")
	install.Flags().StringVar(&secretFile, "secret-file", "", "The file that meshd has as hint-secret-file.")
	install.Flags().BoolVar(&remove, "remove", false, "Take the rules out again.")
	install.Flags().BoolVar(&dryRun, "dry-run", false, "Tell what would be done, and do nothing.")
	settings := c.odooSettings(install)
	install.RunE = func(cmd *cobra.Command, _ []string) error {
		address := ""
		if !remove {
			var err error
			if address, err = hintAddress(hookURL, secretFile); err != nil {
				return err
			}
		}
		site, fits, err := c.prepared(cmd.Context(), settings)
		if err != nil {
			return err
		}
		defer site.Close()
		hints, err := site.Hints(cmd.Context(), dryRun)
		if err != nil {
			return err
		}
		var steps []odoosetup.Step
		if remove {
			steps, err = hints.Remove(cmd.Context())
		} else if err = unfit(fits); err == nil {
			steps, err = hints.Install(cmd.Context(), odoosetup.HotModels(fits), address)
		}
		return errors.Join(err, c.steps(steps, dryRun))
	}
	group.AddCommand(install, c.reconcileCommand())
	return group
}

// hintAddress puts the address together; the secret is shown nowhere.
func hintAddress(root, secretFile string) (string, error) {
	if root == "" || secretFile == "" {
		return "", wrong("--hook-url and --secret-file are needed")
	}
	text, err := os.ReadFile(secretFile)
	if err != nil {
		return "", wrong("--secret-file: %w", err)
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < leastSecret {
		return "", wrong("--secret-file: the secret has fewer than %d characters", leastSecret)
	}
	address, err := odoosetup.Address(root, secret)
	if err != nil {
		return "", wrong("--hook-url: %w", err)
	}
	return address, nil
}

// unfit is what keeps a mesh from starting with these mappings.
func unfit(fits []odoosetup.Fit) error {
	for _, f := range fits {
		if len(f.Missing) > 0 {
			return f.Missing[0].Error
		}
	}
	return nil
}

// stepDone is what happened to a rule, for programs.
type stepDone struct {
	Model  string `json:"model"`
	Done   string `json:"done"`
	DryRun bool   `json:"dryRun"`
}

func (c *client) steps(steps []odoosetup.Step, dryRun bool) error {
	head := "DONE"
	if dryRun {
		head = "TO DO"
	}
	t := newTable(c.out, "MODEL", head)
	for _, s := range steps {
		if c.asJSON() {
			if err := c.document(stepDone{s.Model, s.Done, dryRun}); err != nil {
				return err
			}
			continue
		}
		t.row(s.Model, s.Done)
	}
	if c.asJSON() || len(steps) == 0 {
		return nil
	}
	return t.flush()
}
