package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
	"odoomesh/internal/tlsfiles"
)

func configCommand(environ []string) *cobra.Command {
	group := &cobra.Command{Use: "config", Short: "Write a file of settings, and check one", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		return config.Usage(errors.New("config needs one of init, check"))
	}}
	group.AddCommand(configInitCommand(), configCheckCommand(environ))
	return group
}

func configInitCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a file of settings to begin with",
		Long: "init writes every setting with what it means and its default, as comments; only what\n" +
			"has to be set is none. A file that is there is not replaced. Without FILE, or with -,\n" +
			"the standard output is written to.",
		Example: "  meshd config init /etc/mesh/mesh.yaml",
		Args:    func(cmd *cobra.Command, args []string) error { return config.Usage(cobra.MaximumNArgs(1)(cmd, args)) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || args[0] == "-" {
				_, err := fmt.Fprint(cmd.OutOrStdout(), config.Template())
				return err
			}
			file, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if errors.Is(err, fs.ErrExist) {
				return config.Usage(fmt.Errorf("%s is there already; name another file, or take it away first", args[0]))
			}
			if err != nil {
				return config.Usage(err)
			}
			_, err = file.WriteString(config.Template())
			if err := errors.Join(err, file.Close()); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s has every setting; fill in Odoo's, then: meshd config check --config %s\n", args[0], args[0])
			return nil
		},
	}
}

func configCheckCommand(environ []string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Tell whether meshd would start with these settings",
		Long: "check reads the settings as serve does, and the files that they name: certificates,\n" +
			"the access file and secrets. It shows what is not the default, secrets excepted, and\n" +
			"connects to nothing: whether Odoo fits says meshctl mapping check.",
		Example: "  meshd config check --config /etc/mesh/mesh.yaml",
		Args:    func(cmd *cobra.Command, args []string) error { return config.Usage(cobra.NoArgs(cmd, args)) },
	}
	config.AddFlags(cmd.Flags(), config.Default())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := settings(cmd, environ)
		if err != nil {
			return err
		}
		if c.AccessFile != "" {
			if _, err := access.ReadFile(c.AccessFile); err != nil {
				return err
			}
		}
		if c.Encrypts() || c.TLSClientCAFile != "" {
			if _, err := tlsfiles.Open(c.TLSFiles(), clock.System{}, slog.New(slog.DiscardHandler)); err != nil {
				return err
			}
		}
		for _, s := range c.Changed() {
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", s.Key, s.Value)
		}
		fmt.Fprintln(cmd.OutOrStdout(), "# meshd would start with these settings; whether Odoo fits says meshctl mapping check")
		return nil
	}
	return cmd
}
