// Command meshd is the mesh: canonical data services over one Odoo.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"odoomesh/internal/build"
	"odoomesh/internal/config"
	"odoomesh/internal/exit"
)

// collectEvery is how much of what lives the garbage may come to, in percent, before it
// is collected. Most of what lives here are Badger's tables in memory: with Go's own
// 100, a million records took 690 MiB behind their first load, and 460 with 50.
const collectEvery = 50

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectEvery)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
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
	root.AddCommand(serveCommand(environ), demoCommand(environ), restoreCommand(environ))
	err := root.ExecuteContext(ctx)
	if err != nil && strings.HasPrefix(err.Error(), "unknown command") {
		err = config.Usage(err) // cobra's own errors have no type
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(errs, "meshd:", exit.Explain(err))
	}
	return exit.Code(err)
}
