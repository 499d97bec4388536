package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"odoomesh/internal/config"
	"odoomesh/internal/demo"
)

func demoCommand(environ []string) *cobra.Command {
	var o demo.Options
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Serve a simulated hospital, with nothing to configure",
		Long: "demo starts a simulated Odoo of a hospital, in which prices change, products\n" +
			"appear, and goods are ordered, received, moved and billed, and serves its data.\n" +
			"Everything is forgotten at the end. You may change the simulated Odoo yourself, by XML-RPC.",
		Args: cobra.NoArgs,
	}
	defaults := config.Default()
	// The simulated Odoo has all the time in the world.
	defaults.MaxPerSecond = 0
	shown := defaults
	shown.DataDir = "a temporary folder"
	config.AddFlags(cmd.Flags(), shown)
	cmd.Flags().StringVar(&o.Addr, "sim-addr", "127.0.0.1:8069", "Address of the simulated Odoo; where it is taken, a free port beside it.")
	cmd.Flags().IntVar(&o.Version, "sim-version", 18, "Release of the simulated Odoo: 16, 17, 18 or 19.")
	cmd.Flags().IntVar(&o.Products, "sim-products", 400, "Products at the beginning.")
	cmd.Flags().DurationVar(&o.Every, "sim-every", 2*time.Second, "Pause between two things that happen in the simulated Odoo. 0: nothing happens.")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if o.Version < 16 || o.Version > 19 {
			return config.Usage(fmt.Errorf("sim-version: there are 16, 17, 18 and 19, not %d", o.Version))
		}
		d, err := demo.New(o)
		if err != nil {
			return err
		}
		// What callers change here is a simulated Odoo, which is gone with the demo.
		defaults.LocalWrites = true
		defaults.URL, defaults.Database, defaults.User, defaults.Password = d.URL(), demo.Database, demo.User, demo.Password
		if defaults.DataDir, err = os.MkdirTemp("", "odoomesh-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(defaults.DataDir)) }()
		c, err := config.Load(config.Sources{Defaults: defaults, Flags: cmd.Flags(), Environ: environ, KnownServices: serviceNames()})
		if err != nil {
			return err
		}
		scheme := "http"
		if c.Encrypts() {
			scheme = "https"
		}
		fmt.Fprintf(cmd.OutOrStdout(), `A simulated hospital is starting.

  console      %[7]s://%[1]s/console
  REST         %[7]s://%[1]s/v1/products?page_size=5
  watch        curl -N %[7]s://%[1]s/v1/products:watch
  API pages    %[7]s://%[1]s/docs/
  gRPC         %[2]s (with reflection)
  its Odoo     %[3]s  database %[4]s, user %[5]s, password %[6]s

`, c.HTTPAddr, c.GRPCAddr, d.URL(), demo.Database, demo.User, demo.Password, scheme)
		group, ctx := errgroup.WithContext(cmd.Context())
		group.Go(func() error { return d.Run(ctx) })
		group.Go(func() error { return runDemoApp(ctx, c, cmd) })
		if err := group.Wait(); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	}
	return cmd
}

// runDemoApp ends the simulated Odoo with the mesh: a group's context ends only
// with an error.
func runDemoApp(ctx context.Context, c config.Config, cmd *cobra.Command) error {
	if err := runApp(ctx, c, cmd.ErrOrStderr()); err != nil {
		return err
	}
	return context.Canceled
}
