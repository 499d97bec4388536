package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/identity/oidc"
)

// Config is what Sessions need.
type Config struct {
	// Lifetime is how old a session becomes, and Idle how long it may go unused.
	Lifetime, Idle time.Duration
	// Bounds are how many there may be.
	Bounds Bounds
	// File is the access file that is in force.
	File  func() *access.File
	Clock clock.Clock
	// Random is where ids come from.
	Random io.Reader
	// Registerer gets the metrics; nil: nobody.
	Registerer prometheus.Registerer
}

// Bounds are how many sessions there may be: of one person, of one principal, of all.
type Bounds struct{ Person, Principal, All int }

// DefaultBounds are room for a large hospital, in a few megabytes.
func DefaultBounds() Bounds { return Bounds{Person: 16, Principal: 1000, All: 10_000} }

// ErrEnded is an id that is nobody's, or nobody's any more.
var ErrEnded = errors.New("the session has ended or is not known here; sign in again")

// Sessions are those there are. They are safe for concurrent use.
type Sessions struct {
	Config
	metrics metrics

	mu  sync.RWMutex
	all map[[sha256.Size]byte]*session
}

// session is one of them. But for its use it never changes.
type session struct {
	who *oidc.Verified
	// principal is by which name the access file knew the person.
	principal string
	proof     *access.Proof
	began     time.Time
	// used is when it was used last, in nanoseconds.
	used atomic.Int64
}

// New makes a place for sessions. It starts nothing.
func New(c Config) *Sessions {
	s := &Sessions{Config: c, all: map[[sha256.Size]byte]*session{}}
	s.metrics = newMetrics(c.Registerer, func() float64 {
		s.mu.RLock()
		defer s.mu.RUnlock()
		return float64(len(s.all))
	})
	return s
}

// idBytes is how long an id is.
const idBytes = 32

// Begin makes a session of a person whom the access file knows by a name.
func (s *Sessions) Begin(who *oidc.Verified, principal string) (id string, err error) {
	var raw [idBytes]byte
	if _, err := io.ReadFull(s.Random, raw[:]); err != nil {
		return "", fmt.Errorf("making the id of a session: %w", err)
	}
	id = base64.RawURLEncoding.EncodeToString(raw[:])
	one := &session{who: who, principal: principal, proof: ProofOf(who), began: s.Clock.Now()}
	one.used.Store(one.began.UnixNano())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.makeRoom(one)
	s.all[sha256.Sum256([]byte(id))] = one
	return id, nil
}

// ProofOf is how a session proves who somebody is.
func ProofOf(who *oidc.Verified) *access.Proof {
	return &access.Proof{Kind: access.BySession, Credential: who.Proof.Credential}
}

// makeRoom ends, for each bound that is reached, the session that was not used for longest.
func (s *Sessions) makeRoom(newcomer *session) {
	for _, bound := range []struct {
		most   int
		counts func(*session) bool
	}{
		{s.Bounds.Person, func(o *session) bool {
			return o.who.Issuer == newcomer.who.Issuer && o.who.Subject == newcomer.who.Subject
		}},
		{s.Bounds.Principal, func(o *session) bool { return o.principal == newcomer.principal }},
		{s.Bounds.All, func(*session) bool { return true }},
	} {
		count, stalest, last := 0, [sha256.Size]byte{}, int64(0)
		for hash, other := range s.all {
			if !bound.counts(other) {
				continue
			}
			if used := other.used.Load(); count == 0 || used < last {
				stalest, last = hash, used
			}
			count++
		}
		if count >= bound.most {
			s.end(stalest, whyRoom)
		}
	}
}

// Found is a session that lives.
type Found struct {
	Principal *access.Principal
	Proof     *access.Proof
	// Began is when the person has signed in; it ends at Ends, or before where it is not used.
	Began, Ends time.Time
}

// Find answers whose session it is that was shown, among the principals of an access file.
// That counts as use, once for each time that it was shown.
func (s *Sessions) Find(shown *Shown, file *access.File) (*Found, error) {
	hash := sha256.Sum256([]byte(shown.id))
	s.mu.RLock()
	one := s.all[hash]
	s.mu.RUnlock()
	if one == nil {
		return nil, ErrEnded
	}
	now := s.Clock.Now()
	p, why := s.judge(one, file, now)
	if why != "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.end(hash, why)
		return nil, ErrEnded
	}
	if shown.counted.CompareAndSwap(false, true) {
		one.use(now)
	}
	return &Found{p, one.proof, one.began, one.began.Add(s.Lifetime)}, nil
}

// use never goes back in time.
func (o *session) use(now time.Time) {
	for at := now.UnixNano(); ; {
		last := o.used.Load()
		if last >= at || o.used.CompareAndSwap(last, at) {
			return
		}
	}
}

// judge finds the principal of a session, or why it ends.
func (s *Sessions) judge(one *session, file *access.File, now time.Time) (*access.Principal, why) {
	switch {
	case now.Sub(one.began) >= s.Lifetime:
		return nil, whyOld
	case now.UnixNano()-one.used.Load() >= int64(s.Idle):
		return nil, whyIdle
	}
	// One that has become another principal's is nobody's: who has signed in did not see it.
	p, err := one.who.Principal(file)
	if err != nil || p == nil || p.Name != one.principal {
		return nil, whyTaken
	}
	return p, ""
}

// Ended is a session that was.
type Ended struct {
	// Principal is by which name the access file knew the person.
	Principal string
	Proof     *access.Proof
	Who       *oidc.Verified
}

// End ends the session of an id, and answers whose it was; nil where it has ended before.
func (s *Sessions) End(id string) *Ended {
	hash := sha256.Sum256([]byte(id))
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.all[hash]
	if one == nil {
		return nil
	}
	s.end(hash, whySignedOut)
	return &Ended{one.principal, one.proof, one.who}
}

// end forgets a session, unless somebody else just did. To be called with the lock held.
func (s *Sessions) end(hash [sha256.Size]byte, why why) {
	if _, there := s.all[hash]; there {
		delete(s.all, hash)
		s.metrics.ended.WithLabelValues(string(why)).Inc()
	}
}

// sweepEvery is the pause between two looks for sessions that have ended.
const sweepEvery = 2 * time.Second

// Run forgets sessions that have ended, until the context ends. What the access file took
// away does not come back with its entry.
func (s *Sessions) Run(ctx context.Context) error {
	for clock.Sleep(ctx, s.Clock, sweepEvery) {
		s.sweep()
	}
	return ctx.Err()
}

func (s *Sessions) sweep() {
	file, now := s.File(), s.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for hash, one := range s.all {
		if _, why := s.judge(one, file, now); why != "" {
			s.end(hash, why)
		}
	}
}
