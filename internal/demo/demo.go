// Package demo is a hospital's Odoo that is not there: the simulated Odoo with a
// lifelike catalogue, listening on this machine, in which things happen by
// themselves. What it holds is gone when it ends.
package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"odoomesh/internal/odoosim"
)

// Database, User and Password are how to sign in to the simulated Odoo.
const (
	Database = "demo"
	User     = "admin"
	Password = "admin"
)

// Options say how the demo plays.
type Options struct {
	// Addr is where the simulated Odoo listens; a loopback address.
	Addr string
	// Version is the release of Odoo, 16 to 19.
	Version int
	// Products is how many products there are at the beginning.
	Products int
	// Every is the pause between two things that happen; 0: nothing happens.
	Every time.Duration
}

// Demo is a simulated Odoo.
type Demo struct {
	options  Options
	sim      *odoosim.Sim
	listener net.Listener
}

// New fills the simulated Odoo and listens. Where the address is taken it takes a
// free port beside it: nobody has to know the simulated Odoo's.
func New(o Options) (*Demo, error) {
	sim, err := odoosim.New(odoosim.Options{Version: o.Version, DB: Database, User: User, Password: Password})
	if err != nil {
		return nil, err
	}
	if err := sim.LoadHospital(o.Products); err != nil {
		return nil, fmt.Errorf("filling the simulated Odoo: %w", err)
	}
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		host, _, splitErr := net.SplitHostPort(o.Addr)
		if splitErr != nil {
			return nil, errors.Join(err, splitErr)
		}
		if l, err = net.Listen("tcp", net.JoinHostPort(host, "0")); err != nil {
			return nil, fmt.Errorf("listening for the simulated Odoo: %w", err)
		}
	}
	return &Demo{options: o, sim: sim, listener: l}, nil
}

// URL is the root of the simulated Odoo.
func (d *Demo) URL() string { return "http://" + d.listener.Addr().String() }

// Run serves and lets things happen until the context ends, which is no error.
func (d *Demo) Run(ctx context.Context) error {
	server := &http.Server{Handler: d.sim, ReadHeaderTimeout: 10 * time.Second}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("simulated Odoo: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	if d.options.Every > 0 {
		group.Go(func() error {
			if err := d.sim.Play(ctx, d.options.Every); !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		})
	}
	return group.Wait()
}
