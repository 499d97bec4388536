package badgerstore

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/y"
	"google.golang.org/protobuf/proto"
)

// checkStructure looks at the parts of a killed store's files that Badger reads when
// it opens them, and whose damage ends the process or is passed over: the list of
// tables and each table's index.
func (f *folder) checkStructure() error {
	if err := f.checkManifest(); err != nil {
		return err
	}
	tables, err := filepath.Glob(filepath.Join(f.data(), "*.sst"))
	if err != nil {
		return err
	}
	for _, table := range tables {
		if whole, err := wholeIndex(table); err != nil || !whole {
			return errors.Join(err, f.damaged(filepath.Base(table), "has a damaged index"))
		}
	}
	return nil
}

// checkManifest walks the list of tables: a magic number, and then changes, each
// behind its length and checksum. The last one may be cut off by a crash, and only
// that one.
func (f *folder) checkManifest() error {
	const magicSize, frame = 8, 8
	raw, err := os.ReadFile(filepath.Join(f.data(), "MANIFEST"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a store that was never opened
	}
	if err != nil {
		return err
	}
	if len(raw) < magicSize || string(raw[:4]) != "Bdgr" {
		return f.damaged("MANIFEST", "does not begin as it should")
	}
	for raw = raw[magicSize:]; len(raw) >= frame; {
		size, sum := binary.BigEndian.Uint32(raw), binary.BigEndian.Uint32(raw[4:])
		if raw = raw[frame:]; uint64(size) > uint64(len(raw)) {
			return nil
		}
		if crc32.Checksum(raw[:size], castagnoli) != sum {
			return f.damaged("MANIFEST", "is damaged")
		}
		raw = raw[size:]
	}
	return nil
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
