// Package seal encrypts what the mesh writes beside its databases, such as backups and the
// key that signs the audit, for whoever has one key of 256 bits.
//
// The form is age's (age-encryption.org/v1): a file key, by which each 64 KiB are encrypted
// and authenticated in their order, with an end that cannot be cut off. The file key is
// sealed with ours, beside which stands by what ours is known, so that a wrong key is told
// from damage and one knows which is missing. Where keys come from is left to others.
package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
)

// KeySize is how many bytes a key has.
const KeySize = 32

const (
	// begin is how all that is sealed begins.
	begin = "age-encryption.org/"
	// stanza is what the file key is sealed for, in the words of the format.
	stanza = "odoomesh"
	// idBytes is how much of a key's name there is: enough to tell a few apart.
	idBytes = 4
)

// KeyError says that something is sealed with another key than was given.
type KeyError struct {
	// Sealed is the name of the key that it takes, and Given those of the ones there were.
	Sealed string
	Given  []string
}

func (e *KeyError) Error() string {
	if len(e.Given) == 0 {
		return fmt.Sprintf("it is sealed with the key %s, and no key is given", e.Sealed)
	}
	return fmt.Sprintf("it is sealed with the key %s, and the key that is given is %s", e.Sealed, strings.Join(e.Given, " or "))
}

// ErrBroken is what was sealed otherwise, or was changed since.
var ErrBroken = errors.New("it is not as it was sealed")

// Name is by what a key is known: eight digits, from which nobody finds the key.
func Name(key []byte) string {
	return hex.EncodeToString(derived(key, "odoomesh name of a key", idBytes))
}

func derived(key []byte, what string, size int) []byte {
	out, err := hkdf.Key(sha256.New, key, nil, what, size)
	if err != nil {
		panic(err) // the size is ours
	}
	return out
}

// Is tells whether a text was sealed here.
func Is(text []byte) bool { return bytes.HasPrefix(text, []byte(begin)) }

// Writer seals what is written to it; it is whole when it was closed.
func Writer(to io.Writer, key []byte) (io.WriteCloser, error) {
	w, err := age.Encrypt(to, one{key: key})
	if err != nil {
		return nil, fmt.Errorf("sealing: %w", err)
	}
	return w, nil
}

// Reader opens what is sealed with one of some keys. Nothing that it answers was changed;
// that all is there is known at its end. Where no key fits its error is a *KeyError, and
// else it wraps ErrBroken or the source's own.
func Reader(from io.Reader, keys ...[]byte) (io.Reader, error) {
	open := &opening{}
	identities := []age.Identity{open} // age wants one, and this notes which it would take
	for _, key := range keys {
		identities = append(identities, one{key: key})
	}
	source := &source{from: from}
	opened, err := age.Decrypt(source, identities...)
	if err == nil {
		return &reader{opened, source}, nil
	}
	var none *age.NoIdentityMatchError
	if !errors.As(err, &none) || open.sealed == "" {
		return nil, source.broken(err)
	}
	wrong := &KeyError{Sealed: open.sealed}
	for _, key := range keys {
		wrong.Given = append(wrong.Given, Name(key))
	}
	return nil, wrong
}

// source notes why there is no more of it.
type source struct {
	from io.Reader
	err  error
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// broken is the source's own error, or that it was changed.
func (s *source) broken(err error) error {
	if s.err != nil {
		return s.err
	}
	return fmt.Errorf("%w: %w", ErrBroken, err)
}

// reader makes the errors of the library ours.
type reader struct {
	io.Reader
	source *source
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = r.source.broken(err)
	}
	return n, err
}

// one is a key as the library takes it.
type one struct{ key []byte }

func (o one) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(derived(o.key, "odoomesh file key", KeySize))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Wrap implements age.Recipient.
func (o one) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	aead, err := o.aead()
	if err != nil {
		return nil, err
	}
	return []*age.Stanza{{Type: stanza, Args: []string{Name(o.key)}, Body: aead.Seal(nil, nil, fileKey, nil)}}, nil
}

// Unwrap implements age.Identity.
func (o one) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	at := slices.IndexFunc(stanzas, func(s *age.Stanza) bool {
		return s.Type == stanza && len(s.Args) == 1 && s.Args[0] == Name(o.key)
	})
	if at < 0 {
		return nil, age.ErrIncorrectIdentity
	}
	aead, err := o.aead()
	if err != nil {
		return nil, err
	}
	fileKey, err := aead.Open(nil, nil, stanzas[at].Body, nil)
	if err != nil || len(fileKey) != fileKeySize {
		return nil, errors.New("the file key cannot be opened")
	}
	return fileKey, nil
}

// fileKeySize is how long age's file keys are.
const fileKeySize = 16

// opening notes the name of the key that something takes, and opens nothing.
type opening struct{ sealed string }

// Unwrap implements age.Identity.
func (o *opening) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type == stanza && len(s.Args) == 1 && len(s.Args[0]) == 2*idBytes {
			o.sealed = s.Args[0]
		}
	}
	return nil, age.ErrIncorrectIdentity
}

// Text seals a short text, and Open opens one.
func Text(text, key []byte) ([]byte, error) {
	var sealed bytes.Buffer
	w, err := Writer(&sealed, key)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	return sealed.Bytes(), err
}

// Open opens what Text has sealed.
func Open(sealed []byte, keys ...[]byte) ([]byte, error) {
	from, err := Reader(bytes.NewReader(sealed), keys...)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(from)
}
