package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
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

// hintSecret is in the address to which hints are sent.
const hintSecret = "measured-with-hints"

// measureFreshness tells how long after its commit in Odoo a change reaches a
// watcher, by polling alone and with hints, with an Odoo at a real one's speed.
func measureFreshness(ctx context.Context, p *place) ([]row, error) {
	alone, err := p.freshness(ctx, "freshness", false)
	if err != nil {
		return nil, err
	}
	hinted, err := p.freshness(ctx, "freshness-hinted", true)
	if err != nil {
		return nil, err
	}
	millis := func(ages []time.Duration, q float64) float64 { return float64(quantile(ages, q).Microseconds()) / 1e3 }
	return []row{
		within("an Odoo commit seen by a watcher, polling alone, p50", millis(alone, 0.5), 500, "ms"),
		within("an Odoo commit seen by a watcher, polling alone, p99", millis(alone, 0.99), 600, "ms"),
		within("an Odoo commit seen by a watcher, with hints, p50", millis(hinted, 0.5), 100, "ms"),
		within("an Odoo commit seen by a watcher, with hints, p99", millis(hinted, 0.99), 150, "ms"),
	}, nil
}

// freshness gives the ages of changes as they were seen, sorted.
func (p *place) freshness(ctx context.Context, data string, hints bool) ([]time.Duration, error) {
	sim, odoo, err := startOdoo(products)
	if err != nil {
		return nil, err
	}
	defer odoo.Close()
	secret := p.path("hint-secret")
	if err := os.WriteFile(secret, []byte(hintSecret), 0o600); err != nil {
		return nil, err
	}
	mesh, err := p.startMesh(p.path(data), odoo.URL, "--hint-secret-file="+secret)
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
	sim.Faults().Costs(1)
	hint := func() error { return nil }
	if hints {
		hint = func() error { return sendHint(ctx, mesh) }
	}
	ages, err := watchChanges(ctx, mesh, sim, names, hint)
	slices.Sort(ages)
	return ages, err
}

// sendHint tells a mesh of a change as Odoo 19 does, after the commit.
func sendHint(ctx context.Context, m *mesh) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+m.httpAddr+"/hints/odoo/"+hintSecret, strings.NewReader(`{"_model": "product.product"}`))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("the hint was refused: %s", response.Status)
	}
	return nil
}

// watchChanges makes changes, hints at each, and watches them come.
func watchChanges(ctx context.Context, m *mesh, sim *odoosim.Sim, names []string, hint func() error) ([]time.Duration, error) {
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
			if err == nil {
				err = hint()
			}
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
