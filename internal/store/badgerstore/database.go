package badgerstore

import (
	"errors"
	"fmt"
	"log/slog"
	"syscall"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"odoomesh/internal/store"
)

// valueThreshold is Badger's largest: a value below it lies in the tables. Every
// value is checked to be below it, so the value log stays empty.
const valueThreshold = 1 << 20

// idKey holds the id of the store, in the log as in the cache.
var idKey = []byte("!id")

// baseOptions are the settings that both roles share.
func baseOptions(f *folder, logger *slog.Logger) badger.Options {
	settings := badger.DefaultOptions(f.data()).
		WithLogger(badgerLogger{logger.With("store", f.kind)}).
		WithBypassLockGuard(true).  // the folder has a lock of its own
		WithMetricsEnabled(false).  // they are process-wide; see metrics.go
		WithDetectConflicts(false). // each store has one writer at a time
		WithNumVersionsToKeep(1).
		WithNumCompactors(2). // the fewest that Badger takes
		WithNumGoroutines(1).
		WithValueThreshold(valueThreshold).
		WithValueLogFileSize(2 << 20). // empty, but mapped at twice its size
		WithCompression(options.None).
		WithChecksumVerificationMode(options.OnBlockRead). // a damaged block is not served
		WithBlockCacheSize(0)                              // blocks are read where they are mapped: the page cache is the cache
	// Otherwise Badger makes greater tables on deeper levels, ten at once when it
	// compacts, and sets aside for each what its blocks take before they are compressed,
	// twice: behind a load of a million products, 700 MiB.
	settings.TableSizeMultiplier = 1
	settings.BaseTableSize = 1 << 20
	return settings
}

// openDatabase opens Badger in the folder and makes sure that what it finds
// there belongs to the folder's mark.
func openDatabase(f *folder, keys Keys, opts badger.Options) (db *badger.DB, err error) {
	defer func() {
		// Badger panics on some damaged files instead of returning an error.
		if r := recover(); r != nil {
			db, err = nil, &store.CorruptError{Where: f.path, Found: fmt.Sprintf("opening it failed: %v", r)}
		}
	}()
	sealed, err := f.checkFiles()
	if err != nil {
		return nil, err
	}
	if !sealed {
		if err := f.removeUnborn(); err != nil {
			return nil, err
		}
	}
	if err := f.takeKey(keys); err != nil {
		return nil, err
	}
	db, err = badger.Open(opts)
	if errors.Is(err, syscall.ENOSPC) {
		return nil, err
	}
	if err != nil {
		return nil, &store.CorruptError{Where: f.path, Found: "opening it failed", Err: err}
	}
	if !sealed {
		if err := verifyTables(db); err != nil {
			return nil, errors.Join(&store.CorruptError{Where: f.path, Found: "reading its tables failed", Err: err}, db.Close())
		}
	}
	if err := identify(db, f); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// verifyTables reads every block: Badger passes over a damaged one as if it had no keys.
func verifyTables(db *badger.DB) (err error) {
	defer recovered(&err)
	return db.VerifyChecksum()
}

// identify gives a new database its id, and refuses one whose id is gone: then
// files were lost, and what would be found is not what was stored.
func identify(db *badger.DB, f *folder) error {
	found, err := readKey(db, idKey)
	if err != nil {
		return fmt.Errorf("reading the store's id: %w", err)
	}
	switch {
	case found != nil && f.id == unborn: // a crash came between the id and the mark
		return f.writeMark(string(found))
	case found != nil && string(found) == f.id:
		return nil
	case found != nil:
		return &store.CorruptError{Where: f.path, Found: "its files belong to another store"}
	case f.id != unborn:
		return &store.CorruptError{Where: f.path, Found: "its content is lost"}
	}
	id, err := newID()
	if err != nil {
		return err
	}
	if err := writeID(db, id); err != nil {
		return err
	}
	return f.writeMark(id)
}

func writeID(db *badger.DB, id string) error {
	err := db.Update(func(txn *badger.Txn) error { return txn.Set(idKey, []byte(id)) })
	if err == nil {
		err = db.Sync() // the mark must not promise an id that a crash takes back
	}
	if err != nil {
		return fmt.Errorf("storing the store's id: %w", err)
	}
	return nil
}

// readKey returns the newest value of a key, or nil.
func readKey(db *badger.DB, key []byte) (value []byte, err error) {
	err = db.View(func(txn *badger.Txn) error {
		value, err = txnGet(txn, key)
		return err
	})
	return value, err
}

// txnGet returns a private copy of a key's value, or nil where there is none.
func txnGet(txn *badger.Txn, key []byte) ([]byte, error) {
	item, err := txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return item.ValueCopy(nil)
}

// badgerLogger hands Badger's own messages on. Its information is of use only
// to whoever debugs the store.
type badgerLogger struct{ to *slog.Logger }

func (l badgerLogger) Errorf(f string, v ...any)   { l.to.Error("badger", "text", fmt.Sprintf(f, v...)) }
func (l badgerLogger) Warningf(f string, v ...any) { l.to.Warn("badger", "text", fmt.Sprintf(f, v...)) }
func (l badgerLogger) Infof(f string, v ...any)    { l.to.Debug("badger", "text", fmt.Sprintf(f, v...)) }
func (l badgerLogger) Debugf(string, ...any)       {}

func orDiscard(l *slog.Logger) *slog.Logger {
	if l == nil {
		return slog.New(slog.DiscardHandler)
	}
	return l
}
