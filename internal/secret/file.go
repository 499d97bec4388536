package secret

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// File is a file whose first line is the secret, and that can be replaced while the mesh
// runs.
type File struct {
	path string

	mu sync.Mutex
	// seen is the file as it was looked at last, read the sum of what was read.
	seen fs.FileInfo
	read sum
	// differs is what the latest look found.
	differs bool
}

// NewFile makes one of a path; it reads nothing yet.
func NewFile(path string) *File { return &File{path: path} }

// Read gives the secret as it stands in the file now. A file that everybody may write is
// refused: it says what anybody wants.
func (f *File) Read() (Text, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, t, err := f.look()
	if err != nil {
		return "", err
	}
	f.seen, f.read, f.differs = info, sumOf(t), false
	return t, nil
}

// Changed tells whether the file holds another secret than was read last. Only a file
// whose time or size has changed, or that is another one, is opened. One that cannot be
// read, or is empty, is about to be replaced: it has not changed yet.
func (f *File) Changed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.path)
	if err != nil {
		return false
	}
	if f.seen != nil && os.SameFile(info, f.seen) && info.ModTime().Equal(f.seen.ModTime()) && info.Size() == f.seen.Size() {
		return f.differs
	}
	info, t, err := f.look()
	if err != nil {
		return false
	}
	f.seen, f.differs = info, sumOf(t) != f.read
	return f.differs
}

// look takes what the file is before what it holds: what is written in between is found
// by the next look.
func (f *File) look() (fs.FileInfo, Text, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, "", fmt.Errorf("it cannot be read: %w; check the path and who may read it", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, "", fmt.Errorf("it cannot be read: %w; check the path and who may read it", err)
	}
	if info.Mode().Perm()&0o002 != 0 && info.Mode().IsRegular() {
		return nil, "", fmt.Errorf("everybody may write %s (mode %#o); run chmod o-w on it", f.path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(file, maxBytes))
	if err != nil {
		return nil, "", fmt.Errorf("it cannot be read: %w", err)
	}
	t, err := FirstLine(text)
	return info, t, err
}

// Exposed says who else may read a file with a secret in it; empty where nobody but its
// owner and its group may, or it cannot be looked at. What orchestrators mount is often
// readable for all in a container, so that this is for a warning.
func Exposed(path string) string {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o004 == 0 {
		return ""
	}
	return fmt.Sprintf("everybody on this machine may read %s (mode %#o); run chmod o-r on it", path, info.Mode().Perm())
}
