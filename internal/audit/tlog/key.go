package tlog

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"odoomesh/internal/export"
)

const (
	signingFile = "signing.key"
	// PublicFile is the name of the public key in the folder.
	PublicFile = "public.key"
)

// keys are what a log signs with, and what its signatures are checked with.
type keys struct {
	signer note.Signer
	public string
}

// openKeys reads the keys of a log, and makes them where there are none.
func openKeys(dir, origin string) (keys, error) {
	path := filepath.Join(dir, signingFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKeys(dir, origin)
	}
	if err != nil {
		return keys{}, fmt.Errorf("the audit's signing key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return keys{}, fmt.Errorf("the audit's signing key %s may be read or written by others: chmod 600 %s", path, path)
	}
	secret, err := os.ReadFile(path)
	if err != nil {
		return keys{}, fmt.Errorf("the audit's signing key: %w", err)
	}
	signer, err := note.NewSigner(strings.TrimSpace(string(secret)))
	if err != nil {
		return keys{}, fmt.Errorf("%s is no signing key of the audit", path) // without the error: it may quote the key
	}
	public, err := ReadKey(filepath.Join(dir, PublicFile))
	if err != nil {
		return keys{}, err
	}
	if public.Name() != signer.Name() || public.KeyHash() != signer.KeyHash() {
		return keys{}, fmt.Errorf("%s and %s in %s are not of one pair", signingFile, PublicFile, dir)
	}
	return keys{signer, public.text}, nil
}

func makeKeys(dir, origin string) (keys, error) {
	secret, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return keys{}, fmt.Errorf("making the audit's signing key: %w", err)
	}
	// The public one first: where the secret one is there, both are.
	for _, file := range []struct {
		name, text string
	}{{PublicFile, public}, {signingFile, secret}} {
		if err := writeWhole(filepath.Join(dir, file.name), []byte(file.text+"\n")); err != nil {
			return keys{}, fmt.Errorf("writing the audit's keys: %w", err)
		}
	}
	signer, err := note.NewSigner(secret)
	return keys{signer, public}, err
}

// writeWhole writes a file that only its owner may read; it has its name when it is whole.
func writeWhole(path string, content []byte) error {
	file, err := export.CreatePrivateFile(path)
	if err != nil {
		return err
	}
	defer file.Abandon()
	if _, err := file.Write(content); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Complete()
}

// Key is a public key that the signatures of a log are checked with.
type Key struct {
	note.Verifier
	text string
}

func (k Key) String() string { return k.text }

// ParseKey reads a public key, such as "mesh/eins+1a2b3c4d+AbC…".
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	v, err := note.NewVerifier(text)
	if err != nil {
		return Key{}, errors.New("this is no public key of an audit: it is one line, such as the one that meshctl audit key prints")
	}
	return Key{v, text}, nil
}

// ReadKey reads a public key from a file.
func ReadKey(path string) (Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Key{}, fmt.Errorf("the public key: %w", err)
	}
	k, err := ParseKey(string(text))
	if err != nil {
		return k, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}
