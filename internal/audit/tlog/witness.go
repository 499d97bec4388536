package tlog

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	cosignature "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

const (
	witnessSecret = "witness.key"
	witnessPublic = "witness.pub"
	// CosignedFile is the name of what a witness has seen last, with its signature.
	CosignedFile = "checkpoint"
)

// Witness remembers, on another machine than the log's, what it has seen of a log, and
// signs only what holds all of that.
type Witness struct {
	dir    string
	key    Key
	signer note.Signer
	public string
}

// OpenWitness opens the memory of a witness of a log, and makes it where there is none,
// with a key of its own.
func OpenWitness(dir, name string, key Key) (*Witness, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the witness's folder: %w", err)
	}
	secret, err := os.ReadFile(filepath.Join(dir, witnessSecret))
	if errors.Is(err, fs.ErrNotExist) {
		made, public, failed := note.GenerateKey(rand.Reader, name)
		if failed != nil {
			return nil, fmt.Errorf("making the witness's key: %w", failed)
		}
		if public, failed = cosignature.VKeyToCosignatureV1(public); failed != nil {
			return nil, fmt.Errorf("making the witness's key: %w", failed)
		}
		err = errors.Join(writeWhole(filepath.Join(dir, witnessPublic), []byte(public+"\n")), writeWhole(filepath.Join(dir, witnessSecret), []byte(made+"\n")))
		secret = []byte(made)
	}
	if err != nil {
		return nil, fmt.Errorf("the witness's key: %w", err)
	}
	signer, err := cosignature.NewSignerForCosignatureV1(strings.TrimSpace(string(secret)))
	if err != nil {
		return nil, fmt.Errorf("%s is no key of a witness", filepath.Join(dir, witnessSecret)) // without the error: it may quote the key
	}
	public, err := os.ReadFile(filepath.Join(dir, witnessPublic))
	if err != nil {
		return nil, fmt.Errorf("the witness's public key: %w", err)
	}
	return &Witness{dir: dir, key: key, signer: signer, public: strings.TrimSpace(string(public))}, nil
}

// Key is the public key of the witness.
func (w *Witness) Key() string { return w.public }

// Seen is what the witness has seen last; of size 0 where it has seen nothing.
func (w *Witness) Seen() (Checkpoint, error) {
	raw, err := os.ReadFile(filepath.Join(w.dir, CosignedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Checkpoint{}, nil
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("what the witness has seen: %w", err)
	}
	seen, err := ParseCheckpoint(raw, w.key)
	if err != nil {
		return seen, fmt.Errorf("what the witness has seen: %w", err)
	}
	return seen, nil
}

// Look takes a newer checkpoint with the proof that it holds all that was seen, remembers
// it, and answers it with the witness's signature. Where it does not hold all, the error is
// a *Finding, and what was seen stays.
func (w *Witness) Look(_ context.Context, newer Checkpoint, hashes [][]byte) ([]byte, error) {
	seen, err := w.Seen()
	if err != nil {
		return nil, err
	}
	if err := newer.Follows(seen, hashes); err != nil {
		return nil, err
	}
	opened, err := note.Open(newer.Raw, note.VerifierList(w.key))
	if err != nil {
		return nil, fmt.Errorf("reading the checkpoint: %w", err)
	}
	opened.UnverifiedSigs = nil
	signed, err := note.Sign(opened, w.signer)
	if err != nil {
		return nil, fmt.Errorf("signing as a witness: %w", err)
	}
	if err := writeWhole(filepath.Join(w.dir, CosignedFile), signed); err != nil {
		return nil, fmt.Errorf("remembering what was seen: %w", err)
	}
	return signed, nil
}

// WitnessKey is a public key that a witness's signatures are checked with.
type WitnessKey struct{ note.Verifier }

// ParseWitnessKey reads the public key of a witness.
func ParseWitnessKey(text string) (WitnessKey, error) {
	v, err := cosignature.NewVerifierForCosignatureV1(strings.TrimSpace(text))
	if err != nil {
		return WitnessKey{}, errors.New("this is no public key of a witness: it is one line, such as the one that meshctl audit witness prints")
	}
	return WitnessKey{v}, nil
}

// Witnessed tells when a witness has signed a checkpoint, by its own clock.
func Witnessed(raw []byte, log Key, witness WitnessKey) (Checkpoint, time.Time, error) {
	c, err := ParseCheckpoint(raw, log)
	if err != nil {
		return c, time.Time{}, err
	}
	opened, err := note.Open(raw, note.VerifierList(witness))
	if err != nil {
		return c, time.Time{}, errors.New("the checkpoint has no signature of the witness")
	}
	at, err := cosignature.CoSigV1Timestamp(opened.Sigs[0])
	if err != nil {
		return c, at, fmt.Errorf("reading when the witness signed: %w", err)
	}
	return c, at, nil
}
