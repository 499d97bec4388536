package trail

import (
	"context"
	"crypto/sha256"
	"fmt"

	"odoomesh/internal/audit"
	"odoomesh/internal/follow"
	"odoomesh/internal/store"
)

// taking takes what the ledger says over into the audit.
type taking struct {
	trail *Trail
	told  []audit.Statement
	bytes int
	// states are those of the intents after what was taken.
	states map[string]string
	// upTo is the last entry that is taken, and calls are written with it.
	upTo  uint64
	calls *calls
	last  store.Entry
}

var _ follow.Applier = (*taking)(nil)

// Take implements follow.Applier.
func (a *taking) Take(_ context.Context, entry store.Entry) (string, error) {
	a.last = entry
	s, is, err := a.trail.Tell(entry)
	if err != nil {
		// That there is an entry is told all the same.
		a.told = append(a.told, audit.Statement{Leaf: audit.Leaf{Time: entry.Time, Kind: audit.OfLog, Ledger: entry.Position},
			Payload: audit.Payload{Explanation: "An entry of the ledger cannot be read."}})
		return "", fmt.Errorf("%w: %w", follow.ErrUnreadable, err)
	}
	if !is {
		return "", nil
	}
	s.Leaf.Ledger, s.Leaf.Time = entry.Position, entry.Time
	if intent := s.Leaf.Intent; intent != "" && s.Leaf.Kind == audit.OfTransition {
		if s.Leaf.Before, err = a.before(intent); err != nil {
			return intent, err
		}
		a.states[intent] = s.Leaf.After
	}
	p := s.Payload
	a.told, a.bytes = append(a.told, s), a.bytes+frame+len(p.Request)*4/3+len(p.Explanation)+len(p.Evidence)
	return s.Leaf.Intent, nil
}

// before is the state of an intent before what is taken next.
func (a *taking) before(intent string) (string, error) {
	if state, taken := a.states[intent]; taken {
		return state, nil
	}
	facts := a.trail.Journal.Facts()
	defer facts.Close()
	state, err := facts.Get(intentKey(stateTag, intent))
	return string(state), err
}

// Full implements follow.Applier.
func (a *taking) Full() bool { return len(a.told) >= maxBatch || a.bytes >= maxBytes }

// Commit implements follow.Applier.
func (a *taking) Commit(ctx context.Context, position uint64) error {
	a.trail.place.Followed, a.trail.place.Sum = position, sumOf(a.last)
	if len(a.told) == 0 {
		return nil // it may be read again
	}
	var calls []audit.Statement
	if position == a.upTo {
		calls = a.calls.next(min(maxBatch-len(a.told), (maxBytes-a.bytes)/frame))
	}
	if err := a.trail.write(ctx, append(a.told, calls...), a.states); err != nil {
		return err
	}
	a.calls.written(len(calls))
	a.told, a.bytes = nil, 0
	clear(a.states)
	return nil
}

// sumOf is what an entry of the ledger is known again by.
func sumOf(entry store.Entry) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s\n", entry.Time.UnixMicro(), entry.Collection)
	h.Write(entry.Payload)
	return h.Sum(nil)
}
