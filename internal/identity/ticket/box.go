// Package ticket lets a page open a stream where its browser sends no token: EventSource
// sends no header of the page's. Who has a token asks for a ticket, and opens one stream
// with it, within a minute. What the ticket stands for is the token itself, so that who
// calls, whether it may, and when that ends is found out as for every other call. A
// ticket stands in an address, which others may write down on the way: that is why it is
// worth nothing once it was used.
package ticket

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"odoomesh/internal/clock"
)

const (
	// Prefix is how every ticket begins.
	Prefix = "mst-"
	// Lifetime is until when a ticket has to be used.
	Lifetime = time.Minute
	// mostUnused are the tickets that one principal may have and not have used. A page
	// uses its ticket at once; this is room for all wards after a restart of the mesh.
	mostUnused = 1000
	// idBytes is how long the secret is.
	idBytes = 32
)

// ErrTooMany is one ticket more than a principal may have.
var ErrTooMany = fmt.Errorf("there are %d tickets that were not used", mostUnused)

// Box has the tickets that can be used. They are in memory alone: after a restart a page
// asks for another. It is safe for concurrent use.
type Box struct {
	clock  clock.Clock
	random io.Reader

	mu     sync.Mutex
	unused map[[sha256.Size]byte]*ticket
	// made are the hashes in the order of their making, in which they end.
	made []made
	// counts are how many unused ones a principal has.
	counts map[string]int
}

type ticket struct {
	principal     string
	authorization string
	ends          time.Time
}

type made struct {
	hash [sha256.Size]byte
	ends time.Time
}

// New makes a box without tickets.
func New(c clock.Clock, random io.Reader) *Box {
	return &Box{clock: c, random: random, unused: map[[sha256.Size]byte]*ticket{}, counts: map[string]int{}}
}

// Make makes a ticket of a principal, which stands for the authorization that it has
// shown; empty for none.
func (b *Box) Make(principal, authorization string) (text string, ends time.Time, err error) {
	var raw [idBytes]byte
	if _, err := io.ReadFull(b.random, raw[:]); err != nil {
		return "", time.Time{}, fmt.Errorf("making a ticket: %w", err)
	}
	text = Prefix + base64.RawURLEncoding.EncodeToString(raw[:])
	now := b.clock.Now()
	ends = now.Add(Lifetime)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget(now)
	if b.counts[principal] >= mostUnused {
		return "", time.Time{}, ErrTooMany
	}
	hash := sha256.Sum256([]byte(text))
	b.unused[hash] = &ticket{principal, authorization, ends}
	b.made = append(b.made, made{hash, ends})
	b.counts[principal]++
	return text, ends, nil
}

// ErrUnknown is a ticket that cannot be used, or not any more.
var ErrUnknown = errors.New("the ticket was used, has ended or is not known here; each opens one stream, within a minute of being made. Ask for another")

// Take answers the authorization that a ticket stands for, and makes the ticket worthless.
func (b *Box) Take(text string) (authorization string, err error) {
	hash, now := sha256.Sum256([]byte(text)), b.clock.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.unused[hash]
	if t == nil {
		return "", ErrUnknown
	}
	b.remove(hash)
	if !now.Before(t.ends) {
		return "", ErrUnknown
	}
	return t.authorization, nil
}

// forget takes out what has ended. To be called with the lock held.
func (b *Box) forget(now time.Time) {
	gone := 0
	for ; gone < len(b.made) && !now.Before(b.made[gone].ends); gone++ {
		b.remove(b.made[gone].hash)
	}
	b.made = b.made[gone:]
}

// remove takes a ticket out, where it is there. To be called with the lock held.
func (b *Box) remove(hash [sha256.Size]byte) {
	t := b.unused[hash]
	if t == nil {
		return
	}
	delete(b.unused, hash)
	if b.counts[t.principal]--; b.counts[t.principal] == 0 {
		delete(b.counts, t.principal)
	}
}
