package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"odoomesh/internal/app"
	"odoomesh/internal/config"
)

// dataDirVariable is what names the data folder where no flag does, as for serve.
const dataDirVariable = "MESH_DATA_DIR"

func restoreCommand(environ []string) *cobra.Command {
	var dir string
	var only []string
	cmd := &cobra.Command{
		Use:   "restore FILE --data-dir DIR",
		Short: "Make a data folder of a backup",
		Long: `restore makes what a backup holds (see meshctl backup) in a data folder that does not
have it, while no meshd runs on the folder. What the folder has stays: nothing is
replaced, and where a part is there already nothing is changed at all. The rest, which is
the copy of the records and the log of their changes, the next start fills from Odoo.

With an encryption key, from a flag, a variable or the file of settings, what is made is
encrypted. So a folder gets encrypted that was not: restored into a new one. A backup that
is sealed is opened with backup-key, encryption-key or encryption-key-previous, whichever
fits; which it takes is said where none does.

One that was broken off, by whatever, is finished by the same command; until then meshd
does not start on the folder. Run it as the user as whom meshd runs.`,
		Example: `  meshd restore mesh-2026-11-23.backup --data-dir /var/lib/mesh
  meshd restore mesh-2026-11-23.backup --data-dir /var/lib/mesh --only owned
  meshd restore mesh-2026-11-23.backup --data-dir /var/lib/mesh --encryption-key-file new.key --backup-key-file old.key`,
		Args: func(cmd *cobra.Command, args []string) error { return config.Usage(cobra.ExactArgs(1)(cmd, args)) },
	}
	cmd.Flags().StringVar(&dir, "data-dir", variable(environ, dataDirVariable), "Folder to restore into ("+dataDirVariable+").")
	config.AddRestFlags(cmd.Flags())
	cmd.Flags().StringSliceVar(&only, "only", nil, "Parts to restore, such as ledger,owned; empty: all.")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if dir == "" {
			return config.Usage(errors.New("--data-dir is missing: the folder to restore into"))
		}
		rest, err := config.LoadRest(config.Sources{Defaults: config.Default(), Flags: cmd.Flags(), Environ: environ})
		if err != nil {
			return err
		}
		restored, err := app.Restore(cmd.Context(), args[0], dir, only, rest)
		if err != nil {
			return err
		}
		names := only
		if len(names) == 0 {
			for _, p := range restored.Parts {
				names = append(names, p.Name)
			}
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s of the mesh over %s, as of %s, are in %s.\n",
			strings.Join(names, ", "), restored.Instance, restored.Time.Format(time.RFC3339), dir)
		return nil
	}
	return cmd
}

// variable is the value of an environment's variable; empty where there is none.
func variable(environ []string, name string) string {
	for _, pair := range environ {
		if value, is := strings.CutPrefix(pair, name+"="); is {
			return value
		}
	}
	return ""
}
