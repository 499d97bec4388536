package apikey

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
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
	// ErrProposed is a key that nobody has confirmed.
	ErrProposed = errors.New("the key is not confirmed yet: another person than its maker has to confirm it first")
	// ErrAwaited is a key whose successor nobody has confirmed.
	ErrAwaited = errors.New("a key that takes the place of this one waits to be confirmed: confirm or revoke that one")
	// ErrOwn is a key that its maker would confirm.
	ErrOwn = errors.New("the key is confirmed by another person than its maker")
	// ErrTooMany is a principal that has as many keys as it may.
	ErrTooMany = errors.New("the principal has 32 keys already, and may have no more: revoke some")
)

// Wish is the key that somebody wants.
type Wish struct {
	Principal, Purpose string
	// Lifetime is how long it is believed; 0: 90 days.
	Lifetime time.Duration
	// Proposed says that it is not believed before another person has confirmed it.
	Proposed bool
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

// The states. A key that counts comes before one that has ended.
const (
	Active State = iota
	Rotated
	Proposed
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
		CreatedBy: by, CreateTime: stamp(now), ExpireTime: stamp(now.Add(w.Lifetime)), Proposed: w.Proposed,
	}, nil
}

// live counts the keys of a principal that are believed, or may be.
func (r *Ring) live(principal string) int {
	n := 0
	for _, k := range *r.keys.Load() {
		if k.kept.GetPrincipal() == principal && r.state(k) < Expired {
			n++
		}
	}
	return n
}

// Turn is how a key is rotated.
type Turn struct {
	// Lifetime is how long the new one is believed; 0: 90 days.
	Lifetime time.Duration
	// Overlap is how long the old one is believed beside it; nil: 7 days.
	Overlap *time.Duration
	// Proposed says that nothing of it holds before another person has confirmed it.
	Proposed bool
}

// Rotation is a key that takes the place of another one.
type Rotation struct {
	// Text is the key itself, shown here and never again.
	Text string
	Made Key
	// Before is the one whose place it takes as it was, and Replaced as it is.
	Before, Replaced Key
}

// Rotate makes the key that takes the place of another one.
func (r *Ring) Rotate(ctx context.Context, by, id string, turn Turn) (Rotation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := (*r.keys.Load())[id]
	switch {
	case old == nil:
		return Rotation{}, ErrNoKey
	case r.state(old) >= Expired:
		return Rotation{}, ErrNotLive
	case old.kept.GetProposed():
		return Rotation{}, ErrProposed
	case old.kept.GetSuccessor() != "":
		return Rotation{}, ErrRotated
	case r.awaited(id):
		return Rotation{}, ErrAwaited
	}
	text, kept, err := r.newKept(by, Wish{Principal: old.kept.GetPrincipal(), Purpose: old.kept.GetPurpose(), Lifetime: turn.Lifetime, Proposed: turn.Proposed})
	if err != nil {
		return Rotation{}, err
	}
	kept.Replaces = id
	kept.Overlap = durationpb.New(defaultOverlap)
	if turn.Overlap != nil {
		kept.Overlap = durationpb.New(*turn.Overlap)
	}
	before, changed := r.show(old), []*internalv1.KeptKey{kept}
	if !turn.Proposed {
		changed = append(changed, r.succeeded(old.kept, kept))
	}
	if err := r.keep(ctx, by, changed...); err != nil {
		return Rotation{}, err
	}
	now := *r.keys.Load()
	return Rotation{Text: text, Made: r.show(now[kept.GetId()]), Before: before, Replaced: r.show(now[id])}, nil
}

// awaited tells whether a key is proposed that would take another one's place.
func (r *Ring) awaited(id string) bool {
	for _, k := range *r.keys.Load() {
		if k.kept.GetReplaces() == id && r.state(k) == Proposed {
			return true
		}
	}
	return false
}

// succeeded is a key with the one that takes its place, from now on.
func (r *Ring) succeeded(old, successor *internalv1.KeptKey) *internalv1.KeptKey {
	replaced := proto.CloneOf(old)
	replaced.Successor = successor.GetId()
	if ends := r.Clock.Now().Add(successor.GetOverlap().AsDuration()); ends.Before(replaced.GetExpireTime().AsTime()) {
		replaced.ExpireTime = stamp(ends)
	}
	return replaced
}

// Confirmation is a key that was let be believed.
type Confirmation struct {
	// Before is the key as it was, and Now as it is.
	Before, Now Key
	// Replaced are the one whose place it takes, as that was and as it is; none where it takes
	// none, or that has ended meanwhile.
	Replaced []Key
}

// Confirm lets a key be believed that is proposed. One that is not stays as it is.
func (r *Ring) Confirm(ctx context.Context, by, id string) (Confirmation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := *r.keys.Load()
	k := all[id]
	switch {
	case k == nil:
		return Confirmation{}, ErrNoKey
	case r.state(k) >= Expired:
		return Confirmation{}, ErrNotLive
	case !k.kept.GetProposed():
		return Confirmation{Before: r.show(k), Now: r.show(k)}, nil
	case k.kept.GetCreatedBy() == by:
		return Confirmation{}, ErrOwn
	}
	c := Confirmation{Before: r.show(k)}
	kept := proto.CloneOf(k.kept)
	kept.Proposed, kept.ConfirmedBy, kept.ConfirmTime = false, by, stamp(r.Clock.Now())
	changed := []*internalv1.KeptKey{kept}
	old := all[kept.GetReplaces()]
	replaces := old != nil && r.state(old) < Expired
	if replaces {
		changed = append(changed, r.succeeded(old.kept, kept))
	}
	if err := r.keep(ctx, by, changed...); err != nil {
		return Confirmation{}, err
	}
	now := *r.keys.Load()
	c.Now = r.show(now[id])
	if replaces {
		c.Replaced = []Key{r.show(old), r.show(now[kept.GetReplaces()])}
	}
	return c, nil
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
	case k.kept.GetProposed():
		return Proposed
	case k.kept.GetSuccessor() != "":
		return Rotated
	}
	return Active
}

func stamp(t time.Time) *timestamppb.Timestamp { return timestamppb.New(t) }
