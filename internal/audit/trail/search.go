package trail

import (
	"context"
	"encoding/binary"
	"fmt"
	"sort"
	"time"

	"odoomesh/internal/audit"
	"odoomesh/internal/store"
)

// Query says which records are looked for; what is empty does not narrow it down.
type Query struct {
	Principal, Command, Document, Intent string
	// Call is the id that the mesh gave to a call.
	Call string
	// Outcome is how a call, or a sum of calls, ended; Refused is every refusal.
	Outcome string
	Refused bool
	// From is the first time, To the first that is too late.
	From, To time.Time
}

// Found is a record that was looked for.
type Found struct {
	Sequence uint64
	Sealed   audit.Sealed
	Leaf     audit.Leaf
	// Payload is nil where it was erased.
	Payload *audit.Payload
}

// readAtMost bounds how many records one page looks at.
const readAtMost = 20_000

// Find answers records from a sequence on, the oldest first, as many as are wanted at
// most, and where the next page begins; 0 where there is none.
func (t *Trail) Find(ctx context.Context, q Query, from uint64, most int) (found []Found, next uint64, err error) {
	facts := t.Journal.Facts()
	defer facts.Close()
	if q.Intent != "" {
		return t.findIntent(ctx, facts, q, from, most)
	}
	if from == 0 {
		if from, err = t.since(ctx, q.From); err != nil {
			return nil, 0, err
		}
	}
	looked := 0
	for entry, err := range t.Journal.Read(ctx, max(from, 1)) {
		if err != nil {
			return nil, 0, fmt.Errorf("reading the audit: %w", err)
		}
		if looked == readAtMost || len(found) == most {
			return found, entry.Position, nil
		}
		looked++
		one, err := open(facts, entry)
		if err != nil {
			return nil, 0, err
		}
		if q.meets(one) {
			found = append(found, one)
		}
	}
	return found, 0, nil
}

func (t *Trail) findIntent(ctx context.Context, facts store.Facts, q Query, from uint64, most int) (found []Found, next uint64, err error) {
	prefix := intentKey(intentTag, q.Intent)
	for fact, err := range facts.ScanFrom(prefix, binary.BigEndian.AppendUint64(prefix, from)) {
		if err != nil {
			return nil, 0, err
		}
		sequence := binary.BigEndian.Uint64(fact.Key[len(prefix):])
		if len(found) == most {
			return found, sequence, nil
		}
		entry, err := store.At(ctx, t.Journal, sequence)
		if err != nil {
			return nil, 0, fmt.Errorf("reading the audit: %w", err)
		}
		one, err := open(facts, entry)
		if err != nil {
			return nil, 0, err
		}
		if q.meets(one) {
			found = append(found, one)
		}
	}
	return found, 0, nil
}

// since is the first record that was written at a time or later: none of a later one was
// written before it.
func (t *Trail) since(ctx context.Context, from time.Time) (uint64, error) {
	if from.IsZero() {
		return 1, nil
	}
	oldest := t.Journal.Oldest()
	var failed error
	n := sort.Search(int(t.Journal.Head()+1-oldest), func(i int) bool {
		entry, err := store.At(ctx, t.Journal, oldest+uint64(i))
		failed = err
		return err != nil || !entry.Time.Before(from)
	})
	return oldest + uint64(n), failed
}

func open(facts store.Facts, entry store.Entry) (Found, error) {
	raw, err := facts.Get(sequenceKey(payloadTag, entry.Position))
	if err != nil {
		return Found{}, fmt.Errorf("reading the audit: %w", err)
	}
	sealed := audit.Sealed{Leaf: entry.Payload}
	if raw != nil {
		sealed.Salt, sealed.Payload = audit.Split(raw)
	}
	one := Found{Sequence: entry.Position, Sealed: sealed}
	one.Leaf, one.Payload, err = sealed.Open()
	return one, err
}

func (q Query) meets(f Found) bool {
	p := f.Payload
	if p == nil {
		p = &audit.Payload{}
	}
	return (q.Principal == "" || q.Principal == p.Principal || q.Principal == p.Owner) &&
		(q.Command == "" || q.Command == f.Leaf.Command || q.Command == f.Leaf.Method) &&
		(q.Document == "" || q.Document == f.Leaf.Document || q.Document == p.Subject) &&
		(q.Intent == "" || q.Intent == f.Leaf.Intent) &&
		(q.Call == "" || q.Call == p.CallID) &&
		(q.Outcome == "" || q.Outcome == f.Leaf.Outcome) &&
		(!q.Refused || f.Leaf.Outcome != "" && f.Leaf.Outcome != audit.Answered) &&
		(q.From.IsZero() || !f.Leaf.Time.Before(q.From)) && (q.To.IsZero() || f.Leaf.Time.Before(q.To))
}

// Prove shows all records of an intent, as the newest checkpoint has them; none where
// there is none.
func (t *Trail) Prove(ctx context.Context, intent string) (audit.Proof, error) {
	if err := t.settle(ctx); err != nil {
		return audit.Proof{}, err
	}
	found, _, err := t.Find(ctx, Query{Intent: intent}, 0, tenThousand)
	if err != nil || len(found) == 0 {
		return audit.Proof{}, err
	}
	c, err := t.signed(ctx, found[len(found)-1].Sequence)
	if err != nil {
		return audit.Proof{}, err
	}
	proof := audit.Proof{Checkpoint: string(c.Raw)}
	for _, one := range found {
		index, err := t.index(ctx, one.Sequence, c.Size)
		if err != nil {
			return audit.Proof{}, err
		}
		hashes, err := t.Log.Inclusion(ctx, index, c.Size)
		if err != nil {
			return audit.Proof{}, err
		}
		proof.Records = append(proof.Records, audit.Proven{Sealed: one.Sealed, Index: index, Hashes: hashes})
	}
	return proof, nil
}

// tenThousand is how many records an intent has at most: far more than its table of
// states and its calls come to.
const tenThousand = 10_000
