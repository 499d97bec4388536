package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"odoomesh/internal/export"
)

// asideFolder is where tables are until all are complete.
const asideFolder = ".partial"

// Folder is a folder that is being written. Only one process at a time writes one.
type Folder struct {
	dir, format string
	lock        *os.File
	// before is the manifest of the export that is replaced; nil for none.
	before *Manifest
	// events are the sealed parts.
	events *Events

	tables map[string]*tableFile
	done   []Entry
	proof  *Proof
	unfit  []Unfit
	unfits int
}

// put is told before each step by which tables get into place, for tests.
var put = func(step string) {}

// ThereError says that a folder has something that is not written over unasked.
type ThereError struct {
	Dir, What string
}

func (e *ThereError) Error() string { return fmt.Sprintf("%s %s", e.Dir, e.What) }

// Open takes a folder for an export. What a broken run left aside is removed; an export that
// is there is replaced with replace alone.
func Open(dir, format string, replace bool) (*Folder, error) {
	if !slices.Contains(export.Formats(), format) {
		return nil, &export.FormatError{Asked: format}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	lock, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	f := &Folder{dir: dir, format: format, lock: lock, tables: map[string]*tableFile{}}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(&ThereError{dir, "is being written by another export: wait for it to end"}, lock.Close())
	}
	if err := f.prepare(replace); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return f, nil
}

func (f *Folder) prepare(replace bool) error {
	var err error
	if f.before, err = readManifest(f.dir); err != nil {
		return err
	}
	if f.events, err = readEvents(f.dir, f.format); err != nil {
		return err
	}
	if err := f.mayWrite(replace); err != nil {
		return err
	}
	if err := os.RemoveAll(f.aside("")); err != nil {
		return err
	}
	return os.Mkdir(f.aside(""), 0o777)
}

// mayWrite refuses to write over what nobody has said may go.
func (f *Folder) mayWrite(replace bool) error {
	if replace {
		return nil
	}
	if f.before != nil {
		return &ThereError{f.dir, fmt.Sprintf("has the export of %s: add --replace to replace its tables; sealed parts of events stay, and new ones are added",
			f.before.SnapshotTime.UTC().Format(time.RFC3339))}
	}
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != asideFolder && e.Name() != eventsFolder && !strings.HasSuffix(e.Name(), ".partial") {
			return &ThereError{f.dir, fmt.Sprintf("has %s and no %s: either it is no export, or one was killed while it put its tables in place. Choose an empty folder, or add --replace to write over files of the same names", e.Name(), ManifestFile)}
		}
	}
	return nil
}

// aside is the place of a file until all are complete.
func (f *Folder) aside(name string) string { return filepath.Join(f.dir, asideFolder, name) }

// Events are the sealed parts, to which others can be added.
func (f *Folder) Events() *Events { return f.events }

// Complete puts everything in place, and then the manifest.
func (f *Folder) Complete(m *Manifest) error {
	for _, name := range sortedKeys(f.tables) {
		if err := f.closeTable(f.tables[name]); err != nil {
			return err
		}
	}
	m.Kind, m.SchemaVersion, m.Format = kind, SchemaVersion, f.format
	m.Tables, m.Proof, m.UnfitValues, m.UnfitValueCount = f.done, f.proof, f.unfit, f.unfits
	if len(f.events.Parts) > 0 {
		m.Events = f.events
	}
	if err := f.writeLoad(m); err != nil {
		return err
	}
	put("begin")
	if err := os.Remove(filepath.Join(f.dir, ManifestFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := f.lock.Sync(); err != nil {
		return err
	}
	put("unlisted")
	kept := map[string]bool{}
	for i, name := range f.files() {
		kept[name] = true
		if err := os.Rename(f.aside(name), filepath.Join(f.dir, name)); err != nil {
			return err
		}
		if i == 0 {
			put("begun")
		}
	}
	if f.before != nil {
		for _, old := range f.before.Tables {
			if !kept[old.File] {
				if err := os.Remove(filepath.Join(f.dir, old.File)); err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
			}
		}
	}
	if err := f.lock.Sync(); err != nil {
		return err
	}
	put("in place")
	if err := writeJSON(filepath.Join(f.dir, ManifestFile), m); err != nil {
		return err
	}
	return os.RemoveAll(f.aside(""))
}

// files are the names of all that is aside and complete.
func (f *Folder) files() []string {
	names := []string{loadFile}
	for _, t := range f.done {
		names = append(names, t.File)
	}
	if f.proof != nil {
		names = append(names, f.proof.File)
	}
	return names
}

// Close gives the folder back. What is not complete is removed.
func (f *Folder) Close() error {
	for _, t := range f.tables {
		_ = t.file.Close() // it is of no use
	}
	return errors.Join(os.RemoveAll(f.aside("")), f.lock.Close())
}
