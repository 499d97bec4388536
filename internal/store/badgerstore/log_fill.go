package badgerstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"

	"odoomesh/internal/store"
)

// roomEvery is how many writes a fill makes between two looks at what the disk has left.
const roomEvery = 256

// LogFill makes a log that begins with what another log held. Nothing is synced before
// Complete: a folder whose fill was broken off is of no use, and is to be removed.
type LogFill struct {
	folder *folder
	db     *badger.DB
	w      *spiller
	next   bounds
	writes int
}

// NewLogFill begins a log in an empty folder, whose first entry gets the given position.
func NewLogFill(dir string, opts LogOptions, first uint64) (*LogFill, error) {
	f, err := newLogFill(dir, opts, first)
	if err != nil {
		return nil, fmt.Errorf("filling log: %w", namingSpace(dir, err))
	}
	return f, nil
}

func newLogFill(dir string, opts LogOptions, first uint64) (*LogFill, error) {
	f, err := openFolder(dir, "log", opts.free)
	if err != nil {
		return nil, err
	}
	if f.id != unborn {
		return nil, errors.Join(&store.CorruptError{Where: dir, Found: "there is a log already", Err: errKept}, f.close())
	}
	db, err := openDatabase(f, opts.Keys, logSettings(f, opts).WithSyncWrites(false))
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return &LogFill{
		folder: f, db: db, w: &spiller{db: db, txn: db.NewTransaction(true)},
		next: bounds{oldest: first, head: first - 1, swept: first},
	}, nil
}

// Entry adds the next entry, with its time.
func (l *LogFill) Entry(e store.Entry) error {
	if e.Position != l.next.head+1 {
		return fmt.Errorf("filling log: entry %d comes where %d should", e.Position, l.next.head+1)
	}
	err := l.hasRoom()
	if err == nil {
		err = writeEntry(l.w, e.Position, e.Time, store.Draft{Collection: e.Collection, Payload: e.Payload})
	}
	if err != nil {
		return fmt.Errorf("filling log: entry %d: %w", e.Position, err)
	}
	l.next.head++
	return nil
}

// Fact sets a fact.
func (l *LogFill) Fact(f store.Fact) error {
	err := l.hasRoom()
	if err == nil {
		err = l.w.set(factKey(f.Key), f.Value)
	}
	if err != nil {
		return fmt.Errorf("filling log: %w", err)
	}
	return nil
}

func (l *LogFill) hasRoom() error {
	if l.writes++; l.writes%roomEvery != 0 {
		return nil
	}
	return l.folder.hasRoom()
}

// Complete makes the log durable and closes it: OpenLog opens it from then on.
func (l *LogFill) Complete() error {
	err := l.w.set(boundsKey, l.next.encode())
	if err == nil {
		err = l.w.txn.Commit()
	}
	l.w.txn.Discard()
	err = errors.Join(err, l.db.Close())
	if err == nil {
		err = syncFiles(l.folder)
	}
	if err == nil {
		err = l.folder.seal()
	}
	if err = errors.Join(err, l.folder.close()); err != nil {
		return fmt.Errorf("filling log: %w", err)
	}
	return nil
}

// Abandon ends a fill that is not completed.
func (l *LogFill) Abandon() error {
	l.w.txn.Discard()
	return errors.Join(l.db.Close(), l.folder.close())
}

// syncFiles brings all of Badger's files to the disk, and their names.
func syncFiles(f *folder) error {
	names, err := dataFiles(f.data())
	if err != nil {
		return err
	}
	for _, name := range names {
		file, err := os.OpenFile(filepath.Join(f.data(), name), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(file.Sync(), file.Close()); err != nil {
			return err
		}
	}
	return SyncDir(f.data())
}

// HoldLog takes the lock of a log's folder without opening the log, so that nobody else
// opens it until release is called. It is store.ErrLocked where somebody has it open.
func HoldLog(dir string) (release func() error, err error) {
	f, err := lockFolder(dir, "log", nil)
	if err != nil {
		return nil, fmt.Errorf("holding log: %w", err)
	}
	return f.close, nil
}
