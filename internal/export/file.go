package export

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

const (
	partial    = ".partial"
	bufferSize = 1 << 20
)

// File is a file that gets its name when it is complete. Until then it is called
// so with ".partial" behind.
type File struct {
	path   string
	file   *os.File
	buffer *bufio.Writer
}

// CreateFile begins a file. What a broken run left in its place is overwritten.
func CreateFile(path string) (*File, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is there and is no file", path)
	}
	file, err := os.Create(path + partial)
	if err != nil {
		return nil, err
	}
	return &File{path: path, file: file, buffer: bufio.NewWriterSize(file, bufferSize)}, nil
}

// CreatePrivateFile is CreateFile for what only its owner may read. Of two that write
// under one name at the same time the second is refused.
func CreatePrivateFile(path string) (*File, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is there and is no file", path)
	}
	file, err := os.OpenFile(path+partial, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%s%s is being written by another process: %w", path, partial, err), file.Close())
	}
	if err := errors.Join(file.Chmod(0o600), file.Truncate(0)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &File{path: path, file: file, buffer: bufio.NewWriterSize(file, bufferSize)}, nil
}

// Partial is the name that the file has until it is complete.
func (f *File) Partial() string { return f.path + partial }

// Sync brings what was written so far to the disk.
func (f *File) Sync() error { return errors.Join(f.buffer.Flush(), f.file.Sync()) }

// Write implements io.Writer.
func (f *File) Write(b []byte) (int, error) { return f.buffer.Write(b) }

// Complete brings the file to the disk and gives it its name; it replaces a file
// that has it.
func (f *File) Complete() error {
	if err := errors.Join(f.Sync(), f.file.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.path+partial, f.path); err != nil {
		return err
	}
	f.file = nil
	return syncFolder(filepath.Dir(f.path))
}

// syncFolder makes a new name in a folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Abandon removes what was written, unless the file is complete.
func (f *File) Abandon() {
	if f.file != nil {
		_ = f.file.Close() // it is of no use in any case
		_ = os.Remove(f.path + partial)
	}
}

// WriteFile writes a whole file that is there in full or not at all.
func WriteFile(path, text string) error {
	f, err := CreateFile(path)
	if err != nil {
		return err
	}
	defer f.Abandon()
	if _, err := f.Write([]byte(text)); err != nil {
		return err
	}
	return f.Complete()
}

// ReadFile reads a file that WriteFile wrote; empty where there is none.
func ReadFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(text), err
}
