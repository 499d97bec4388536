package apikey

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
)

const (
	// defaultLifetime and defaultOverlap hold where the caller does not say.
	defaultLifetime = 90 * 24 * time.Hour
	defaultOverlap  = 7 * 24 * time.Hour
	// mostKeys bounds how many keys of one principal are believed at a time: partners
	// have a few systems, and each key that nobody needs is one that can be stolen.
	mostKeys = 32
)

// What cannot be changed.
var (
	// ErrNoKey is a key that was never made here.
	ErrNoKey = errors.New("there is no such key")
	// ErrNotLive is a key that has ended or is revoked.
	ErrNotLive = errors.New("the key has ended or is revoked: make a new one")
	// ErrRotated is a key that another one takes the place of already.
	ErrRotated = errors.New("another key takes the place of this one already: rotate that one")
	// ErrTooMany is a principal that has as many keys as it may.
	ErrTooMany = errors.New("the principal has 32 keys already, and may have no more: revoke some")
)

// Wish is the key that somebody wants.
type Wish struct {
	Principal, Purpose string
	// Lifetime is how long it is believed; 0: 90 days.
	Lifetime time.Duration
}

// Key is what is known of a key, without the key itself.
type Key struct {
	*internalv1.KeptKey
	State State
	// Used is when it was used last; zero where it never was.
	Used time.Time
}

// State is where a key stands.
type State int

// The states.
const (
	Active State = iota
	Rotated
	Expired
	Revoked
)

// Create makes a key, which is shown here and never again.
func (r *Ring) Create(ctx context.Context, by string, w Wish) (text string, made Key, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live(w.Principal) >= mostKeys {
		return "", Key{}, ErrTooMany
	}
	text, kept, err := r.newKept(by, w)
	if err == nil {
		err = r.keep(ctx, by, kept)
	}
	if err != nil {
		return "", Key{}, err
	}
	return text, r.show((*r.keys.Load())[kept.GetId()]), nil
}

func (r *Ring) newKept(by string, w Wish) (string, *internalv1.KeptKey, error) {
	if w.Lifetime <= 0 {
		w.Lifetime = defaultLifetime
	}
	text, id, secret, err := newText(r.Environment, r.Random)
	if err != nil {
		return "", nil, err
	}
	hash, now := sha256.Sum256([]byte(secret)), r.Clock.Now()
	return text, &internalv1.KeptKey{
		Id: id, Hash: hash[:], Principal: w.Principal, Purpose: w.Purpose, Environment: r.Environment,
		CreatedBy: by, CreateTime: stamp(now), ExpireTime: stamp(now.Add(w.Lifetime)),
	}, nil
}

// live counts the keys of a principal that are believed.
func (r *Ring) live(principal string) int {
	n := 0
	for _, k := range *r.keys.Load() {
		if k.kept.GetPrincipal() == principal && r.state(k) <= Rotated {
			n++
		}
	}
	return n
}

// Rotation is a key that takes the place of another one.
type Rotation struct {
	// Text is the key itself, shown here and never again.
	Text string
	Made Key
	// Before is the one whose place it takes as it was, and Replaced as it is.
	Before, Replaced Key
}

// Rotate makes the key that takes the place of another one, which is believed for an
// overlap more; nil: 7 days.
func (r *Ring) Rotate(ctx context.Context, by, id string, lifetime time.Duration, overlap *time.Duration) (Rotation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := (*r.keys.Load())[id]
	switch {
	case old == nil:
		return Rotation{}, ErrNoKey
	case r.state(old) > Rotated:
		return Rotation{}, ErrNotLive
	case old.kept.GetSuccessor() != "":
		return Rotation{}, ErrRotated
	}
	text, kept, err := r.newKept(by, Wish{Principal: old.kept.GetPrincipal(), Purpose: old.kept.GetPurpose(), Lifetime: lifetime})
	if err != nil {
		return Rotation{}, err
	}
	before, replaced := r.show(old), proto.CloneOf(old.kept)
	replaced.Successor = kept.GetId()
	last := defaultOverlap
	if overlap != nil {
		last = *overlap
	}
	if ends := r.Clock.Now().Add(last); ends.Before(replaced.GetExpireTime().AsTime()) {
		replaced.ExpireTime = stamp(ends)
	}
	if err := r.keep(ctx, by, kept, replaced); err != nil {
		return Rotation{}, err
	}
	now := *r.keys.Load()
	return Rotation{Text: text, Made: r.show(now[kept.GetId()]), Before: before, Replaced: r.show(now[id])}, nil
}

// Revoke takes a key back. It answers how that was, and how it is. One that
// is revoked stays as it is.
func (r *Ring) Revoke(ctx context.Context, by, id, reason string) (before, now Key, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := (*r.keys.Load())[id]
	switch {
	case k == nil:
		return Key{}, Key{}, ErrNoKey
	case k.kept.GetRevokeTime() != nil:
		return r.show(k), r.show(k), nil
	}
	before = r.show(k)
	kept := proto.CloneOf(k.kept)
	kept.RevokedBy, kept.RevokeReason, kept.RevokeTime = by, reason, stamp(r.Clock.Now())
	if err := r.keep(ctx, by, kept); err != nil {
		return Key{}, Key{}, err
	}
	return before, r.show((*r.keys.Load())[id]), nil
}

// All are the keys, in no order.
func (r *Ring) All() []Key {
	all := *r.keys.Load()
	shown := make([]Key, 0, len(all))
	for _, k := range all {
		shown = append(shown, r.show(k))
	}
	return shown
}

func (r *Ring) show(k *key) Key {
	shown := Key{KeptKey: k.kept, State: r.state(k)}
	if last := k.use.last.Load(); last > 0 {
		shown.Used = time.Unix(last, 0).UTC().Truncate(time.Minute)
	}
	return shown
}

func (r *Ring) state(k *key) State {
	switch {
	case k.kept.GetRevokeTime() != nil:
		return Revoked
	case r.Clock.Now().UnixNano() >= k.ends:
		return Expired
	case k.kept.GetSuccessor() != "":
		return Rotated
	}
	return Active
}

func stamp(t time.Time) *timestamppb.Timestamp { return timestamppb.New(t) }
