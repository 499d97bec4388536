package badgerstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/dgraph-io/badger/v4"

	"odoomesh/internal/store"
)

// openMark exists while a cache is open and names the machine's run. The page
// cache outlives a killed process, so a mark of this run does no harm; a mark of
// another run says that the machine went down before the cache was closed, and
// its unsynced pages may have reached the disk in any order.
const openMark = "open"

// dropUntrusted removes the content of a cache that the machine went down with.
func dropUntrusted(f *folder, boot string) error {
	name := filepath.Join(f.path, openMark)
	was, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("reading the open mark: %w", err)
	case boot == "" || strings.TrimSpace(string(was)) != boot:
		if err := f.empty(); err != nil {
			return err
		}
	}
	if err := markOpen(f, boot); err != nil {
		return err
	}
	return SyncDir(f.path)
}

// markOpen says that the content can be trusted within this run of the machine.
func markOpen(f *folder, boot string) error {
	if err := writeSynced(filepath.Join(f.path, openMark), boot+"\n"); err != nil {
		return fmt.Errorf("writing the open mark: %w", err)
	}
	return nil
}

// empty makes the folder new again. The mark goes first: if a crash comes in
// between, what is left of the data has no id to match and is removed again.
func (f *folder) empty() error {
	if err := f.writeMark(unborn); err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(f.data()), removeIfThere(filepath.Join(f.path, sealFile))); err != nil {
		return fmt.Errorf("removing untrusted data: %w", err)
	}
	return SyncDir(f.path)
}

// removeIfThere removes a file that may be missing.
func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// damaged notes that something was read that the cache did not write: nothing more is
// answered from it or written to it, and the next open begins anew.
func (c *Cache) damaged(err error) error {
	if errors.Is(err, badger.ErrDBClosed) || errors.Is(err, store.ErrClosed) {
		return err
	}
	found := &store.CorruptError{Where: c.folder.path, Found: "what was read is damaged: the cache is filled again at the next start", Err: err}
	if c.damage.CompareAndSwap(false, true) {
		c.logger.Error("the cache is damaged: it answers nothing more, and is filled again at the next start", "folder", c.folder.path, "found", err.Error())
		return errors.Join(found, markUntrusted(c.folder))
	}
	return found
}

// errDamaged is what readers and writers get when damage has been found.
var errDamaged = errors.New("it was found damaged")

// trusted refuses to go on when damage has been found.
func (c *Cache) trusted() error {
	if c.damage.Load() {
		return &store.CorruptError{Where: c.folder.path, Found: "the cache is filled again at the next start", Err: errDamaged}
	}
	return nil
}

// errBadTable says that Badger cannot make sense of a table.
var errBadTable = errors.New("a table is damaged")

// recovered makes an error of Badger's panic over a damaged block.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: %v", errBadTable, r)
	}
}

// markUntrusted says that the content has to go before the next use.
func markUntrusted(f *folder) error {
	if err := writeSynced(filepath.Join(f.path, openMark), "untrusted\n"); err != nil {
		return fmt.Errorf("marking the cache as untrusted: %w", err)
	}
	return nil
}

// markClean says that everything is on the disk.
func markClean(f *folder) error {
	if err := os.Remove(filepath.Join(f.path, openMark)); err != nil {
		return fmt.Errorf("removing the open mark: %w", err)
	}
	return SyncDir(f.path)
}

// bootID is Linux's name for the present run of the machine; where there is
// none, no crash can be told from a power cut, and both empty the cache.
func bootID() string {
	raw, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(raw))
}
