package badgerstore

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"odoomesh/internal/store"
)

// witnessFile holds the last position that was acknowledged. Badger takes a damaged
// write-ahead file for one that ends before the damage: without a witness, entries
// that readers have seen would be gone without a word, and their positions be given
// again. It is written behind every commit and not synced: it outlives the process,
// and after a crash of the machine it is at most behind the log, which does no harm.
const witnessFile = "head"

// witness is the open file.
type witness struct{ file *os.File }

// openWitness opens the file, and tells what it says; 0 where it says nothing.
func openWitness(dir string) (*witness, uint64, error) {
	file, err := os.OpenFile(filepath.Join(dir, witnessFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("opening the witness of the head: %w", err)
	}
	var raw [12]byte
	n, _ := file.ReadAt(raw[:], 0) // what is too short says nothing
	head := binary.BigEndian.Uint64(raw[:8])
	if n < len(raw) || crc32.Checksum(raw[:8], castagnoli) != binary.BigEndian.Uint32(raw[8:]) {
		head = 0
	}
	return &witness{file: file}, head, nil
}

// note says that a position is acknowledged. Where that fails, damage may go
// unnoticed, but nothing is lost.
func (w *witness) note(head uint64) {
	raw := binary.BigEndian.AppendUint64(nil, head)
	raw = binary.BigEndian.AppendUint32(raw, crc32.Checksum(raw, castagnoli))
	_, _ = w.file.WriteAt(raw, 0)
}

func (w *witness) close() error { return w.file.Close() }

// checkWitness refuses a log that lacks what it has acknowledged.
func (l *Log) checkWitness(acknowledged uint64) error {
	if acknowledged <= l.bounds.head {
		return nil
	}
	return &store.CorruptError{
		Where: l.folder.path,
		Found: fmt.Sprintf("the entries from %d to %d are lost, which readers may have seen", l.bounds.head+1, acknowledged),
	}
}
