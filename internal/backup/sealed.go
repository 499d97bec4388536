package backup

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"odoomesh/internal/seal"
)

// A sealed backup is one of version 1, sealed, in frames: each behind its size and a
// checksum that goes on from the frame before, and one of no bytes at the end. So who has
// no key can tell as well whether it is whole.
const (
	sealedVersion = "2"
	sealedFrame   = 64 << 10
)

// KeyError says that a backup is sealed with another key than was given. It is whole, as
// far as that is to be seen without.
type KeyError struct{ *seal.KeyError }

func (e *KeyError) Error() string {
	return "the backup cannot be read: " + e.KeyError.Error()
}

// Unwrap is for whoever asks which key it takes.
func (e *KeyError) Unwrap() error { return e.KeyError }

// frames writes what is sealed.
type frames struct {
	to      io.Writer
	waiting []byte
	sum     uint32
}

// newSealed begins a sealed backup; it is whole when it was closed.
func newSealed(to io.Writer, key []byte) (_ *sealedWriter, err error) {
	if _, err := io.WriteString(to, title+sealedVersion+"\n"); err != nil {
		return nil, err
	}
	w := &sealedWriter{frames: &frames{to: to, waiting: make([]byte, frame, frame+sealedFrame)}}
	w.WriteCloser, err = seal.Writer(w.frames, key)
	return w, err
}

type sealedWriter struct {
	io.WriteCloser
	frames *frames
}

// Close ends the backup.
func (w *sealedWriter) Close() error {
	if err := w.WriteCloser.Close(); err != nil {
		return err
	}
	if len(w.frames.waiting) > frame {
		if err := w.frames.flush(); err != nil {
			return err
		}
	}
	return w.frames.flush()
}

// Write implements io.Writer.
func (f *frames) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(len(rest), frame+sealedFrame-len(f.waiting))
		f.waiting = append(f.waiting, rest[:n]...)
		if rest = rest[n:]; len(f.waiting) < frame+sealedFrame {
			break
		}
		if err := f.flush(); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (f *frames) flush() error {
	body := f.waiting[frame:]
	f.sum = crc32.Update(f.sum, castagnoli, body)
	binary.BigEndian.PutUint32(f.waiting, uint32(len(body)))
	binary.BigEndian.PutUint32(f.waiting[4:], f.sum)
	_, err := f.to.Write(f.waiting)
	f.waiting = f.waiting[:frame]
	return err
}

// framesReader reads what is sealed. Its end is that of a file that is whole.
type framesReader struct {
	from     *bufio.Reader
	body     [sealedFrame]byte
	rest     []byte
	sum      uint32
	at, next int64
	ended    bool
}

// openSealed opens a sealed backup behind its first line, of so many bytes.
func openSealed(from *bufio.Reader, line int, keys [][]byte) (io.Reader, error) {
	f := &framesReader{from: from, next: int64(line)}
	opened, err := seal.Reader(f, keys...)
	var wrong *seal.KeyError
	switch {
	case errors.As(err, &wrong):
		// Damage goes before: a right key would be of no use.
		if _, err := io.Copy(io.Discard, f); err != nil {
			return nil, err
		}
		return nil, &KeyError{wrong}
	case errors.Is(err, seal.ErrBroken):
		return nil, f.damaged("it is not as it was sealed")
	case err != nil:
		return nil, err
	}
	return &unsealed{opened, f}, nil
}

// unsealed says where what cannot be opened is damaged.
type unsealed struct {
	io.Reader
	frames *framesReader
}

// Read implements io.Reader.
func (u *unsealed) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if errors.Is(err, seal.ErrBroken) {
		err = u.frames.damaged("it is not as it was sealed")
	}
	return n, err
}

// Read implements io.Reader.
func (f *framesReader) Read(p []byte) (int, error) {
	for len(f.rest) == 0 {
		if f.ended {
			return 0, io.EOF
		}
		if err := f.frame(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// frame reads the next frame, and behind the last one wants nothing.
func (f *framesReader) frame() error {
	f.at = f.next
	var head [frame]byte
	if _, err := io.ReadFull(f.from, head[:]); err != nil {
		return f.cut(err)
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > sealedFrame {
		return f.damaged("no frame has %d bytes", size)
	}
	if _, err := io.ReadFull(f.from, f.body[:size]); err != nil {
		return f.cut(err)
	}
	f.next += frame + int64(size)
	f.rest = f.body[:size]
	if f.sum = crc32.Update(f.sum, castagnoli, f.rest); f.sum != binary.BigEndian.Uint32(head[4:]) {
		return f.damaged("the checksum is another")
	}
	if size > 0 {
		return nil
	}
	f.at, f.ended = f.next, true
	if _, err := f.from.ReadByte(); !errors.Is(err, io.EOF) {
		return errors.Join(f.damaged("something stands behind the end"), err)
	}
	return nil
}

func (f *framesReader) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return f.damaged("it ends there, and is not complete")
	}
	return fmt.Errorf("reading the backup at byte %d: %w", f.at, err)
}

func (f *framesReader) damaged(format string, args ...any) error {
	return &DamagedError{Offset: f.at, Found: fmt.Sprintf(format, args...)}
}
