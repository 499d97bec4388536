package oidc

import (
	"crypto/sha256"
	"sync"
	"sync/atomic"
	"time"

	"odoomesh/internal/access"
)

// Verified is what a token says that was verified.
type Verified struct {
	Issuer, Subject string
	// Thumbprint is the certificate that the token is bound to (RFC 8705); empty for none.
	Thumbprint string
	Proof      *access.Proof

	// nonce ties an ID token to the sign-in that it was asked for.
	nonce string
	// hint is the token itself, for the provider alone; empty where it is not kept.
	hint     string
	audience []string
	claims   map[string]any
	// until is when it has to be verified anew.
	until time.Time
	// found is whose token it is.
	found atomic.Pointer[found]
}

// found holds for one access file.
type found struct {
	file      *access.File
	principal *access.Principal
	err       error
}

// Principal finds whose token it is; nil where it is nobody's.
func (v *Verified) Principal(file *access.File) (*access.Principal, error) {
	if f := v.found.Load(); f != nil && f.file == file {
		return f.principal, f.err
	}
	f := &found{file: file}
	f.principal, f.err = file.ByClaims(v.Issuer, v.Subject, v.claims)
	v.found.Store(f)
	return f.principal, f.err
}

// mostKnown bounds how many verified tokens are kept, in each of two generations.
const mostKnown = 8192

// cache has the tokens that were verified, by their hash: the older half goes when there
// are too many.
type cache struct {
	mu            sync.RWMutex
	newer, before map[[sha256.Size]byte]*Verified
}

func newCache() *cache { return &cache{newer: map[[sha256.Size]byte]*Verified{}} }

func (c *cache) get(hash [sha256.Size]byte) *Verified {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if known := c.newer[hash]; known != nil {
		return known
	}
	return c.before[hash]
}

func (c *cache) put(hash [sha256.Size]byte, v *Verified) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.newer) >= mostKnown {
		c.newer, c.before = map[[sha256.Size]byte]*Verified{}, c.newer
	}
	c.newer[hash] = v
}

func hashOf(token string) [sha256.Size]byte {
	// Most tokens fit here, and cost no memory of the heap then.
	var room [2048]byte
	return sha256.Sum256(append(room[:0], token...))
}
