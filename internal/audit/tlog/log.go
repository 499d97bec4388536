package tlog

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/storage/posix"
	"k8s.io/klog/v2"
)

const (
	// batchAge is how long a record waits for others, to be written with them.
	batchAge = time.Millisecond
	// MaxBatch is how many records one Append takes.
	MaxBatch = 512
	// signEvery is the pause between two signatures.
	signEvery = 200 * time.Millisecond
	// closeWithin is how long Close waits for the last signature.
	closeWithin = 10 * time.Second
	// MaxLeaf is how many bytes a record has at most.
	MaxLeaf = tessera.DefaultEntrySizeLimit
)

// Log is a log that is open for writing. It is safe for concurrent use.
type Log struct {
	dir      string
	keys     keys
	appender *tessera.Appender
	reader   tessera.LogReader
	shutdown func(context.Context) error
	cancel   context.CancelFunc
}

// quiet keeps klog still, which is one for the whole process: Tessera tells it what it
// tells its callers too.
var quiet = sync.OnceFunc(func() { klog.SetSlogLogger(slog.New(slog.DiscardHandler)) })

// Options are how a log is opened.
type Options struct {
	// Origin names the log in its signatures; it counts when the log is made.
	Origin string
	// Keys seal the key with which the log is signed.
	Keys Keys
}

// Open opens the log of a folder, and makes it where there is none. It signs, in the
// background, until Close.
func Open(ctx context.Context, dir string, o Options) (*Log, error) {
	quiet()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the audit's folder: %w", err)
	}
	l := &Log{dir: dir}
	var err error
	if l.keys, err = openKeys(dir, o); err != nil {
		return nil, err
	}
	driver, err := posix.New(ctx, posix.Config{Path: dir})
	if err != nil {
		return nil, fmt.Errorf("the audit's log: %w", err)
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	l.cancel = cancel
	l.appender, l.shutdown, l.reader, err = tessera.NewAppender(running, driver, tessera.NewAppendOptions().
		WithCheckpointSigner(l.keys.signer).WithBatching(MaxBatch, batchAge).
		WithCheckpointInterval(signEvery).WithCheckpointRepublishInterval(0).WithShutdownTimeout(closeWithin))
	if err != nil {
		cancel()
		return nil, fmt.Errorf("the audit's log in %s: %w", dir, err)
	}
	return l, nil
}

// Close ends the log when all of it is signed.
func (l *Log) Close() error {
	defer l.cancel()
	if err := l.shutdown(context.Background()); err != nil {
		return fmt.Errorf("signing the audit's last records: %w", err)
	}
	return nil
}

// Key is the public key of the log.
func (l *Log) Key() string { return l.keys.public }

// Append adds records, of which no more than MaxBatch, behind all that are there. It
// returns when they are durable. After an error some of them may be there. Of records
// that are added at once the order is not promised.
func (l *Log) Append(ctx context.Context, leaves [][]byte) error {
	futures := make([]tessera.IndexFuture, len(leaves))
	for i, leaf := range leaves {
		futures[i] = l.appender.Add(ctx, tessera.NewEntry(leaf))
	}
	var errs []error
	for _, ended := range futures {
		if _, err := ended(); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("writing the audit's log in %s: %w", l.dir, errs[0])
	}
	return nil
}

// Size is how many records are durable.
func (l *Log) Size(ctx context.Context) (uint64, error) {
	size, err := l.reader.IntegratedSize(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the audit's log in %s: %w", l.dir, err)
	}
	return size, nil
}

// Root is the hash that commits to all records, of which there are so many.
func (l *Log) Root(ctx context.Context, size uint64) ([]byte, error) {
	return rootOf(ctx, l.reader.ReadTile, size)
}

// Leaves are the records from one index up to another, less than the size.
func (l *Log) Leaves(ctx context.Context, from, to uint64) ([][]byte, error) {
	size, err := l.Size(ctx)
	if err != nil {
		return nil, err
	}
	return leavesOf(ctx, l.reader.ReadEntryBundle, from, min(to, size), size)
}

// Checkpoint is the newest signature, with what it is of.
func (l *Log) Checkpoint(ctx context.Context) (Checkpoint, error) {
	raw, err := l.reader.ReadCheckpoint(ctx)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("reading the audit's newest checkpoint: %w", err)
	}
	key, err := ParseKey(l.keys.public)
	if err != nil {
		return Checkpoint{}, err
	}
	return ParseCheckpoint(raw, key)
}

func leavesOf(ctx context.Context, read client.EntryBundleFetcherFunc, from, to, size uint64) ([][]byte, error) {
	var leaves [][]byte
	for at := from; at < to; {
		bundle, err := client.GetEntryBundle(ctx, read, at/layout.EntryBundleWidth, size)
		if err != nil {
			return nil, fmt.Errorf("reading the audit's log: %w", err)
		}
		first := at / layout.EntryBundleWidth * layout.EntryBundleWidth
		end := min(to, first+uint64(len(bundle.Entries)))
		if end <= at {
			return nil, fmt.Errorf("reading the audit's log: record %d of %d is missing", at, size)
		}
		leaves = append(leaves, bundle.Entries[at-first:end-first]...)
		at = end
	}
	return leaves, nil
}

// emptyRoot is what a tree of nothing has for its root.
var emptyRoot = sha256.Sum256(nil)
