// Command meshd is the mesh: canonical data services over one Odoo.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"odoomesh/internal/build"
	"odoomesh/internal/config"
	"odoomesh/internal/exit"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	boundMemory(ctx)
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// run is main with all that it touches given to it. It returns the exit code.
func run(ctx context.Context, args, environ []string, in io.Reader, out, errs io.Writer) int {
	root := &cobra.Command{
		Use:   "meshd",
		Short: "Canonical data services over Odoo",
		Long: "meshd reads products, suppliers, orders, receipts, invoices and stock out of an\n" +
			"Odoo, keeps them fresh, and serves them and their events over gRPC and REST.\n" +
			"Start with: meshd demo",
		SilenceUsage: true, SilenceErrors: true, Version: build.Text(),
	}
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return config.Usage(err) })
	root.AddCommand(serveCommand(environ), demoCommand(environ), restoreCommand(environ), configCommand(environ), versionCommand(out))
	err := root.ExecuteContext(ctx)
	if err != nil && strings.HasPrefix(err.Error(), "unknown command") {
		err = config.Usage(err) // cobra's own errors have no type
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(errs, "meshd:", exit.Explain(err))
	}
	return exit.Code(err)
}

// versionCommand says what --version does.
func versionCommand(out io.Writer) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Tell which version of meshd this is", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(out, "meshd version", build.Text())
			return err
		},
	}
}
