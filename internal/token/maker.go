package token

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"time"

	"odoomesh/internal/scope"
	"odoomesh/internal/store"
)

// KeySize is the length of the key that seals tokens, in bytes.
const KeySize = 32

// Maker makes and reads the tokens of one installation, and knows those of others. A nil
// one makes tokens of no environment, for callers who meet everything alone.
type Maker struct {
	environment string
	aead        cipher.AEAD
}

// NewMaker makes tokens of an environment, and seals with a key those that go to callers
// who are narrowed down.
func NewMaker(environment string, key []byte) (*Maker, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("the key that seals tokens: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Maker{environment: environment, aead: aead}, nil
}

// factKey is where the key is kept, beside other facts of a journal.
const factKey = "token-key"

// Open is NewMaker with the key that a journal keeps, which it makes where there is none.
// The journal is one that backups have: positions outlive a restore.
func Open(ctx context.Context, j store.Journal, environment string, now time.Time) (*Maker, error) {
	key, err := keptKey(j)
	if err != nil {
		return nil, fmt.Errorf("reading the key that seals tokens: %w", err)
	}
	if key == nil {
		key = make([]byte, KeySize)
		_, _ = rand.Read(key) // it never fails
		if _, err := j.Record(ctx, now, nil, []store.Fact{{Key: []byte(factKey), Value: key}}); err != nil {
			return nil, fmt.Errorf("keeping the key that seals tokens: %w", err)
		}
	}
	return NewMaker(environment, key)
}

func keptKey(j store.Journal) ([]byte, error) {
	facts := j.Facts()
	defer facts.Close()
	return facts.Get([]byte(factKey))
}

// name is the environment.
func (m *Maker) name() string {
	if m == nil {
		return ""
	}
	return m.environment
}

// For are the tokens as one caller gets and gives them.
func (m *Maker) For(ctx context.Context) Tokens {
	t := Tokens{maker: m}
	if s := scope.From(ctx); s != nil {
		t.sealed, t.met = true, s.String()
	}
	return t
}

// Tokens are those of one caller. Those of a caller who is narrowed down are sealed: it
// learns from them neither how much there is that it does not meet nor whether that grows,
// and they are worth nothing to a caller who meets something else.
type Tokens struct {
	maker  *Maker
	sealed bool
	// met says what a caller is narrowed down to.
	met string
}
