package badgerstore

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"odoomesh/internal/store"
)

// sealFile names every file of a closed store with its size and checksum. It is
// written when the store is closed, compared when it is opened, and removed before
// anything changes: a store that was killed has none. Badger itself takes a damaged
// block for one without keys, and a damaged list of tables for a shorter one; so
// what changed on the disk meanwhile has to be found before Badger sees it.
const sealFile = "seal"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal is called when Badger has closed its files.
func (f *folder) seal() error {
	names, err := dataFiles(f.data())
	if err != nil {
		return fmt.Errorf("sealing the store: %w", err)
	}
	files, err := f.checksums(names)
	if err != nil {
		return fmt.Errorf("sealing the store: %w", err)
	}
	var text strings.Builder
	for i, name := range names {
		fmt.Fprintf(&text, "%s %d %08x\n", name, files[i].size, files[i].sum)
	}
	fmt.Fprintf(&text, "%s %d %08x\n", sealFile, len(names), crc32.Checksum([]byte(text.String()), castagnoli))
	if err := WriteFile(filepath.Join(f.path, sealFile), text.String()); err != nil {
		return fmt.Errorf("sealing the store: %w", err)
	}
	return nil
}

// checkFiles compares the files with the seal, and takes it off. Without one, or with
// one that cannot be read, it looks at what Badger trusts blindly, and says that the
// files were not compared.
func (f *folder) checkFiles() (compared bool, err error) {
	name := filepath.Join(f.path, sealFile)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, f.checkStructure()
	}
	if err != nil {
		return false, fmt.Errorf("reading the seal: %w", err)
	}
	sealed, whole := parseSeal(string(text))
	if whole {
		err = f.compare(sealed)
	} else {
		err = f.checkStructure()
	}
	if err != nil {
		return whole, err // the seal stays, so that the next start says the same
	}
	if err := os.Remove(name); err != nil {
		return whole, fmt.Errorf("taking the seal off: %w", err)
	}
	return whole, SyncDir(f.path)
}

// sealedFile is what a seal says of a file.
type sealedFile struct {
	size int64
	sum  uint32
}

// parseSeal reads a seal, and tells whether it is whole.
func parseSeal(text string) (map[string]sealedFile, bool) {
	end := strings.LastIndexByte(strings.TrimSuffix(text, "\n"), '\n') + 1
	last := fmt.Sprintf("%s %d %08x\n", sealFile, strings.Count(text[:end], "\n"), crc32.Checksum([]byte(text[:end]), castagnoli))
	if text[end:] != last {
		return nil, false
	}
	sealed := make(map[string]sealedFile)
	for lines := bufio.NewScanner(strings.NewReader(text[:end])); lines.Scan(); {
		var name string
		var file sealedFile
		if _, err := fmt.Sscanf(lines.Text(), "%s %d %x", &name, &file.size, &file.sum); err != nil {
			return nil, false
		}
		sealed[name] = file
	}
	return sealed, true
}

// compare wants the files to be those of the seal, byte for byte.
func (f *folder) compare(sealed map[string]sealedFile) error {
	names, err := dataFiles(f.data())
	if err != nil {
		return fmt.Errorf("comparing the files with the seal: %w", err)
	}
	if len(names) == 0 && len(sealed) > 0 {
		return &store.CorruptError{Where: f.path, Found: "its content is lost"}
	}
	for _, name := range names {
		if _, known := sealed[name]; !known {
			return f.damaged(name, "is not one of the store's, such as from another backup")
		}
	}
	for name := range sealed {
		if !slices.Contains(names, name) {
			return f.damaged(name, "is missing")
		}
	}
	files, err := f.checksums(names)
	if err != nil {
		return fmt.Errorf("comparing the files with the seal: %w", err)
	}
	for i, name := range names {
		switch is, was := files[i], sealed[name]; {
		case is.size != was.size:
			return f.damaged(name, fmt.Sprintf("has %d bytes and had %d when the store was closed", is.size, was.size))
		case is.sum != was.sum:
			return f.damaged(name, "has changed since the store was closed")
		}
	}
	return nil
}

func (f *folder) damaged(name, how string) error {
	return &store.CorruptError{Where: f.path, Found: fmt.Sprintf("the file %s %s", filepath.Join(dataDir, name), how)}
}

// dataFiles are the names of Badger's files, without its lock and what is not its own.
func dataFiles(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		switch filepath.Ext(e.Name()) {
		case ".sst", ".mem", ".vlog":
			names = append(names, e.Name())
		case "":
			if e.Name() == "MANIFEST" || e.Name() == "KEYREGISTRY" || e.Name() == "DISCARD" {
				names = append(names, e.Name())
			}
		}
	}
	return names, nil
}

// checksums reads files side by side, as many as there are processors: the whole store
// is read before anything of it is served.
func (f *folder) checksums(names []string) ([]sealedFile, error) {
	files := make([]sealedFile, len(names))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		group.Go(func() (err error) {
			files[i], err = checksum(filepath.Join(f.data(), name))
			return err
		})
	}
	return files, group.Wait()
}

// checksum is a file's size and CRC-32C.
func checksum(name string) (sealedFile, error) {
	file, err := os.Open(name)
	if err != nil {
		return sealedFile{}, err
	}
	hash := crc32.New(castagnoli)
	// Left to itself, the file would be read in parts of 32 KiB.
	size, err := io.CopyBuffer(hash, struct{ io.Reader }{file}, make([]byte, 256<<10))
	return sealedFile{size, hash.Sum32()}, errors.Join(err, file.Close())
}
