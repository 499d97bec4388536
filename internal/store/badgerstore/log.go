package badgerstore

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/store"
)

// DefaultLogMemTable is the log's MemTable where the options name none: room
// for one transaction of 1.2 MB, which holds a piece of a payload.
const DefaultLogMemTable = 8 << 20

// logIndexes bounds, in bytes, the indexes of an encrypted log's tables that are kept
// decrypted.
const logIndexes = 4 << 20

// LogOptions are the settings of a log. The zero value is ready for use.
type LogOptions struct {
	// Name is the label of the log's metrics. Empty stands for "changes".
	Name string
	// Compress spends time to take less room on the disk.
	Compress bool
	// Logger gets Badger's warnings and errors; nil drops them.
	Logger *slog.Logger
	// Registerer gets the log's metrics; nil leaves them out.
	Registerer prometheus.Registerer
	// MemTable is the size in bytes of Badger's tables in memory, of which up
	// to three exist. 0 stands for DefaultLogMemTable, which is also the least.
	MemTable int64
	// Keys encrypt what lies in the folder.
	Keys Keys

	// free tells what is left on the disk; tests set it.
	free func(string) (uint64, error)
}

// Log is a store.Log in a folder. It is safe for concurrent use.
//
// An entry lies under its position; one more key holds the bounds (oldest, head). A large
// payload lies in pieces behind its entry. The bounds are written with, or after, the
// entries that they take in, so they are the commit mark of a batch that needs several
// transactions: what lies beyond the head after a crash was never acknowledged, is never
// read, and is overwritten before the head passes it.
type Log struct {
	folder *folder
	db     *badger.DB
	id     string
	names  *nameSyncer
	seen   *witness
	scrape *logMetrics

	// turn is held by the one who writes: an append or a truncation.
	turn chan struct{}
	// failed is why nothing can be written any more; held with turn.
	failed error

	mu      sync.Mutex
	bounds  bounds
	queue   []*appending
	waiters map[uint64]chan struct{} // by the position to be passed
	closed  bool
}

var _ store.Log = (*Log)(nil)

// OpenLog opens the log in the folder, or makes one. The folder must be empty or
// hold a log: otherwise the error is a *store.CorruptError. It is store.ErrLocked
// where another process, or another Log, has it open.
//
// Where the disk is nearly full it is a *store.NoSpaceError.
func OpenLog(dir string, opts LogOptions) (*Log, error) {
	l, err := openLog(dir, opts)
	if err != nil {
		return nil, fmt.Errorf("opening log: %w", namingSpace(dir, err))
	}
	return l, nil
}

func openLog(dir string, opts LogOptions) (*Log, error) {
	f, err := openFolder(dir, "log", opts.free)
	if err != nil {
		return nil, err
	}
	db, err := openDatabase(f, opts.Keys, logSettings(f, opts))
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	l := &Log{
		folder: f, db: db, id: f.id, names: newNameSyncer(f.data()),
		turn: make(chan struct{}, 1), waiters: make(map[uint64]chan struct{}),
	}
	if err := l.start(cmp.Or(opts.Name, "changes"), opts.Registerer); err != nil {
		if l.seen != nil {
			err = errors.Join(err, l.seen.close())
		}
		return nil, errors.Join(err, db.Close(), f.close())
	}
	return l, nil
}

func logSettings(f *folder, opts LogOptions) badger.Options {
	settings := baseOptions(f, orDiscard(opts.Logger))
	if opts.Compress {
		// What is compressed has to be unpacked for each read, unless it was just read.
		settings = settings.WithCompression(options.ZSTD).WithZSTDCompressionLevel(1).WithBlockCacheSize(4 << 20)
	}
	return opts.Keys.encrypted(settings, logIndexes).
		WithSyncWrites(true).
		WithMemTableSize(max(opts.MemTable, DefaultLogMemTable)).
		WithNumMemtables(2)
}

func (l *Log) start(name string, reg prometheus.Registerer) error {
	if err := l.loadBounds(); err != nil {
		return err
	}
	if err := l.openWitness(); err != nil {
		return err
	}
	if err := l.names.sync(); err != nil {
		return err
	}
	l.scrape = newLogMetrics(l, name)
	return register(reg, l.scrape)
}

// openWitness compares the head with what was acknowledged.
func (l *Log) openWitness() error {
	seen, acknowledged, err := openWitness(l.folder.path)
	if err != nil {
		return err
	}
	l.seen = seen
	return l.checkWitness(acknowledged)
}

// ID names this log for as long as it exists.
func (l *Log) ID() string { return l.id }

// Head is the last durable position.
func (l *Log) Head() uint64 { return l.edges().head }

// Oldest is the first position that can be read.
func (l *Log) Oldest() uint64 { return l.edges().oldest }

func (l *Log) edges() bounds {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bounds
}

// Close waits for a write under way and gives the folder free. Reads must have
// ended; what comes after gets store.ErrClosed. After a failed write it leaves
// Badger as it is, because closing would flush what may be half a batch: the
// next process reads the write-ahead files instead, which are whole.
func (l *Log) Close() error {
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	l.mu.Lock()
	was := l.closed
	l.closed = true
	l.mu.Unlock()
	if was {
		return nil
	}
	l.scrape.unregister()
	if l.failed != nil {
		return fmt.Errorf("closing log: %w", l.failed)
	}
	l.failed = store.ErrClosed
	err := l.db.Close()
	if err == nil {
		err = l.folder.seal()
	}
	if err := errors.Join(err, l.seen.close(), l.folder.close()); err != nil {
		return fmt.Errorf("closing log: %w", err)
	}
	return nil
}

// bounds are the edges of what the log holds.
type bounds struct {
	oldest uint64 // first readable position
	head   uint64 // last durable position
	swept  uint64 // entries before it are gone from the disk, those up to oldest can go
}

var boundsKey = []byte("!bounds")

func (b bounds) encode() []byte {
	raw := make([]byte, 0, 24)
	raw = binary.BigEndian.AppendUint64(raw, b.oldest)
	raw = binary.BigEndian.AppendUint64(raw, b.head)
	return binary.BigEndian.AppendUint64(raw, b.swept)
}

func decodeBounds(raw []byte) bounds {
	return bounds{
		oldest: binary.BigEndian.Uint64(raw),
		head:   binary.BigEndian.Uint64(raw[8:]),
		swept:  binary.BigEndian.Uint64(raw[16:]),
	}
}

// loadBounds reads the edges and makes sure that the entries at them are there.
func (l *Log) loadBounds() error {
	raw, err := readKey(l.db, boundsKey)
	if err != nil {
		return fmt.Errorf("reading the log's bounds: %w", err)
	}
	if raw == nil {
		l.bounds = bounds{oldest: 1, swept: 1}
		return nil
	}
	if len(raw) != 24 {
		return &store.CorruptError{Where: l.folder.path, Found: "the log's bounds cannot be read"}
	}
	l.bounds = decodeBounds(raw)
	if l.bounds.oldest > l.bounds.head {
		return nil
	}
	for _, at := range []uint64{l.bounds.oldest, l.bounds.head} {
		value, err := readKey(l.db, entryKey(at))
		if err != nil {
			return fmt.Errorf("reading entry %d: %w", at, err)
		}
		if value == nil {
			return &store.CorruptError{Where: l.folder.path, Found: fmt.Sprintf("entry %d is missing", at)}
		}
	}
	return nil
}
