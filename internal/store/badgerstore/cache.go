package badgerstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/store"
)

// DefaultCacheMemTable is the cache's MemTable where the options name none: room for
// 1.1 MB or 12,500 keys in one transaction.
const DefaultCacheMemTable = 8 << 20

// CacheOptions are the settings of a cache. The zero value is ready for use.
type CacheOptions struct {
	// Logger gets Badger's warnings and errors; nil drops them.
	Logger *slog.Logger
	// Registerer gets the cache's metrics; nil leaves them out.
	Registerer prometheus.Registerer
	// MemTable is the size in bytes of Badger's tables in memory, of which up
	// to three exist while much is written. An Apply beyond about 15 % of it in
	// bytes, or one key for each 650 bytes of it, is written three times (see
	// cache_redo.go). 0 stands for DefaultCacheMemTable, which is also the least.
	MemTable int64
	// Keys encrypt what lies in the folder.
	Keys Keys

	// boot tells one run of the machine from the next; tests set it.
	boot func() string
	// free tells what is left on the disk; tests set it.
	free func(string) (uint64, error)
}

// Cache is a store.Cache in a folder. It is safe for concurrent use: one writes
// at a time, readers never wait.
//
// Reads go through a view that every write replaces when it is complete, so a
// Get costs no transaction, and position, counts and records always agree.
type Cache struct {
	folder *folder
	db     *badger.DB
	scrape *cacheMetrics
	logger *slog.Logger
	boot   string

	// turn is held by the one who writes.
	turn chan struct{}
	// failed is why nothing can be written any more; held with turn.
	failed error

	view  atomic.Pointer[view] // nil when closed
	views sync.WaitGroup       // views that somebody still reads
	// damage says that something was read that cannot be right.
	damage atomic.Bool
	// cleared is how often the cache was cleared.
	cleared atomic.Int64
	// versions is how many states of the records there have been.
	versions atomic.Uint64
	// onStep is called between the steps of a large write; tests set it.
	onStep func(step string)
}

var _ store.Cache = (*Cache)(nil)

// OpenCache opens the cache in the folder, or makes one. The folder must be
// empty or hold a cache: otherwise the error is a *store.CorruptError. It is
// store.ErrLocked where another process, or another Cache, has it open, and a
// *store.NoSpaceError where the disk is nearly full. A cache that is damaged is
// dropped, with a line in the log: it comes up empty.
func OpenCache(dir string, opts CacheOptions) (*Cache, error) {
	c, err := openCache(dir, opts)
	var damaged *store.CorruptError
	if errors.As(err, &damaged) && !errors.Is(err, errKept) {
		orDiscard(opts.Logger).Warn("the cache is damaged: it is dropped and filled again from Odoo", "folder", dir, "found", damaged.Error())
		if err = dropDamaged(dir, opts.free); err == nil {
			c, err = openCache(dir, opts)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("opening cache: %w", namingSpace(dir, err))
	}
	return c, nil
}

// dropDamaged empties the folder of a cache that cannot be opened.
func dropDamaged(dir string, free func(string) (uint64, error)) error {
	f, err := lockFolder(dir, "cache", free)
	if err != nil {
		return err
	}
	return errors.Join(f.empty(), f.close())
}

func openCache(dir string, opts CacheOptions) (*Cache, error) {
	f, err := openFolder(dir, "cache", opts.free)
	if err != nil {
		return nil, err
	}
	boot := bootID
	if opts.boot != nil {
		boot = opts.boot
	}
	run := boot()
	if err := dropUntrusted(f, run); err != nil {
		return nil, errors.Join(err, f.close())
	}
	db, err := openDatabase(f, opts.Keys, cacheSettings(f, opts))
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	c := &Cache{folder: f, db: db, logger: orDiscard(opts.Logger), boot: run, turn: make(chan struct{}, 1)}
	c.scrape = newCacheMetrics(c)
	if err = c.heal(); err == nil {
		err = c.load()
	}
	if err == nil {
		err = register(opts.Registerer, c.scrape)
	}
	if err != nil {
		c.show(nil)
		return nil, errors.Join(err, db.Close(), f.close())
	}
	return c, nil
}

// Badger maps its tables, and what is read of them stays resident while the machine
// has room. Records have so much in common that their tables shrink to a fifth in
// blocks of 16 KiB: with a million products, after 40,000 reads from all over, 429 MiB
// were resident in place of 1,306, and 506 while Badger compacted behind a bulk load. A
// record that was not read lately costs a block's decompression, some tens of µs.
const (
	blockSize  = 16 << 10
	blockCache = 16 << 20
	// cacheIndexes bounds the indexes of an encrypted cache's tables that are kept
	// decrypted: a million products have some 20 MiB of them.
	cacheIndexes = 32 << 20
)

func cacheSettings(f *folder, opts CacheOptions) badger.Options {
	return opts.Keys.encrypted(baseOptions(f, orDiscard(opts.Logger)).WithBlockCacheSize(blockCache), cacheIndexes).
		WithCompression(options.ZSTD).
		WithZSTDCompressionLevel(1).
		WithBlockSize(blockSize).
		WithSyncWrites(false).
		WithMemTableSize(max(opts.MemTable, DefaultCacheMemTable)).
		WithNumMemtables(2)
}

// load reads position and counts, and shows the first view.
func (c *Cache) load() error {
	v := c.newView(0, nil, true)
	c.show(v)
	raw, err := txnGet(v.txn, positionKey)
	if err != nil {
		return fmt.Errorf("reading the cache's position: %w", err)
	}
	counts := make(map[string]int64)
	it := v.txn.NewIterator(badger.IteratorOptions{Prefix: []byte{countTag}})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		value, err := it.Item().ValueCopy(nil)
		if err != nil || len(value) != 8 {
			return &store.CorruptError{Where: c.folder.path, Found: "a count cannot be read", Err: err}
		}
		counts[string(it.Item().Key()[2:])] = int64(binary.BigEndian.Uint64(value))
	}
	v.counts = counts
	if len(raw) == 8 {
		v.position = binary.BigEndian.Uint64(raw)
	}
	return nil
}

// Position is the log position that the cache has reached.
func (c *Cache) Position() uint64 {
	if v := c.view.Load(); v != nil {
		return v.position
	}
	return 0
}

// Count is the number of records in a collection.
func (c *Cache) Count(collection string) int64 {
	if v := c.view.Load(); v != nil {
		return v.counts[collection]
	}
	return 0
}

func (c *Cache) collections() map[string]int64 {
	if v := c.view.Load(); v != nil {
		return maps.Clone(v.counts)
	}
	return nil
}

// Clear drops everything. A snapshot that is open across it may come up empty.
func (c *Cache) Clear(ctx context.Context) error {
	if err := c.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-c.turn }()
	c.cleared.Add(1)
	err := markUntrusted(c.folder) // until all is gone, a crash leaves a part
	if err == nil {
		err = c.db.DropAll()
	}
	if err == nil {
		err = writeID(c.db, c.folder.id)
	}
	if err == nil {
		err = markOpen(c.folder, c.boot)
	}
	if err != nil {
		return fmt.Errorf("clearing the cache: %w", c.fail(err))
	}
	c.show(c.newView(0, nil, true))
	return nil
}

// Close waits for a write under way and for open snapshots, and gives the
// folder free. What comes after gets store.ErrClosed.
func (c *Cache) Close() error {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	if c.view.Load() == nil {
		return nil
	}
	c.scrape.unregister()
	c.show(nil)
	c.views.Wait()
	wrote := c.failed == nil
	c.failed = store.ErrClosed
	err := c.db.Close()
	if err == nil && wrote && !c.damage.Load() {
		err = errors.Join(c.folder.seal(), markClean(c.folder))
	}
	if err := errors.Join(err, c.folder.close()); err != nil {
		return fmt.Errorf("closing cache: %w", err)
	}
	return nil
}
