package change

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/mapping"
	"odoomesh/internal/store"
)

const (
	// fillAtOnce is how many records one page of the first load holds.
	fillAtOnce = 1000
	// fillAhead is how many pages wait to be stored.
	fillAhead = 2
	// readersAtOnce is how many pages are read at the same time: while the mesh
	// decodes and maps one, Odoo is to be busy with another.
	readersAtOnce = 2
	// reportEvery is how often the first load says how far it is.
	reportEvery = 2 * time.Second
)

// resendMark stands in a cache that was lost: the log knows changes that it does
// not, and what happened since can only be told by sending every record again.
const resendMark = "resend"

// FillMark is the key of the fact in the cache that says that the first load of a
// collection is complete; it differs from load to load.
func FillMark(collection string) string { return "filled/" + collection }

// load fills a domain's cache where it is new, or reads everything again where
// the mapping has changed since: then what differs goes through the log.
func (e *Engine) load(ctx context.Context, d *domain) error {
	raw, err := e.cache.Meta(FillMark(d.Name))
	if err != nil {
		return fmt.Errorf("reading the mark of the first load of %s: %w", d.Name, err)
	}
	var mark internalv1.FillMark
	if err := proto.Unmarshal(raw, &mark); err != nil {
		return fmt.Errorf("reading the mark of the first load of %s: %w", d.Name, err)
	}
	if raw != nil && mark.GetFingerprint() == d.source().Fingerprint() {
		d.loaded.Store(true)
		return nil
	}
	resend, err := e.cache.Meta(resendMark)
	if err != nil {
		return fmt.Errorf("reading whether the cache was lost: %w", err)
	}
	store, silent := e.fill, raw == nil && resend == nil
	if !silent {
		// Who watches has seen another state: what differs goes through the log.
		e.logger.LogAttrs(ctx, slog.LevelInfo, "reading all records again", slog.String("collection", d.Name), slog.Bool("cache_lost", resend != nil))
		store = func(ctx context.Context, d *domain, p page) error {
			_, err := e.refresh(ctx, d, p.keys)
			return err
		}
	}
	if err := e.loadAll(ctx, d, silent, store); err != nil {
		return fmt.Errorf("first load of %s: %w", d.Name, err)
	}
	raw, err = proto.Marshal(&internalv1.FillMark{
		MappingVersion: int32(d.source().MappingVersion()), Fingerprint: d.source().Fingerprint(),
		Position: e.log.Head(), FinishTime: timestamppb.New(e.clock.Now()), Count: e.cache.Count(d.Name),
	})
	if err != nil {
		return err
	}
	if err := e.cache.SetMeta(ctx, FillMark(d.Name), raw); err != nil {
		return fmt.Errorf("marking the first load of %s: %w", d.Name, err)
	}
	d.loaded.Store(true)
	return nil
}

// page is one page of the first load.
type page struct {
	rows     int
	keys     []string
	records  []*mapping.Record
	observed time.Time
}

// loadAll reads every record, about in the order of their ids, pages ahead of the
// storing, and tells how far it is.
func (e *Engine) loadAll(ctx context.Context, d *domain, read bool, store func(context.Context, *domain, page) error) error {
	total, err := d.source().Count(ctx, d.source().Model(), 0, maxID)
	if err != nil {
		return err
	}
	d.progress.begin(e.clock.Now(), total)
	defer d.progress.end()
	listed, pages := make(chan []int64), make(chan page, fillAhead)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(listed)
		return listAll(ctx, d, listed)
	})
	group.Go(func() error {
		defer close(pages)
		return e.readAll(ctx, d, read, listed, pages)
	})
	group.Go(func() error { return e.storeAll(ctx, d, pages, store) })
	if err := group.Wait(); err != nil {
		return err
	}
	e.reportProgress(ctx, d, "first load is complete")
	return nil
}

// listAll lists the ids of all records, page by page.
func listAll(ctx context.Context, d *domain, listed chan<- []int64) error {
	for after := int64(0); ; {
		ids, err := d.source().RowIDs(ctx, d.source().Model(), after, fillAtOnce)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return nil
		}
		after = ids[len(ids)-1]
		select {
		case listed <- ids:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// readAll reads the records that are listed, if they are to be read.
func (e *Engine) readAll(ctx context.Context, d *domain, read bool, listed <-chan []int64, pages chan<- page) error {
	group, ctx := errgroup.WithContext(ctx)
	for range readersAtOnce {
		group.Go(func() error {
			for ids := range listed {
				p := page{rows: len(ids), observed: e.clock.Now()}
				var err error
				if p.keys, err = keysOf(ctx, d.source(), ids); err != nil {
					return err
				}
				if read {
					if p.records, err = fetch(ctx, d.source(), p.keys); err != nil {
						return err
					}
				}
				select {
				case pages <- p:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// storeAll stores the pages as they come.
func (e *Engine) storeAll(ctx context.Context, d *domain, pages <-chan page, store func(context.Context, *domain, page) error) error {
	reported := e.clock.Now()
	for p := range pages {
		if err := store(ctx, d, p); err != nil {
			return err
		}
		d.progress.add(p.rows)
		if now := e.clock.Now(); now.Sub(reported) >= reportEvery {
			reported = now
			e.reportProgress(ctx, d, "first load is under way")
		}
	}
	return nil
}

// fill stores a page of new records in bulk. The log does not hear of them: who
// watches from the beginning asks for the current state first.
func (e *Engine) fill(ctx context.Context, d *domain, p page) error {
	mutations := make([]store.Mutation, 0, len(p.records))
	for _, r := range p.records {
		record, err := e.cacheRecord(d, r, p.observed)
		if err != nil {
			return err
		}
		m, err := d.mutation(r.Key, record, r.Message)
		if err != nil {
			return err
		}
		mutations = append(mutations, m)
	}
	return e.cache.Fill(ctx, mutations)
}

func (e *Engine) reportProgress(ctx context.Context, d *domain, message string) {
	p := d.progress.at(e.clock.Now())
	e.logger.LogAttrs(ctx, slog.LevelInfo, message, slog.String("collection", d.Name),
		slog.Int64("rows_done", p.Done), slog.Int64("rows_to_do", p.Total-p.Done), slog.Duration("time_left", p.Left.Round(time.Second)))
}
