package apikey

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	"odoomesh/internal/access"
	"odoomesh/internal/clock"
	"odoomesh/internal/store"
)

// Collection is the first part of the names of keys.
const Collection = "apiKeys"

// Config is what a Ring needs.
type Config struct {
	// Journal keeps the keys. Nobody else appends to it, and nothing is dropped from it.
	Journal store.Journal
	// Environment stands in every key that is made, and in every one that is believed.
	Environment string
	Clock       clock.Clock
	// Random is where secrets come from.
	Random io.Reader
}

// Ring has all keys. It is safe for concurrent use.
type Ring struct {
	Config
	// keys are those there are, by id. The map is replaced, never changed.
	keys atomic.Pointer[map[string]*key]
	// mu is held by the one who changes something.
	mu sync.Mutex
}

// Owner is whose key it is.
type Owner struct {
	Principal string
	Proof     *access.Proof
}

// key is one of them. It never changes, but for its use.
type key struct {
	kept  *internalv1.KeptKey
	hash  [sha256.Size]byte
	ends  int64
	owner Owner
	use   *use
}

// use is when a key was used last, in seconds, and what is written of that.
type use struct {
	last, written atomic.Int64
	// checksum is that of its text, once it was compared.
	checksum atomic.Pointer[string]
}

// The prefixes of facts.
const (
	factKey = "k/"
	factUse = "u/"
)

// Open reads the keys that there are. It starts nothing.
func Open(c Config) (*Ring, error) {
	if err := CheckEnvironment(c.Environment); err != nil {
		return nil, err
	}
	r := &Ring{Config: c}
	facts := c.Journal.Facts()
	defer facts.Close()
	all := map[string]*key{}
	for fact, err := range facts.Scan([]byte(factKey)) {
		kept := &internalv1.KeptKey{}
		if err == nil {
			err = proto.Unmarshal(fact.Value, kept)
		}
		if err != nil {
			return nil, fmt.Errorf("reading the keys: %w", err)
		}
		k, err := newKey(kept, &use{})
		if err != nil {
			return nil, err
		}
		all[kept.GetId()] = k
	}
	for fact, err := range facts.Scan([]byte(factUse)) {
		kept := &internalv1.KeptUse{}
		if err == nil {
			err = proto.Unmarshal(fact.Value, kept)
		}
		if err != nil {
			return nil, fmt.Errorf("reading when keys were used: %w", err)
		}
		if k := all[string(fact.Key[len(factUse):])]; k != nil {
			k.use.last.Store(kept.GetUseTime().GetSeconds())
			k.use.written.Store(kept.GetUseTime().GetSeconds())
		}
	}
	r.keys.Store(&all)
	return r, nil
}

func newKey(kept *internalv1.KeptKey, u *use) (*key, error) {
	if len(kept.GetHash()) != sha256.Size {
		return nil, fmt.Errorf("the hash of key %s has %d bytes", kept.GetId(), len(kept.GetHash()))
	}
	return &key{
		kept: kept, hash: [sha256.Size]byte(kept.GetHash()), ends: kept.GetExpireTime().AsTime().UnixNano(), use: u,
		owner: Owner{Principal: kept.GetPrincipal(), Proof: &access.Proof{Kind: access.ByAPIKey, Credential: Collection + "/" + kept.GetId()}},
	}, nil
}

// What a key is refused for, as its bearer is told.
var (
	ErrMistyped = errors.New("the key is mistyped or cut off: its checksum does not fit; copy it again as it was shown")
	ErrUnknown  = errors.New("the key is not known here")
	ErrRevoked  = errors.New("the key is revoked")
	ErrExpired  = errors.New("the key has ended; ask for a new one")
)

// EnvironmentError is a key of another environment.
type EnvironmentError struct{ Of, Here string }

func (e *EnvironmentError) Error() string {
	return fmt.Sprintf("the key is for the environment %s, and this is %s", e.Of, e.Here)
}

// Find answers whose key it is, and notes that it is used.
func (r *Ring) Find(text string) (*Owner, error) {
	environment, id, secret, ok := split(text)
	if !ok {
		return nil, ErrMistyped
	}
	k := (*r.keys.Load())[id]
	if k == nil || environment != r.Environment || k.kept.GetEnvironment() != environment || !k.is(secret) {
		return nil, r.refuse(text, environment)
	}
	if !k.use.intact(text) {
		return nil, ErrMistyped
	}
	now := r.Clock.Now()
	switch {
	case k.kept.GetRevokeTime() != nil:
		return nil, ErrRevoked
	case now.UnixNano() >= k.ends:
		return nil, ErrExpired
	case k.kept.GetProposed():
		return nil, ErrProposed
	}
	// Only where it says something new: calls of one key would else wait for each other.
	if second := now.Unix(); k.use.last.Load() < second {
		k.use.last.Store(second)
	}
	return &k.owner, nil
}

// is compares the secret that was shown with what is kept.
func (k *key) is(secret string) bool {
	var room [64]byte
	sum := sha256.Sum256(append(room[:0], secret...))
	return subtle.ConstantTimeCompare(sum[:], k.hash[:]) == 1
}

// intact is the text's, reckoned out once for each key.
func (u *use) intact(text string) bool {
	if known := u.checksum.Load(); known != nil {
		return strings.HasSuffix(text, *known)
	}
	if !intact(text) {
		return false
	}
	u.checksum.Store(new(strings.Clone(text[len(text)-checkDigits:])))
	return true
}

// refuse says why a key is none, without looking for it.
func (r *Ring) refuse(text, environment string) error {
	switch {
	case !intact(text):
		return ErrMistyped
	case environment != r.Environment && nameForm.MatchString(environment):
		return &EnvironmentError{Of: environment, Here: r.Environment}
	}
	return ErrUnknown
}

// writeEvery is the pause between two looks whose uses are to be written.
const writeEvery = time.Minute

// flushFor is how long the last uses may take to be written at the end.
const flushFor = time.Second

// Run writes when keys were used until the context ends.
func (r *Ring) Run(ctx context.Context) error {
	for clock.Sleep(ctx, r.Clock, writeEvery) {
		// What cannot be written, such as on a full disk, is written later; calls go on.
		_ = r.writeUses(ctx)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushFor)
	defer cancel()
	_ = r.writeUses(last)
	return ctx.Err()
}

func (r *Ring) writeUses(ctx context.Context) error {
	var facts []store.Fact
	var done []func()
	for id, k := range *r.keys.Load() {
		last := k.use.last.Load()
		if last <= k.use.written.Load() {
			continue
		}
		value, err := proto.Marshal(&internalv1.KeptUse{UseTime: stamp(time.Unix(last, 0))})
		if err != nil {
			return err
		}
		facts = append(facts, store.Fact{Key: []byte(factUse + id), Value: value})
		done = append(done, func() { k.use.written.Store(last) })
	}
	if len(facts) == 0 {
		return nil
	}
	if _, err := r.Journal.Record(ctx, r.Clock.Now(), nil, facts); err != nil {
		return fmt.Errorf("keeping when keys were used: %w", err)
	}
	for _, one := range done {
		one()
	}
	return nil
}

// keep makes keys durable, and then believes them.
func (r *Ring) keep(ctx context.Context, by string, changed ...*internalv1.KeptKey) error {
	entry, err := proto.Marshal(&internalv1.KeyChange{By: by, Keys: changed})
	if err != nil {
		return err
	}
	all := maps.Clone(*r.keys.Load())
	var facts []store.Fact
	for _, kept := range changed {
		value, err := proto.Marshal(kept)
		if err != nil {
			return err
		}
		facts = append(facts, store.Fact{Key: []byte(factKey + kept.GetId()), Value: value})
		u := &use{}
		if before := all[kept.GetId()]; before != nil {
			u = before.use
		}
		if all[kept.GetId()], err = newKey(kept, u); err != nil {
			return err
		}
	}
	if _, err := r.Journal.Record(ctx, r.Clock.Now(), store.Drafts(Collection, entry), facts); err != nil {
		return fmt.Errorf("keeping a key: %w", err)
	}
	r.keys.Store(&all)
	return nil
}
