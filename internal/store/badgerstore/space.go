package badgerstore

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"

	"odoomesh/internal/store"
)

// Badger writes into files that are mapped with holes: where the disk has no block
// for a hole, the kernel kills the process.
const (
	// minFree has to be left on the disk for a write to begin, in bytes: it covers the
	// open write-ahead files and a compaction.
	minFree = 256 << 20
	// openFree has to be left for a store to be opened, in bytes: what was written last
	// becomes a table, and a compaction may go on.
	openFree = 128 << 20
)

// freeBytes is what an ordinary user can still write where the path is.
func freeBytes(path string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, fmt.Errorf("asking for the room on the disk: %w", err)
	}
	return st.Bavail * uint64(st.Bsize), nil
}

// room is what the disk has left, beside what is needed.
func (f *folder) room(needed uint64) (store.Room, error) {
	free, err := f.free(f.path)
	return store.Room{Where: f.path, Free: free, Needed: needed}, err
}

// hasRoom refuses a write with a *store.NoSpaceError when the disk is nearly full.
func (f *folder) hasRoom() error {
	r, err := f.room(f.minFree)
	if err != nil {
		return err
	}
	return r.Err()
}

// checkOpenRoom refuses to open a store where Badger would not get far.
func (f *folder) checkOpenRoom() error {
	r, err := f.room(openFree)
	if err != nil {
		return err
	}
	return r.Err()
}

// namingSpace makes a *store.NoSpaceError of what the system says of a full disk.
func namingSpace(dir string, err error) error {
	var named *store.NoSpaceError
	if !errors.Is(err, syscall.ENOSPC) || errors.As(err, &named) {
		return err
	}
	free, _ := freeBytes(filepath.Dir(dir)) // 0 tells enough
	return fmt.Errorf("%w (%w)", &store.NoSpaceError{Where: dir, Free: min(free, openFree-1), Needed: openFree}, err)
}

// Room tells what the disk has left for the log, and what an append needs.
func (l *Log) Room() (store.Room, error) { return l.folder.room(l.folder.minFree) }

// Room tells what the disk has left for the cache, and what a write needs.
func (c *Cache) Room() (store.Room, error) { return c.folder.room(c.folder.minFree) }
