package badgerstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"

	"odoomesh/internal/store"
)

// Keys encrypt a store's files: each table and write-ahead file by a data key of its
// time, and the data keys, in Badger's KEYREGISTRY, by Now. The zero value leaves the
// files as they are. Badger makes another data key each ten days.
type Keys struct {
	// Now has 32 bytes.
	Now []byte
	// Before is the key that the store may still have; nil where there is none. Such a
	// store is given Now when it is opened.
	Before []byte
}

// String keeps keys out of whatever prints options.
func (k Keys) String() string { return "[redacted]" }

// GoString is for %#v.
func (k Keys) GoString() string { return k.String() }

const (
	registryFile = badger.KeyRegistryFileName
	// A registry begins with 16 random bytes and this text, by which a key is known to be
	// right: it stands there as it is, or encrypted with the key.
	registryText = "Hello Badger"
	registryHead = 16 + len(registryText)
	// registryFrame stands before each data key: its length and its checksum.
	registryFrame = 8
)

// encrypted adds what Badger needs to encrypt. It reads no block and no index of an
// encrypted table but through a cache.
func (k Keys) encrypted(settings badger.Options, indexes int64) badger.Options {
	if len(k.Now) == 0 {
		return settings
	}
	return settings.WithEncryptionKey(k.Now).
		WithBlockCacheSize(max(settings.BlockCacheSize, 4<<20)).
		WithIndexCacheSize(indexes)
}

// takeKey makes sure that the store's files have the key, and gives it to those that have
// the one before. What it changes is one file, that is replaced as a whole.
func (f *folder) takeKey(keys Keys) error {
	there, err := f.hasRegistry()
	if err != nil || !there {
		return err
	}
	if err := f.cutTornKey(); err != nil {
		return err
	}
	has, err := f.keyOf(keys)
	if err == nil && has == before {
		err = f.rekey(keys)
	}
	return err
}

// CheckKeys is a *store.KeyError where a folder holds a store that does not have one of
// the keys. It changes nothing, and says nothing of what is no store or is damaged.
func CheckKeys(dir string, keys Keys) error {
	f := &folder{path: dir, id: unborn}
	if there, err := f.hasRegistry(); err != nil || !there {
		return nil // whoever opens it is told
	}
	_, err := f.keyOf(keys)
	var wrong *store.KeyError
	if errors.As(err, &wrong) {
		return wrong
	}
	return nil
}

// which of two keys a store has.
type which int

const (
	now which = iota
	before
)

// keyOf tells which of the keys the store has.
func (f *folder) keyOf(keys Keys) (which, error) {
	if fits, err := f.fits(keys.Now); err != nil || fits {
		return now, err
	}
	if len(keys.Before) > 0 {
		if fits, err := f.fits(keys.Before); err != nil || fits {
			return before, err
		}
	}
	return now, f.wrongKey(keys)
}

// wrongKey says how the store is that has neither key.
func (f *folder) wrongKey(keys Keys) error {
	plain, err := f.fits(nil)
	if err == nil && !plain {
		err = f.checkRegistryText()
	}
	switch {
	case err != nil:
		return err
	case plain:
		return &store.KeyError{Where: f.path, Found: "it is not encrypted, and a key is set"}
	case len(keys.Now) == 0:
		return &store.KeyError{Where: f.path, Found: "it is encrypted, and no key is set"}
	}
	return &store.KeyError{Where: f.path, Found: "it is encrypted with another key than the one that is set"}
}

// hasRegistry tells whether there is a list of data keys. A store without one would be
// taken for one that is encrypted by none.
func (f *folder) hasRegistry() (bool, error) {
	_, err := os.Stat(filepath.Join(f.data(), registryFile))
	if !errors.Is(err, fs.ErrNotExist) {
		return err == nil, err
	}
	if _, err := os.Stat(filepath.Join(f.data(), "MANIFEST")); err == nil && f.id != unborn {
		return false, f.damaged(registryFile, "is missing")
	}
	return false, nil
}

func (f *folder) registryOptions(key []byte) badger.KeyRegistryOptions {
	return badger.KeyRegistryOptions{Dir: f.data(), EncryptionKey: key, ReadOnly: true}
}

// fits tells whether a key is the store's; nil is that of one without.
func (f *folder) fits(key []byte) (bool, error) {
	_, err := badger.OpenKeyRegistry(f.registryOptions(key))
	switch {
	case errors.Is(err, badger.ErrEncryptionKeyMismatch):
		return false, nil
	case err != nil:
		return false, &store.CorruptError{Where: f.path, Found: "its list of data keys cannot be read", Err: err}
	}
	return true, nil
}

// checkRegistryText tells a registry without a key, of whose text a byte has changed,
// from one with a key: no encrypted text looks like half of it.
func (f *folder) checkRegistryText() error {
	raw, err := os.ReadFile(filepath.Join(f.data(), registryFile))
	if err != nil {
		return fmt.Errorf("reading the list of data keys: %w", err)
	}
	same := 0
	for i := range registryText {
		if raw[16+i] == registryText[i] {
			same++
		}
	}
	if 2*same >= len(registryText) {
		return f.damaged(registryFile, "is damaged")
	}
	return nil
}

// rekey encrypts the data keys with another key. Badger writes the list beside the old
// one, syncs it, and gives it the name.
func (f *folder) rekey(keys Keys) error {
	registry, err := badger.OpenKeyRegistry(f.registryOptions(keys.Before))
	if err == nil {
		err = badger.WriteKeyRegistry(registry, f.registryOptions(keys.Now))
	}
	if err != nil {
		return fmt.Errorf("giving the store another key: %w", err)
	}
	return nil
}

// cutTornKey takes away the end of a data key that was being written when the machine
// went down: nothing was encrypted with it yet, and Badger would read no list that has
// it.
func (f *folder) cutTornKey() error {
	file, err := os.OpenFile(filepath.Join(f.data(), registryFile), os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("reading the list of data keys: %w", err)
	}
	defer file.Close()
	raw, err := io.ReadAll(file)
	if err != nil {
		return fmt.Errorf("reading the list of data keys: %w", err)
	}
	if len(raw) < registryHead {
		return f.damaged(registryFile, "is too short")
	}
	whole := registryHead
	for len(raw)-whole >= registryFrame {
		size := int64(binary.BigEndian.Uint32(raw[whole:]))
		if size > int64(len(raw)-whole-registryFrame) {
			break
		}
		whole += registryFrame + int(size)
	}
	if whole == len(raw) {
		return nil
	}
	return errors.Join(file.Truncate(int64(whole)), file.Sync())
}
