package main

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	inventoryv1 "odoomesh/gen/go/mesh/inventory/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
)

// watcherTurns is how often the mesh is measured with watchers and without.
const watcherTurns = 4

// measureWatchers compares what edits of movements cost the mesh while a thousand watch
// products, of which none changes, with what they cost while nobody does: in time of the
// processor.
func measureWatchers(ctx context.Context, p *place) ([]row, error) {
	m, err := p.startMoved(ctx, "watchers")
	if err != nil {
		return nil, err
	}
	defer m.stop()
	lines, err := deliveredLines(ctx, m.mesh, edits)
	if err != nil {
		return nil, err
	}
	var c compared
	for turn := range watcherTurns + 1 {
		nobody, err := m.editCost(ctx, float64(2*turn+1), lines)
		if err != nil {
			return nil, err
		}
		stop, err := m.watchProducts(ctx)
		if err != nil {
			return nil, err
		}
		watched, err := m.editCost(ctx, float64(2*turn+2), lines)
		stop()
		if err != nil {
			return nil, err
		}
		if turn > 0 { // the first turn is for warming up
			c.bare, c.full = append(c.bare, nobody), append(c.full, watched)
		}
	}
	return []row{c.row(fmt.Sprintf("processor of an edited movement, while %d watch products", subscribers), "µs", micros, atMost(1.1))}, nil
}

// editCost edits all lines in one transaction, and tells what each took of the processor
// until its event was there.
func (m *movedMesh) editCost(ctx context.Context, by float64, lines []int64) (pace, error) {
	ctx, cancel := context.WithTimeout(signedIn(ctx), tailPatience)
	defer cancel()
	all, err := dial(m.grpcAddr)
	if err != nil {
		return pace{}, err
	}
	defer all.close()
	stream, err := inventoryv1.NewInventoryServiceClient(all[0]).StreamInventoryEvents(ctx, &inventoryv1.StreamInventoryEventsRequest{FromNow: true})
	if err == nil {
		_, err = stream.Recv()
	}
	if err != nil {
		return pace{}, err
	}
	before, err := m.metrics(ctx, "process_cpu_seconds_total")
	if err != nil {
		return pace{}, err
	}
	if err := edit(m.sim, by, lines...); err != nil {
		return pace{}, err
	}
	for seen := 0; seen < len(lines); {
		message, err := stream.Recv()
		if err != nil {
			return pace{}, fmt.Errorf("after %d of %d edits: %w", seen, len(lines), err)
		}
		seen += len(message.GetInventoryEvents())
	}
	after, err := m.metrics(ctx, "process_cpu_seconds_total")
	if err != nil {
		return pace{}, err
	}
	return pace{processor: (after[0] - before[0]) / float64(len(lines))}, nil
}

// watchProducts lets as many watch the products as there are subscribers of events, and
// answers how they are ended, once all of their watches have begun.
func (m *movedMesh) watchProducts(ctx context.Context) (stop func(), err error) {
	ctx, cancel := context.WithCancel(signedIn(ctx))
	all, err := dial(m.grpcAddr)
	if err != nil {
		cancel()
		return nil, err
	}
	var begun, open errgroup.Group
	for n := range subscribers {
		begun.Go(func() error {
			stream, err := productv1.NewProductServiceClient(all[n%len(all)]).WatchProducts(ctx, &productv1.WatchProductsRequest{})
			if err == nil {
				_, err = stream.Recv()
			}
			if err != nil {
				return fmt.Errorf("watching products: %w", err)
			}
			open.Go(func() error {
				for {
					if _, err := stream.Recv(); err != nil {
						return err
					}
				}
			})
			return nil
		})
	}
	stop = func() {
		cancel()
		_ = open.Wait() // all were cut off
		all.close()
	}
	if err := begun.Wait(); err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}
