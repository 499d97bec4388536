package badgerstore

import (
	"fmt"
	"syscall"

	"odoomesh/internal/store"
)

// minFree has to be left on the disk for a write to begin, in bytes. Badger
// writes into files that are mapped with holes: where the disk has no block for
// a hole, the kernel kills the process. This much covers the open write-ahead
// files and a compaction.
const minFree = 256 << 20

// hasRoom refuses a write with a *store.NoSpaceError when the disk is nearly full.
func (f *folder) hasRoom() error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(f.path, &st); err != nil {
		return fmt.Errorf("asking for the room on the disk: %w", err)
	}
	if free := st.Bavail * uint64(st.Bsize); free < f.minFree {
		return &store.NoSpaceError{Where: f.path, Free: free, Needed: f.minFree}
	}
	return nil
}
