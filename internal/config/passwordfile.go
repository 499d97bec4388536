package config

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"odoomesh/internal/odoo"
)

// PasswordFile is a file whose first line is the password, and that can be replaced
// while the mesh runs: keys of Odoo run out.
type PasswordFile struct {
	path string

	mu sync.Mutex
	// seen is the file as it was looked at last, read the hash of what was read.
	seen fs.FileInfo
	read [sha256.Size]byte
	// differs is what the latest look found.
	differs bool
}

// NewPasswordFile makes one of a path; it reads nothing yet.
func NewPasswordFile(path string) *PasswordFile { return &PasswordFile{path: path} }

// Read gives the password as it stands in the file now.
func (p *PasswordFile) Read() (odoo.Secret, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	info, text, err := p.look()
	if err != nil {
		return "", err
	}
	s, err := firstLine(text)
	if err != nil {
		return "", err
	}
	p.seen, p.read, p.differs = info, sha256.Sum256([]byte(s.Reveal())), false
	return s, nil
}

// Changed tells whether the file holds another password than was read last. Only a
// file whose time or size has changed, or that is another one, is opened. One that
// cannot be read, or is empty, is about to be replaced: it has not changed yet.
func (p *PasswordFile) Changed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	info, err := os.Stat(p.path)
	if err != nil {
		return false
	}
	if p.seen != nil && os.SameFile(info, p.seen) && info.ModTime().Equal(p.seen.ModTime()) && info.Size() == p.seen.Size() {
		return p.differs
	}
	info, text, err := p.look()
	if err != nil {
		return false
	}
	s, err := firstLine(text)
	if err != nil {
		return false
	}
	p.seen, p.differs = info, sha256.Sum256([]byte(s.Reveal())) != p.read
	return p.differs
}

// look takes what the file is before what it holds: what is written in between is
// found by the next look.
func (p *PasswordFile) look() (fs.FileInfo, io.Reader, error) {
	file, err := os.Open(p.path)
	if err != nil {
		return nil, nil, fmt.Errorf("it cannot be read: %w; check the path and who may read it", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("it cannot be read: %w; check the path and who may read it", err)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxPassword))
	if err != nil {
		return nil, nil, fmt.Errorf("it cannot be read: %w", err)
	}
	return info, bytes.NewReader(text), nil
}
