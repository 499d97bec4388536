package badgerstore

import (
	"io/fs"
	"path/filepath"
	"syscall"
)

// diskBytes adds up the files; one that is just being removed counts nothing.
func diskBytes(path string) float64 {
	var total int64
	// Badger maps its open write-ahead files at twice their size, with holes.
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			total += allocated(info)
		}
		return nil
	})
	return float64(total)
}

// allocated is what the file takes on disk, without its holes, in bytes.
func allocated(info fs.FileInfo) int64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Blocks * 512
	}
	return info.Size()
}
