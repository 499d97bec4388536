package badgerstore

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"odoomesh/internal/store"
)

// formats are the versions of what lies in the folders, by kind. One is raised when
// what this code writes can no longer be read by the code before it.
var formats = map[string]string{"log": "2", "cache": "4"}

// droppedFormats are versions, by kind, whose content is dropped in place of being
// read: a cache is filled again.
//
//	cache 1: its indexes carried nothing.
//	cache 2: a record lay in one value.
//	cache 3: it had fewer indexes.
//
// What a log held cannot be read anew: one in another format is refused, and left alone.
// Where a format follows that a released program has written, a log of the one before is
// copied by a LogFill, and takes its place when it is complete.
//
//	log 1: its entries did not say their collection. No release has written it, and
//	neither a ledger nor owned fields were ever kept in it.
var droppedFormats = map[string][]string{"cache": {"1", "2", "3"}}

const (
	// unborn stands in place of the id until the database has one.
	unborn = "new"

	markFile = "mesh-store" // what the folder is: kind, format version, id
	lockFile = "lock"       // flocked while the folder is open
	dataDir  = "data"       // Badger's own files
)

// folder is an open data folder: known to be ours, private, and locked.
type folder struct {
	path string
	kind string
	id   string // unborn for a folder that was made just now
	lock *os.File

	minFree uint64                       // see hasRoom; tests change it
	free    func(string) (uint64, error) // freeBytes; tests change it
}

// errKept says that a folder holds something else than this store, which is left alone.
var errKept = errors.New("nothing in it was changed")

// openFolder makes or checks the folder of a store of this kind and locks it.
func openFolder(path, kind string, free func(string) (uint64, error)) (*folder, error) {
	f, err := lockFolder(path, kind, free)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.checkOpenRoom(), f.readMark()); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// lockFolder makes the folder where there is none, and locks it.
func lockFolder(path, kind string, free func(string) (uint64, error)) (*folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("making data folder: %w", err)
	}
	if err := refuseForeign(path); err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o700); err != nil {
		return nil, fmt.Errorf("making data folder private: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking data folder: %w", err)
	}
	if free == nil {
		free = freeBytes
	}
	f := &folder{path: path, kind: kind, lock: lock, minFree: minFree, free: free}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w", path, store.ErrLocked)
		}
		return nil, fmt.Errorf("locking data folder: %w", err)
	}
	return f, nil
}

// refuseForeign keeps the store from settling in a folder that holds something else.
func refuseForeign(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("looking into data folder: %w", err)
	}
	// The mark is made first: what another start has made since then has one by now.
	if _, err := os.Stat(filepath.Join(path, markFile)); err == nil {
		return nil
	}
	for _, e := range entries {
		// The lock and a half-written mark are what a crash at birth leaves.
		if e.Name() != lockFile && e.Name() != markFile+".tmp" {
			return &store.CorruptError{Where: path, Found: "it is not empty and was not made by a mesh store", Err: errKept}
		}
	}
	return nil
}

func (f *folder) readMark() error {
	text, err := os.ReadFile(filepath.Join(f.path, markFile))
	if errors.Is(err, fs.ErrNotExist) {
		return f.writeMark(unborn)
	}
	if err != nil {
		return fmt.Errorf("reading the mark of the data folder: %w", err)
	}
	words := strings.Fields(string(text))
	switch {
	case len(words) != 3:
		return &store.CorruptError{Where: f.path, Found: "its mark cannot be read"}
	case words[0] != f.kind && formats[words[0]] != "":
		return &store.CorruptError{Where: f.path, Found: fmt.Sprintf("it holds a %s, not a %s", words[0], f.kind), Err: errKept}
	case words[0] != f.kind:
		return &store.CorruptError{Where: f.path, Found: "its mark is damaged"}
	case slices.Contains(droppedFormats[f.kind], words[1]):
		return markUntrusted(f) // so that it is dropped before its use, whenever a crash comes
	case words[1] != formats[f.kind]:
		return &store.CorruptError{Where: f.path, Found: strangeFormat(words[1], formats[f.kind]), Err: errKept}
	}
	f.id = words[2]
	return nil
}

// strangeFormat says who has made a folder that this program cannot read.
func strangeFormat(found, known string) string {
	text := fmt.Sprintf("its format is version %s, and this program knows version %s", found, known)
	is, err := strconv.Atoi(found)
	if mine, mineErr := strconv.Atoi(known); errors.Join(err, mineErr) == nil && is < mine {
		return text + ": a build from before the first release has made it, which alone can read it"
	}
	return text + ": a later meshd has made it, so start that one"
}

// writeMark replaces the mark durably and whole.
func (f *folder) writeMark(id string) error {
	name := filepath.Join(f.path, markFile)
	text := fmt.Sprintf("%s %s %s\n", f.kind, formats[f.kind], id)
	if err := WriteFile(name, text); err != nil {
		return fmt.Errorf("marking data folder: %w", err)
	}
	f.id = id
	return nil
}

// data is where Badger's files lie.
func (f *folder) data() string { return filepath.Join(f.path, dataDir) }

// close gives the folder free, by name and not by closing alone: a process that is being
// started somewhere else has a copy of the descriptor for a moment, and of its lock.
func (f *folder) close() error {
	return errors.Join(syscall.Flock(int(f.lock.Fd()), syscall.LOCK_UN), f.lock.Close())
}

// WriteFile writes a small file durably, in whole or not at all.
func WriteFile(name, text string) error {
	if err := writeSynced(name+".tmp", text); err != nil {
		return err
	}
	if err := os.Rename(name+".tmp", name); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(name))
}

func writeSynced(name, text string) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Sync(), file.Close())
}

// SyncDir makes the names in a folder durable.
func SyncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("syncing folder: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("syncing folder: %w", err)
	}
	return nil
}

// newID is 128 random bits, so that no two stores share one.
func newID() (string, error) {
	var raw [16]byte
	if _, err := io.ReadFull(rand.Reader, raw[:]); err != nil {
		return "", fmt.Errorf("making a store id: %w", err)
	}
	return hex.EncodeToString(raw[:]), nil
}
