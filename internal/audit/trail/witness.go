package trail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"odoomesh/internal/audit"
	"odoomesh/internal/audit/tlog"
	"odoomesh/internal/clock"
	"odoomesh/internal/store"
)

const (
	// signedWithin is how long a signature is waited for by whoever asks for a proof.
	signedWithin = 10 * time.Second
	askForIt     = 50 * time.Millisecond
)

// ErrUnsigned says that the newest records are not signed yet.
var ErrUnsigned = errors.New("the audit's newest records are not signed yet")

// signed is the newest checkpoint; it waits until there is one of so many records.
func (t *Trail) signed(ctx context.Context, size uint64) (tlog.Checkpoint, error) {
	until := t.Clock.Now().Add(signedWithin)
	for {
		c, err := t.Log.Checkpoint(ctx)
		if err != nil || c.Size >= size {
			return c, err
		}
		if t.Clock.Now().After(until) || !clock.Sleep(ctx, t.Clock, askForIt) {
			return c, ErrUnsigned
		}
	}
}

// index is where a record is in the log: records that were written at once can have
// changed places.
func (t *Trail) index(ctx context.Context, sequence, size uint64) (uint64, error) {
	from := max(sequence, window) - window
	leaves, err := t.Log.Leaves(ctx, sequence-1, min(sequence, size))
	if err != nil {
		return 0, err
	}
	if len(leaves) == 1 {
		if leaf, err := audit.ReadLeaf(leaves[0]); err == nil && leaf.Sequence == sequence {
			return sequence - 1, nil
		}
	}
	if leaves, err = t.Log.Leaves(ctx, from, min(sequence+window, size)); err != nil {
		return 0, err
	}
	for i, raw := range leaves {
		if leaf, err := audit.ReadLeaf(raw); err == nil && leaf.Sequence == sequence {
			return from + uint64(i), nil
		}
	}
	return 0, fmt.Errorf("record %d is not in the audit's log: see meshctl audit verify", sequence)
}

// Signed is the newest checkpoint, with the proof that it holds an earlier one.
type Signed struct {
	Checkpoint tlog.Checkpoint
	Hashes     [][]byte
	Key        string
	// Witnessed is what a witness has signed last, and when by its clock; zero where none has.
	Witnessed     tlog.Checkpoint
	WitnessedTime time.Time
}

// Signed answers the newest checkpoint, with the proof that it holds all of an earlier one
// of so many records.
func (t *Trail) Signed(ctx context.Context, before uint64) (Signed, error) {
	s := Signed{Key: t.Log.Key()}
	var err error
	if s.Checkpoint, err = t.Log.Checkpoint(ctx); err != nil {
		return s, err
	}
	if s.Hashes, err = t.Log.Consistency(ctx, before, s.Checkpoint.Size); err != nil {
		return s, err
	}
	kept, err := t.witnessed()
	if err != nil || kept.Raw == nil {
		return s, err
	}
	key, err := tlog.ParseKey(t.Log.Key())
	if err != nil {
		return s, err
	}
	// Under a key that was changed since, nobody has seen it.
	if c, err := tlog.ParseCheckpoint(kept.Raw, key); err == nil {
		s.Witnessed, s.WitnessedTime = c, kept.Time
	}
	return s, nil
}

// witnessed is what is kept of the newest checkpoint that a witness has signed.
type witnessed struct {
	Raw  []byte    `json:"raw"`
	Size uint64    `json:"size"`
	Time time.Time `json:"time"`
}

func (t *Trail) witnessed() (witnessed, error) {
	facts := t.Journal.Facts()
	defer facts.Close()
	var w witnessed
	raw, err := facts.Get([]byte{witnessTag})
	if err == nil && raw != nil {
		err = json.Unmarshal(raw, &w)
	}
	if err != nil {
		return w, fmt.Errorf("reading what a witness has signed: %w", err)
	}
	return w, nil
}

var (
	// ErrNoWitness says that no witness is configured.
	ErrNoWitness = errors.New("no witness is configured")
	// ErrNotWitnessed says that the witness has not signed what was brought as signed.
	ErrNotWitnessed = errors.New("the configured witness has not signed it")
)

// Cosigned takes a checkpoint that the witness has signed. An older one than is known
// changes nothing.
func (t *Trail) Cosigned(ctx context.Context, raw []byte) error {
	if t.Witness == nil {
		return ErrNoWitness
	}
	key, err := tlog.ParseKey(t.Log.Key())
	if err != nil {
		return err
	}
	c, at, err := tlog.Witnessed(raw, key, *t.Witness)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotWitnessed, err)
	}
	if newest, err := t.Log.Checkpoint(ctx); err != nil || newest.Size < c.Size {
		return fmt.Errorf("%w: it is of %d records, and the log has %d", ErrNotWitnessed, c.Size, newest.Size)
	}
	before, err := t.witnessed()
	if err != nil || before.Time.After(at) {
		return err
	}
	value, err := json.Marshal(witnessed{Raw: raw, Size: c.Size, Time: at})
	if err != nil {
		return err
	}
	t.one.Lock()
	defer t.one.Unlock()
	if _, err := t.Journal.Record(ctx, t.Clock.Now(), nil, []store.Fact{{Key: []byte{witnessTag}, Value: value}}); err != nil {
		return fmt.Errorf("keeping what the witness has signed: %w", err)
	}
	return nil
}

// Unwitnessed is for how long what was written has not been seen by the witness: since the
// first record that it has not signed. It is 0 where all is seen, and without a witness.
func (t *Trail) Unwitnessed() time.Duration {
	if t.Witness == nil {
		return 0
	}
	w, err := t.witnessed()
	if err != nil || w.Size >= t.Journal.Head() {
		return 0
	}
	first, err := store.At(context.Background(), t.Journal, w.Size+1)
	if err != nil {
		return 0
	}
	return max(0, t.Clock.Now().Sub(first.Time))
}
