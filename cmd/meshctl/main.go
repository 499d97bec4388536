// Command meshctl is the operator's tool: it reads, watches and verifies the
// records of a running mesh, and gets an Odoo ready for one.
//
// What collections there are it learns from the contract by reflection, so that
// a new domain needs no change here. It prints tables for people and, with
// -o json, one JSON document a line for programs; what else it has to say goes
// to the standard error.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"odoomesh/internal/build"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
)

// world is all that the program touches beside the network.
type world struct {
	environ   []string
	in        io.Reader
	out, errs io.Writer
	// terminal says that a person sees errs as it is written.
	terminal bool
	// columns are those of the terminal that out is; 0 where it is none.
	columns int
	clock   clock.Clock
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], world{
		environ: os.Environ(), in: os.Stdin, out: os.Stdout, errs: os.Stderr,
		terminal: isTerminal(os.Stderr), columns: columnsOfTerminal(os.Stdout), clock: clock.System{},
	}))
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// columnsOfTerminal is how wide a terminal is; 0 for what is none.
func columnsOfTerminal(f *os.File) int {
	wide, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return wide
}

// run is main with all that it touches given to it. It returns the exit code.
func run(ctx context.Context, args []string, w world) int {
	c := &client{world: w}
	root := &cobra.Command{
		Use:   "meshctl",
		Short: "Read, watch and verify what a mesh holds",
		Long: "meshctl talks to a running meshd over gRPC.\n\n" +
			"Without TLS it talks to this machine only. For another machine it uses TLS, with\n" +
			"the system's authorities or those of --tls-ca-file. A token comes from MESH_TOKEN\n" +
			"or --token-file, and never from a flag.\n\n" + exitCodes(),
		SilenceUsage: true, SilenceErrors: true, Version: build.Text(),
	}
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		c.out = &display{Writer: w.out, columns: w.columns, headless: c.headless}
		return c.checkOutput(cmd)
	}
	root.SetArgs(args)
	root.SetIn(w.in)
	root.SetOut(w.out)
	root.SetErr(w.errs)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return config.Usage(err) })
	c.flags(root.PersistentFlags())
	root.AddCommand(sums(c.stockCommand(), c.expiringCommand(), c.openOrdersCommand(), c.payablesCommand(), c.consumptionCommand(), c.leadTimesCommand())...)
	root.AddCommand(
		c.getCommand(), c.listCommand(), c.watchCommand(), c.changesCommand(), c.historyCommand(), c.searchCommand(), c.traceCommand(), c.journeyCommand(), c.eventsCommand(), c.businessEventsCommand(), c.exportCommand(), c.consumersCommand(),
		c.verifyCommand(), c.resyncCommand(), c.statusCommand(), c.exceptionsCommand(), c.faultyCommand(),
		c.doCommand(), c.importCommand(), c.intentsCommand(), c.accessCommand(), c.auditCommand(), c.backupCommand(), c.keysCommand(), c.governCommand(), c.mappingCommand(), c.odooCommand(), c.certCommand(), c.versionCommand(),
	)
	err := root.ExecuteContext(ctx)
	c.close()
	if lines := told(err, c.server); len(lines) > 0 {
		fmt.Fprintf(w.errs, "meshctl: %s\n", strings.Join(lines, "\n  "))
	}
	return exitCode(err)
}

// versionCommand says what --version does.
func (c *client) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Tell which version of meshctl this is", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(c.out, "meshctl version", build.Text())
			return err
		},
	}
}
