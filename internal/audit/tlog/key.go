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
	"odoomesh/internal/seal"
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

// Keys seal the signing key on the disk. The zero value leaves it as it is.
type Keys struct {
	// Now has 32 bytes. A signing key that is not sealed is sealed when the log is opened.
	Now []byte
	// Before is the key that the signing key may still be sealed with; it is given Now then.
	Before []byte
}

// String keeps keys out of whatever prints options.
func (k Keys) String() string { return "[redacted]" }

// GoString is for %#v.
func (k Keys) GoString() string { return k.String() }

// all are the keys there are.
func (k Keys) all() (keys [][]byte) {
	for _, key := range [][]byte{k.Now, k.Before} {
		if len(key) > 0 {
			keys = append(keys, key)
		}
	}
	return keys
}

// CheckKeys is a *seal.KeyError where the signing key in a folder is sealed with none of
// the keys. It changes nothing, and says nothing of what is damaged or not there.
func CheckKeys(dir string, k Keys) error {
	text, err := os.ReadFile(filepath.Join(dir, signingFile))
	if err != nil || !seal.Is(text) {
		return nil // whoever opens it is told
	}
	_, err = seal.Open(text, k.all()...)
	var wrong *seal.KeyError
	if errors.As(err, &wrong) {
		return wrong
	}
	return nil
}

// openKeys reads the keys of a log, and makes them where there are none.
func openKeys(dir string, o Options) (keys, error) {
	path := filepath.Join(dir, signingFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKeys(dir, o)
	}
	if err != nil {
		return keys{}, fmt.Errorf("the audit's signing key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return keys{}, fmt.Errorf("the audit's signing key %s may be read or written by others: chmod 600 %s", path, path)
	}
	secret, sealed, err := readSecret(path, o.Keys)
	if err != nil {
		return keys{}, err
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
	// Only what was read and is right is written anew.
	if !sealed && len(o.Keys.Now) > 0 {
		if err := writeSecret(path, secret, o.Keys); err != nil {
			return keys{}, err
		}
	}
	return keys{signer, public.text}, nil
}

// readSecret reads the signing key, and tells whether it is sealed with the key of now.
func readSecret(path string, k Keys) (secret []byte, sealed bool, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, false, fmt.Errorf("the audit's signing key: %w", err)
	}
	if !seal.Is(text) {
		return text, false, nil
	}
	if len(k.Now) > 0 {
		if secret, err = seal.Open(text, k.Now); err == nil {
			return secret, true, nil
		}
	}
	if secret, err = seal.Open(text, k.all()...); err != nil {
		if errors.Is(err, seal.ErrBroken) {
			err = fmt.Errorf("%w: bring it back from the copy that is kept apart, or move the folder away, and an audit with another key begins", err)
		}
		return nil, false, fmt.Errorf("the audit's signing key %s: %w", path, err)
	}
	return secret, false, nil
}

// writeSecret writes the signing key, sealed where there is a key.
func writeSecret(path string, secret []byte, k Keys) (err error) {
	if len(k.Now) > 0 {
		secret, err = seal.Text(secret, k.Now)
	}
	if err == nil {
		err = writeWhole(path, secret)
	}
	if err != nil {
		return fmt.Errorf("writing the audit's signing key: %w", err)
	}
	return nil
}

func makeKeys(dir string, o Options) (keys, error) {
	secret, public, err := note.GenerateKey(rand.Reader, o.Origin)
	if err != nil {
		return keys{}, fmt.Errorf("making the audit's signing key: %w", err)
	}
	// The public one first: where the secret one is there, both are.
	if err := writeWhole(filepath.Join(dir, PublicFile), []byte(public+"\n")); err != nil {
		return keys{}, fmt.Errorf("writing the audit's public key: %w", err)
	}
	if err := writeSecret(filepath.Join(dir, signingFile), []byte(secret+"\n"), o.Keys); err != nil {
		return keys{}, err
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
