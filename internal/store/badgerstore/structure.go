package badgerstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
	"google.golang.org/protobuf/proto"
)

// checkStructure looks at the parts of a killed store's files that Badger reads when
// it opens them, and whose damage ends the process or is passed over: the list of
// tables and each table's index.
func (f *folder) checkStructure() error {
	tables, err := f.checkManifest()
	if err != nil {
		return err
	}
	// A table that is not in the list was being written, or was done with, when the
	// process was killed: Badger removes it.
	for _, id := range slices.Sorted(maps.Keys(tables)) {
		name := table.IDToFilename(id)
		whole, err := wholeIndex(filepath.Join(f.data(), name))
		if errors.Is(err, fs.ErrNotExist) {
			return f.damaged(name, "is missing")
		}
		if err != nil || !whole {
			return errors.Join(err, f.damaged(name, "has a damaged index"))
		}
	}
	return nil
}

// removeUnborn removes the files that Badger was making when it was killed and had not
// given a size yet: nothing is in them, and Badger opens no store that has one.
func (f *folder) removeUnborn() error {
	names, err := dataFiles(f.data())
	if err != nil {
		return fmt.Errorf("looking for files without a size: %w", err)
	}
	for _, name := range names {
		if kind := filepath.Ext(name); kind != ".mem" && kind != ".vlog" {
			continue
		}
		path := filepath.Join(f.data(), name)
		info, err := os.Stat(path)
		if err == nil && info.Size() == 0 {
			err = os.Remove(path)
		}
		if err != nil {
			return fmt.Errorf("removing a file without a size: %w", err)
		}
	}
	return nil
}

// checkManifest walks the list of tables, and answers the numbers of those that the
// store has: a magic number, and then changes, each behind its length and checksum. The
// last one may be cut off by a crash, and only that one.
func (f *folder) checkManifest() (tables map[uint64]bool, err error) {
	const magicSize, frame = 8, 8
	raw, err := os.ReadFile(filepath.Join(f.data(), "MANIFEST"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // a store that was never opened
	}
	if err != nil {
		return nil, err
	}
	if len(raw) < magicSize || string(raw[:4]) != "Bdgr" {
		return nil, f.damaged("MANIFEST", "does not begin as it should")
	}
	tables = map[uint64]bool{}
	for raw = raw[magicSize:]; len(raw) >= frame; {
		size, sum := binary.BigEndian.Uint32(raw), binary.BigEndian.Uint32(raw[4:])
		if raw = raw[frame:]; uint64(size) > uint64(len(raw)) {
			return tables, nil
		}
		var changes pb.ManifestChangeSet
		if crc32.Checksum(raw[:size], castagnoli) != sum || proto.Unmarshal(raw[:size], &changes) != nil {
			return nil, f.damaged("MANIFEST", "is damaged")
		}
		for _, c := range changes.GetChanges() {
			if c.GetOp() == pb.ManifestChange_DELETE {
				delete(tables, c.GetId())
			} else {
				tables[c.GetId()] = true
			}
		}
		raw = raw[size:]
	}
	return tables, nil
}

// wholeIndex tells whether a table's index is what its checksum says. From its end a
// table has: the length of the checksum, the checksum, the length of the index, the
// index.
func wholeIndex(name string) (bool, error) {
	const word = 4
	file, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return false, err
	}
	end := info.Size()
	// before reads so many bytes before the end, and moves it there.
	before := func(n int64) []byte {
		if err != nil || n < 0 || n > end {
			return nil
		}
		raw := make([]byte, n)
		end -= n
		if _, err = file.ReadAt(raw, end); err != nil {
			return nil
		}
		return raw
	}
	length := func() int64 {
		if raw := before(word); raw != nil {
			return int64(binary.BigEndian.Uint32(raw))
		}
		return -1
	}
	expected := &pb.Checksum{}
	stored := before(length())
	if stored == nil || proto.Unmarshal(stored, expected) != nil {
		return false, err
	}
	index := before(length())
	if _, known := pb.Checksum_Algorithm_name[int32(expected.GetAlgo())]; index == nil || !known {
		return false, err
	}
	return y.VerifyChecksum(index, expected) == nil, nil
}
