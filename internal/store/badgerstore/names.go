package badgerstore

import (
	"fmt"
	"os"
	"time"
)

// nameSyncer makes the names of Badger's files durable. Badger syncs what it
// writes into a new write-ahead file, but not the folder that names the file;
// common file systems do both at once, the standard does not say so.
type nameSyncer struct {
	path string
	seen time.Time // the folder's change time at the last sync
}

func newNameSyncer(path string) *nameSyncer { return &nameSyncer{path: path} }

// sync syncs the folder if a name in it was added or removed since the last time.
func (n *nameSyncer) sync() error {
	info, err := os.Stat(n.path)
	if err != nil {
		return fmt.Errorf("looking at folder: %w", err)
	}
	if info.ModTime().Equal(n.seen) {
		return nil
	}
	if err := SyncDir(n.path); err != nil {
		return err
	}
	n.seen = info.ModTime()
	return nil
}
