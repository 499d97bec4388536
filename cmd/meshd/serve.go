package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/spf13/cobra"
	"google.golang.org/grpc/grpclog"

	"odoomesh/internal/app"
	"odoomesh/internal/clock"
	"odoomesh/internal/config"
	"odoomesh/internal/telemetry"
	"odoomesh/services"
)

func serveCommand(environ []string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the data of an Odoo",
		Long: "serve connects to the Odoo that the configuration names and serves its data.\n" +
			"While Odoo is down it answers from what it has. The password comes from\n" +
			"MESH_ODOO_PASSWORD, from a file (--odoo-password-file) or from the standard\n" +
			"input (--odoo-password-stdin), and never from a flag.",
		Args: cobra.NoArgs,
	}
	config.AddFlags(cmd.Flags(), config.Default())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := settings(cmd, environ)
		if err != nil {
			return err
		}
		return runApp(cmd.Context(), c, cmd.ErrOrStderr())
	}
	return cmd
}

// settings are those of a command that serves an Odoo.
func settings(cmd *cobra.Command, environ []string) (config.Config, error) {
	return config.Load(config.Sources{
		Defaults: config.Default(), Flags: cmd.Flags(), Environ: environ, Stdin: cmd.InOrStdin(),
		KnownServices: serviceNames(), NeedsOdoo: true,
	})
}

func serviceNames() []string {
	var names []string
	for _, d := range services.All() {
		names = append(names, d.Name)
	}
	return names
}

// grpcLogs is set: it is one for the whole process, and only before gRPC is used.
var grpcLogs sync.Once

// logGRPC makes what gRPC and the gateway's router say by themselves lines of the log.
func logGRPC(logger *slog.Logger) {
	grpcLogs.Do(func() {
		grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, slog.NewLogLogger(logger.Handler(), slog.LevelWarn).Writer()))
	})
}

// runApp serves until the context ends.
func runApp(ctx context.Context, c config.Config, errs io.Writer) error {
	logger, err := telemetry.NewLogger(errs, c.LogLevel, c.LogFormat)
	if err != nil {
		return err
	}
	logGRPC(logger)
	a, err := app.New(ctx, c, logger, clock.System{})
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	reloading := reloadOnHangup(a, ended)
	err = a.Run(ctx)
	close(ended)
	<-reloading
	return err
}

// reloadOnHangup reads what can be read anew whenever the process gets SIGHUP, until it
// has ended. What it returns is closed then.
func reloadOnHangup(a *app.App, ended <-chan struct{}) <-chan struct{} {
	hangups, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		defer close(done)
		defer signal.Stop(hangups)
		for {
			select {
			case <-ended:
				return
			case <-hangups:
				a.Reload()
			}
		}
	}()
	return done
}
