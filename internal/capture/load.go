package capture

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
)

const (
	// loadsAtOnce is how many collections load side by side. More would only share the
	// same budget, and each keeps pages in memory.
	loadsAtOnce = 2
	// pageRows is how many rows one page of the first load holds.
	pageRows = 1000
	// pagesAhead is how many pages wait to be stored.
	pagesAhead = 2
	// readersAtOnce is how many pages of one collection are read at the same time: while
	// the mesh decodes and maps one, Odoo is to be busy with another. Of all collections
	// together one more is read.
	readersAtOnce    = 2
	allReadersAtOnce = 3
	// reportEvery is how often the first load says how far it is.
	reportEvery = 2 * time.Second
)

// resendMark stands in a cache that was lost: the log knows changes that it does
// not, and what happened since can only be told by sending every record again.
const resendMark = "resend"

// FillMark is the key of the fact in the cache that says that the first load of a
// collection is complete; it differs from load to load.
func FillMark(collection string) string { return "filled/" + collection }

// loadIfDue loads a collection that is not loaded, and reads one again whose mapping
// has changed since it was: the copy is served meanwhile.
func (c *collection) loadIfDue(ctx context.Context) error {
	made := c.records().Fingerprint()
	if c.loaded.Load() {
		if c.mapped == made {
			return nil
		}
		mark, err := c.engine.fillMark(c)
		if err != nil {
			return err
		}
		if mark.GetFingerprint() == made {
			c.mapped = made
			return nil
		}
	}
	if err := c.engine.loadInTurn(ctx, c); err != nil {
		return err
	}
	c.mapped = made
	return nil
}

// loadInTurn loads a collection when one of the places is free. One that fails gives
// its place to the next, and stays loading with its reason.
func (e *Engine) loadInTurn(ctx context.Context, c *collection) error {
	select {
	case e.loads <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-e.loads }()
	if err := e.load(ctx, c); err != nil {
		return err
	}
	return e.loadedAlso(ctx)
}

// loadedAlso forgets that the cache was lost when the last collection is loaded again.
func (e *Engine) loadedAlso(ctx context.Context) error {
	for _, c := range e.collections {
		if !c.loaded.Load() {
			return nil
		}
	}
	return e.cache.SetMeta(ctx, resendMark, nil)
}

// load fills a collection's cache where it is new, or reads everything again where
// the mapping has changed since: then what differs goes through the log.
func (e *Engine) load(ctx context.Context, c *collection) error {
	mark, err := e.fillMark(c)
	if err != nil {
		return err
	}
	if mark != nil && mark.GetFingerprint() == c.records().Fingerprint() {
		c.loaded.Store(true)
		return nil
	}
	resend, err := e.cache.Meta(resendMark)
	if err != nil {
		return fmt.Errorf("reading whether the cache was lost: %w", err)
	}
	store, silent := e.fill, mark == nil && resend == nil
	if !silent {
		// Who watches has seen another state: what differs goes through the log.
		e.logger.LogAttrs(ctx, slog.LevelInfo, "reading all records again", slog.String("collection", c.Name), slog.Bool("cache_lost", resend != nil))
		store = func(ctx context.Context, c *collection, p page) error {
			_, err := c.Records(ctx, c.records(), p.keys)
			return err
		}
	}
	if err := e.loadAll(ctx, c, silent, store); err != nil {
		return fmt.Errorf("first load of %s: %w", c.Name, err)
	}
	raw, err := proto.Marshal(&internalv1.FillMark{
		MappingVersion: int32(c.records().MappingVersion()), Fingerprint: c.records().Fingerprint(),
		Position: e.log.Head(), FinishTime: timestamppb.New(e.clock.Now()), Count: e.cache.Count(c.Name),
	})
	if err != nil {
		return err
	}
	if err := e.cache.SetMeta(ctx, FillMark(c.Name), raw); err != nil {
		return fmt.Errorf("marking the first load of %s: %w", c.Name, err)
	}
	c.loaded.Store(true)
	return nil
}

// fillMark is the mark of the collection's last load; nil before the first.
func (e *Engine) fillMark(c *collection) (*internalv1.FillMark, error) {
	raw, err := e.cache.Meta(FillMark(c.Name))
	mark := &internalv1.FillMark{}
	if err == nil {
		err = proto.Unmarshal(raw, mark)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the mark of the first load of %s: %w", c.Name, err)
	}
	if raw == nil {
		return nil, nil
	}
	return mark, nil
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
func (e *Engine) loadAll(ctx context.Context, c *collection, read bool, store func(context.Context, *collection, page) error) error {
	total := int64(0)
	if len(c.records().Watches()) > 0 {
		var err error
		if total, err = e.tables().Count(ctx, c.records().Model(), 0, maxID); err != nil {
			return err
		}
	}
	c.progress.begin(e.clock.Now(), total)
	defer c.progress.end()
	listed, pages := make(chan []int64), make(chan page, pagesAhead)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(listed)
		return e.listAll(ctx, c, listed)
	})
	group.Go(func() error {
		defer close(pages)
		return e.readAll(ctx, c, read, listed, pages)
	})
	group.Go(func() error { return e.storeAll(ctx, c, pages, store) })
	if err := group.Wait(); err != nil {
		return err
	}
	e.reportProgress(ctx, c, "first load is complete")
	return nil
}

// listAll lists the ids of all records, page by page.
func (e *Engine) listAll(ctx context.Context, c *collection, listed chan<- []int64) error {
	if len(c.records().Watches()) == 0 {
		return nil // this Odoo has no such model
	}
	for after := int64(0); ; {
		ids, err := e.tables().RowIDs(ctx, c.records().Model(), after, pageRows)
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
func (e *Engine) readAll(ctx context.Context, c *collection, read bool, listed <-chan []int64, pages chan<- page) error {
	group, ctx := errgroup.WithContext(ctx)
	for range readersAtOnce {
		group.Go(func() error {
			for ids := range listed {
				p, err := e.readPage(ctx, c, read, ids)
				if err != nil {
					return err
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

func (e *Engine) readPage(ctx context.Context, c *collection, read bool, ids []int64) (page, error) {
	select {
	case e.readers <- struct{}{}:
	case <-ctx.Done():
		return page{}, ctx.Err()
	}
	defer func() { <-e.readers }()
	p := page{rows: len(ids), observed: e.clock.Now()}
	var err error
	if p.keys, err = keysOf(ctx, c.records(), ids); err != nil || !read {
		return p, err
	}
	keys := make([][]byte, len(p.keys))
	for i, key := range p.keys {
		keys[i] = []byte(key)
	}
	p.records, err = c.records().Fetch(ctx, keys)
	return p, err
}

// storeAll stores the pages as they come.
func (e *Engine) storeAll(ctx context.Context, c *collection, pages <-chan page, store func(context.Context, *collection, page) error) error {
	reported := e.clock.Now()
	for p := range pages {
		if err := store(ctx, c, p); err != nil {
			return err
		}
		now := e.clock.Now()
		e.answered(now)
		c.progress.add(p.rows)
		if now.Sub(reported) >= reportEvery {
			reported = now
			e.reportProgress(ctx, c, "first load is under way")
		}
	}
	return nil
}

func (e *Engine) fill(ctx context.Context, c *collection, p page) error {
	return c.Fill(ctx, p.records, c.records().MappingVersion(), p.observed)
}

func (e *Engine) reportProgress(ctx context.Context, c *collection, message string) {
	p := c.progress.at(e.clock.Now())
	e.logger.LogAttrs(ctx, slog.LevelInfo, message, slog.String("collection", c.Name),
		slog.Int64("rows_done", p.Done), slog.Int64("rows_to_do", p.Total-p.Done), slog.Duration("time_left", p.Left.Round(time.Second)))
}
