package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/odoosim"
)

const (
	// changes is how many are made, one after a random pause of up to pauseMost.
	changes   = 120
	pauseMost = 200 * time.Millisecond
	// freshFor bounds the wait for the last change to be seen.
	freshFor = 30 * time.Second
)

// measureFreshness tells how long after its commit in Odoo a change reaches a
// watcher, by polling alone, with an Odoo at a real one's speed.
func measureFreshness(ctx context.Context, p *place) ([]row, error) {
	sim, odoo, err := startOdoo(products)
	if err != nil {
		return nil, err
	}
	defer odoo.Close()
	mesh, err := p.startMesh(p.path("freshness"), odoo.URL)
	if err != nil {
		return nil, err
	}
	defer mesh.stop()
	if _, err := mesh.ready(ctx); err != nil {
		return nil, err
	}
	names, err := mesh.names(ctx)
	if err != nil {
		return nil, err
	}
	// The first look reads again what Odoo has written lately; what is measured is
	// the pace after it.
	if err := mesh.verified(ctx); err != nil {
		return nil, err
	}
	sim.Faults().Costs(true)
	ages, err := watchChanges(ctx, mesh, sim, names)
	if err != nil {
		return nil, err
	}
	slices.Sort(ages)
	millis := func(q float64) float64 { return float64(quantile(ages, q).Microseconds()) / 1e3 }
	return []row{
		within("an Odoo commit seen by a watcher, polling alone, p50", millis(0.5), 500, "ms"),
		within("an Odoo commit seen by a watcher, polling alone, p99", millis(0.99), 1000, "ms"),
	}, nil
}

// watchChanges makes changes and watches them come.
func watchChanges(ctx context.Context, m *mesh, sim *odoosim.Sim, names []string) ([]time.Duration, error) {
	ctx, cancel := context.WithTimeout(signedIn(ctx), changes*pauseMost+freshFor)
	defer cancel()
	all, err := dial(m.grpcAddr)
	if err != nil {
		return nil, err
	}
	defer all.close()
	watch, err := productv1.NewProductServiceClient(all[0]).WatchProducts(ctx, &productv1.WatchProductsRequest{IncludeCurrent: true})
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	committed := map[string]time.Time{} // by the name that the change gives
	var ages []time.Duration
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		for len(ages) < changes {
			message, err := watch.Recv()
			if err != nil {
				return fmt.Errorf("watching: %d of %d changes came: %w", len(ages), changes, err)
			}
			seen := now()
			mu.Lock()
			if at, ok := committed[message.GetProduct().GetDisplayName()]; ok {
				ages = append(ages, seen.Sub(at))
				delete(committed, message.GetProduct().GetDisplayName())
			}
			mu.Unlock()
		}
		return nil
	})
	group.Go(func() error {
		for i := range changes {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(rand.N(pauseMost)):
			}
			name := fmt.Sprintf("Renamed for the measurement %d", i)
			mu.Lock()
			err := rename(sim, names[i*7%len(names)], name)
			committed[name] = now()
			mu.Unlock()
			if err != nil {
				return err
			}
		}
		return nil
	})
	err = group.Wait()
	return ages, err
}

// rename changes a product as a person does in Odoo.
func rename(sim *odoosim.Sim, product, name string) error {
	_, number, _ := strings.Cut(product, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return err
	}
	return sim.Do(func(tx *odoosim.Tx) error {
		return tx.Write("product.product", []int64{id}, map[string]any{"name": name})
	})
}
