package backup

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protodelim"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/store"
)

const (
	// title and version are the first line of a file.
	title   = "odoomesh backup "
	version = "1"
	// blockSize is about how many bytes a block has before it is compressed.
	blockSize = 256 << 10
	// maxItem is the largest item: the largest payload, and what stands beside it.
	maxItem = store.MaxPayload + 64<<10
	// maxBlock is the largest block that was compressed by a writer; what cannot be
	// compressed becomes a little longer.
	maxBlock = blockSize + maxItem + maxItem/64
	// frame is what stands before a block: its size and the checksum of all blocks so far.
	frame = 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// blockWriter puts items into blocks.
type blockWriter struct {
	to      io.Writer
	encoder *zstd.Encoder
	items   bytes.Buffer
	sum     uint32
}

func newBlockWriter(to io.Writer) (*blockWriter, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(to, title+version+"\n")
	return &blockWriter{to: to, encoder: encoder}, err
}

// put adds an item, and writes the block if it is full.
func (w *blockWriter) put(item *internalv1.BackupItem) error {
	if _, err := protodelim.MarshalTo(&w.items, item); err != nil {
		return err
	}
	if w.items.Len() < blockSize {
		return nil
	}
	return w.flush()
}

func (w *blockWriter) flush() error {
	block := w.encoder.EncodeAll(w.items.Bytes(), make([]byte, frame))
	w.items.Reset()
	w.sum = crc32.Update(w.sum, castagnoli, block[frame:])
	binary.BigEndian.PutUint32(block, uint32(len(block)-frame))
	binary.BigEndian.PutUint32(block[4:], w.sum)
	_, err := w.to.Write(block)
	return err
}

// blockReader takes items out of blocks.
type blockReader struct {
	from    *bufio.Reader
	decoder *zstd.Decoder
	items   *bytes.Reader
	sum     uint32
	sealed  bool
	// at is where the block begins that the items are of, next where the one behind does.
	at, next int64
}

// newBlockReader reads the first line, and opens what is sealed.
func newBlockReader(from io.Reader, keys [][]byte) (*blockReader, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlock))
	if err != nil {
		return nil, err
	}
	r := &blockReader{from: bufio.NewReaderSize(from, blockSize), decoder: decoder, items: bytes.NewReader(nil)}
	made, err := r.firstLine()
	if err == nil && made == sealedVersion {
		var opened io.Reader
		if opened, err = openSealed(r.from, int(r.next), keys); err != nil {
			return nil, err
		}
		r.from, r.next, r.sealed = bufio.NewReaderSize(opened, blockSize), 0, true
		made, err = r.firstLine()
	}
	switch {
	case err != nil:
		return nil, err
	case made != version:
		return nil, &VersionError{Version: made}
	}
	return r, nil
}

// firstLine is the version that a file says.
func (r *blockReader) firstLine() (string, error) {
	line, err := r.from.ReadSlice('\n')
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return "", err
	}
	text, whole := strings.CutSuffix(string(line), "\n")
	made, ours := strings.CutPrefix(text, title)
	if !ours || !whole {
		return "", ForeignError{}
	}
	r.next = int64(len(line))
	return made, nil
}

// item is the next item. A file may end nowhere but behind its last one.
func (r *blockReader) item() (*internalv1.BackupItem, error) {
	for r.items.Len() == 0 {
		if err := r.block(); err != nil {
			return nil, err
		}
	}
	item := &internalv1.BackupItem{}
	if err := (protodelim.UnmarshalOptions{MaxSize: maxItem}).UnmarshalFrom(r.items, item); err != nil {
		return nil, r.damaged("an item cannot be read: %v", err)
	}
	return item, nil
}

// block reads the next block.
func (r *blockReader) block() error {
	r.at = r.next
	var head [frame]byte
	if _, err := io.ReadFull(r.from, head[:]); err != nil {
		return r.cut(err)
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > maxBlock {
		return r.damaged("no block has %d bytes", size)
	}
	// A size that is damaged takes no more memory than there are bytes behind it.
	var block bytes.Buffer
	if _, err := io.CopyN(&block, r.from, int64(size)); err != nil {
		return r.cut(err)
	}
	r.next += frame + int64(size)
	if r.sum = crc32.Update(r.sum, castagnoli, block.Bytes()); r.sum != binary.BigEndian.Uint32(head[4:]) {
		return r.damaged("the checksum is another")
	}
	items, err := r.decoder.DecodeAll(block.Bytes(), nil)
	if err != nil {
		return r.damaged("the block cannot be unpacked: %v", err)
	}
	r.items.Reset(items)
	return nil
}

// end wants nothing to follow.
func (r *blockReader) end() error {
	if r.items.Len() > 0 {
		return r.damaged("something stands behind the end")
	}
	if _, err := r.from.ReadByte(); !errors.Is(err, io.EOF) {
		var damaged *DamagedError
		if errors.As(err, &damaged) {
			return err
		}
		r.at = r.next
		return errors.Join(r.damaged("something stands behind the end"), err)
	}
	return nil
}

func (r *blockReader) cut(err error) error {
	// That of what is sealed says where in the file.
	var damaged *DamagedError
	if errors.As(err, &damaged) {
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return r.damaged("it ends there, and is not complete")
	}
	return fmt.Errorf("reading the backup at byte %d: %w", r.at, err)
}

func (r *blockReader) damaged(format string, args ...any) error {
	return &DamagedError{Offset: r.at, Found: fmt.Sprintf(format, args...)}
}
